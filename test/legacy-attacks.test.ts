/** The historical attacks on SSL 3.0 to TLS 1.2, between two connections, one of which errs on purpose. S3 to S16, S38 to S40, S44. */
import assert from 'node:assert/strict';
import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { test } from 'node:test';
import * as alerts from '../src/base/alerts.ts';
import { concat } from '../src/base/bytes.ts';
import type { Counter } from '../src/base/counter.ts';
import type { Writer } from '../src/base/writer.ts';
import { ffdhePrime } from '../src/crypto/ffdhe.ts';
import type { KeyExchange } from '../src/crypto/kx/kx.ts';
import { nodeCrypto } from '../src/crypto/node/index.ts';
import type { Protection } from '../src/crypto/protect/protection.ts';
import * as cbc from '../src/crypto/suites/aes-cbc.ts';
import * as gcm from '../src/crypto/suites/aes-gcm.ts';
import * as anon from '../src/crypto/suites/anon.ts';
import * as nulls from '../src/crypto/suites/null.ts';
import * as rc4 from '../src/crypto/suites/rc4.ts';
import type { CipherSuite, LegacySuite } from '../src/crypto/suites/suite.ts';
import * as tripleDes from '../src/crypto/suites/triple-des.ts';
import type { Connection } from '../src/engine/connection.ts';
import { type ClientContextInit, createClientContext, createServerContext, type ServerContextInit } from '../src/engine/context.ts';
import { renegotiation } from '../src/handshake/legacy/renegotiation.ts';
import type { ProtocolVersion } from '../src/handshake/version.ts';
import { compatibleClient } from '../src/presets/compatible.ts';
import { LEGACY_PROFILE, LEGACY_SUITES, legacyClient, legacyServer } from '../src/presets/legacy.ts';
import { modernClient } from '../src/presets/modern.ts';
import { createCertificateVerifier } from '../src/pki/x509/verifier.ts';
import { ssl30Client, ssl30Server } from '../src/versions/ssl30.ts';
import { tls10Client, tls10Server } from '../src/versions/tls10.ts';
import { tls11Client, tls11Server } from '../src/versions/tls11.ts';
import { tls12Client, tls12Server } from '../src/versions/tls12.ts';
import * as h from '../src/wire/handshake.ts';
import { RENEGOTIATION_INFO } from '../src/wire/extension.ts';
import { secp256r1, x25519 } from '../src/wire/group.ts';
import { readClientHello } from '../src/wire/messages/client-hello.ts';
import { Reader } from '../src/base/reader.ts';
import * as s from '../src/wire/signature-scheme.ts';
import { AUTHORITY, credential } from './support/certificates.ts';
import { clientContext, EXTENSIONS, SCHEMES, serverContext, testVerifier } from './support/contexts.ts';
import { connectPair, type Pair } from './support/pair.ts';
import { type ClearMessage, tampering } from './support/tamper.ts';

const VERSIONS: readonly (readonly [ProtocolVersion, ProtocolVersion])[] = [
  [tls12Client, tls12Server],
  [tls11Client, tls11Server],
  [tls10Client, tls10Server],
  [ssl30Client, ssl30Server],
];
const PSK = { identity: Uint8Array.of(1), key: new Uint8Array(16).fill(7) };
const psk = { psk: () => PSK, findPsk: () => PSK } as const;
const schemes = [...SCHEMES, s.RSA_PKCS1_SHA1, s.ECDSA_SHA1];

function pairOf(
  [client, server]: readonly [ProtocolVersion, ProtocolVersion],
  suites: readonly CipherSuite[] | { client: readonly CipherSuite[]; server: readonly CipherSuite[] },
  more: { client?: Partial<ClientContextInit>; server?: Partial<ServerContextInit> } = {},
): Pair {
  const [ours, theirs] = 'client' in suites ? [suites.client, suites.server] : [suites, suites];
  return connectPair(
    clientContext({ suites: ours, versions: [client], schemes, psk: psk.psk, ...more.client }),
    serverContext({
      suites: theirs,
      versions: [server],
      schemes,
      findPsk: psk.findPsk,
      credentials: [credential('rsa'), credential('p256')],
      ...more.server,
    }),
  );
}

function assertRefused(pair: Pair, by: 'client' | 'server', code: string, alert: number, what?: string): void {
  assert.equal(pair[by].connection.error?.code, code, what);
  assert.equal(pair[by].connection.error?.alert, alert, what);
  const other = by === 'client' ? 'server' : 'client';
  assert.equal(pair[other].connection.error?.code, 'alert_received', what);
}

// --- switches ---

