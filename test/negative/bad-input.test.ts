/**
 * Bad input by name: what a hostile or broken peer may send, in TLS 1.2 and 1.3, each with the typed error on the side that
 * refuses and the alert as the other side sees it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as alerts from '../../src/base/alerts.ts';
import { concat } from '../../src/base/bytes.ts';
import * as limits from '../../src/base/limits.ts';
import { Reader } from '../../src/base/reader.ts';
import { Writer } from '../../src/base/writer.ts';
import * as cbc from '../../src/crypto/suites/aes-cbc.ts';
import * as gcm from '../../src/crypto/suites/aes-gcm.ts';
import * as modern from '../../src/crypto/suites/modern.ts';
import type { ServerContextInit } from '../../src/engine/context.ts';
import type { ClientOptions } from '../../src/handshake/context.ts';
import { tls11Client } from '../../src/versions/tls11.ts';
import { tls12Client, tls12Server } from '../../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../../src/versions/tls13.ts';
import * as e from '../../src/wire/extension.ts';
import { readExtensions } from '../../src/wire/extensions.ts';
import { secp256r1, secp384r1, x25519 } from '../../src/wire/group.ts';
import * as h from '../../src/wire/handshake.ts';
import * as s from '../../src/wire/signature-scheme.ts';
import { credential, issue } from '../support/certificates.ts';
import { SCHEMES } from '../support/contexts.ts';
import { type End, Pair } from '../support/pair.ts';
import { Connection } from '../../src/engine/connection.ts';
import { StreamCarrier } from '../../src/record/stream/carrier.ts';
import { streamFrontOf } from '../sim/scenario.ts';
import type { Hand } from './tamper-carrier.ts';
import {
  altering,
  alteringHello,
  assertRefused,
  behindHead,
  clientExtensions,
  connected,
  contexts,
  entry,
  flipLast,
  forging,
  isRetry,
  isRetryHello,
  listed,
  pairOf,
  replaceClientExtension,
  replaceExtension,
  retry,
  run,
  sendForged,
  type Setup,
  VERSIONS,
  withExtension,
  withGroup,
} from './lying-pair.ts';

// --- authentication ---

for (const version of VERSIONS) {
  // A handle that does not say whose key it is: else the context would have seen it.
  const stranger = issue('p256').key;
  const sign = (scheme: number, tbs: Uint8Array) => stranger.sign(scheme, tbs);
  const wrongKey = {
    chain: credential('p256').chain,
    key: { type: stranger.type, curve: stranger.curve!, schemes: stranger.schemes, sign },
  };

  //= rfc9846#section-4.5.2
  //= type=test
  //# The receiver of a CertificateVerify message MUST verify the signature field.
  //= rfc9846#section-4.5.2
  //= type=test
  //# If the verification fails, the receiver MUST terminate the handshake with a "decrypt_error" alert.
  test(`${version}: S15, S33: the server's key is not that of its certificate`, () => {
    assertRefused(run(version, { server: { credentials: [wrongKey] } }), 'client', 'bad_signature', alerts.DECRYPT_ERROR);
  });

  test(`${version}: S15, S33: the client's key is not that of its certificate`, () => {
    const pair = run(version, { client: { credentials: [wrongKey] }, server: { clientCertificate: 'require' } });
    assertRefused(pair, 'server', 'bad_signature', alerts.DECRYPT_ERROR);
  });

  //= rfc9846#section-4.5.2
  //= type=test
  //# When sent, this message MUST appear immediately after the Certificate message and immediately
  //# prior to the Finished message.
  //= rfc9846#section-4
  //= type=test
  //# A peer which receives a handshake message in an unexpected order MUST abort the handshake with an
  //# "unexpected_message" alert.
  test(`${version}: S15: a client certificate without CertificateVerify`, () => {
    const without: Hand = (message) => (message.type === h.CERTIFICATE_VERIFY ? [] : [message]);
    const pair = run(version, {
      client: { credentials: [credential('p256')] },
      server: { clientCertificate: 'require' },
      clientHand: without,
    });
    assertRefused(pair, 'server', 'unexpected_message', alerts.UNEXPECTED_MESSAGE);
  });

  test(`${version}: a bad signature of the server, and of the client`, () => {
    const server = version === 'TLS 1.3' ? h.CERTIFICATE_VERIFY : h.SERVER_KEY_EXCHANGE;
    assertRefused(run(version, { serverHand: altering(server, flipLast) }), 'client', 'bad_signature', alerts.DECRYPT_ERROR);
    const pair = run(version, {
      client: { credentials: [credential('p256')] },
      server: { clientCertificate: 'require' },
      clientHand: altering(h.CERTIFICATE_VERIFY, flipLast),
    });
    assertRefused(pair, 'server', 'bad_signature', alerts.DECRYPT_ERROR);
  });

  //= rfc9846#section-4.5.3
  //= type=test
  //# Recipients of Finished messages MUST verify that the contents are correct and if incorrect MUST
  //# terminate the connection with a "decrypt_error" alert.
  //= rfc5246#section-7.4.9
  //= type=test
  //# Recipients of Finished messages MUST verify that the contents are correct.
  test(`${version}: a bad Finished of either side`, () => {
    assertRefused(run(version, { serverHand: altering(h.FINISHED, flipLast) }), 'client', 'bad_finished', alerts.DECRYPT_ERROR);
    assertRefused(run(version, { clientHand: altering(h.FINISHED, flipLast) }), 'server', 'bad_finished', alerts.DECRYPT_ERROR);
  });

  //= rfc9846#section-4.5.1.2
  //= type=test
  //# If the receiver cannot construct an acceptable chain using the provided certificates and decides
  //# to abort the handshake, then it MUST abort the handshake with an appropriate certificate-related
  //# alert (by default, "unsupported_certificate"; see Section 6.2 for more information).
  //= rfc9846#section-4.5.1.2
  //= type=test
  //# The certificate type MUST be X.509v3 [RFC5280], unless explicitly negotiated otherwise (e.g.,
  //# [RFC7250]).
  test(`${version}: a certificate of another name, authority, purpose and time`, () => {
    const day = 86_400_000;
    const cases: readonly [string, Partial<ServerContextInit>, ClientOptions, string, number][] = [
      ['name', { credentials: [issue('p256', { names: ['elsewhere.example'] })] }, {}, 'certificate_name_mismatch', alerts.BAD_CERTIFICATE],
      [
        'time',
        { credentials: [issue('p256', { notBefore: Date.now() - 9 * day, notAfter: Date.now() - day })] },
        {},
        'certificate_expired',
        alerts.CERTIFICATE_EXPIRED,
      ],
      [
        'purpose',
        { credentials: [issue('p256', { extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'] })] },
        {},
        'certificate_purpose',
        alerts.UNSUPPORTED_CERTIFICATE,
      ],
    ];
    for (const [what, server, options, code, alert] of cases) {
      assertRefused(run(version, { server, options: { serverName: 'localhost', ...options } }), 'client', code, alert, what);
    }
  });

  test(`${version}: an altered transcript: the ClientHello on its way is not the one that was sent`, () => {
    const pair = pairOf(version);
    let changed = false;
    // A byte of the client's random, in the first record.
    pair.wire = (from, bytes) => {
      if (from === 'server' || changed) return [bytes];
      changed = true;
      return [bytes.map((byte, i) => (i === 20 ? byte ^ 1 : byte))];
    };
    pair.pump();
    const { error } = pair.client.connection;
    // TLS 1.3: the keys differ already. TLS 1.2: the signature is over the randoms.
    assert.equal(error?.code, version === 'TLS 1.3' ? 'bad_record_mac' : 'bad_signature');
    assert.equal(pair.client.connection.info, undefined);
    assert.equal(pair.server.connection.info, undefined);
    assert.notEqual(pair.server.connection.error, undefined);
  });
}

// --- negotiation: nothing that was not offered (S9, S31, S32) ---

function* codePoints(offered: readonly number[], ranges: readonly (readonly [number, number])[]): Generator<number> {
  for (const [from, to] of ranges) for (let i = from; i <= to; i++) if (!offered.includes(i)) yield i;
}

for (const version of VERSIONS) {
  //= rfc9846#section-4.2.3
  //= type=test
  //# A client which receives a cipher suite that was not offered MUST abort the handshake with an
  //# "illegal_parameter" alert.
  //= rfc9846#section-4.2.4
  //= type=test
  //# A client which receives a cipher suite that was not offered MUST abort the handshake.
  test(`${version}: S31: every suite that was not offered`, () => {
    const { client } = contexts(version);
    const offered = client.suites.map(({ id }) => id);
    const ranges = [
      [0, 0xc7],
      [0x1301, 0x1307],
      [0x5600, 0x5600],
      [0x0a0a, 0x0a0a],
      [0xc001, 0xc0b5],
      [0xc100, 0xc107],
      [0xcca8, 0xccae],
      [0xd001, 0xd005],
      [0xfefe, 0xfeff],
    ] as const;
    let count = 0;
    for (const suite of codePoints(offered, ranges)) {
      const pair = run(version, { serverHand: alteringHello(() => ({ suite })) });
      assertRefused(pair, 'client', 'wrong_cipher', alerts.ILLEGAL_PARAMETER, `0x${suite.toString(16)}`);
      count++;
    }
    assert.ok(count > 380, `${count}`);
  });

  //= rfc9846#section-4.2.3
  //= type=test
  //# If a TLS 1.3 ServerHello is received with any other value in this field, the client MUST abort the
  //# handshake with an "illegal_parameter" alert.
  //= rfc5246#section-7.4.1.2
  //= type=test
  //# If the session_id field is not empty (implying a session resumption request), it MUST include the
  //# compression_method from that session.
  test(`${version}: S9: every compression but the null one`, () => {
    for (let compression = 1; compression < 256; compression++) {
      const pair = run(version, { serverHand: alteringHello(() => ({ compression })) });
      assertRefused(pair, 'client', 'wrong_compression', alerts.ILLEGAL_PARAMETER);
    }
  });

  //= rfc9846#section-4.3
  //= type=test
  //# Implementations MUST NOT send extension responses (i.e., in the ServerHello, EncryptedExtensions,
  //# HelloRetryRequest, and Certificate messages) if the remote endpoint did not send the corresponding
  //# extension requests, with the exception of the "cookie" extension in the HelloRetryRequest.
  //= rfc9846#section-4.3
  //= type=test
  //# Upon receiving such an extension, an endpoint MUST abort the handshake with an
  //# "unsupported_extension" alert.
  //= rfc9846#section-4.3
  //= type=test
  //# There MUST NOT be more than one extension of the same type in a given extension block.
  //= rfc5246#section-7.4.1.4
  //= type=test
  //# An extension type MUST NOT appear in the ServerHello unless the same extension type appeared in
  //# the corresponding ClientHello.
  //= rfc5246#section-7.4.1.4
  //= type=test
  //# If a client receives an extension type in ServerHello that it did not request in the associated
  //# ClientHello, it MUST abort the handshake with an unsupported_extension fatal alert.
  //= rfc5246#section-7.4.1.4
  //= type=test
  //# There MUST NOT be more than one extension of the same type.
  //= rfc5746#section-3.6
  //= type=test
  //# TLS implementations MUST continue to comply with Section 7.4.1.4 for all other extensions.
  test(`${version}: S32: every extension that was not offered, and one that stands twice`, () => {
    const offered: number[] = [];
    const watch = pairOf(version, {
      clientHand: (message) => {
        if (message.type === h.CLIENT_HELLO) offered.push(...clientExtensions(message.body));
        return [message];
      },
    });
    watch.pump();
    assert.ok(offered.length > 3);
    // The signalling suite stands for an empty renegotiation_info.
    if (version === 'TLS 1.2') offered.push(e.RENEGOTIATION_INFO);
    for (const type of codePoints(offered, [
      [0, 70],
      [0x0a0a, 0x0a0a],
      [13172, 13172],
      [17513, 17513],
      [0xfe0d, 0xfe0d],
      [0xff01, 0xff03],
    ])) {
      const pair = run(version, { serverHand: withExtension(type) });
      assertRefused(pair, 'client', 'unsolicited_extension', alerts.UNSUPPORTED_EXTENSION, e.extensionName(type));
    }
    const twice = run(version, { serverHand: alteringHello(({ extensions }) => ({ extensions: [...extensions, extensions[0]!] })) });
    assertRefused(twice, 'client', 'duplicate_extension', alerts.ILLEGAL_PARAMETER);
    const inHello = run(version, { clientHand: altering(h.CLIENT_HELLO, repeatLastExtension) });
    assertRefused(inHello, 'server', 'duplicate_extension', alerts.ILLEGAL_PARAMETER);
  });

  //= rfc9846#section-4.5.2
  //= type=test
  //# If the CertificateVerify message is sent by a server, the signature algorithm MUST be one offered
  //# in the client's "signature_algorithms" extension unless no valid certificate chain can be produced
  //# without unsupported algorithms (see Section 4.3.3).
  //= rfc9846#section-4.3.3
  //= type=test
  //# They MUST NOT be offered or negotiated by any implementation.
  //= rfc9846#section-4.3.3
  //= type=test
  //# In particular, MD5 [SLOTH=DOI.10.14722/ndss.2016.23418], SHA-224, and DSA MUST NOT be used.
  //= rfc9846#section-4.5.2
  //= type=test
  //# The SHA-1 algorithm MUST NOT be used in any signatures of CertificateVerify messages.
  //= rfc5246#section-7.4.3
  //= type=test
  //# If the client has offered the "signature_algorithms" extension, the signature algorithm and hash
  //# algorithm MUST be a pair listed in that extension.
  test(`${version}: S31: every signature scheme that was not offered`, () => {
    const type = version === 'TLS 1.3' ? h.CERTIFICATE_VERIFY : h.SERVER_KEY_EXCHANGE;
    for (const scheme of codePoints(SCHEMES, [
      [0, 0],
      [0x0101, 0x0108],
      [0x0201, 0x0208],
      [0x0301, 0x0308],
      [0x0400, 0x0408],
      [0x0500, 0x0508],
      [0x0600, 0x0608],
      [0x0700, 0x070f],
      [0x0800, 0x0820],
      [0x0a0a, 0x0a0a],
      [0xfe00, 0xfe04],
    ])) {
      const at = version === 'TLS 1.3' ? 0 : 4 + 32;
      const hand = altering(type, (body) =>
        concat(body.subarray(0, at), Uint8Array.of(scheme >>> 8, scheme & 0xff), body.subarray(at + 2)),
      );
      assertRefused(run(version, { serverHand: hand }), 'client', 'wrong_scheme', alerts.ILLEGAL_PARAMETER, `0x${scheme.toString(16)}`);
    }
  });

  //= rfc9846#section-4.3.3
  //= type=test
  //# The keys found in certificates MUST also be of appropriate type for the signature algorithms they
  //# are used with.
  //= rfc9846#section-4.5.2
  //= type=test
  //# In addition, the signature algorithm MUST be compatible with the key in the sender's end-entity
  //# certificate.
  //= rfc5246#section-7.4.3
  //= type=test
  //# In addition, the hash and signature algorithms MUST be compatible with the key in the server's
  //# end-entity certificate.
  test(`${version}: S31: a scheme that was offered, but not for this key`, () => {
    const type = version === 'TLS 1.3' ? h.CERTIFICATE_VERIFY : h.SERVER_KEY_EXCHANGE;
    const at = version === 'TLS 1.3' ? 0 : 4 + 32;
    for (const scheme of [s.ED25519, s.RSA_PSS_RSAE_SHA256, s.RSA_PSS_PSS_SHA256]) {
      const hand = altering(type, (body) =>
        concat(body.subarray(0, at), Uint8Array.of(scheme >>> 8, scheme & 0xff), body.subarray(at + 2)),
      );
      assertRefused(run(version, { serverHand: hand }), 'client', 'wrong_scheme', alerts.ILLEGAL_PARAMETER);
    }
  });

  //= rfc9846#section-4.3.8
  //= type=test
  //# This value MUST be in the same group as the KeyShareEntry value offered by the client that the
  //# server has selected for the negotiated key exchange.
  test(`${version}: S31: every group that was not offered`, () => {
    const ours = [x25519.id, secp256r1.id, secp384r1.id];
    for (const group of codePoints(ours, [
      [0, 64],
      [256, 262],
      [513, 515],
      [0x0a0a, 0x0a0a],
      [0x11eb, 0x11ed],
      [0xff01, 0xff02],
    ])) {
      const high = group >>> 8;
      const low = group & 0xff;
      const hand =
        version === 'TLS 1.3'
          ? alteringHello(({ extensions }) => ({
              extensions: extensions.map((each) =>
                each.type === e.KEY_SHARE ? { ...each, body: concat(Uint8Array.of(high, low), each.body.subarray(2)) } : each,
              ),
            }))
          : altering(h.SERVER_KEY_EXCHANGE, (body) => concat(body.subarray(0, 1), Uint8Array.of(high, low), body.subarray(3)));
      assertRefused(run(version, { serverHand: hand }), 'client', 'wrong_group', alerts.ILLEGAL_PARAMETER, `${group}`);
    }
  });

  //= rfc7301#section-3.1
  //= type=test
  //# Empty strings MUST NOT be included
  //= rfc7301#section-3.1
  //= type=test
  //# The "extension_data" field of the ("application_layer_protocol_negotiation(16)") extension is
  //# structured the same as described above for the client "extension_data", except that the
  //# "ProtocolNameList" MUST contain exactly one "ProtocolName".
  //= rfc7301#section-3.2
  //= type=test
  //# In the event that the server supports no protocols that the client advertises, then the server
  //# SHALL respond with a fatal "no_application_protocol" alert.
  test(`${version}: S21: an application protocol that was not offered, none at all, and two`, () => {
    const type = version === 'TLS 1.3' ? h.ENCRYPTED_EXTENSIONS : h.SERVER_HELLO;
    const setup = { client: { alpn: ['one'] }, server: { alpn: ['one'] } };
    const replace = (body: Uint8Array) => (message: Uint8Array) =>
      replaceExtension(message, type, e.APPLICATION_LAYER_PROTOCOL_NEGOTIATION, body);
    const cases = [
      ['another', Uint8Array.of(0, 4, 3, 0x74, 0x77, 0x6f), 'no_application_protocol', alerts.ILLEGAL_PARAMETER],
      ['none', Uint8Array.of(0, 0), 'decode_error', alerts.DECODE_ERROR],
      ['an empty one', Uint8Array.of(0, 1, 0), 'decode_error', alerts.DECODE_ERROR],
      ['two', Uint8Array.of(0, 8, 3, 0x6f, 0x6e, 0x65, 3, 0x74, 0x77, 0x6f), 'decode_error', alerts.DECODE_ERROR],
    ] as const;
    for (const [what, body, code, alert] of cases) {
      assertRefused(run(version, { ...setup, serverHand: altering(type, replace(body)) }), 'client', code, alert, what);
    }
    assertRefused(
      run(version, { client: { alpn: ['ftp'] }, server: { alpn: ['http/1.1'] } }),
      'server',
      'no_application_protocol',
      alerts.NO_APPLICATION_PROTOCOL,
    );
  });
}

function repeatLastExtension(body: Uint8Array): Uint8Array {
  const r = behindHead(body);
  const head = body.subarray(0, r.position);
  const list = readExtensions(r);
  const w = new Writer();
  w.bytes(head);
  const at = w.open(2);
  for (const { type, body: content } of [...list, list[0]!]) {
    w.u16(type);
    w.vector(2, content);
  }
  w.close(2, at);
  return w.copy();
}

// --- downgrades (S5, S23) ---

//= rfc9846#section-4.2.3
//= type=test
//# TLS 1.3 clients receiving a ServerHello indicating TLS 1.2 or below MUST check that the last 8 bytes
//# are not equal to either of these values.
//= rfc9846#section-4.2.3
//= type=test
//# If a match is found, the client MUST abort the handshake with an "illegal_parameter" alert.
test('S23: a server that could have spoken TLS 1.3, and one that could have spoken 1.2, give themselves away', () => {
  const suites = [modern.TLS_AES_128_GCM_SHA256, gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, cbc.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA];
  const schemes = [...SCHEMES, s.ECDSA_SHA1];
  for (const [tail, versions] of [
    ['444f574e47524401', [tls13Client, tls12Client]],
    ['444f574e47524400', [tls13Client, tls12Client, tls11Client]],
  ] as const) {
    const sentinel = Uint8Array.from(Buffer.from(tail, 'hex'));
    const pair = run('TLS 1.2', {
      client: { suites, schemes, versions },
      serverHand: alteringHello(({ random }) => ({ random: concat(random.subarray(0, 24), sentinel) })),
    });
    assertRefused(pair, 'client', 'downgrade_detected', alerts.ILLEGAL_PARAMETER);
  }
});

test('S5: TLS_FALLBACK_SCSV from a client that could do better', () => {
  const insert = altering(h.CLIENT_HELLO, (body) => {
    const at = 34 + 1 + body[34]!;
    const length = ((body[at]! << 8) | body[at + 1]!) + 2;
    return concat(body.subarray(0, at), Uint8Array.of(length >>> 8, length & 0xff, 0x56, 0x00), body.subarray(at + 2));
  });
  const suites = [modern.TLS_AES_128_GCM_SHA256, gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256];
  const pair = run('TLS 1.2', { server: { suites, versions: [tls13Server, tls12Server] }, clientHand: insert });
  assertRefused(pair, 'server', 'inappropriate_fallback', alerts.INAPPROPRIATE_FALLBACK);
  const best = run('TLS 1.2', { clientHand: insert, belief: 'liar' });
  assert.ok(best.server.connection.info !== undefined, 'no fallback: 1.2 is the best that both have');
});

// --- key shares (S3, S17, S18) ---

test('S3: ServerKeyExchange with an RSA key (FREAK) in an RSA suite', () => {
  const body = concat(Uint8Array.of(0, 64), new Uint8Array(64).fill(0xff), Uint8Array.of(0, 3, 1, 0, 1), new Uint8Array(68));
  const inject: Hand = (message) => (message.type === h.SERVER_HELLO_DONE ? [{ type: h.SERVER_KEY_EXCHANGE, body }, message] : [message]);
  const pair = run('TLS 1.2', {
    client: { suites: [gcm.TLS_RSA_WITH_AES_128_GCM_SHA256] },
    server: { suites: [gcm.TLS_RSA_WITH_AES_128_GCM_SHA256], credentials: [credential('rsa')] },
    serverHand: inject,
  });
  assertRefused(pair, 'client', 'unexpected_message', alerts.UNEXPECTED_MESSAGE);
});

//= rfc9846#section-4.3.8.2
//= type=test
//# For the curves secp256r1, secp384r1, and secp521r1, peers MUST validate each other's public value Q
//# by ensuring that the point is a valid point on the elliptic curve.
//= rfc9846#section-7.4.2
//= type=test
//# Implementations MUST check whether the computed Diffie-Hellman shared secret is the all-zero value
//# and abort if so, as described in Section 6 of RFC7748.
//= rfc9846#section-6
//= type=test
//# Peers which receive a message which is syntactically correct but semantically invalid (e.g., a DHE
//# share of p - 1, or an invalid enum) MUST terminate the connection with an "illegal_parameter" alert.
//= rfc8422#section-5.1.2
//= type=test
//# Implementations of this document MUST support the uncompressed format for all of their supported
//# curves and MUST NOT support other formats for curves defined in this specification.
//= rfc8422#section-5.10
//= type=test
//# each party picks a secret key d uniformly at random and computes the corresponding public key x =
//# X25519(d, G); (2) parties exchange their public keys and compute a shared secret as x_S = X25519(d,
//# x_peer); and (3), if either party obtains all-zeroes x_S, it MUST abort the handshake (as required
//# by definition of X25519 and X448).
//= rfc8422#section-5.11
//= type=test
//# With the NIST curves, each party MUST validate the public key sent by its peer in the
//# ClientKeyExchange and ServerKeyExchange messages.
//= rfc8422#section-5.11
//= type=test
//# A receiving party MUST check that the x and y parameters from the peer's public value satisfy the
//# curve equation, y^2 = x^3 + ax + b mod p.
//= rfc8422#section-5.11
//= type=test
//# With X25519 and X448, a receiving party MUST check whether the computed premaster secret is the
//# all-zero value and abort the handshake if so, as described in Section 6 of [RFC7748].
//= rfc8422#section-5.2
//= type=test
//# A client that receives a ServerHello message containing a Supported Point Formats Extension MUST
//# respect the server's choice of point formats during the handshake (cf. Sections 5.6 and 5.7).
test('S17, S18: points off the curve, at infinity, compressed, of another length, of small order', () => {
  const p256 = (first: number, length: number) => Uint8Array.from({ length }, (_, i) => (i === 0 ? first : i));
  const bad: readonly [string, typeof secp256r1, Uint8Array][] = [
    ['off the curve', secp256r1, p256(4, 65)],
    ['compressed', secp256r1, p256(2, 33)],
    ['hybrid', secp256r1, p256(6, 65)],
    ['infinity', secp256r1, Uint8Array.of(0)],
    ['short', secp256r1, p256(4, 64)],
    ['long', secp256r1, p256(4, 66)],
    ['zero', x25519, new Uint8Array(32)],
    ['one: order 1', x25519, Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0))],
    ['short', x25519, new Uint8Array(31).fill(9)],
    ['long', x25519, new Uint8Array(33).fill(9)],
    ['order 8', x25519, Uint8Array.from(Buffer.from('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800', 'hex'))],
  ];
  for (const [what, group, point] of bad) {
    const groups = { client: { groups: [group, secp384r1] }, server: { groups: [group, secp384r1], credentials: [credential('p384')] } };
    const share = (type: number) =>
      type === h.SERVER_HELLO
        ? alteringHello(({ extensions }) => ({
            extensions: extensions.map((each) => (each.type === e.KEY_SHARE ? { ...each, body: entry(group.id, point) } : each)),
          }))
        : altering(h.CLIENT_HELLO, (body) => replaceClientExtension(body, e.KEY_SHARE, listed(entry(group.id, point))));
    assertRefused(
      run('TLS 1.3', { ...groups, serverHand: share(h.SERVER_HELLO) }),
      'client',
      'bad_key_share',
      alerts.ILLEGAL_PARAMETER,
      what,
    );
    assertRefused(
      run('TLS 1.3', { ...groups, clientHand: share(h.CLIENT_HELLO) }),
      'server',
      'bad_key_share',
      alerts.ILLEGAL_PARAMETER,
      what,
    );
    const client = altering(h.CLIENT_KEY_EXCHANGE, () => concat(Uint8Array.of(point.length), point));
    assertRefused(run('TLS 1.2', { ...groups, clientHand: client }), 'server', 'bad_ec_point', alerts.ILLEGAL_PARAMETER, what);
  }
});

//= rfc9846#section-4.3.8.1
//= type=test
//# Peers MUST validate each other's public key Y by ensuring that 1 < Y < p-1.
test('S18: finite-field shares of 0, 1, p-1, p and beyond', () => {
  const suites = [gcm.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256];
  const setup = { client: { suites }, server: { suites, credentials: [credential('rsa')] } };
  let prime = new Uint8Array(0);
  run('TLS 1.2', {
    ...setup,
    serverHand: (message) => {
      if (message.type === h.SERVER_KEY_EXCHANGE) prime = new Reader(message.body).vector(2).slice();
      return [message];
    },
  });
  assert.equal(prime.length, 256);
  const minusOne = flipLast(prime);
  for (const [what, share] of [
    ['0', Uint8Array.of(0)],
    ['1', Uint8Array.of(1)],
    ['p-1', minusOne],
    ['p', prime],
    ['beyond', concat(Uint8Array.of(1), prime)],
  ] as const) {
    const client = altering(h.CLIENT_KEY_EXCHANGE, () => concat(Uint8Array.of(share.length >>> 8, share.length & 0xff), share));
    const pair = run('TLS 1.2', { ...setup, clientHand: client });
    assert.equal(pair.server.connection.error?.code, 'bad_dh_parameters', what);
    assert.equal(pair.client.connection.error?.alert, pair.server.connection.error?.alert, what);
  }
});

// --- HelloRetryRequest (S27) ---

const RETRY: Setup = { client: { groups: [x25519, secp256r1, secp384r1], keyShares: 1 }, server: { groups: [secp256r1] } };

//= rfc9846#section-4.2.4
//= type=test
//# Clients MUST abort the handshake with an "illegal_parameter" alert if the HelloRetryRequest would
//# not result in any change in the ClientHello.
//= rfc9846#section-4.2.4
//= type=test
//# If a client receives a second HelloRetryRequest in the same connection (i.e., where the ClientHello
//# was itself in response to a HelloRetryRequest), it MUST abort the handshake with an
//# "unexpected_message" alert.
//= rfc9846#section-4.3.8
//= type=test
//# Upon receipt of this extension in a HelloRetryRequest, the client MUST verify that (1) the
//# selected_group field corresponds to a group which was provided in the "supported_groups" extension
//# in the original ClientHello and (2) the selected_group field does not correspond to a group which
//# was provided in the "key_share" extension in the original ClientHello.
//= rfc9846#section-4.3.8
//= type=test
//# If either of these checks fails, then the client MUST abort the handshake with an
//# "illegal_parameter" alert.
test('S27: a second HelloRetryRequest, one that changes nothing, and one for a group that was not offered or had a share', () => {
  const again: Hand = (message) => (message.type === h.SERVER_HELLO && !isRetry(message.body) ? [retry(secp384r1.id), message] : [message]);
  assertRefused(run('TLS 1.3', { ...RETRY, serverHand: again }), 'client', 'unexpected_message', alerts.UNEXPECTED_MESSAGE);
  const useless = alteringHello((hello) =>
    isRetryHello(hello) ? { extensions: hello.extensions.filter(({ type }) => type !== e.KEY_SHARE) } : {},
  );
  assertRefused(run('TLS 1.3', { ...RETRY, serverHand: useless }), 'client', 'useless_hello_retry_request', alerts.ILLEGAL_PARAMETER);
  for (const [group, code] of [
    [x25519.id, 'wrong_group'],
    [0x0019, 'wrong_group'],
    [0x0a0a, 'wrong_group'],
  ] as const) {
    const hand = alteringHello((hello) => (isRetryHello(hello) ? { extensions: withGroup(hello, group) } : {}));
    assertRefused(run('TLS 1.3', { ...RETRY, serverHand: hand }), 'client', code, alerts.ILLEGAL_PARAMETER, `${group}`);
  }
});

//= rfc9846#section-4.2.4
//= type=test
//# Upon receiving the ServerHello, clients MUST check that the cipher suite supplied in the ServerHello
//# is the same as that in the HelloRetryRequest and otherwise abort the handshake with an
//# "illegal_parameter" alert.
test('S27: after HelloRetryRequest neither suite nor group nor version changes', () => {
  const suites = [modern.TLS_AES_128_GCM_SHA256, modern.TLS_CHACHA20_POLY1305_SHA256];
  const setup = { client: { ...RETRY.client, suites }, server: { ...RETRY.server, suites } };
  const suite = alteringHello((hello) => (isRetryHello(hello) ? { suite: 0x1303 } : { suite: 0x1301 }));
  assertRefused(run('TLS 1.3', { ...setup, serverHand: suite }), 'client', 'wrong_cipher', alerts.ILLEGAL_PARAMETER);
  const group = alteringHello((hello) => (isRetryHello(hello) ? { extensions: withGroup(hello, secp384r1.id) } : {}));
  const pair = run('TLS 1.3', { ...setup, serverHand: group });
  // The client answers for secp384r1; the server, which asked for secp256r1, sees that it did not.
  assertRefused(pair, 'server', 'second_client_hello_changed', alerts.ILLEGAL_PARAMETER);
});

//= rfc9846#section-4.2.2
//= type=test
//# In that case, the client MUST send the same ClientHello without modification, except as follows:
test('S27: the second ClientHello is the first but for what may change', () => {
  const second = (change: (body: Uint8Array) => Uint8Array): Hand => {
    let count = 0;
    return (message) => (message.type === h.CLIENT_HELLO && ++count === 2 ? [{ ...message, body: change(message.body) }] : [message]);
  };
  const cases: readonly [string, (body: Uint8Array) => Uint8Array][] = [
    ['another random', (body) => body.map((byte, i) => (i === 10 ? byte ^ 1 : byte))],
    ['another legacy_version', (body) => body.map((byte, i) => (i === 1 ? 2 : byte))],
    ['another session ID', (body) => body.map((byte, i) => (i === 40 ? byte ^ 1 : byte))],
    ['another name', (body) => replaceClientExtension(body, e.SERVER_NAME, undefined)],
    ['no supported_versions', (body) => replaceClientExtension(body, e.SUPPORTED_VERSIONS, undefined)],
    ['other groups', (body) => replaceClientExtension(body, e.SUPPORTED_GROUPS, Uint8Array.of(0, 2, 0, 0x17))],
    ['other schemes', (body) => replaceClientExtension(body, e.SIGNATURE_ALGORITHMS, Uint8Array.of(0, 2, 4, 3))],
    [
      'two shares',
      (body) => replaceClientExtension(body, e.KEY_SHARE, listed(concat(entry(0x17, new Uint8Array(65)), entry(0x1d, new Uint8Array(32))))),
    ],
    ['no share', (body) => replaceClientExtension(body, e.KEY_SHARE, listed(new Uint8Array(0)))],
  ];
  for (const [what, change] of cases) {
    const pair = run('TLS 1.3', { ...RETRY, clientHand: second(change) });
    const { error } = pair.server.connection;
    assert.equal(error?.alert, alerts.ILLEGAL_PARAMETER, `${what}: ${error?.message}`);
    assert.equal(pair.client.connection.error?.alert, alerts.ILLEGAL_PARAMETER, what);
    assert.equal(pair.server.connection.info, undefined);
  }
});

// --- records (S25, S36, S42, S43) ---

for (const version of VERSIONS) {
  //= rfc9846#section-5.1
  //= type=test
  //# The length MUST NOT exceed 2<sup>14</sup> bytes.
  //= rfc9846#section-5.1
  //= type=test
  //# An endpoint that receives a record that exceeds this length MUST terminate the connection with a
  //# "record_overflow" alert.
  //= rfc5246#section-6.2.1
  //= type=test
  //# The length MUST NOT exceed 2^14.
  test(`${version}: S42: a record of more than 2^14 bytes of content, and one of just so many`, () => {
    assertRefused(
      sendForged(forging(version), 23, new Uint8Array(limits.MAX_PLAINTEXT + 1)),
      'server',
      'record_overflow',
      alerts.RECORD_OVERFLOW,
    );
    const most = sendForged(forging(version), 23, new Uint8Array(limits.MAX_PLAINTEXT));
    assert.equal(most.server.received[0]?.length, limits.MAX_PLAINTEXT);
  });

  //= rfc9846#section-5.2
  //= type=test
  //# An endpoint that receives a record from its peer with TLSCiphertext.length larger than
  //# 2<sup>14</sup> + 256 octets MUST terminate the connection with a "record_overflow" alert.
  //= rfc5246#section-6.2.3
  //= type=test
  //# The length MUST NOT exceed 2^14 + 2048.
  test(`${version}: S36: a record header that claims more than any record may hold`, () => {
    for (const length of [limits.MAX_PLAINTEXT + limits.MAX_EXPANSION_LEGACY + 1, 0xffff]) {
      const pair = connected(version);
      pair.server.connection.receive(Uint8Array.of(23, 3, 3, length >>> 8, length & 0xff));
      pair.pump();
      assert.equal(pair.server.connection.error?.code, 'record_overflow');
      assert.equal(pair.client.connection.error?.alert, alerts.RECORD_OVERFLOW);
    }
  });

  //= rfc9846#section-5.1
  //= type=test
  //# Implementations MUST NOT send zero-length fragments of Handshake types, even if those fragments
  //# contain padding.
  //= rfc9846#section-5.4
  //= type=test
  //# Implementations MUST NOT send Handshake and Alert records that have a zero-length
  //# TLSInnerPlaintext.content; if such a message is received, the receiving implementation MUST
  //# terminate the connection with an "unexpected_message" alert.
  //= rfc5246#section-6.2.1
  //= type=test
  //# Implementations MUST NOT send zero-length fragments of Handshake, Alert, or ChangeCipherSpec
  //# content types.
  test(`${version}: S25: empty records: of the handshake, of alerts, and a flood of application data`, () => {
    assertRefused(sendForged(forging(version), 22, new Uint8Array(0)), 'server', 'bad_record', alerts.UNEXPECTED_MESSAGE);
    // RFC 9846 §5.4; RFC 5246 has no word for it.
    if (version === 'TLS 1.3')
      assertRefused(sendForged(forging(version), 21, new Uint8Array(0)), 'server', 'bad_record', alerts.UNEXPECTED_MESSAGE);
    else assertRefused(sendForged(forging(version), 21, new Uint8Array(0)), 'server', 'bad_alert', alerts.DECODE_ERROR);
    const flood = forging(version);
    for (let i = 0; i < limits.MAX_EMPTY_RECORDS; i++) sendForged(flood, 23, new Uint8Array(0));
    assert.equal(flood.pair.server.connection.error, undefined, 'so many are allowed');
    assertRefused(sendForged(flood, 23, new Uint8Array(0)), 'server', 'too_many_empty_records', alerts.UNEXPECTED_MESSAGE);
    const resets = forging(version);
    for (let i = 0; i < 3 * limits.MAX_EMPTY_RECORDS; i++) sendForged(resets, 23, new Uint8Array(i % 4 === 0 ? 1 : 0));
    assert.equal(resets.pair.server.connection.error, undefined, 'data in between starts the count again');
  });

  //= rfc9846#section-5.1
  //= type=test
  //# Alert messages (Section 6) MUST NOT be fragmented across records, and multiple alert messages MUST
  //# NOT be coalesced into a single TLSPlaintext record.
  //= rfc9846#section-5.1
  //= type=test
  //# In other words, a record with an Alert type MUST contain exactly one message.
  test(`${version}: an alert of one byte, of three, and two in a record`, () => {
    for (const content of [[1], [1, 0, 0], [1, 90, 1, 90]]) {
      assertRefused(sendForged(forging(version), 21, Uint8Array.from(content)), 'server', 'bad_alert', alerts.DECODE_ERROR);
    }
  });

  //= rfc9846#section-5
  //= type=test
  //# If an implementation detects a change_cipher_spec record received before the first ClientHello
  //# message or after the peer's Finished message, it MUST be treated as an unexpected record type
  //# (though stateless servers may not be able to distinguish these cases from allowed cases).
  //= rfc9846#section-5
  //= type=test
  //# If a TLS implementation receives an unexpected record type, it MUST terminate the connection with
  //# an "unexpected_message" alert.
  //= rfc5246#section-6
  //= type=test
  //# If a TLS implementation receives an unexpected record type, it MUST send an unexpected_message
  //# alert.
  test(`${version}: records of unknown content types, and ChangeCipherSpec behind the handshake`, () => {
    for (const type of [0, 1, 20, 24, 25, 64, 255]) {
      if (type === 0 && version === 'TLS 1.2') continue;
      const pair = sendForged(forging(version), type, Uint8Array.of(1));
      assert.equal(pair.server.connection.error?.alert, alerts.UNEXPECTED_MESSAGE, `${type}: ${pair.server.connection.error?.message}`);
      assert.equal(pair.client.connection.error?.alert, alerts.UNEXPECTED_MESSAGE, `${type}`);
    }
  });

  //= rfc9846#section-5.2
  //= type=test
  //# If the decryption fails, the receiver MUST terminate the connection with a "bad_record_mac" alert.
  //= rfc5246#section-6.2.3.3
  //= type=test
  //# If the decryption fails, a fatal bad_record_mac alert MUST be generated.
  test(`${version}: a record that does not authenticate`, () => {
    const pair = connected(version);
    pair.wire = (_from, bytes) => [bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte))];
    pair.client.connection.send(Uint8Array.of(1, 2, 3));
    const record = pair.client.connection.takeOutput()!;
    pair.server.connection.receive(record.map((byte, i) => (i === record.length - 1 ? byte ^ 1 : byte)));
    pair.wire = (_from, bytes) => [bytes];
    pair.pump();
    assertRefused(pair, 'server', 'bad_record_mac', alerts.BAD_RECORD_MAC);
    assert.equal(pair.server.received.length, 0);
  });

  //= rfc9846#section-5.1
  //= type=test
  //# Handshake messages MUST NOT span key changes.
  //= rfc9846#section-5.1
  //= type=test
  //# Implementations MUST verify that all messages immediately preceding a key change align with a
  //# record boundary; if not, then they MUST terminate the connection with an "unexpected_message"
  //# alert.
  test(`${version}: S43: a handshake message over the border of two keys`, () => {
    const type = version === 'TLS 1.3' ? h.SERVER_HELLO : h.CLIENT_KEY_EXCHANGE;
    const side = version === 'TLS 1.3' ? 'serverHand' : 'clientHand';
    const by = version === 'TLS 1.3' ? 'client' : 'server';
    // The first bytes of another message in the clear, in the record in front of the change.
    const hand: Hand = (message) => (message.type === type ? [message, { type: 0, body: Uint8Array.of(20, 0), record: 22 }] : [message]);
    const pair = run(version, { [side]: hand, belief: 'victim' });
    const { error } = pair[by].connection;
    assert.equal(error?.alert, alerts.UNEXPECTED_MESSAGE, error?.message);
    assert.equal(pair[by].connection.info, undefined);
  });
}

//= rfc9846#section-5.4
//= type=test
//# Implementations MUST limit their scanning to the cleartext returned from the AEAD decryption.
//= rfc9846#section-5.4
//= type=test
//# If a receiving implementation does not find a non-zero octet in the cleartext, it MUST terminate the
//# connection with an "unexpected_message" alert.
//= rfc9846#section-5.4
//= type=test
//# The presence of padding does not change the overall record size limitations: the full encoded
//# TLSInnerPlaintext MUST NOT exceed 2<sup>14</sup> + 1 octets.
//= rfc9846#section-5.2
//= type=test
//# The length MUST NOT exceed 2<sup>14</sup> + 256 bytes.
//= rfc9846#section-5.2
//= type=test
//# An endpoint that receives a record that exceeds this length MUST terminate the connection with a
//# "record_overflow" alert.
//= rfc9846#section-5.2
//= type=test
//# An endpoint that receives a record from its peer with TLSCiphertext.length larger than
//# 2<sup>14</sup> + 256 octets MUST terminate the connection with a "record_overflow" alert.
test('TLS 1.3: S42: a record of zeros alone has no content type; padding counts', () => {
  assertRefused(sendForged(forging('TLS 1.3'), 0, new Uint8Array(0)), 'server', 'bad_record', alerts.UNEXPECTED_MESSAGE);
  assertRefused(sendForged(forging('TLS 1.3'), 0, new Uint8Array(100)), 'server', 'bad_record', alerts.UNEXPECTED_MESSAGE);
  // Content, its type, and zeros: a padded record.
  const padded = sendForged(forging('TLS 1.3'), 0, Uint8Array.from([7, 8, 9, 23, ...new Uint8Array(100)]));
  assert.deepEqual([...Buffer.concat(padded.server.received)], [7, 8, 9]);
  const full = new Uint8Array(limits.MAX_PLAINTEXT);
  full[0] = 7;
  full[1] = 23;
  assert.deepEqual([...Buffer.concat(sendForged(forging('TLS 1.3'), 0, full).server.received)], [7], 'padded to the limit');
  const beyond = new Uint8Array(limits.MAX_PLAINTEXT + 1);
  beyond[0] = 7;
  beyond[1] = 23;
  assertRefused(sendForged(forging('TLS 1.3'), 0, beyond), 'server', 'record_overflow', alerts.RECORD_OVERFLOW);
});

// --- floods (S14, S24, S25) ---

test('TLS 1.2: S25: a flood of warnings', () => {
  const flood = forging('TLS 1.2');
  for (let i = 0; i < limits.MAX_WARNINGS; i++) sendForged(flood, 21, Uint8Array.of(1, 111));
  assert.equal(flood.pair.server.connection.error, undefined);
  assert.equal(flood.pair.server.events.filter(({ type }) => type === 'alert').length, limits.MAX_WARNINGS);
  assertRefused(sendForged(flood, 21, Uint8Array.of(1, 111)), 'server', 'too_many_warnings', alerts.UNEXPECTED_MESSAGE);
});

//= rfc9846#section-6
//= type=test
//# All the alerts listed in Section 6.2 MUST be sent with AlertLevel=fatal and MUST be treated as error
//# alerts when received regardless of the AlertLevel in the message.
test('TLS 1.3: S25: user_canceled without end; every other alert is fatal, whatever its level says', () => {
  const flood = forging('TLS 1.3');
  for (let i = 0; i < limits.MAX_WARNINGS; i++) sendForged(flood, 21, Uint8Array.of(1, alerts.USER_CANCELED));
  assert.equal(flood.pair.server.connection.error, undefined);
  assertRefused(sendForged(flood, 21, Uint8Array.of(1, alerts.USER_CANCELED)), 'server', 'too_many_warnings', alerts.UNEXPECTED_MESSAGE);
  const warned = sendForged(forging('TLS 1.3'), 21, Uint8Array.of(1, alerts.UNRECOGNIZED_NAME));
  assert.equal(warned.server.connection.error?.code, 'alert_received');
  assert.equal(warned.server.connection.error?.alert, alerts.UNRECOGNIZED_NAME);
});

test('TLS 1.3: S24: a flood of KeyUpdates', () => {
  const pair = connected('TLS 1.3');
  for (let i = 0; i < limits.MAX_KEY_UPDATES; i++) pair.client.connection.updateKeys(false);
  pair.pump();
  assert.equal(pair.server.connection.error, undefined);
  pair.client.connection.updateKeys(false);
  pair.pump();
  assertRefused(pair, 'server', 'too_many_key_updates', alerts.UNEXPECTED_MESSAGE);
});

//= rfc9846#section-4.7.3
//= type=test
//# If the request_update field is set to "update_requested", then the receiver MUST send a KeyUpdate of
//# its own with request_update set to "update_not_requested" prior to sending its next Application Data
//# record.
test('TLS 1.3: S24: ten thousand requests for KeyUpdate in a pipe get one answer, and data keeps the count down', () => {
  const pair = connected('TLS 1.3');
  const { client, server } = pair;
  let received = 0;
  for (let i = 0; i < 10_000; i++) {
    client.connection.updateKeys(true);
    if (i % 16 === 15) client.connection.send(Uint8Array.of(1));
  }
  const chunks: Uint8Array[] = [];
  for (let out = client.connection.takeOutput(); out !== undefined; out = client.connection.takeOutput()) chunks.push(out);
  // Nobody takes the server's output in the meantime.
  for (const chunk of chunks) server.connection.receive(chunk);
  for (let event = server.connection.poll(); event !== undefined; event = server.connection.poll()) if (event.type === 'data') received++;
  assert.equal(server.connection.error, undefined);
  assert.equal(received, 625);
  // The answer may wait for the next data (RFC 9846 §4.7.3), and is one.
  server.connection.send(Uint8Array.of(42));
  const answer = server.connection.takeOutput()!;
  assert.ok(answer.length < 100, `${answer.length} bytes of answers`);
  assert.equal(server.connection.takeOutput(), undefined);
  client.connection.receive(answer);
  pair.pump();
  assert.deepEqual([...Buffer.concat(client.received)], [42]);
});

//= rfc9846#section-5.1
//= type=test
//# Implementations MUST verify that all messages immediately preceding a key change align with a record
//# boundary; if not, then they MUST terminate the connection with an "unexpected_message" alert.
test('TLS 1.3: S24, S43: KeyUpdate must end its record', () => {
  const broken = forging('TLS 1.3');
  const pair = sendForged(broken, 22, Uint8Array.of(h.KEY_UPDATE, 0, 0, 1, 0, h.KEY_UPDATE, 0, 0, 1, 0));
  assert.equal(pair.server.connection.error?.code, 'excess_handshake_data');
  assert.equal(pair.server.connection.error?.alert, alerts.UNEXPECTED_MESSAGE);
});

//= rfc9846#section-4.7.3
//= type=test
//# If an implementation receives any other value, it MUST terminate the connection with an
//# "illegal_parameter" alert.
//= rfc9846#section-6
//= type=test
//# Peers which receive a message which cannot be parsed according to the syntax (e.g., have a length
//# extending beyond the message boundary or contain an out-of-range length) MUST terminate the
//# connection with a "decode_error" alert.
test('TLS 1.3: KeyUpdate with a value that does not exist, empty, too long, and from before the handshake is over', () => {
  for (const [body, alert] of [
    [[2], alerts.ILLEGAL_PARAMETER],
    [[255], alerts.ILLEGAL_PARAMETER],
    [[], alerts.DECODE_ERROR],
    [[0, 0], alerts.DECODE_ERROR],
  ] as const) {
    const pair = sendForged(forging('TLS 1.3'), 22, Uint8Array.from([h.KEY_UPDATE, 0, 0, body.length, ...body]));
    assert.equal(pair.server.connection.error?.alert, alert, `${body}`);
    assert.equal(pair.client.connection.error?.alert, alert, `${body}`);
  }
});

test('TLS 1.3: more tickets than a client keeps', () => {
  const pair = connected('TLS 1.3', { server: { ticketCount: 3 * limits.MAX_TICKETS } });
  const count = pair.client.events.filter(({ type }) => type === 'session').length;
  assert.equal(count, limits.MAX_TICKETS);
});

test('TLS 1.2: S14: a flood of requests for renegotiation, from either side', () => {
  for (const from of ['client', 'server'] as const) {
    const pair = connected('TLS 1.2');
    const asking = pair[from].connection.carrier;
    const by = from === 'client' ? 'server' : 'client';
    for (let i = 0; i < 64 && pair[by].connection.error === undefined; i++) {
      // Any ClientHello is refused unread, and HelloRequest is empty.
      asking.message(from === 'client' ? h.CLIENT_HELLO : h.HELLO_REQUEST, () => {});
      asking.endFlight();
      pair.pump();
    }
    assert.equal(pair[by].connection.error?.alert, alerts.UNEXPECTED_MESSAGE, from);
    assert.ok(pair[from].events.filter(({ type }) => type === 'alert').length <= limits.MAX_RENEGOTIATION_REQUESTS, from);
  }
});

// --- memory (S36) ---

test('S36: what a peer claims is not what we hold', () => {
  const { server } = contexts('TLS 1.3');
  const count = 400;
  const held: Connection[] = [];
  const claims = (length: number) => Uint8Array.of(22, 3, 1, 0, 5, 1, length >>> 16, (length >>> 8) & 0xff, length & 0xff, 3);
  global.gc?.();
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < count; i++) {
    const connection = new Connection(server, {}, (sink) => new StreamCarrier(sink), streamFrontOf);
    connection.receive(claims(60_000));
    assert.equal(connection.error, undefined);
    held.push(connection);
  }
  const perConnection = (process.memoryUsage().arrayBuffers - before) / count;
  assert.ok(perConnection < 1_000, `${Math.round(perConnection)} bytes a connection for 1 byte of a ClientHello of 60 000`);
  const tooLong = new Connection(server, {}, (sink) => new StreamCarrier(sink), streamFrontOf);
  tooLong.receive(claims(limits.MAX_HELLO + limits.MAX_SMALL_MESSAGE + 1));
  assert.equal(tooLong.error?.code, 'message_too_long');
});

test('S36: every type of message has a bound, checked before a byte of it is stored', () => {
  const { server } = contexts('TLS 1.3');
  for (let type = 0; type < 256; type++) {
    const connection = new Connection(server, {}, (sink) => new StreamCarrier(sink), streamFrontOf);
    connection.receive(Uint8Array.of(22, 3, 1, 0, 4, type, 0xff, 0xff, 0xff));
    assert.notEqual(connection.error, undefined, `${type}`);
  }
});

test('a peer that speaks something else', () => {
  const { server, client } = contexts('TLS 1.3');
  for (const [bytes, code] of [
    ['GET / HTTP/1.1\r\n\r\n', 'http_request'],
    ['CONNECT example.org:443 HTTP/1.1\r\n', 'http_request'],
    ['SSH-2.0-OpenSSH_9.2\r\n', 'wrong_record_version'],
    ['\u0000\u0000\u0000\u0000\u0000\u0000', 'wrong_record_version'],
    ['\u0080\u002e\u0001\u0003\u0001', 'wrong_record_version'],
  ] as const) {
    for (const context of [server, client]) {
      const connection = new Connection(context, {}, (sink) => new StreamCarrier(sink), streamFrontOf);
      connection.receive(Uint8Array.from(Buffer.from(bytes, 'latin1')));
      assert.equal(connection.error?.code, code, bytes);
      connection.receive(Uint8Array.from(Buffer.from(bytes, 'latin1')));
    }
  }
});

// --- PSK (S22, S46, S47) ---

test('S46: identities are bytes: one with NUL is not its beginning', () => {
  const key = new Uint8Array(32).fill(5);
  const seen: string[] = [];
  const findPsk = (identity: Uint8Array) => {
    seen.push(Buffer.from(identity).toString('latin1'));
    return Buffer.from(identity).equals(Buffer.from('admin')) ? { identity, key } : undefined;
  };
  const identity = Uint8Array.from(Buffer.from('admin\u0000guest\u00ff', 'latin1'));
  const psk = () => ({ identity, key });
  const modernPair = run('TLS 1.3', { client: { psk }, server: { findPsk } });
  assert.equal(modernPair.client.connection.info?.peerProof, 'certificate', 'unknown: the certificate is used');
  const suites = [gcm.TLS_PSK_WITH_AES_128_GCM_SHA256];
  const pair = run('TLS 1.2', { client: { psk, suites }, server: { findPsk, suites } });
  assert.equal(pair.server.connection.info, undefined);
  assert.deepEqual(seen, ['admin\u0000guest\u00ff', 'admin\u0000guest\u00ff']);
});

test('S47: an unknown identity and a wrong key look the same to a stranger', () => {
  const suites = [gcm.TLS_PSK_WITH_AES_128_GCM_SHA256];
  const key = new Uint8Array(32).fill(5);
  const findPsk = (identity: Uint8Array) => (Buffer.from(identity).toString() === 'known' ? { identity, key } : undefined);
  const seen = (identity: string) => {
    const lengths: number[] = [];
    const pair = pairOf('TLS 1.2', {
      client: { suites, psk: () => ({ identity: Uint8Array.from(Buffer.from(identity)), key: new Uint8Array(32) }) },
      server: { findPsk, suites },
    });
    pair.wire = (from, bytes) => {
      if (from === 'server') lengths.push(bytes.length);
      return [bytes];
    };
    pair.pump();
    return { lengths, alert: pair.client.connection.error?.alert };
  };
  assert.deepEqual(seen('known'), seen('wrong'));
});

test('S22: our own ClientHello sent back to us', () => {
  const { client } = contexts('TLS 1.3');
  const connection = new Connection(client, {}, (sink) => new StreamCarrier(sink), streamFrontOf);
  connection.receive(connection.takeOutput()!);
  assert.equal(connection.error?.code, 'unexpected_message');
});

//= rfc9846#section-4.3.11
//= type=test
//# Prior to accepting PSK key establishment, the server MUST validate the corresponding binder value
//# (see Section 4.3.11.2 below).
//= rfc9846#section-4.3.11
//= type=test
//# If this value is not present or does not validate, the server MUST abort the handshake.
//= rfc9846#section-4.3.11
//= type=test
//# Clients MUST verify that the server's selected_identity is within the range supplied by the client,
//# that the server selected a cipher suite indicating a Hash associated with the PSK, and that a server
//# "key_share" extension is present if required by the ClientHello "psk_key_exchange_modes" extension.
//= rfc9846#section-4.3.11
//= type=test
//# If these values are not consistent, the client MUST abort the handshake with an "illegal_parameter"
//# alert.
test('TLS 1.3: a PSK binder that is wrong, and selected identities out of range', () => {
  const key = new Uint8Array(32).fill(5);
  const psk = () => ({ identity: Uint8Array.of(1), key });
  const setup = { client: { psk }, server: { findPsk: (identity: Uint8Array) => ({ identity, key }) } };
  assertRefused(
    run('TLS 1.3', { ...setup, clientHand: altering(h.CLIENT_HELLO, flipLast) }),
    'server',
    'bad_psk_binder',
    alerts.DECRYPT_ERROR,
  );
  for (const index of [1, 2, 0xffff]) {
    const hand = alteringHello(({ extensions }) => ({
      extensions: extensions.map((each) =>
        each.type === e.PRE_SHARED_KEY ? { ...each, body: Uint8Array.of(index >>> 8, index & 0xff) } : each,
      ),
    }));
    assertRefused(run('TLS 1.3', { ...setup, serverHand: hand }), 'client', 'bad_psk', alerts.ILLEGAL_PARAMETER, `${index}`);
  }
});

// --- the user's own callbacks ---

const thrown = new Error('the callback of a user');
const refuse = (): never => {
  throw thrown;
};
const reject = async (): Promise<never> => Promise.reject(thrown);

for (const version of VERSIONS) {
  test(`${version}: a callback that throws or rejects fails its connection only`, async () => {
    const key = credential('p256').key;
    const brokenKey = (sign: () => never | Promise<never>) => ({
      chain: credential('p256').chain,
      key: { type: key.type, curve: key.curve!, schemes: key.schemes, sign },
    });
    const verifier = (verify: () => never | Promise<never>) => ({ verify });
    const psk12 = version === 'TLS 1.2' ? { suites: [gcm.TLS_PSK_WITH_AES_128_GCM_SHA256] } : {};
    const known = { psk: () => ({ identity: Uint8Array.of(1), key: new Uint8Array(16).fill(1) }) };
    for (const fail of [refuse, reject]) {
      const cases: readonly [string, 'client' | 'server', Setup][] = [
        ['selectContext', 'server', { server: { selectContext: fail } }],
        ['selectAlpn', 'server', { client: { alpn: ['one'] }, server: { selectAlpn: fail } }],
        ['selectCredential of the server', 'server', { server: { selectCredential: fail } }],
        ['selectCredential of the client', 'client', { client: { selectCredential: fail }, server: { clientCertificate: 'request' } }],
        ['sign of the server', 'server', { server: { credentials: [brokenKey(fail)] } }],
        ['sign of the client', 'client', { client: { credentials: [brokenKey(fail)] }, server: { clientCertificate: 'require' } }],
        ['verify of the client', 'client', { client: { verifier: verifier(fail) } }],
        [
          'verify of the server',
          'server',
          { client: { credentials: [credential('p256')] }, server: { verifier: verifier(fail), clientCertificate: 'require' } },
        ],
        ['psk', 'client', { client: { psk: fail, ...psk12 }, server: { findPsk: () => undefined, ...psk12 } }],
        ['findPsk', 'server', { client: { ...known, ...psk12 }, server: { findPsk: fail, ...psk12 } }],
        ['keyLog', 'client', { client: { keyLog: refuse } }],
      ];
      for (const [what, side, setup] of cases) {
        const name = `${what} ${fail === refuse ? 'throws' : 'rejects'}`;
        const { client, server } = contexts(version, setup);
        const makePair = (): Pair =>
          new Pair(
            new Connection(client, { serverName: 'localhost' }, (sink) => new StreamCarrier(sink), streamFrontOf),
            new Connection(server, {}, (sink) => new StreamCarrier(sink), streamFrontOf),
          );
        // Another connection of good contexts is under way at the same time.
        const bystander = pairOf(version);
        const pair = makePair();
        await pair.settle();
        await bystander.settle();
        const { error } = pair[side].connection;
        assert.equal(error?.code, 'callback_failed', `${name}: ${error?.message}`);
        assert.equal(error?.cause, thrown, name);
        assert.equal(error?.alert, alerts.INTERNAL_ERROR, name);
        assert.equal(error?.origin, 'local', name);
        const other: End = pair[side === 'client' ? 'server' : 'client'];
        if (what !== 'psk') assert.equal(other.connection.error?.alert, alerts.INTERNAL_ERROR, name);
        assert.ok(bystander.client.connection.info !== undefined && bystander.server.connection.info !== undefined, name);
      }
    }
  });
}
