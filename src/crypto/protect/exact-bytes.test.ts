/** Each protection's bytes as its RFC describes them, put together here from nothing but the platform's ciphers. */
import assert from 'node:assert/strict';
import { type CipherGCMTypes, createCipheriv, createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { concat, fromHex, toHex } from '../../base/bytes.ts';
import { Counter } from '../../base/counter.ts';
import { Writer } from '../../base/writer.ts';
import { nodeCrypto } from '../node/index.ts';
import type { CryptoProvider } from '../port.ts';
import * as modern from '../suites/modern.ts';
import * as cbcSchemes from './cbc-schemes.ts';
import * as aeadSchemes from './legacy-schemes.ts';
import type { DirectionKeys, Protection, ProtectionScheme, RecordShape } from './protection.ts';

const PLAIN = new TextEncoder().encode('thirty bytes of plaintext here');
const AAD = fromHex('0102030405');
const TYPE = 22;
/** Every byte of it is another one, and the first of both halves are beyond 2^31. */
const NUMBER = '81928384a5b6c7d8';
const SHAPE: RecordShape = { wireVersion: 0x0303, mac: 'hmac', explicitIv: true, encryptThenMac: false };

function counter(): Counter {
  const seq = new Counter();
  seq.hi = 0x81928384;
  seq.lo = 0xa5b6c7d8;
  return seq;
}

const count = (length: number, from: number): Uint8Array => Uint8Array.from({ length }, (_, i) => from + i);

function keysOf({ keyLength, ivLength, macKeyLength }: ProtectionScheme): DirectionKeys {
  return { key: count(keyLength, 0x40), iv: count(ivLength, 0xb1), macKey: count(macKeyLength, 0x70) };
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value);
}

/** Behind three bytes that stand there already. */
function appended(write: (out: Writer) => void): string {
  const out = new Writer(4);
  out.bytes(fromHex('aabbcc'));
  write(out);
  assert.equal(toHex(out.view().subarray(0, 3)), 'aabbcc');
  return toHex(out.view().subarray(3));
}

function opened(protection: Protection, fragment: Uint8Array, type: number): [string | undefined, number] {
  const record = { type, version: 0x0303, fragment };
  const content = protection.open(record, counter());
  return [content && toHex(content), record.type];
}

function aead(name: string, key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plain: Uint8Array): Uint8Array {
  const authTagLength = name.includes('ccm_8') ? 8 : 16;
  const cipher = createCipheriv(name.replace('_8', '') as CipherGCMTypes, key, nonce, { authTagLength });
  cipher.setAAD(aad, { plaintextLength: plain.length });
  return concat(cipher.update(plain), cipher.final(), cipher.getAuthTag());
}

/** The platform's name of an AEAD, from the scheme's. */
function cipherOf({ name }: ProtectionScheme): string {
  const lower = name.toLowerCase();
  return lower.startsWith('chacha') ? 'chacha20-poly1305' : lower.replace(/^(aes|aria|camellia)_(\d+)_(\w+)$/, '$1-$2-$3');
}

const xored = (iv: Uint8Array): Uint8Array => concat(fromHex('00000000'), fromHex(NUMBER)).map((byte, i) => byte ^ iv[i]!);
const pseudoHeader = (length: number): Uint8Array => concat(fromHex(NUMBER), Uint8Array.of(TYPE, 3, 3), u16(length));

for (const { name, protection: scheme } of Object.values(modern)) {
  test(`${name}: type inside, IV xor number, header authenticated`, () => {
    const keys = keysOf(scheme);
    const protection = scheme.protect(nodeCrypto, keys, SHAPE, 'write');
    const tag = name.includes('CCM_8') ? 8 : 16;
    assert.deepEqual([protection.overhead, protection.outerType], [tag + 1, 23]);
    // Of more than 255 bytes, so that both bytes of the length count.
    const long = new Uint8Array(300).fill(0x5a);
    for (const plain of [PLAIN, long]) {
      const inner = concat(plain, Uint8Array.of(TYPE));
      const header = concat(Uint8Array.of(23, 3, 3), u16(inner.length + tag));
      const sealed = aead(cipherOf(scheme), keys.key, xored(keys.iv), header, inner);
      assert.equal(
        appended((out) => protection.seal(out, TYPE, counter(), plain)),
        toHex(sealed),
      );
      assert.deepEqual(opened(protection, sealed, 23), [toHex(plain), TYPE]);
    }
    const other = aead(cipherOf(scheme), keys.key, xored(keys.iv), AAD, concat(PLAIN, Uint8Array.of(TYPE)));
    assert.equal(
      appended((out) => protection.sealWith!(out, TYPE, counter(), PLAIN, AAD)),
      toHex(other),
    );
    const record = { type: 23, version: 0x0303, fragment: other };
    assert.equal(toHex(protection.openWith!(record, counter(), AAD)!), toHex(PLAIN));
    assert.equal(record.type, TYPE);
    assert.equal(protection.open({ ...record, type: 23 }, counter()), undefined);
  });
}