//= rfc9846#appendix-C.5
//= type=test
//# If no such mechanism is used, then the connection has no protection against an active
//# man-in-the-middle attack; applications MUST NOT use TLS in such a way absent explicit configuration
//# or a specific application profile.
//= rfc5246#appendix-A.5
//= type=test
//# Using this mode therefore is of limited use: These cipher suites MUST NOT be used by TLS 1.2
//# implementations unless the application layer has specifically requested to allow anonymous key
//# exchange.
test('each danger needs its switch, and the connection shows it', () => {
  const base = { crypto: nodeCrypto, groups: [x25519], schemes, extensions: EXTENSIONS, verifier: testVerifier, now: Date.now } as const;
  const rsa = cbc.TLS_RSA_WITH_AES_128_CBC_SHA;
  const cases: [string, Partial<ClientContextInit>][] = [
    ['dangerouslyAllowSsl30', { versions: [tls10Client, ssl30Client], suites: [rsa] }],
    ['dangerouslyAllowAnonymous', { versions: [tls12Client], suites: [rsa, anon.TLS_DH_anon_WITH_AES_128_CBC_SHA] }],
    ['dangerouslyAllowNull', { versions: [tls12Client], suites: [nulls.TLS_RSA_WITH_NULL_SHA256] }],
    ['dangerouslyAllowRc4', { versions: [tls12Client], suites: [rsa, Object.values(rc4)[0]!] }],
    ['dangerouslyAllowWeakKeys', { versions: [tls12Client], suites: [rsa], minDhBits: 1_024 }],
  ];
  for (const [name, parts] of cases) {
    const init = { ...base, versions: [tls12Client], suites: [rsa], ...parts };
    assert.throws(
      () => createClientContext(init),
      (error: Error) => error.message.includes(name) && error.message.includes('invalid_configuration'),
      name,
    );
    assert.deepEqual(createClientContext({ ...init, [name]: true }).dangers, [name]);
    assert.deepEqual(createClientContext({ ...init, dangers: [name] }).dangers, [name]);
    // Another switch is none.
    const other = name === 'dangerouslyAllowNull' ? 'dangerouslyAllowRc4' : 'dangerouslyAllowNull';
    assert.throws(() => createClientContext({ ...init, [other]: true }), name);
  }
  const weak = {
    ...credential('rsa'),
    key: { ...credential('rsa').key, type: 'rsa' as const, schemes: [], bits: 1_024, sign: () => new Uint8Array(0) },
  };
  const server = { ...base, versions: [tls12Server], suites: [rsa], credentials: [weak] };
  assert.throws(() => createServerContext(server), /dangerouslyAllowWeakKeys/);
  createServerContext({ ...server, dangerouslyAllowWeakKeys: true });

  const pair = pairOf([tls12Client, tls12Server], [nulls.TLS_RSA_WITH_NULL_SHA256]);
  pair.pump();
  for (const end of [pair.client, pair.server]) assert.deepEqual(end.connection.info?.dangers, ['dangerouslyAllowNull']);
  assert.deepEqual(createClientContext({ ...legacyClient(nodeCrypto), verifier: testVerifier, now: Date.now }).dangers, []);
});

test('the legacy preset: all that it has is new enough by default; SSL 3.0 and small keys are one option each', () => {
  const make = (switches: Parameters<typeof legacyClient>[1]) =>
    createClientContext({ ...legacyClient(nodeCrypto, switches), verifier: testVerifier, now: Date.now });
  assert.deepEqual(
    make({}).versions.map(({ name }) => name),
    ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'],
  );
  assert.equal(make({}).minDhBits, 2_048);
  const old = make({ dangerouslyAllowSsl30: true, dangerouslyAllowWeakKeys: true });
  assert.equal(old.versions.at(-1)?.name, 'SSLv3');
  assert.equal(old.minDhBits, 1_024);
  assert.deepEqual(old.dangers, ['dangerouslyAllowSsl30', 'dangerouslyAllowWeakKeys']);
  const device = createServerContext({
    ...legacyServer(nodeCrypto, { dangerouslyAllowSsl30: true }),
    versions: [ssl30Server],
    suites: [tripleDes.TLS_RSA_WITH_3DES_EDE_CBC_SHA],
    credentials: [credential('rsa')],
    verifier: testVerifier,
    now: Date.now,
  });
  const pair = connectPair(make({ dangerouslyAllowSsl30: true }), device);
  pair.pump();
  assert.equal(pair.client.connection.info?.version, 'SSLv3');
  assert.equal(pair.client.connection.info?.suite, 'TLS_RSA_WITH_3DES_EDE_CBC_SHA');
  const refused = connectPair(make({}), device);
  refused.pump();
  assert.equal(refused.client.connection.info, undefined);
  assert.equal(LEGACY_PROFILE.minRsaBits, 1_024);
  createCertificateVerifier({ trustAnchors: [AUTHORITY.der], profile: LEGACY_PROFILE });
});

