/** The historical attacks on signatures, nonces, randomness, and on features that are not here. S19, S20, S26, S35, S41, S45, S49, S50. */
import assert from 'node:assert/strict';
import { constants, createHash, createPublicKey, type KeyObject, generateKeyPairSync, privateEncrypt, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { concat, toHex } from '../src/base/bytes.ts';
import { Counter } from '../src/base/counter.ts';
import { Writer } from '../src/base/writer.ts';
import { nodeCrypto, privateKeyFromKeyObject } from '../src/crypto/node/index.ts';
import type { CryptoProvider, PublicKey } from '../src/crypto/port.ts';
import * as ccm from '../src/crypto/suites/aes-ccm.ts';
import * as gcm from '../src/crypto/suites/aes-gcm.ts';
import * as chacha from '../src/crypto/suites/chacha20.ts';
import * as modern from '../src/crypto/suites/modern.ts';
import type { ExtensionModule } from '../src/handshake/extensions/module.ts';
import { createSecureContext } from '../src/node/dtls/secure-context.ts';
import { context, integer, nullValue, octetString, oid, sequence } from '../src/pki/asn1/der-writer.ts';
import { dtls12Client, dtls12Server } from '../src/versions/dtls12.ts';
import { tls12Client, tls12Server } from '../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../src/versions/tls13.ts';
import { EARLY_DATA, IN_CLIENT_HELLO } from '../src/wire/extension.ts';
import * as s from '../src/wire/signature-scheme.ts';
import { TLS12 } from '../src/wire/version.ts';
import { credential, pemOf } from './support/certificates.ts';
import { clientContext, EXTENSIONS, serverContext } from './support/contexts.ts';
import { dtlsPair } from './support/dtls.ts';
import { connectPair } from './support/pair.ts';

const MESSAGE = Buffer.from('what was signed');

function publicKey(key: KeyObject): PublicKey {
  const imported = nodeCrypto.importPublicKey(createPublicKey(key).export({ type: 'spki', format: 'der' }));
  assert.ok(imported !== undefined);
  return imported;
}

const CURVES = [
  ['P-256', s.ECDSA_SECP256R1_SHA256, 'sha256', 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'],
  [
    'P-384',
    s.ECDSA_SECP384R1_SHA384,
    'sha384',
    'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  ],
] as const;

for (const [namedCurve, scheme, hash, order] of CURVES) {
  test(`S19: ${namedCurve}: r and s of nothing, of the order and above, negative, doubled, and in other forms than DER`, async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve });
    const key = publicKey(privateKey);
    const good = sign(hash, MESSAGE, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const size = good.length / 2;
    const [r, value] = [good.subarray(0, size), good.subarray(size)];
    const n = BigInt(`0x${order}`);
    const number = (each: bigint) => integer(Buffer.from(each.toString(16).padStart(2 * size + 2, '0'), 'hex'));
    const raw = (...content: number[]) => Uint8Array.of(2, content.length, ...content);
    const big = (bytes: Uint8Array) => BigInt(`0x${toHex(bytes)}`);
    const accepts = (signature: Uint8Array) => nodeCrypto.verify(scheme, key, MESSAGE, signature);
    const der = sequence(integer(r), integer(value));

    assert.equal(await accepts(der), true);
    for (const edge of [0n, 1n, n - 1n, n, n + 1n, 2n * n]) {
      assert.equal(await accepts(sequence(number(edge), number(edge))), false, `r = s = ${edge}`);
      assert.equal(await accepts(sequence(integer(r), number(edge))), false, `s = ${edge}`);
      assert.equal(await accepts(sequence(number(edge), integer(value))), false, `r = ${edge}`);
    }
    assert.equal(await accepts(sequence(number(big(r) + n), integer(value))), false, 'r + n');
    assert.equal(await accepts(sequence(integer(r), number(big(value) + n))), false, 's + n');
    const negative = Uint8Array.from(integer(r));
    negative[2] = (negative[2]! | 0x80) & 0xff;
    const padded = concat(Uint8Array.of(2, size + 2, 0, 0), r);
    const forms: [string, Uint8Array][] = [
      ['negative', sequence(negative, integer(value))],
      ['an integer with zeros before it', sequence(padded, integer(value))],
      ['empty integers', sequence(raw(), raw())],
      ['one integer', sequence(integer(r))],
      ['three integers', sequence(integer(r), integer(value), integer(value))],
      ['something behind the sequence', concat(der, Uint8Array.of(0))],
      ['a length in its long form', concat(Uint8Array.of(0x30, 0x81, der[1]!), der.subarray(2))],
      ['an indefinite length', concat(Uint8Array.of(0x30, 0x80), der.subarray(2), Uint8Array.of(0, 0))],
      ['r and s without a frame', good],
      ['cut short', der.subarray(0, -1)],
      ['nothing', new Uint8Array(0)],
    ];
    for (const [what, signature] of forms) assert.equal(await accepts(signature), false, what);
  });
}

test('S20: RSA blocks that only a careless verifier takes, with the exponents 3 and 65537', async () => {
  const SHA256 = oid('2.16.840.1.101.3.4.2.1');
  const digest = createHash('sha256').update(MESSAGE).digest();
  for (const publicExponent of [3, 65_537]) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048, publicExponent });
    const key = publicKey(privateKey);
    const size = 256;
    /** What a verifier finds when it raises the signature to the public exponent. */
    const block = (bytes: Uint8Array) => privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, bytes);
    const filled = (info: Uint8Array, behind: Uint8Array = new Uint8Array(0), fill = size - 3 - info.length - behind.length) =>
      concat(
        Uint8Array.of(0, 1),
        new Uint8Array(fill).fill(0xff),
        Uint8Array.of(0),
        info,
        behind,
        new Uint8Array(size - 3 - fill - info.length - behind.length),
      );
    const accepts = (signature: Uint8Array) => nodeCrypto.verify(s.RSA_PKCS1_SHA256, key, MESSAGE, signature);
    const info = sequence(sequence(SHA256, nullValue()), octetString(digest));
    assert.equal(await accepts(block(filled(info))), true);

    const long = (der: Uint8Array) => concat(Uint8Array.of(der[0]!, 0x81, der[1]!), der.subarray(2));
    const other = filled(info);
    other[1] = 2;
    const hole = filled(info);
    hole[20] = 0xfe;
    const forged: [string, Uint8Array][] = [
      ['garbage behind the digest (Bleichenbacher 2006)', filled(info, new Uint8Array(100).fill(7), 8)],
      ['zeros behind the digest', filled(info, undefined, 8)],
      ['garbage in the parameters', filled(sequence(sequence(SHA256, octetString(new Uint8Array(60).fill(9))), octetString(digest)))],
      ['parameters of another type', filled(sequence(sequence(SHA256, context(0)), octetString(digest)))],
      ['lengths in their long form (BERserk)', filled(long(sequence(long(sequence(SHA256, nullValue())), octetString(digest))))],
      ['another hash by name', filled(sequence(sequence(oid('1.3.14.3.2.26'), nullValue()), octetString(digest)))],
      ['the digest alone', filled(digest)],
      ['block type 2', other],
      ['a hole in the padding', hole],
      ['no block at all', concat(new Uint8Array(size - 32), digest)],
    ];
    for (const [what, bytes] of forged) assert.equal(await accepts(block(bytes)), false, `${what}, e = ${publicExponent}`);
    const signature = block(filled(info));
    assert.equal(await accepts(signature.subarray(1)), false, 'too short');
    assert.equal(await accepts(concat(Uint8Array.of(0), signature)), false, 'too long');
    for (const edge of [new Uint8Array(size), Buffer.alloc(size, 0xff)]) assert.equal(await accepts(edge), false);
  }
});