test('TLS 1.3: padding is stripped, and a record of zeros alone has no type', () => {
  const scheme = modern.TLS_AES_128_GCM_SHA256.protection;
  const keys = keysOf(scheme);
  const reader = scheme.protect(nodeCrypto, keys, SHAPE, 'read');
  const open = (inner: Uint8Array): [string | undefined, number] => {
    const header = concat(Uint8Array.of(23, 3, 3), u16(inner.length + 16));
    return opened(reader, aead('aes-128-gcm', keys.key, xored(keys.iv), header, inner), 23);
  };
  assert.deepEqual(open(fromHex('616200 16 0000000000')), ['616200', 22]);
  assert.deepEqual(open(fromHex('16')), ['', 22]);
  for (const zeros of [0, 1, 40]) assert.deepEqual(open(new Uint8Array(zeros)), ['', 0]);
});

for (const scheme of Object.values(aeadSchemes)) {
  if (nodeCrypto.lacks(cipherOf(scheme).replace('_', '-') as Parameters<CryptoProvider['lacks']>[0]) !== undefined) continue;
  const explicit = !scheme.name.startsWith('CHACHA20');
  test(`${scheme.name} of TLS 1.2: ${explicit ? 'the record number is half of the nonce' : 'IV xor number'}`, () => {
    const keys = keysOf(scheme);
    const protection = scheme.protect(nodeCrypto, keys, SHAPE, 'write');
    const nonce = explicit ? concat(keys.iv, fromHex(NUMBER)) : xored(keys.iv);
    const sealed = (aad: Uint8Array, plain: Uint8Array): Uint8Array =>
      concat(explicit ? fromHex(NUMBER) : new Uint8Array(0), aead(cipherOf(scheme), keys.key, nonce, aad, plain));
    const tag = scheme.name.includes('CCM_8') ? 8 : 16;
    assert.deepEqual([protection.overhead, protection.outerType], [explicit ? tag + 8 : tag, undefined]);
    for (const plain of [PLAIN, new Uint8Array(300), new Uint8Array(0)]) {
      const fragment = sealed(pseudoHeader(plain.length), plain);
      assert.equal(
        appended((out) => protection.seal(out, TYPE, counter(), plain)),
        toHex(fragment),
      );
      assert.deepEqual(opened(protection, fragment, TYPE), [toHex(plain), TYPE]);
    }
    const fragment = sealed(AAD, PLAIN);
    assert.equal(
      appended((out) => protection.sealWith!(out, TYPE, counter(), PLAIN, AAD)),
      toHex(fragment),
    );
    assert.equal(toHex(protection.openWith!({ type: TYPE, version: 0x0303, fragment }, counter(), AAD)!), toHex(PLAIN));
    assert.equal(opened(protection, fragment, TYPE)[0], undefined);
    if (explicit) {
      // What counts is the nonce in the record; the number is in the additional data.
      const [first, ...rest] = [...fragment];
      const seq = new Counter();
      assert.equal(toHex(protection.openWith!({ type: TYPE, version: 0x0303, fragment }, seq, AAD)!), toHex(PLAIN));
      const altered = Uint8Array.of(first! ^ 1, ...rest);
      assert.equal(protection.openWith!({ type: TYPE, version: 0x0303, fragment: altered }, counter(), AAD), undefined);
    }
  });
}

/** As `random`, so that an explicit IV is known. */
const IV = count(16, 0xe3);
const known: CryptoProvider = { ...nodeCrypto, random: (length) => IV.slice(0, length) };

