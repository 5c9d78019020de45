import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, toHex } from '../../base/bytes.ts';
import { Counter } from '../../base/counter.ts';
import { Writer } from '../../base/writer.ts';
import { nodeCrypto } from '../node/index.ts';
import * as modern from '../suites/modern.ts';
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

const SCHEMES: readonly (readonly [string, ProtectionScheme])[] = [
  ...Object.values(modern).map((suite) => [`1.3 ${suite.name}`, suite.protection] as const),
  ...Object.entries(schemes).filter(([name]) => !name.startsWith('CAMELLIA')),
];

for (const [name, scheme] of SCHEMES) {
  test(`${name}: what is sealed opens, in order and in place`, () => {
    const keys = keysOf(scheme);
    const writer = scheme.protect(nodeCrypto, keys, shape, 'write');
    const reader = scheme.protect(nodeCrypto, keys, shape, 'read');
    for (const length of [0, 1, 15, 16, 17, 1200, 16384]) {
      const plain = nodeCrypto.random(length);
      for (const seq of [counter(0, 0), counter(1, 0xffffffff), counter(0xfffe0000, 7)]) {
        const fragment = sealed(writer, seq, 23, plain);
        assert.ok(fragment.length <= length + writer.overhead);
        const record = { type: writer.outerType ?? 23, version: 0x0303, fragment };
        assert.equal(toHex(reader.open(record, seq)!), toHex(plain));
        assert.equal(record.type, 23);
        assert.equal(seq.lo === 7 || seq.lo === 0 || seq.lo === 0xffffffff, true, "the counter is the carrier's to move");
        writer.rest();
        reader.rest();
      }
    }
  });

  test(`${name}: no bit of a record may change, nor its number or type`, () => {
    const keys = keysOf(scheme);
    const writer = scheme.protect(nodeCrypto, keys, shape, 'write');
    const reader = scheme.protect(nodeCrypto, keys, shape, 'read');
    const seq = counter(0, 5);
    for (const plain of [fromHex('00112233'), new Uint8Array(0)]) {
      const fragment = sealed(writer, seq, 22, plain);
      const type = writer.outerType ?? 22;
      for (let bit = 0; bit < 8 * fragment.length; bit++) {
        const changed = fragment.slice();
        changed[bit >> 3]! ^= 1 << (bit & 7);
        assert.equal(reader.open({ type, version: 0x0303, fragment: changed }, seq), undefined, `bit ${bit}`);
      }
      for (let length = 0; length < fragment.length; length++) {
        assert.equal(reader.open({ type, version: 0x0303, fragment: fragment.subarray(0, length) }, seq), undefined, `length ${length}`);
      }
      assert.equal(reader.open({ type, version: 0x0303, fragment }, counter(0, 6)), undefined);
      assert.equal(reader.open({ type, version: 0x0303, fragment }, counter(1, 5)), undefined);
      if (writer.outerType === undefined) assert.equal(reader.open({ type: 23, version: 0x0303, fragment }, seq), undefined);
      assert.notEqual(reader.open({ type, version: 0x0303, fragment }, seq), undefined);
    }
  });
}

test('TLS 1.3: padding is stripped, and a record of zeros alone has no type', () => {
  const scheme = modern.TLS_AES_128_GCM_SHA256.protection;
  const keys = keysOf(scheme);
  const reader = scheme.protect(nodeCrypto, keys, shape, 'read');
  const aead = nodeCrypto.aead('aes-128-gcm', keys.key);
  const seal = (inner: Uint8Array): Uint8Array => {
    const out = new Uint8Array(inner.length + 16);
    aead.seal(out, 0, keys.iv, Uint8Array.of(23, 3, 3, 0, out.length), inner);
    return out;
  };
  const padded = { type: 23, version: 0x0303, fragment: seal(fromHex('616200 16 0000000000')) };
  assert.equal(toHex(reader.open(padded, counter(0, 0))!), '616200');
  assert.equal(padded.type, 22);
  for (const zeros of [0, 1, 40]) {
    const record = { type: 23, version: 0x0303, fragment: seal(new Uint8Array(zeros)) };
    assert.equal(reader.open(record, counter(0, 0))!.length, 0);
    assert.equal(record.type, 0);
  }
});