// --- key exchange ---

test('S3, S39: no export suite exists, and no preset offers RC4, NULL, anonymous or export suites; 3DES only the legacy one', () => {
  const everything = [cbc, gcm, anon, nulls, rc4, tripleDes].flatMap((module) => Object.values<LegacySuite>(module));
  for (const { name } of everything) assert.doesNotMatch(name, /EXPORT|_DES_|RC2|IDEA/);
  for (const preset of [modernClient(nodeCrypto), compatibleClient(nodeCrypto), legacyClient(nodeCrypto)])
    for (const { name } of preset.suites) assert.doesNotMatch(name, /NULL|RC4|anon|EXPORT|MD5/);
  for (const preset of [modernClient(nodeCrypto), compatibleClient(nodeCrypto)])
    for (const { name } of preset.suites) assert.doesNotMatch(name, /3DES|TLS_RSA_|_DSS_/);
  for (const preset of [compatibleClient(nodeCrypto), legacyClient(nodeCrypto)])
    assert.equal(new Set(preset.suites).size, preset.suites.length);
  assert.ok(LEGACY_SUITES.some(({ name }) => name.includes('3DES')));
});

/** A suite of a peer that writes parameters of its own. */
function forging(suite: LegacySuite, change: Partial<KeyExchange>): LegacySuite {
  return { ...suite, kx: { ...suite.kx, ...change } };
}

const DHE = cbc.TLS_DHE_RSA_WITH_AES_128_CBC_SHA;
const PRIME = ffdhePrime('ffdhe2048');
/** A 1024-bit MODP prime: RFC 2409 §6.2. */
const SMALL_PRIME = Uint8Array.from(
  Buffer.from(
    'FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF',
    'hex',
  ),
);

function minus(value: Uint8Array, by: number): Uint8Array {
  const copy = value.slice();
  copy[copy.length - 1]! -= by;
  return copy;
}

test('S4: Logjam: small and even primes and silly values of the server are refused; 1024 bits only where that was said', () => {
  const server = (prime: Uint8Array, generator: Uint8Array, share?: Uint8Array): LegacySuite =>
    forging(DHE, {
      writeServerParams(state, w) {
        const pending = nodeCrypto.startDh?.({ prime, generator });
        if (pending !== undefined) state.pending = pending;
        state.dhBits = 8 * prime.length;
        state.dhPrimeLength = prime.length;
        w.vector(2, prime);
        w.vector(2, generator);
        w.vector(2, share ?? pending?.share ?? Uint8Array.of(4));
      },
    });
  const two = Uint8Array.of(2);
  const cases: [string, LegacySuite, string, number][] = [
    ['512 bits', server(SMALL_PRIME.subarray(64), two), 'weak_key', alerts.INSUFFICIENT_SECURITY],
    ['1024 bits', server(SMALL_PRIME, two), 'weak_key', alerts.INSUFFICIENT_SECURITY],
    ['even', server(minus(PRIME, 1), two, Uint8Array.of(4)), 'bad_dh_parameters', alerts.ILLEGAL_PARAMETER],
    ['generator 0', server(PRIME, Uint8Array.of(0), Uint8Array.of(4)), 'bad_dh_parameters', alerts.ILLEGAL_PARAMETER],
    ['generator 1', server(PRIME, Uint8Array.of(1), Uint8Array.of(4)), 'bad_dh_parameters', alerts.ILLEGAL_PARAMETER],
    ['generator p-1', server(PRIME, minus(PRIME, 1), Uint8Array.of(4)), 'bad_dh_parameters', alerts.ILLEGAL_PARAMETER],
    ['share 0', server(PRIME, two, Uint8Array.of(0)), 'bad_dh_parameters', alerts.HANDSHAKE_FAILURE],
    ['share 1', server(PRIME, two, Uint8Array.of(1)), 'bad_dh_parameters', alerts.HANDSHAKE_FAILURE],
    ['share p-1', server(PRIME, two, minus(PRIME, 1)), 'bad_dh_parameters', alerts.HANDSHAKE_FAILURE],
    ['share p', server(PRIME, two, PRIME), 'bad_dh_parameters', alerts.HANDSHAKE_FAILURE],
    ['share p+2', server(PRIME, two, concat(Uint8Array.of(1), PRIME)), 'bad_dh_parameters', alerts.HANDSHAKE_FAILURE],
  ];
  for (const [what, suite, code, alert] of cases) {
    const pair = pairOf([tls12Client, tls12Server], { client: [DHE], server: [suite] });
    pair.pump();
    assertRefused(pair, 'client', code, alert, what);
  }
  const allowed = pairOf(
    [tls12Client, tls12Server],
    { client: [DHE], server: [server(SMALL_PRIME, two)] },
    { client: { minDhBits: 1_024 } },
  );
  allowed.pump();
  assert.equal(allowed.client.connection.error?.message, undefined);
  assert.deepEqual(allowed.client.connection.info?.dangers, ['dangerouslyAllowWeakKeys']);
});