function encrypt(cipher: string, key: Uint8Array, iv: Uint8Array, plain: Uint8Array): Uint8Array {
  const block = createCipheriv(cipher, key, iv).setAutoPadding(false);
  return concat(block.update(plain), block.final());
}

/** Padded to whole blocks; `padding_length` is the last byte and the value of all. */
function padded(block: number, ...parts: Uint8Array[]): Uint8Array {
  const content = concat(...parts);
  const padding = block - (content.length % block);
  return concat(content, new Uint8Array(padding).fill(padding - 1));
}

const hmac = (hash: string, keys: DirectionKeys, version: number, content: Uint8Array): Uint8Array =>
  createHmac(hash, keys.macKey)
    .update(fromHex(NUMBER))
    .update(Uint8Array.of(TYPE, version >> 8, version))
    .update(u16(content.length))
    .update(content)
    .digest();

function ssl3Mac(hash: 'md5' | 'sha1', { macKey }: DirectionKeys, content: Uint8Array): Uint8Array {
  const padding = hash === 'md5' ? 48 : 40;
  const inner = createHash(hash)
    .update(macKey)
    .update(new Uint8Array(padding).fill(0x36))
    .update(fromHex(NUMBER))
    .update(Uint8Array.of(TYPE))
    .update(u16(content.length))
    .update(content)
    .digest();
  return createHash(hash).update(macKey).update(new Uint8Array(padding).fill(0x5c)).update(inner).digest();
}

/** Scheme, the platform's cipher, block, hash. */
const CBC = [
  [cbcSchemes.AES_128_CBC_SHA, 'aes-128-cbc', 16, 'sha1'],
  [cbcSchemes.AES_256_CBC_SHA, 'aes-256-cbc', 16, 'sha1'],
  [cbcSchemes.AES_128_CBC_SHA256, 'aes-128-cbc', 16, 'sha256'],
  [cbcSchemes.AES_256_CBC_SHA256, 'aes-256-cbc', 16, 'sha256'],
  [cbcSchemes.AES_256_CBC_SHA384, 'aes-256-cbc', 16, 'sha384'],
  [cbcSchemes.TRIPLE_DES_EDE_CBC_SHA, 'des-ede3-cbc', 8, 'sha1'],
  [cbcSchemes.CAMELLIA_128_CBC_SHA, 'camellia-128-cbc', 16, 'sha1'],
  [cbcSchemes.CAMELLIA_256_CBC_SHA, 'camellia-256-cbc', 16, 'sha1'],
  [cbcSchemes.CAMELLIA_128_CBC_SHA256, 'camellia-128-cbc', 16, 'sha256'],
  [cbcSchemes.CAMELLIA_256_CBC_SHA256, 'camellia-256-cbc', 16, 'sha256'],
  [cbcSchemes.CAMELLIA_256_CBC_SHA384, 'camellia-256-cbc', 16, 'sha384'],
] as const;

/** Two records, the second of a length that fills its last block. */
function assertRecords(protection: Protection, contents: readonly Uint8Array[], expected: readonly Uint8Array[], reader: Protection): void {
  for (const [i, plain] of contents.entries()) {
    assert.equal(
      appended((out) => protection.seal(out, TYPE, counter(), plain)),
      toHex(expected[i]!),
      `record ${i}`,
    );
    assert.deepEqual(opened(reader, expected[i]!, TYPE), [toHex(plain), TYPE], `record ${i}`);
  }
}