test('S35: certificates are not compressed: nothing offers it, and nobody who sends it is understood', () => {
  const pair = connectPair(clientContext(), serverContext());
  const hello = Buffer.from(pair.client.connection.takeOutput()!);
  // compress_certificate is 27 (RFC 8879): no extension of that type with a list of algorithms.
  assert.equal(hello.includes(Buffer.from([0, 27, 0])), false);
});

test('S26: early data is never taken: what comes is skipped, up to a bound, and reaches nobody', () => {
  const offersEarlyData: ExtensionModule = { type: EARLY_DATA, where: IN_CLIENT_HELLO, offer: () => true };
  const early = (length: number) => concat(Uint8Array.of(23, 3, 3, length >>> 8, length & 0xff), new Uint8Array(length).fill(0x5a));
  const sends = (...records: readonly Uint8Array[]) => {
    const pair = connectPair(clientContext({ extensions: [...EXTENSIONS, offersEarlyData] }), serverContext());
    let first = true;
    pair.wire = (from, bytes) => {
      const extra = from === 'client' && first ? records : [];
      if (from === 'client') first = false;
      return [bytes, ...extra];
    };
    pair.pump();
    return pair;
  };
  for (const records of [[], [early(100)], Array.from({ length: 100 }, () => early(100))]) {
    const pair = sends(...records);
    assert.equal(pair.server.connection.error, undefined);
    assert.ok(pair.server.connection.info !== undefined);
    pair.client.connection.send(MESSAGE);
    pair.pump();
    assert.deepEqual(
      pair.server.received.map((each) => Buffer.from(each).toString()),
      [MESSAGE.toString()],
    );
  }
  const flood = sends(...Array.from({ length: 2_000 }, () => early(100)));
  assert.equal(flood.server.connection.error?.origin, 'local');
  assert.deepEqual(flood.server.received, []);
});