test('S18: a client whose share is 0, 1, p-1, p or beyond', () => {
  for (const version of VERSIONS)
    for (const share of [Uint8Array.of(0), Uint8Array.of(1), minus(PRIME, 1), PRIME, concat(Uint8Array.of(1), PRIME)]) {
      const suite = forging(DHE, {
        writeClientParams(_state, w) {
          w.vector(2, share);
          return new Uint8Array(48);
        },
      });
      const pair = pairOf(version, { client: [suite], server: [DHE] });
      pair.pump();
      assertRefused(pair, 'server', 'bad_dh_parameters', alerts.HANDSHAKE_FAILURE, `${version[0].name} ${share.length}`);
    }
});

test('S16: Raccoon: a server makes a DH key for each handshake and uses it once', () => {
  const shares: string[] = [];
  let uses = 0;
  const spying = {
    ...nodeCrypto,
    startKeyShare(group: Parameters<typeof nodeCrypto.startKeyShare>[0]) {
      const pending = nodeCrypto.startKeyShare(group);
      shares.push(Buffer.from(pending.share).toString('hex'));
      let used = false;
      return {
        share: pending.share,
        finish(peer: Uint8Array) {
          assert.equal(used, false);
          used = true;
          uses++;
          return pending.finish(peer);
        },
      };
    },
  };
  const server = serverContext({
    crypto: spying,
    suites: [DHE],
    versions: [tls12Server],
    credentials: [credential('rsa')],
    tickets: undefined,
  });
  for (let i = 0; i < 4; i++) {
    const pair = connectPair(clientContext({ suites: [DHE], versions: [tls12Client] }), server);
    pair.pump();
    assert.equal(pair.server.connection.error, undefined);
  }
  assert.equal(new Set(shares).size, 4);
  assert.equal(uses, 4);
});