for (const [scheme, cipher, block, hash] of CBC) {
  for (const encryptThenMac of [false, true]) {
    for (const [version, explicitIv, mac] of [
      [0x0303, true, 'hmac'],
      [0x0301, false, 'hmac'],
      [0x0300, false, 'ssl3'],
    ] as const) {
      if (mac === 'ssl3' && (hash !== 'sha1' || encryptThenMac)) continue;
      test(`${scheme.name} ${version.toString(16)}${encryptThenMac ? ' encrypt-then-MAC' : ''}: exact bytes`, () => {
        const keys = keysOf(scheme);
        const macOf = (content: Uint8Array): Uint8Array =>
          mac === 'ssl3' ? ssl3Mac('sha1', keys, content) : hmac(hash, keys, version, content);
        const contents = [PLAIN, new Uint8Array(2 * block), new Uint8Array(300), new Uint8Array(0)];
        let iv = explicitIv ? IV.slice(0, block) : keys.iv;
        const expected = contents.map((plain) => {
          const text = encryptThenMac ? padded(block, plain) : padded(block, plain, macOf(plain));
          const sealed = encrypt(cipher, keys.key, iv, text);
          const covered = explicitIv ? concat(iv, sealed) : sealed;
          if (!explicitIv) iv = sealed.slice(-block);
          return encryptThenMac ? concat(covered, macOf(covered)) : covered;
        });
        const shape = { wireVersion: version, mac, explicitIv, encryptThenMac };
        const writer = scheme.protect(known, keys, shape, 'write');
        assert.equal(writer.overhead, (explicitIv ? block : 0) + scheme.macKeyLength + block);
        assert.equal(writer.outerType, undefined);
        assertRecords(writer, contents, expected, scheme.protect(known, keys, shape, 'read'));
      });
    }
  }
}

test('NULL suites: content and MAC', () => {
  const { NULL_MD5, NULL_SHA, NULL_SHA256, NULL_SHA384 } = cbcSchemes;
  for (const [scheme, hash] of [
    [NULL_MD5, 'md5'],
    [NULL_SHA, 'sha1'],
    [NULL_SHA256, 'sha256'],
    [NULL_SHA384, 'sha384'],
  ] as const) {
    const keys = keysOf(scheme);
    const protection = scheme.protect(nodeCrypto, keys, SHAPE, 'write');
    assert.deepEqual([protection.overhead, protection.outerType], [scheme.macKeyLength, undefined]);
    assertRecords(protection, [PLAIN], [concat(PLAIN, hmac(hash, keys, 0x0303, PLAIN))], protection);
    if (hash !== 'md5' && hash !== 'sha1') {
      assert.throws(() => scheme.protect(nodeCrypto, keys, { ...SHAPE, mac: 'ssl3' }, 'write'), RangeError);
      continue;
    }
    const old = scheme.protect(nodeCrypto, keys, { ...SHAPE, mac: 'ssl3' }, 'write');
    assertRecords(
      old,
      [PLAIN, new Uint8Array(300)],
      [PLAIN, new Uint8Array(300)].map((p) => concat(p, ssl3Mac(hash, keys, p))),
      old,
    );
  }
});

test('stream suites: the keystream goes on from record to record, over content and MAC', () => {
  // RC4 is not in every platform's library: any stream will do.
  const stream: CryptoProvider = {
    ...nodeCrypto,
    stream(name, key) {
      assert.deepEqual([name, key.length], ['rc4-128', 16]);
      let at = key[0]!;
      return { apply: (data) => data.map((byte) => byte ^ at++) };
    },
  };
  for (const [scheme, hash] of [
    [cbcSchemes.RC4_128_MD5, 'md5'],
    [cbcSchemes.RC4_128_SHA, 'sha1'],
  ] as const) {
    const keys = keysOf(scheme);
    const clear = concat(PLAIN, hmac(hash, keys, 0x0303, PLAIN));
    let at = keys.key[0]!;
    const expected = [clear, clear].map((text) => text.map((byte) => byte ^ at++));
    const writer = scheme.protect(stream, keys, SHAPE, 'write');
    assert.deepEqual([writer.overhead, writer.outerType], [scheme.macKeyLength, undefined]);
    assertRecords(writer, [PLAIN, PLAIN], expected, scheme.protect(stream, keys, SHAPE, 'read'));
    const short = scheme.protect(stream, keys, SHAPE, 'read');
    assert.equal(opened(short, expected[0]!.subarray(0, scheme.macKeyLength - 1), TYPE)[0], undefined);
    const { stream: _, ...without } = stream;
    for (const [why, detail] of [
      ['RC4 is not here', 'RC4 is not here'],
      [undefined, 'no stream ciphers'],
    ] as const) {
      assert.throws(() => scheme.protect({ ...without, lacks: () => why }, keys, SHAPE, 'read'), { code: 'unsupported', detail });
    }
  }
});