// --- nonces ---

/** Node's provider; every key and nonce that is sealed with is remembered. */
function monitored(): { crypto: CryptoProvider; used: Set<string>; twice: string[] } {
  const used = new Set<string>();
  const twice: string[] = [];
  const crypto: CryptoProvider = {
    ...nodeCrypto,
    aead(name, key) {
      const aead = nodeCrypto.aead(name, key);
      const id = toHex(key);
      return {
        tagLength: aead.tagLength,
        seal(out, at, nonce, aad, plain) {
          const pairing = `${id} ${toHex(nonce)}`;
          if (used.has(pairing)) twice.push(pairing);
          used.add(pairing);
          aead.seal(out, at, nonce, aad, plain);
        },
        open: (nonce, aad, sealed) => aead.open(nonce, aad, sealed),
        rest: () => aead.rest(),
      };
    },
  };
  return { crypto, used, twice };
}

const AEADS_12 = [
  gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
  gcm.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
  ccm.TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
  ccm.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8,
  chacha.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
] as const;

test('S41: no key meets a nonce twice: every AEAD, both ends, new keys, tickets, repeated flights', () => {
  const { crypto, used, twice } = monitored();
  const exchange = (client: typeof tls12Client, server: typeof tls12Server, suites: Parameters<typeof clientContext>[0]) => {
    const pair = connectPair(
      clientContext({ ...suites, crypto, versions: [client] }),
      serverContext({ ...suites, crypto, versions: [server] }),
    );
    pair.pump();
    for (let i = 0; i < 50; i++) {
      if (client === tls13Client && i % 20 === 0) pair.client.connection.updateKeys(true);
      pair.client.connection.send(MESSAGE);
      pair.server.connection.send(MESSAGE);
      pair.pump();
    }
    pair.client.connection.close();
    pair.server.connection.close();
    pair.pump();
    assert.equal(pair.client.connection.error ?? pair.server.connection.error, undefined);
  };
  for (const suite of AEADS_12) exchange(tls12Client, tls12Server, { suites: [suite] });
  for (const suite of Object.values(modern)) exchange(tls13Client, tls13Server, { suites: [suite] });
  for (const suite of AEADS_12) {
    const link = dtlsPair(
      clientContext({ crypto, versions: [dtls12Client], suites: [suite] }),
      serverContext({ crypto, versions: [dtls12Server], suites: [suite] }),
      { loss: 0.3, duplicate: 0.2, seed: 7, delay: 10 },
    );
    assert.ok(link.handshake());
    for (let i = 0; i < 50; i++) {
      link.client.connection.send(MESSAGE);
      link.server.connection.send(MESSAGE);
      link.run(link.clock.now + 100);
    }
  }
  assert.ok(used.size > 1_500, `${used.size} records`);
  assert.deepEqual(twice, []);
});