//= rfc5246#section-7.4.7.1
//= type=test
//# In any case, a TLS server MUST NOT generate an alert if processing an RSA-encrypted premaster secret
//# message fails, or the version number is not as expected.
//= rfc5246#section-7.4.7.1
//= type=test
//# Instead, it MUST continue the handshake with a randomly generated premaster secret.
//= rfc5246#section-7.4.7.1
//= type=test
//# If ClientHello.client_version is TLS 1.1 or higher, server implementations MUST check the version
//# number as described in the note below.
//= rfc5246#section-7.4.7.1
//= type=test
//# Client implementations MUST always send the correct version number in PreMasterSecret.
test('S10: Bleichenbacher, ROBOT, DROWN: whatever the encrypted premaster secret is, the server does the same', () => {
  const key = createPublicKey(credential('rsa').privateKey);
  const raw = (block: Uint8Array): Uint8Array => new Uint8Array(publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, block));
  const SIZE = 256;
  /** 00 02, padding, 00 and the message, as PKCS #1 has it, then changed. */
  const block = (message: Uint8Array, change: (bytes: Uint8Array) => void = () => {}): Uint8Array => {
    const bytes = new Uint8Array(SIZE).fill(0x5b);
    bytes[0] = 0;
    bytes[1] = 2;
    bytes[SIZE - message.length - 1] = 0;
    bytes.set(message, SIZE - message.length);
    change(bytes);
    return raw(bytes);
  };
  const premaster = (version: number, length = 48): Uint8Array =>
    Uint8Array.from({ length }, (_, i) => (i === 0 ? version >>> 8 : i === 1 ? version & 0xff : i));
  for (const version of VERSIONS) {
    const { id } = version[0];
    const variants: [string, Uint8Array][] = [
      // The five of ROBOT.
      ['right form, but not the secret of the client', block(premaster(id))],
      ['wrong first bytes', block(premaster(id), (b) => b.set([0x41, 0x17]))],
      [
        'the zero at a wrong place',
        block(concat(premaster(id).subarray(0, 38), new Uint8Array(1), premaster(id).subarray(39)), (b) => b.set([0x11], SIZE - 49)),
      ],
      [
        'no zero at all',
        block(
          premaster(id).map((byte) => byte || 1),
          (b) => (b[SIZE - 49] = 0x11),
        ),
      ],
      ['wrong version', block(premaster(0x0202))],
      // And others.
      ['version of SSL 2.0', block(premaster(0x0002))],
      ['a newer version', block(premaster(id + 1))],
      ['first byte', block(premaster(id), (b) => (b[0] = 1))],
      ['block type 1', block(premaster(id), (b) => (b[1] = 1))],
      ['zero in the first padding byte', block(premaster(id), (b) => (b[2] = 0))],
      ['zero in the eighth padding byte', block(premaster(id), (b) => (b[9] = 0))],
      ['secret of 47 bytes', block(premaster(id, 47))],
      ['secret of 49 bytes', block(premaster(id, 49))],
      ['an empty secret', block(new Uint8Array(0))],
      ['all zero', raw(new Uint8Array(SIZE))],
      ['ciphertext one', Uint8Array.from({ length: SIZE }, (_, i) => (i === SIZE - 1 ? 1 : 0))],
      ['ciphertext beyond the modulus', new Uint8Array(SIZE).fill(0xff)],
      ['too short', block(premaster(id)).subarray(1)],
      ['too long', concat(new Uint8Array(1), block(premaster(id)))],
      ['nothing', new Uint8Array(0)],
    ];
    for (const suite of [cbc.TLS_RSA_WITH_AES_128_CBC_SHA, cbc.TLS_RSA_PSK_WITH_AES_128_CBC_SHA]) {
      if (suite.minVersion > 0x0300 + version[0].rank) continue;
      const seen = new Map<string, string[]>();
      for (const [what, sealed] of variants) {
        let randoms = 0;
        let decrypted = 0;
        const own = credential('rsa');
        const { spki } = own.key;
        const spied = {
          chain: own.chain,
          key: {
            type: own.key.type,
            schemes: own.key.schemes,
            ...(spki === undefined ? {} : { spki }),
            sign: (scheme: number, tbs: Uint8Array) => own.key.sign(scheme, tbs),
            decryptRaw(text: Uint8Array) {
              decrypted++;
              return own.key.decryptRaw!(text);
            },
          },
        };
        const crypto = {
          ...nodeCrypto,
          random(length: number) {
            randoms++;
            return nodeCrypto.random(length);
          },
        };
        const forged = forging(suite, {
          writeClientParams(state, w) {
            if (suite.kx.usesPsk) w.vector(2, PSK.identity);
            if (state.bareRsa) w.bytes(sealed);
            else w.vector(2, sealed);
            return new Uint8Array(48).fill(9);
          },
        });
        const pair = pairOf(
          version,
          { client: [forged], server: [suite] },
          { server: { crypto, credentials: [spied], tickets: undefined } },
        );
        const outcome: string[] = [];
        // First the key exchange alone: nothing may come back.
        pair.wire = (from, bytes) => {
          if (from === 'server') outcome.push(`${bytes[0]} ${bytes.length}`);
          else if (bytes[5] === h.CLIENT_KEY_EXCHANGE) {
            const cut = 5 + ((bytes[3]! << 8) | bytes[4]!);
            pair.server.connection.receive(bytes.subarray(0, cut));
            outcome.push(`behind ClientKeyExchange: ${pair.server.connection.wants & 2} ${String(pair.server.connection.error?.code)}`);
            return [bytes.subarray(cut)];
          }
          return [bytes];
        };
        pair.pump();
        const { error } = pair.server.connection;
        const all = `${outcome.join('; ')}; ${error?.code} ${error?.alert} ${error?.detail}; random ${randoms}, decrypt ${decrypted}`;
        seen.set(all, [...(seen.get(all) ?? []), what]);
      }
      assert.equal(seen.size, 1, `${version[0].name} ${suite.name}: ${JSON.stringify([...seen], undefined, 1)}`);
      assert.match([...seen.keys()][0]!, /bad_record_mac 20/);
    }
  }
});

