import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, toHex } from '../../base/bytes.ts';
import { Counter } from '../../base/counter.ts';
import { nodeCrypto } from '../node/index.ts';
import type { CryptoProvider, HashName } from '../port.ts';
import { cbcScheme } from './cbc.ts';
import { AES_128_CBC_SHA, AES_128_CBC_SHA256, AES_256_CBC_SHA384 } from './cbc-schemes.ts';
import type { DirectionKeys, Protection, RecordShape } from './protection.ts';
import { recordMac } from './record-mac.ts';

const seq = new Counter();
const TLS12: RecordShape = { wireVersion: 0x0303, mac: 'hmac', explicitIv: true, encryptThenMac: false };

/** A TLS 1.2 AES-128-CBC-SHA record around any text: content, MAC and padding as the test wants them. */
function record(keys: DirectionKeys, text: Uint8Array): Uint8Array {
  const iv = nodeCrypto.random(16);
  return concat(iv, nodeCrypto.cbc('aes-128-cbc', keys.key).encrypt(iv, text));
}

function textOf(keys: DirectionKeys, hash: HashName, content: Uint8Array, padding: number): Uint8Array {
  const header = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 23, 3, 3, content.length >> 8, content.length);
  const mac = nodeCrypto.hmac(hash, keys.macKey, header, content);
  return concat(content, mac, new Uint8Array(padding + 1).fill(padding));
}

function newKeys(macKeyLength: number): DirectionKeys {
  return { key: nodeCrypto.random(16), iv: new Uint8Array(16), macKey: nodeCrypto.random(macKeyLength) };
}

function open(protection: Protection, fragment: Uint8Array): Uint8Array | undefined {
  return protection.open({ type: 23, version: 0x0303, fragment }, seq);
}

//= rfc5246#section-6.2.3.2
//= type=test
//# padding_length The padding length MUST be such that the total size of the GenericBlockCipher
//# structure is a multiple of the cipher's block length.
//= rfc5246#section-6.2.3.2
//= type=test
//# Each uint8 in the padding data vector MUST be filled with the padding length value.
test('every padding length opens, and every altered padding byte is refused', () => {
  const keys = newKeys(20);
  const reader = AES_128_CBC_SHA.protect(nodeCrypto, keys, TLS12, 'read');
  for (const length of [0, 1, 16, 300]) {
    const content = nodeCrypto.random(length);
    for (let padding = 0; padding < 256; padding++) {
      if ((length + 20 + padding + 1) % 16 !== 0) continue;
      const text = textOf(keys, 'sha1', content, padding);
      assert.equal(toHex(open(reader, record(keys, text))!), toHex(content), `padding ${padding}`);
      for (let i = 0; i <= padding; i++) {
        const altered = text.slice();
        altered[text.length - 1 - i]! ^= [1, 0x80, 0xff][i % 3]!;
        assert.equal(open(reader, record(keys, altered)), undefined, `padding ${padding}, byte ${i}`);
      }
    }
  }
});

test('padding that reaches into the MAC or past the record is refused', () => {
  const keys = newKeys(20);
  const reader = AES_128_CBC_SHA.protect(nodeCrypto, keys, TLS12, 'read');
  for (const blocks of [1, 2, 3, 16, 17]) {
    for (let padding = 0; padding < 256; padding++) {
      const text = new Uint8Array(16 * blocks).fill(padding);
      assert.equal(open(reader, record(keys, text)), undefined, `${blocks} blocks of ${padding}`);
    }
  }
  assert.equal(open(reader, new Uint8Array(0)), undefined);
  assert.equal(open(reader, new Uint8Array(16)), undefined);
  assert.equal(open(reader, new Uint8Array(47)), undefined);
});