test('a fragment that lacks or has a byte, or has another one, does not open', () => {
  const forms: readonly (readonly [ProtectionScheme, RecordShape])[] = [
    [modern.TLS_AES_128_CCM_8_SHA256.protection, SHAPE],
    [aeadSchemes.AES_128_GCM, SHAPE],
    [aeadSchemes.CHACHA20_POLY1305, SHAPE],
    [cbcSchemes.AES_128_CBC_SHA, SHAPE],
    [cbcSchemes.AES_128_CBC_SHA256, { ...SHAPE, wireVersion: 0x0301, explicitIv: false }],
    [cbcSchemes.AES_256_CBC_SHA384, { ...SHAPE, encryptThenMac: true }],
    [cbcSchemes.AES_128_CBC_SHA, { ...SHAPE, wireVersion: 0x0301, explicitIv: false, encryptThenMac: true }],
    [cbcSchemes.NULL_SHA256, SHAPE],
  ];
  for (const [scheme, shape] of forms) {
    const keys = keysOf(scheme);
    for (const plain of [PLAIN, new Uint8Array(0)]) {
      const writer = scheme.protect(nodeCrypto, keys, shape, 'write');
      const fragment = fromHex(appended((out) => writer.seal(out, TYPE, counter(), plain)));
      const opens = (bytes: Uint8Array, type = writer.outerType ?? TYPE, seq = counter()): boolean =>
        scheme.protect(nodeCrypto, keys, shape, 'read').open({ type, version: shape.wireVersion, fragment: bytes }, seq) !== undefined;
      assert.equal(opens(fragment), true);
      for (let length = 0; length < fragment.length; length++)
        assert.equal(opens(fragment.subarray(0, length)), false, `${scheme.name}: ${length}`);
      assert.equal(opens(concat(fragment, Uint8Array.of(0))), false);
      for (let i = 0; i < fragment.length; i++) {
        const altered = fragment.slice();
        altered[i]! ^= 0x40;
        assert.equal(opens(altered), false, `${scheme.name}: byte ${i}`);
      }
      if (writer.outerType === undefined) assert.equal(opens(fragment, TYPE + 1), false);
      const next = counter();
      next.increment();
      assert.equal(opens(fragment, undefined, next), false);
    }
  }
});

test('what is too short to hold what must be in it is refused before anything is computed', () => {
  const never = (): never => assert.fail('asked for');
  const crypto: CryptoProvider = {
    ...nodeCrypto,
    hmac: never,
    digest: never,
    aead: (name, key) => ({ ...nodeCrypto.aead(name, key), open: never }),
    cbc: (name, key) => ({ ...nodeCrypto.cbc(name, key), blockLength: name.startsWith('3des') ? 8 : 16, decrypt: never }),
  };
  for (const [scheme, shape, shortest] of [
    [aeadSchemes.AES_128_GCM, SHAPE, 8 + 16],
    [aeadSchemes.AES_128_CCM_8, SHAPE, 8 + 8],
    [aeadSchemes.CHACHA20_POLY1305, SHAPE, 16],
    [cbcSchemes.NULL_SHA256, SHAPE, 32],
    // IV, then whole blocks that hold a MAC and one byte of padding.
    [cbcSchemes.AES_128_CBC_SHA, SHAPE, 16 + 32],
    [cbcSchemes.AES_128_CBC_SHA256, SHAPE, 16 + 48],
    [cbcSchemes.AES_256_CBC_SHA384, SHAPE, 16 + 64],
    [cbcSchemes.TRIPLE_DES_EDE_CBC_SHA, { ...SHAPE, explicitIv: false }, 24],
    // IV, one block, MAC.
    [cbcSchemes.AES_128_CBC_SHA, { ...SHAPE, encryptThenMac: true }, 16 + 16 + 20],
    [cbcSchemes.AES_128_CBC_SHA, { ...SHAPE, encryptThenMac: true, explicitIv: false }, 16 + 20],
  ] as const) {
    const reader = scheme.protect(crypto, keysOf(scheme), shape, 'read');
    for (let length = 0; length < shortest; length++) assert.equal(opened(reader, new Uint8Array(length), TYPE)[0], undefined, scheme.name);
    assert.throws(() => opened(reader, new Uint8Array(shortest), TYPE), /asked for/, scheme.name);
  }
});