//= rfc5246#section-7.4.3
//= type=test
//# If the client has offered the "signature_algorithms" extension, the signature algorithm and hash
//# algorithm MUST be a pair listed in that extension.
//= rfc5246#section-7.4.8
//= type=test
//# The hash and signature algorithms used in the signature MUST be one of those present in the
//# supported_signature_algorithms field of the CertificateRequest message.
//= rfc9846#section-4.5.2
//= type=test
//# The SHA-1 algorithm MUST NOT be used in any signatures of CertificateVerify messages.
test('S11: SLOTH: an MD5 signature, or SHA-1 where it was not offered, is refused before it is looked at', () => {
  let verified = 0;
  const crypto = {
    ...nodeCrypto,
    verify(...args: Parameters<typeof nodeCrypto.verify>) {
      verified++;
      return nodeCrypto.verify(...args);
    },
  };
  const suite = gcm.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
  for (const scheme of [s.RSA_PKCS1_MD5, s.RSA_PKCS1_SHA1, s.RSA_PKCS1_MD5_SHA1]) {
    const pair = connectPair(
      clientContext({ crypto, suites: [suite], versions: [tls12Client], schemes: SCHEMES }),
      serverContext({ suites: [suite], versions: [tls12Server], credentials: [credential('rsa')] }),
    );
    let before = 0;
    pair.wire = tampering((_from, messages) =>
      messages.map((message): ClearMessage => {
        if (message.type !== h.SERVER_KEY_EXCHANGE) return message;
        before = verified;
        const body = message.body.slice();
        const at = 4 + body[3]!;
        body[at] = scheme >>> 8;
        body[at + 1] = scheme;
        return { ...message, body };
      }),
    );
    pair.pump();
    assertRefused(pair, 'client', 'wrong_scheme', alerts.ILLEGAL_PARAMETER, scheme.toString(16));
    assert.ok(before >= 0);
  }
  // A client that knows MD5 signatures is not asked for any, and a server asked for none else has none to give.
  const server = serverContext({ suites: [suite], versions: [tls12Server], credentials: [credential('rsa')] });
  const pair = connectPair(clientContext({ suites: [suite], versions: [tls12Client], schemes: [s.RSA_PKCS1_MD5] }), server);
  pair.pump();
  assert.equal(pair.client.connection.info, undefined);
});

// --- records ---

/** A suite whose client seals application data in ways of its own. */
function sealing(
  suite: LegacySuite,
  seal: (
    own: Protection,
    out: Writer,
    type: number,
    seq: Counter,
    plain: Uint8Array,
    keys: { key: Uint8Array; macKey: Uint8Array },
  ) => void,
): LegacySuite {
  return {
    ...suite,
    protection: {
      ...suite.protection,
      protect(crypto, keys, shape, direction) {
        const own = suite.protection.protect(crypto, keys, shape, direction);
        if (direction === 'read') return own;
        return {
          overhead: own.overhead + 512,
          outerType: own.outerType,
          open: (record, seq) => own.open(record, seq),
          rest: () => own.rest(),
          seal: (out, type, seq, plain) => (type === 23 ? seal(own, out, type, seq, plain, keys) : own.seal(out, type, seq, plain)),
        };
      },
    },
  };
}

const CBC_PSK = cbc.TLS_PSK_WITH_AES_128_CBC_SHA;