test('SSL 3.0: padding of less than a block with any content, and no more', () => {
  const shape: RecordShape = { wireVersion: 0x0300, mac: 'ssl3', explicitIv: false, encryptThenMac: false };
  const keys = newKeys(20);
  const sha1 = (...parts: Uint8Array[]): Uint8Array => nodeCrypto.digest('sha1', concat(...parts));
  const [pad1, pad2] = [new Uint8Array(40).fill(0x36), new Uint8Array(40).fill(0x5c)];
  for (const padding of [0, 1, 7, 15, 16, 23, 32]) {
    const content = new Uint8Array(11 - (padding % 16) + (padding % 16 > 11 ? 16 : 0));
    const header = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 23, 0, content.length);
    const mac = sha1(keys.macKey, pad2, sha1(keys.macKey, pad1, header, content));
    const tail = nodeCrypto.random(padding + 1);
    tail[padding] = padding;
    const fragment = nodeCrypto.cbc('aes-128-cbc', keys.key).encrypt(keys.iv, concat(content, mac, tail));
    const reader = AES_128_CBC_SHA.protect(nodeCrypto, keys, shape, 'read');
    const opened = reader.open({ type: 23, version: 0x0300, fragment }, seq);
    assert.equal(opened === undefined, padding >= 16, `padding ${padding}`);
  }
});

test('TLS 1.0 chains its IV, and a bad record does not leave the chain', () => {
  const shape: RecordShape = { wireVersion: 0x0301, mac: 'hmac', explicitIv: false, encryptThenMac: false };
  const keys = { ...newKeys(20), iv: nodeCrypto.random(16) };
  const first = keys.iv.slice();
  const cipher = nodeCrypto.cbc('aes-128-cbc', keys.key);
  const header = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 23, 3, 1, 0, 0);
  const text = concat(nodeCrypto.hmac('sha1', keys.macKey, header), new Uint8Array(12).fill(11));
  const one = cipher.encrypt(first, text);
  const two = cipher.encrypt(one.subarray(16), text);
  const reader = AES_128_CBC_SHA.protect(nodeCrypto, keys, shape, 'read');
  for (const fragment of [one, two]) assert.equal(reader.open({ type: 23, version: 0x0301, fragment }, seq)?.length, 0);
  assert.equal(toHex(keys.iv), toHex(first), 'the keys given are not written to');
});

/** Compressions that a hash of so many bytes takes. */
function blocks(hash: HashName, bytes: number): number {
  return hash === 'sha384' || hash === 'sha512' ? Math.ceil((bytes + 17) / 128) : Math.ceil((bytes + 9) / 64);
}

/** Counts the compressions that a provider is asked for. */
function counting(): { crypto: CryptoProvider; taken: () => number } {
  let count = 0;
  const sum = (parts: readonly Uint8Array[]): number => parts.reduce((all, part) => all + part.length, 0);
  const crypto: CryptoProvider = {
    ...nodeCrypto,
    digest(hash, data) {
      count += blocks(hash, data.length);
      return nodeCrypto.digest(hash, data);
    },
    hmac(hash, key, ...parts) {
      count += blocks(hash, sum(parts));
      return nodeCrypto.hmac(hash, key, ...parts);
    },
    hash(name) {
      const inner = nodeCrypto.hash(name);
      let bytes = 0;
      return {
        update(data) {
          bytes += data.length;
          inner.update(data);
        },
        copy: () => inner.copy(),
        digest() {
          count += blocks(name, bytes);
          return inner.digest();
        },
      };
    },
  };
  return {
    crypto,
    taken() {
      const all = count;
      count = 0;
      return all;
    },
  };
}

