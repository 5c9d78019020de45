import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, toHex } from '../../base/bytes.ts';
import { Counter } from '../../base/counter.ts';
import { Writer } from '../../base/writer.ts';
import { nodeCrypto } from '../node/index.ts';
import * as modern from '../suites/modern.ts';
import * as cbcSchemes from './cbc-schemes.ts';
import * as schemes from './legacy-schemes.ts';
import type { DirectionKeys, Protection, ProtectionScheme, RecordShape } from './protection.ts';

const shape: RecordShape = { wireVersion: 0x0303, mac: 'hmac', explicitIv: true, encryptThenMac: false };

function keysOf(scheme: ProtectionScheme): DirectionKeys {
  return {
    key: nodeCrypto.random(scheme.keyLength),
    iv: nodeCrypto.random(scheme.ivLength),
    macKey: nodeCrypto.random(scheme.macKeyLength),
  };
}

function counter(hi: number, lo: number): Counter {
  const seq = new Counter();
  seq.hi = hi;
  seq.lo = lo;
  return seq;
}

function sealed(protection: Protection, seq: Counter, type: number, plain: Uint8Array): Uint8Array {
  const out = new Writer(8);
  out.bytes(fromHex('aabbcc'));
  protection.seal(out, type, seq, plain);
  assert.equal(toHex(out.view().subarray(0, 3)), 'aabbcc');
  return out.copy().slice(3);
}

const SHAPES: readonly (readonly [string, RecordShape])[] = [
  ['TLS 1.2', shape],
  ['TLS 1.2 EtM', { ...shape, encryptThenMac: true }],
  ['TLS 1.0', { ...shape, wireVersion: 0x0301, explicitIv: false }],
  ['TLS 1.0 EtM', { ...shape, wireVersion: 0x0301, explicitIv: false, encryptThenMac: true }],
  ['SSL 3.0', { ...shape, wireVersion: 0x0300, explicitIv: false, mac: 'ssl3' }],
];

const CASES: (readonly [string, ProtectionScheme, RecordShape])[] = [
  ...Object.values(modern).map((suite) => [`1.3 ${suite.name}`, suite.protection, shape] as const),
  ...Object.entries(schemes)
    .filter(([name]) => !name.startsWith('CAMELLIA'))
    .map(([name, scheme]) => [name, scheme, shape] as const),
];
for (const [name, scheme] of Object.entries(cbcSchemes)) {
  if (name.startsWith('RC4')) continue;
  for (const [version, one] of SHAPES) {
    if (one.mac === 'ssl3' && scheme.macKeyLength > 20) continue;
    if (one.encryptThenMac && !scheme.cbc) continue;
    CASES.push([`${name} ${version}`, scheme, one]);
  }
}

for (const [name, scheme, form] of CASES) {
  test(`${name}: what is sealed opens, in order and in place`, () => {
    const keys = keysOf(scheme);
    const writer = scheme.protect(nodeCrypto, keys, form, 'write');
    const reader = scheme.protect(nodeCrypto, keys, form, 'read');
    for (const length of [0, 1, 15, 16, 17, 255, 256, 1200, 16384]) {
      const plain = nodeCrypto.random(length);
      for (const seq of [counter(0, 0), counter(1, 0xffffffff), counter(0xfffe0000, 7)]) {
        const { hi, lo } = seq;
        const fragment = sealed(writer, seq, 23, plain);
        assert.ok(fragment.length <= length + writer.overhead);
        const record = { type: writer.outerType ?? 23, version: form.wireVersion, fragment };
        assert.equal(toHex(reader.open(record, seq)!), toHex(plain));
        assert.equal(record.type, 23);
        assert.deepEqual([seq.hi, seq.lo], [hi, lo], "the counter is the carrier's to move");
        writer.rest();
        reader.rest();
      }
    }
  });

  test(`${name}: no bit of a record may change, nor its number or type`, () => {
    const keys = keysOf(scheme);
    const seq = counter(0, 5);
    for (const plain of [fromHex('00112233'), new Uint8Array(0)]) {
      const writer = scheme.protect(nodeCrypto, keys, form, 'write');
      const fragment = sealed(writer, seq, 22, plain);
      const type = writer.outerType ?? 22;
      const opens = (bytes: Uint8Array, number = seq, as = type): boolean => {
        const reader = scheme.protect(nodeCrypto, keys, form, 'read');
        return reader.open({ type: as, version: form.wireVersion, fragment: bytes }, number) !== undefined;
      };
      // In SSL 3.0 nothing covers the padding itself (RFC 6101 §5.2.3.2): its last byte is all that counts.
      const loose = form.mac === 'ssl3' && scheme.cbc ? scheme.ivLength : 0;
      for (let bit = 0; bit < 8 * (fragment.length - loose); bit++) {
        const changed = fragment.slice();
        changed[bit >> 3]! ^= 1 << (bit & 7);
        assert.equal(opens(changed), false, `bit ${bit}`);
      }
      for (let length = 0; length < fragment.length; length++) assert.equal(opens(fragment.subarray(0, length)), false, `length ${length}`);
      assert.equal(opens(fragment, counter(0, 6)), false);
      assert.equal(opens(fragment, counter(1, 5)), false);
      if (writer.outerType === undefined) assert.equal(opens(fragment, seq, 23), false);
      assert.equal(opens(fragment), true);
    }
  });
}