//= rfc5246#section-6.2.3.2
//= type=test
//# Each uint8 in the padding data vector MUST be filled with the padding length value.
//= rfc5246#section-6.2.3.2
//= type=test
//# The receiver MUST check this padding and MUST use the bad_record_mac alert to indicate padding
//# errors.
//= rfc5246#section-7.2.2
//= type=test
//# This alert also MUST be returned if an alert is sent because a TLSCiphertext decrypted in an invalid
//# way: either it wasn't an even multiple of the block length, or its padding values, when checked,
//# weren't correct.
//= rfc7366#section-3
//= type=test
//# The MAC SHALL be evaluated before any further processing such as decryption is performed, and if the
//# MAC verification fails, then processing SHALL terminate immediately.
//= rfc7366#section-3
//= type=test
//# For TLS, a fatal bad_record_mac MUST be generated [2].
test('S6, S8: POODLE on TLS, Lucky 13, zero-length records: each wrong padding and each wrong MAC ends the connection in one way', () => {
  for (const version of VERSIONS.slice(0, 2)) {
    const outcomes = new Map<string, string[]>();
    const attempt = (what: string, content: Uint8Array, padding: number, change: (text: Uint8Array) => void): void => {
      const suite = sealing(CBC_PSK, (_own, out, type, seq, _plain, keys) => {
        const header = new Uint8Array(13);
        seq.writeTo(header, 0);
        header.set([type, 3, version[0].id & 0xff, content.length >> 8, content.length], 8);
        const mac = nodeCrypto.hmac('sha1', keys.macKey, header, content);
        const text = concat(content, mac, new Uint8Array(padding + 1).fill(padding));
        change(text);
        const iv = nodeCrypto.random(16);
        out.bytes(iv);
        out.bytes(nodeCrypto.cbc('aes-128-cbc', keys.key).encrypt(iv, text));
      });
      const noEtm = (pv: ProtocolVersion): ProtocolVersion => ({
        ...pv,
        client: { ...pv.client!, extensions: pv.client!.extensions.filter(({ type }) => type === RENEGOTIATION_INFO) },
      });
      const pair = pairOf([noEtm(version[0]), version[1]], { client: [suite], server: [CBC_PSK] });
      pair.pump();
      assert.equal(pair.client.connection.error?.message, undefined, what);
      pair.client.connection.send(Uint8Array.of(1));
      let back = '';
      pair.wire = (from, bytes) => {
        if (from === 'server') back += `${bytes[0]}:${bytes.length} `;
        return [bytes];
      };
      pair.pump();
      const { error } = pair.server.connection;
      const outcome = `${error?.code} ${error?.alert} ${error?.detail} ${back}${pair.server.received.length}`;
      outcomes.set(outcome, [...(outcomes.get(outcome) ?? []), what]);
    };
    const text = new Uint8Array(12).fill(1);
    // 12 + 20 = 32: a padding of 15, 31 … 255 ends at the block.
    for (const padding of [15, 255]) {
      attempt(`MAC, padding ${padding}`, text, padding, (t) => (t[14]! ^= 1));
      for (let i = 0; i <= padding; i += padding === 15 ? 1 : 17)
        attempt(`padding byte ${i} of ${padding}`, text, padding, (t) => (t[t.length - 1 - i]! ^= 0x80));
      attempt(`length 255 of ${padding}`, text, padding, (t) => (t[t.length - 1] = padding === 255 ? 254 : 255));
      attempt(`length 0 of ${padding}`, text, padding, (t) => (t[t.length - 1] = 0));
      attempt(`MAC and padding, ${padding}`, text, padding, (t) => t.forEach((byte, i) => (t[i] = byte ^ 1)));
    }
    // CVE-2019-1559: a record without content.
    attempt('no content, wrong MAC', new Uint8Array(0), 11, (t) => (t[3]! ^= 1));
    attempt('no content, wrong padding', new Uint8Array(0), 11, (t) => (t[t.length - 3]! ^= 1));
    assert.equal(outcomes.size, 1, `${version[0].name}: ${JSON.stringify([...outcomes], undefined, 1)}`);
    assert.match([...outcomes.keys()][0]!, /^bad_record_mac 20 undefined 21:/);
    // The same tool, without a change, is understood.
    outcomes.clear();
    attempt('untouched', text, 15, () => {});
    assert.match([...outcomes.keys()][0]!, /^undefined undefined undefined 1$/);
  }
});

//= rfc5246#section-6.2.3.2
//= type=test
//# IV The Initialization Vector (IV) SHOULD be chosen at random, and MUST be unpredictable.
test('S7: BEAST: TLS 1.0 and SSL 3.0 split 1/n-1; later versions have a fresh IV in each record', () => {
  for (const version of VERSIONS) {
    const suite = cbc.TLS_RSA_WITH_AES_128_CBC_SHA;
    const pair = pairOf(version, [suite]);
    pair.pump();
    const splits = version[0].rank < 2;
    for (const end of [pair.client, pair.server]) {
      end.connection.send(new Uint8Array(100));
      const lengths = recordLengths(end.connection.takeOutput()!);
      assert.equal(lengths.length, splits ? 2 : 1, version[0].name);
      if (splits) assert.ok(lengths[0]! <= 48, `${version[0].name}: ${lengths}`);
      end.connection.send(Uint8Array.of(1));
      assert.equal(recordLengths(end.connection.takeOutput()!).length, 1, 'a single byte has nothing to be split');
    }
    if (splits) continue;
    const ivs = new Set<string>();
    for (let i = 0; i < 100; i++) {
      pair.client.connection.send(new Uint8Array(16));
      ivs.add(Buffer.from(pair.client.connection.takeOutput()!.subarray(5, 21)).toString('hex'));
    }
    assert.equal(ivs.size, 100);
  }
});

function recordLengths(bytes: Uint8Array): number[] {
  const lengths: number[] = [];
  for (let at = 0; at < bytes.length; at += 5 + lengths.at(-1)!) lengths.push((bytes[at + 3]! << 8) | bytes[at + 4]!);
  return lengths;
}