//= rfc5246#section-6.2.3.2
//= type=test
//# In order to defend against this attack, implementations MUST ensure that record processing time is
//# essentially the same whether or not the padding is correct.
test('Lucky 13: as many hash compressions for every padding, right or wrong', () => {
  const cases = [
    [AES_128_CBC_SHA, 'sha1', 20, 'hmac'],
    [AES_128_CBC_SHA256, 'sha256', 32, 'hmac'],
    [AES_256_CBC_SHA384, 'sha384', 48, 'hmac'],
    // No suite has it, so far.
    [cbcScheme('AES_128_CBC_SHA512', 'aes-128-cbc', 16, 16, 'sha512'), 'sha512', 64, 'hmac'],
    [AES_128_CBC_SHA, 'sha1', 20, 'ssl3'],
  ] as const;
  for (const [scheme, hash, macLength, mac] of cases) {
    const { crypto, taken } = counting();
    const keyLength = scheme.keyLength;
    const keys = { key: nodeCrypto.random(keyLength), iv: new Uint8Array(16), macKey: nodeCrypto.random(macLength) };
    const shape: RecordShape = { ...TLS12, mac };
    const reader = scheme.protect(crypto, keys, shape, 'read');
    const cipher = nodeCrypto.cbc(keyLength === 16 ? 'aes-128-cbc' : 'aes-256-cbc', keys.key);
    for (const size of [80, 320, 336]) {
      const seen = new Set<number>();
      for (let padding = 0; padding < 256; padding++) {
        const contentLength = size - macLength - padding - 1;
        const text = contentLength < 0 ? new Uint8Array(size).fill(padding) : textOf(keys, hash, new Uint8Array(contentLength), padding);
        for (const wrong of [false, true]) {
          if (wrong) text[text.length - 2]! ^= 1;
          const iv = nodeCrypto.random(16);
          taken();
          const content = open(reader, concat(iv, cipher.encrypt(iv, text)));
          if (mac === 'hmac')
            assert.equal(content !== undefined, contentLength >= 0 && !(wrong && padding > 0) && !(wrong && padding === 0));
          seen.add(taken());
        }
      }
      // Those of the longest content that there could be, one for the outer hash where that is counted, and one that is always wasted.
      const inner = mac === 'hmac' ? blocks(hash, 13 + size - macLength - 1) : blocks('sha1', 71 + size - macLength - 1) + 2;
      assert.deepEqual([...seen], [inner + 1], `${scheme.name} ${mac}, ${size} bytes`);
    }
  }
});

test('a MAC knows what a length costs, and wastes as much', () => {
  for (const hash of ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const) {
    const { crypto, taken } = counting();
    const mac = recordMac(crypto, hash, new Uint8Array(16), TLS12);
    for (let length = 0; length < 300; length++) {
      assert.equal(mac.compressions(length), blocks(hash, 13 + length), `${hash}: ${length} bytes`);
    }
    for (const count of [1, 2, 3, 4, 5, 6]) {
      taken();
      mac.waste(count);
      assert.equal(taken(), count, `${hash}: ${count} to be wasted`);
    }
  }
});

test('encrypt-then-MAC: padding of up to 256 bytes opens; none, or too much, or half a block does not', () => {
  const keys = newKeys(20);
  const reader = AES_128_CBC_SHA.protect(nodeCrypto, keys, { ...TLS12, encryptThenMac: true }, 'read');
  const sealed = (text: Uint8Array, cut = 0): Uint8Array => {
    const covered = record(keys, text).subarray(0, 16 + text.length - cut);
    const header = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 23, 3, 3, covered.length >> 8, covered.length);
    return concat(covered, nodeCrypto.hmac('sha1', keys.macKey, header, covered));
  };
  for (const padding of [0, 1, 16, 200, 255]) {
    const content = nodeCrypto.random(15 - (padding % 16));
    const text = concat(content, new Uint8Array(padding + 1).fill(padding));
    assert.equal(toHex(open(reader, sealed(text))!), toHex(content), `padding ${padding}`);
    for (const at of padding === 0 ? [] : [content.length, text.length - 2]) {
      const altered = text.slice();
      altered[at]! ^= 1;
      assert.equal(open(reader, sealed(altered)), undefined, `padding ${padding}, byte ${at}`);
    }
  }
  assert.equal(open(reader, sealed(new Uint8Array(16).fill(16))), undefined, 'longer than the record');
  assert.equal(open(reader, sealed(new Uint8Array(0))), undefined, 'no block');
  assert.equal(open(reader, sealed(new Uint8Array(32).fill(0), 8)), undefined, 'half a block');
});