test('S41: a million records of one key have a million nonces, over the turn of the counter too', () => {
  const seen = new Set<number>();
  let prefix: string | undefined;
  const crypto: CryptoProvider = {
    ...nodeCrypto,
    aead: () => ({
      tagLength: 16,
      seal(_out, _at, nonce) {
        prefix ??= toHex(nonce.subarray(0, 6));
        assert.equal(toHex(nonce.subarray(0, 6)), prefix);
        seen.add(Buffer.from(nonce.buffer, nonce.byteOffset + 6, 6).readUIntBE(0, 6));
      },
      open: () => undefined,
      rest: () => undefined,
    }),
  };
  const keys = { key: new Uint8Array(32), iv: new Uint8Array(12).fill(0xa5), macKey: new Uint8Array(0) };
  const shape = { wireVersion: TLS12, mac: 'hmac', explicitIv: true, encryptThenMac: false } as const;
  const schemes = [AEADS_12[0], AEADS_12[4], modern.TLS_AES_128_GCM_SHA256].map(({ protection }) => protection);
  for (const scheme of schemes) {
    seen.clear();
    prefix = undefined;
    const protection = scheme.protect(crypto, keys, shape, 'write');
    const seq = new Counter();
    seq.lo = 0xffff_ffff - 500_000;
    const out = new Writer(64);
    for (let i = 0; i < 1_000_000; i++) {
      out.length = 0;
      protection.seal(out, 23, seq, MESSAGE.subarray(0, 0));
      seq.increment();
    }
    assert.equal(seq.hi, 1);
    assert.equal(seen.size, 1_000_000, scheme.name);
  }
});

// --- defaults and sources ---

test('S45: CBC is not used over datagrams unless it is asked for', () => {
  for (const isServer of [false, true]) {
    const { suites } = createSecureContext({ isServer, ...(isServer ? pemOf(credential('p256')) : {}) });
    assert.ok(suites.length > 0);
    assert.deepEqual(
      suites.filter(({ protection }) => protection.cbc).map(({ name }) => name),
      [],
    );
  }
  assert.ok(createSecureContext({ ciphers: 'ECDHE-ECDSA-AES128-SHA' }).suites.every(({ protection }) => protection.cbc));
});

test('S49: signatures are made by the native signer alone: the same key and text give what it gives', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const ours = await privateKeyFromKeyObject(privateKey).sign(s.ED25519, MESSAGE);
  assert.equal(toHex(ours), sign(null, MESSAGE, privateKey).toString('hex'));
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const handle = privateKeyFromKeyObject(ec);
  const signatures = new Set<string>();
  for (let i = 0; i < 20; i++) signatures.add(toHex((await handle.sign(s.ECDSA_SECP256R1_SHA256, MESSAGE)).subarray(0, 36)));
  assert.equal(signatures.size, 20, 'a new k each time');
});

test('S50: random bytes come from the runtime: lint forbids Math.random everywhere, and no bytes come twice', () => {
  assert.match(readFileSync('eslint.config.mjs', 'utf8'), /property: 'random'/);
  const seen = new Set<string>();
  for (let i = 0; i < 10_000; i++) seen.add(toHex(nodeCrypto.random(16)));
  assert.equal(seen.size, 10_000);
});