test('S38: SWEET32: a 3DES key ends after 2^20 records: by another handshake where there may be one, else with the connection', () => {
  for (const suite of Object.values<LegacySuite>(tripleDes)) assert.equal(suite.protection.recordLimit, 1_048_576, suite.name);
  const short = tripleDes.TLS_RSA_WITH_3DES_EDE_CBC_SHA;
  const suite = { ...short, protection: { ...short.protection, recordLimit: 5 } };
  const send = (connection: Connection): number => {
    let sent = 0;
    while (sent < 20 && connection.error === undefined && connection.send(Uint8Array.of(sent)) === 1) sent++;
    return sent;
  };
  const ending = pairOf([tls12Client, tls12Server], [suite]);
  ending.pump();
  assert.equal(send(ending.client.connection), 4, 'Finished is the first');
  assert.equal(ending.client.connection.error?.code, 'key_limit_reached');
  const renewing = pairOf(
    [tls12Client, tls12Server],
    { client: [suite], server: [short] },
    { client: { renegotiation: renegotiation('refuse') }, server: { renegotiation: renegotiation('allow') } },
  );
  renewing.pump();
  for (let round = 1; round <= 3; round++) {
    assert.equal(send(renewing.client.connection), 4);
    renewing.pump();
    assert.equal(renewing.client.connection.info?.renegotiations, round);
  }
  assert.equal(Buffer.concat(renewing.server.received).length, 12);
});

//= rfc5746#section-4.5
//= type=test
//# Clients that support SSLv3 and offer secure renegotiation (either via SCSV or "renegotiation_info")
//# MUST accept the "renegotiation_info" extension from the server, even if the server version is {0x03,
//# 0x00}, and behave as described in this specification.
//= rfc5746#section-4.5
//= type=test
//# TLS servers that support secure renegotiation and support SSLv3 MUST accept SCSV or the
//# "renegotiation_info" extension and respond as described in this specification even if the offered
//# client version is {0x03, 0x00}.
//= rfc7627#section-6.4
//= type=test
//# If they choose to support SSL 3.0, the resulting sessions MUST use the legacy master secret
//# computation, and the interoperability considerations of Section 5.4 apply.
test('S5, S40: SSL 3.0: off by default, hellos without extensions but for the signalling suite, padding that no MAC protects', () => {
  const pair = pairOf([ssl30Client, ssl30Server], [cbc.TLS_RSA_WITH_AES_128_CBC_SHA]);
  const hello = pair.client.connection.takeOutput()!;
  const read = readClientHello(new Reader(hello.subarray(9)), false);
  assert.deepEqual(read.extensions, []);
  assert.ok(read.suites.includes(0x00ff));
  assert.equal(hello.length, 9 + 2 + 32 + 1 + 2 + 2 * read.suites.length + 2, 'not even an empty block');
  pair.server.connection.receive(hello);
  pair.pump();
  assert.equal(pair.client.connection.info?.secureRenegotiation, true);
  assert.equal(pair.client.connection.info?.extendedMasterSecret, false);
  for (const preset of [modernClient(nodeCrypto), compatibleClient(nodeCrypto), legacyClient(nodeCrypto)])
    assert.ok(!preset.versions.some(({ rank }) => rank === 0));
});

test('S44: fixed DH: a client has no certificate for such a request, and a server makes none', () => {
  const suite = cbc.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA;
  const contexts = [
    clientContext({ suites: [suite], versions: [tls12Client], credentials: [credential('p256'), credential('rsa')] }),
    serverContext({ suites: [suite], versions: [tls12Server], credentials: [credential('rsa')], clientCertificate: 'request' }),
  ] as const;
  for (const types of [[3], [4], [65], [66], [3, 4, 5, 6, 20, 65, 66]]) {
    const pair = connectPair(...contexts);
    let certificate: Uint8Array | undefined;
    pair.wire = tampering((from, messages) =>
      messages.map((message): ClearMessage => {
        if (from === 'client' && message.type === h.CERTIFICATE) certificate = message.body;
        if (message.type !== h.CERTIFICATE_REQUEST) return message;
        for (const type of message.body.subarray(1, 1 + message.body[0]!)) assert.ok([1, 2, 64].includes(type), `type ${type}`);
        return { ...message, body: concat(Uint8Array.of(types.length, ...types), message.body.subarray(1 + message.body[0]!)) };
      }),
    );
    pair.pump();
    assert.deepEqual(certificate, new Uint8Array(3), `types ${types}`);
  }
});

test('no curve but those offered: the handshake names x25519 and P-256 here', () => {
  const suite = gcm.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
  const pair = pairOf([tls12Client, tls12Server], [suite], { client: { groups: [secp256r1] }, server: { groups: [x25519, secp256r1] } });
  pair.pump();
  assert.equal(pair.client.connection.info?.group, secp256r1.id);
});
