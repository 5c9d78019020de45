/** RFC 9846, what a client makes of a server's messages, and either side of what comes out of order: requirement by requirement. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as alerts from '../../src/base/alerts.ts';
import { concat } from '../../src/base/bytes.ts';
import { Reader } from '../../src/base/reader.ts';
import { Writer } from '../../src/base/writer.ts';
import * as gcm from '../../src/crypto/suites/aes-gcm.ts';
import * as modern from '../../src/crypto/suites/modern.ts';
import { tls12Client } from '../../src/versions/tls12.ts';
import { tls13Client } from '../../src/versions/tls13.ts';
import * as e from '../../src/wire/extension.ts';
import { readExtensions } from '../../src/wire/extensions.ts';
import { secp256r1, secp384r1, x25519 } from '../../src/wire/group.ts';
import * as h from '../../src/wire/handshake.ts';
import type { ServerHello } from '../../src/wire/messages/server-hello.ts';
import * as s from '../../src/wire/signature-scheme.ts';
import { altering, alteringHello, assertRefused, connected, isRetryHello, run, type Setup } from '../negative/lying-pair.ts';
import type { Hand, Outgoing } from '../negative/tamper-carrier.ts';
import { KEY_AGREEMENT } from '../../src/pki/x509/extensions.ts';
import { credential, issue } from '../support/certificates.ts';
import { replaced, watch, writeExtensions } from './watch.ts';

const key = new Uint8Array(32).fill(5);
const PSK: Setup = {
  client: { psk: () => ({ identity: Uint8Array.of(1), key }), suites: [modern.TLS_AES_128_GCM_SHA256, modern.TLS_AES_256_GCM_SHA384] },
  server: { findPsk: (identity: Uint8Array) => ({ identity, key }) },
};
const RETRY: Setup = { client: { groups: [x25519, secp256r1, secp384r1] }, server: { groups: [secp256r1] } };
const ASKED: Setup = { client: { credentials: [credential('p256')] }, server: { clientCertificate: 'request' } };
const BOTH_VERSIONS: Setup = {
  client: { suites: [modern.TLS_AES_128_GCM_SHA256, gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256], versions: [tls13Client, tls12Client] },
};

/** The extensions of a message whose body is a head and then these. */
const alteringExtensions = (
  type: number,
  head: number,
  change: (list: ReturnType<typeof readExtensions>) => ReturnType<typeof readExtensions>,
): Hand =>
  altering(type, (body) => {
    const r = new Reader(body);
    r.take(head);
    const list = readExtensions(r);
    const w = new Writer();
    w.bytes(body.subarray(0, head));
    writeExtensions(w, change(list));
    w.bytes(r.rest());
    return w.copy();
  });

const unknown = { type: 0x1a1a, body: Uint8Array.of(1, 2, 3) };

const changing = (change: (hello: ServerHello) => Partial<ServerHello>): Hand =>
  alteringHello((hello) => (isRetryHello(hello) ? {} : change(hello)));
const changingRetry = (change: (hello: ServerHello) => Partial<ServerHello>): Hand =>
  alteringHello((hello) => (isRetryHello(hello) ? change(hello) : {}));

const versionIs =
  (id: number) =>
  ({ extensions }: ServerHello) => ({
    extensions: replaced(extensions, e.SUPPORTED_VERSIONS, Uint8Array.of(id >>> 8, id & 0xff)),
  });

/** Refused by the client: what is wrong, how it comes about, code and alert. */
const REFUSED: readonly [what: string, setup: Setup, hand: Hand, code: string, alert: number][] = [
  //= rfc9846#section-4.2.3
  //= type=test
  //# A client which receives a TLS 1.3 Server Hello with a legacy_version value not equal to 0x0303
  //# MUST abort the handshake with a "protocol_version" alert.
  //= rfc9846#appendix-E.5
  //= type=test
  //# Implementations receiving Hello messages with other version numbers MUST abort the handshake as
  //# described in Section 4.2.2 and Section 4.2.3.
  ['legacy_version of TLS 1.3', {}, changing(() => ({ version: 0x0304 })), 'wrong_version', alerts.PROTOCOL_VERSION],
  ['legacy_version of TLS 1.1', {}, changing(() => ({ version: 0x0302 })), 'wrong_version', alerts.PROTOCOL_VERSION],
  [
    'legacy_version of TLS 1.3 in a HelloRetryRequest',
    RETRY,
    changingRetry(() => ({ version: 0x0304 })),
    'wrong_version',
    alerts.PROTOCOL_VERSION,
  ],
  //= rfc9846#section-4.2.3
  //= type=test
  //# A client which receives a legacy_session_id_echo field that does not match what it sent in the
  //# ClientHello MUST abort the handshake with an "illegal_parameter" alert.
  ['another session ID', {}, changing(() => ({ sessionId: new Uint8Array(32) })), 'wrong_session_id', alerts.ILLEGAL_PARAMETER],
  [
    //= rfc9846#section-4.2.4
    //= type=test
    //# Upon receipt of a HelloRetryRequest, the client MUST check the legacy_version,
    //# legacy_session_id_echo, cipher_suite, and legacy_compression_method as specified in Section
    //# 4.2.3 and then process the extensions, starting with determining the version using
    //# "supported_versions".
    'another session ID in a HelloRetryRequest',
    RETRY,
    changingRetry(() => ({ sessionId: new Uint8Array(32) })),
    'wrong_session_id',
    alerts.ILLEGAL_PARAMETER,
  ],
  //= rfc9846#section-4.3.1
  //= type=test
  //# If the "supported_versions" extension in the ServerHello contains a version not offered by the
  //# client or contains a version prior to TLS 1.3, the client MUST abort the handshake with an
  //# "illegal_parameter" alert.
  //= rfc9846#section-4.3.1
  //= type=test
  //# If this extension is present, clients MUST ignore the ServerHello.legacy_version value and MUST
  //# use only the "supported_versions" extension to determine the selected version.
  ['TLS 1.2 in supported_versions', BOTH_VERSIONS, changing(versionIs(0x0303)), 'wrong_version', alerts.ILLEGAL_PARAMETER],
  ['a version that was not offered', {}, changing(versionIs(0x0305)), 'wrong_version', alerts.ILLEGAL_PARAMETER],
  [
    //= rfc9846#section-4.3.1
    //= type=test
    //# After checking ServerHello.random to determine if the server handshake message is a ServerHello
    //# or HelloRetryRequest, clients MUST check for this extension prior to processing the rest of the
    //# ServerHello.
    //= rfc9846#appendix-E.1
    //= type=test
    //# If the version chosen by the server is not supported by the client (or is not acceptable), the
    //# client MUST abort the handshake with a "protocol_version" alert.
    //= rfc5246#appendix-E.1
    //= type=test
    //# If the version chosen by the server is not supported by the client (or not acceptable), the
    //# client MUST send a "protocol_version" alert message and close the connection.
    'no supported_versions',
    {},
    changing(({ extensions }) => ({ extensions: replaced(extensions, e.SUPPORTED_VERSIONS, undefined) })),
    'unsupported_version',
    alerts.PROTOCOL_VERSION,
  ],
  [
    //= rfc9846#section-4.2.4
    //= type=test
    //# The value of selected_version in the HelloRetryRequest "supported_versions" extension MUST be
    //# retained in the ServerHello, and a client MUST abort the handshake with an "illegal_parameter"
    //# alert if the value changes.
    'TLS 1.2 after a HelloRetryRequest',
    { ...RETRY, client: { ...RETRY.client, ...BOTH_VERSIONS.client } },
    changing(() => ({ extensions: [], suite: 0xc02b })),
    'wrong_version',
    alerts.ILLEGAL_PARAMETER,
  ],
  [
    //= rfc9846#section-4.3.8
    //= type=test
    //# This value MUST be in the same group as the KeyShareEntry value offered by the client that the
    //# server has selected for the negotiated key exchange.
    //= rfc9846#section-4.3.8
    //= type=test
    //# If using asymmetric key establishment and a HelloRetryRequest containing a "key_share" extension
    //# was received by the client, the client MUST verify that the selected NamedGroup in the
    //# ServerHello is the same as that in the HelloRetryRequest.
    //= rfc9846#section-4.3.8
    //= type=test
    //# If this check fails, the client MUST abort the handshake with an "illegal_parameter" alert.
    'a share of another group after a HelloRetryRequest',
    RETRY,
    changing(({ extensions }) => ({
      extensions: replaced(extensions, e.KEY_SHARE, concat(Uint8Array.of(0, 0x1d, 0, 32), new Uint8Array(32).fill(9))),
    })),
    'wrong_group',
    alerts.ILLEGAL_PARAMETER,
  ],
  //= rfc9846#section-4.3.11
  //= type=test
  //# Clients MUST verify that the server's selected_identity is within the range supplied by the
  //# client, that the server selected a cipher suite indicating a Hash associated with the PSK, and
  //# that a server "key_share" extension is present if required by the ClientHello
  //# "psk_key_exchange_modes" extension.
  ['a PSK with a suite of another hash', PSK, changing(() => ({ suite: 0x1302 })), 'bad_psk', alerts.ILLEGAL_PARAMETER],
  [
    'a PSK without a share',
    PSK,
    changing(({ extensions }) => ({ extensions: replaced(extensions, e.KEY_SHARE, undefined) })),
    'missing_extension',
    alerts.MISSING_EXTENSION,
  ],
  [
    //= rfc9846#section-4.3
    //= type=test
    //# If an implementation receives an extension which it recognizes and which is not specified for
    //# the message in which it appears, it MUST abort the handshake with an "illegal_parameter" alert.
    //= rfc9846#section-4.4.1
    //= type=test
    //# The client MUST check EncryptedExtensions for the presence of any forbidden extensions and if
    //# any are found MUST abort the handshake with an "illegal_parameter" alert.
    'an extension in the wrong message',
    {},
    alteringExtensions(h.ENCRYPTED_EXTENSIONS, 0, (list) => [...list, { type: e.KEY_SHARE, body: Uint8Array.of(0, 0x1d) }]),
    'misplaced_extension',
    alerts.ILLEGAL_PARAMETER,
  ],
  [
    //= rfc9846#section-4.4.2
    //= type=test
    //# This field SHALL be zero length unless used for the post-handshake authentication exchanges
    //# described in Section 4.7.2.
    'a context in a CertificateRequest',
    ASKED,
    altering(h.CERTIFICATE_REQUEST, (body) => concat(Uint8Array.of(1, 7), body.subarray(1))),
    'decode_error',
    alerts.ILLEGAL_PARAMETER,
  ],
  [
    //= rfc9846#section-4.4.2
    //= type=test
    //# The "signature_algorithms" extension MUST be specified, and other extensions may optionally be
    //# included if defined for this message.
    'a CertificateRequest without signature_algorithms',
    ASKED,
    alteringExtensions(h.CERTIFICATE_REQUEST, 1, (list) => replaced(list, e.SIGNATURE_ALGORITHMS, undefined)),
    'missing_extension',
    alerts.MISSING_EXTENSION,
  ],
  [
    //= rfc9846#section-4.5.1
    //= type=test
    //# Otherwise (in the case of server authentication), this field SHALL be zero length.
    'a context in the Certificate',
    {},
    altering(h.CERTIFICATE, (body) => concat(Uint8Array.of(1, 7), body.subarray(1))),
    'decode_error',
    alerts.ILLEGAL_PARAMETER,
  ],
  //= rfc9846#section-4.5.1.3
  //= type=test
  //# If the server supplies an empty Certificate message, the client MUST abort the handshake with a
  //# "decode_error" alert.
  ['no certificate', {}, altering(h.CERTIFICATE, () => Uint8Array.of(0, 0, 0, 0)), 'certificate_required', alerts.DECODE_ERROR],
  [
    //= rfc9846#section-4.5.1
    //= type=test
    //# Extensions in the Certificate message from the server MUST correspond to ones from the
    //# ClientHello message.
    'an extension of a certificate that was not asked for',
    {},
    altering(h.CERTIFICATE, withEntryExtension),
    'unsolicited_extension',
    alerts.UNSUPPORTED_EXTENSION,
  ],
  [
    //= rfc9846#section-4.5.1.2
    //= type=test
    //# That is, the digitalSignature bit MUST be set if the Key Usage extension is present, and the
    //# public key (with associated restrictions) MUST be compatible with some supported signature
    //# scheme.
    'a certificate that may not sign',
    { server: { credentials: [mayNotSign()] } },
    (message) => [message],
    'certificate_purpose',
    alerts.ILLEGAL_PARAMETER,
  ],
];

for (const [what, setup, hand, code, alert] of REFUSED) {
  test(`RFC 9846: a client refuses ${what}`, () => {
    assertRefused(run('TLS 1.3', { ...setup, serverHand: hand }), 'client', code, alert);
  });
}

//= rfc9846#section-4.5.1
//= type=test
//# Extensions in the Certificate message from the client MUST correspond to extensions in the
//# CertificateRequest message from the server.
//= rfc9846#section-4.5.2
//= type=test
//# If sent by a client, the signature algorithm used in the signature MUST be one of those present in
//# the supported_signature_algorithms field of the "signature_algorithms" extension in the
//# CertificateRequest message.
//= rfc9846#section-4.5.2
//= type=test
//# The SHA-1 algorithm MUST NOT be used in any signatures of CertificateVerify messages.
test('RFC 9846: a server refuses an extension of a client certificate, and a scheme that it did not name', () => {
  const extension = run('TLS 1.3', { ...ASKED, clientHand: altering(h.CERTIFICATE, withEntryExtension) });
  assertRefused(extension, 'server', 'unsolicited_extension', alerts.UNSUPPORTED_EXTENSION);
  for (const scheme of [s.ECDSA_SHA1, s.RSA_PKCS1_SHA256, s.ED448]) {
    const named = altering(h.CERTIFICATE_VERIFY, (body) => concat(Uint8Array.of(scheme >>> 8, scheme & 0xff), body.subarray(2)));
    const pair = run('TLS 1.3', {
      client: ASKED.client!,
      server: { ...ASKED.server, schemes: [s.ECDSA_SECP256R1_SHA256] },
      clientHand: named,
    });
    assertRefused(pair, 'server', 'wrong_scheme', alerts.ILLEGAL_PARAMETER);
  }
});

//= rfc9846#section-4.4.2
//= type=test
//# Clients MUST ignore unrecognized extensions.
//= rfc9846#section-4.7.1
//= type=test
//# Clients MUST ignore unrecognized extensions.
//= rfc9846#section-9.3
//= type=test
//# In TLS 1.3, a client receiving a CertificateRequest or NewSessionTicket MUST also ignore all
//# unrecognized extensions.
test('RFC 9846: unknown extensions in CertificateRequest and NewSessionTicket are ignored', () => {
  const asked = run('TLS 1.3', { ...ASKED, serverHand: alteringExtensions(h.CERTIFICATE_REQUEST, 1, (list) => [unknown, ...list]) });
  assert.equal(asked.server.connection.info?.peerProof, 'certificate');
  const ticket = altering(h.NEW_SESSION_TICKET, (body) => {
    const w = new Writer();
    w.bytes(body.subarray(0, body.length - 2));
    writeExtensions(w, [unknown]);
    return w.copy();
  });
  const pair = connected('TLS 1.3', { serverHand: ticket });
  assert.equal(pair.client.events.filter(({ type }) => type === 'session').length, 2);
  const deaf = connected('TLS 1.3', {
    client: { resumption: false },
    serverHand: (message) => (message.type === h.FINISHED ? [message] : [message]),
  });
  assert.equal(deaf.client.events.filter(({ type }) => type === 'session').length, 0);
});

//= rfc9846#section-4.7.1
//= type=test
//# Clients which receive a NewSessionTicket message but do not support resumption MUST silently ignore
//# this message.
test('RFC 9846: tickets are dropped by a client that does not resume', () => {
  // As if the server sent them to everybody.
  const modes = { type: e.PSK_KEY_EXCHANGE_MODES, body: Uint8Array.of(1, 1) };
  const { pair } = watch('TLS 1.3', { client: { resumption: false }, clientHand: alteringExtensionsOfHello(modes) });
  assert.equal(pair.client.connection.error, undefined);
  assert.ok(pair.client.connection.info !== undefined);
  assert.ok(pair.client.events.every(({ type }) => type !== 'session'));
});

//= rfc9846#section-4
//= type=test
//# A peer which receives a handshake message in an unexpected order MUST abort the handshake with an
//# "unexpected_message" alert.
//= rfc9846#section-4.6
//= type=test
//# Servers MUST NOT send this message, and clients receiving it MUST terminate the connection with an
//# "unexpected_message" alert.
//= rfc9846#section-4.7.3
//= type=test
//# Implementations that receive a KeyUpdate message prior to receiving a Finished message MUST
//# terminate the connection with an "unexpected_message" alert.
test('RFC 9846: a message left out, and EndOfEarlyData, KeyUpdate and others where they do not belong', () => {
  const setup: Setup = { ...ASKED, server: { clientCertificate: 'require' } };
  const { sent } = watch('TLS 1.3', setup);
  for (const side of ['client', 'server'] as const) {
    const by = side === 'client' ? 'server' : 'client';
    const hand = side === 'client' ? 'clientHand' : 'serverHand';
    const positions = sent[side].flatMap(({ type }, position) =>
      type === h.NEW_SESSION_TICKET || type === h.CCS_MESSAGE || type === h.CLIENT_HELLO || type === h.SERVER_HELLO ? [] : [position],
    );
    for (const position of positions) {
      const { type } = sent[side][position]!;
      const injected: readonly Outgoing[] = [
        { type: h.END_OF_EARLY_DATA, body: new Uint8Array(0) },
        { type: h.KEY_UPDATE, body: Uint8Array.of(0) },
        { type: h.SERVER_HELLO_DONE, body: new Uint8Array(0) },
      ];
      for (const more of injected) {
        const pair = run('TLS 1.3', {
          ...setup,
          [hand]: (message: Outgoing, at: number) => (at === position ? [more, message] : [message]),
        });
        assertRefused(pair, by, 'unexpected_message', alerts.UNEXPECTED_MESSAGE, `${more.type} before ${type} of the ${side}`);
      }
      // Whether it asks for a certificate is the server's affair.
      if (type === h.FINISHED || type === h.CERTIFICATE_REQUEST) continue;
      const without = run('TLS 1.3', { ...setup, [hand]: (message: Outgoing, at: number) => (at === position ? [] : [message]) });
      assertRefused(without, by, 'unexpected_message', alerts.UNEXPECTED_MESSAGE, `without ${type} of the ${side}`);
    }
  }
});

//= rfc9846#section-5
//= type=test
//# An implementation may receive an unencrypted record of type change_cipher_spec consisting of the
//# single byte value 0x01 at any time after the first ClientHello message has been sent or received and
//# before the peer's Finished message has been received and MUST simply drop it without further
//# processing.
//= rfc9846#section-5
//= type=test
//# An implementation which receives any other change_cipher_spec value or which receives a protected
//# change_cipher_spec record MUST abort the handshake with an "unexpected_message" alert.
//= rfc9846#section-5
//= type=test
//# If an implementation detects a change_cipher_spec record received before the first ClientHello
//# message or after the peer's Finished message, it MUST be treated as an unexpected record type
//# (though stateless servers may not be able to distinguish these cases from allowed cases).
test('RFC 9846: change_cipher_spec between the messages is dropped, and refused behind Finished and with another value', () => {
  const between: Hand = (message) => (message.type === h.FINISHED ? [{ type: h.CCS_MESSAGE, body: Uint8Array.of(1) }, message] : [message]);
  assert.equal(run('TLS 1.3', { ...ASKED, clientHand: between }).server.connection.error?.message, undefined);
  const pair = connected('TLS 1.3');
  pair.client.connection.carrier.changeCipherSpec();
  pair.pump();
  assertRefused(pair, 'server', 'unexpected_record', alerts.UNEXPECTED_MESSAGE);
  const other = run('TLS 1.3');
  assert.equal(other.server.connection.error, undefined);
  const wrong = run('TLS 1.3', {
    clientHand: (message) => (message.type === h.FINISHED ? [{ type: 0, record: 20, body: Uint8Array.of(2) }, message] : [message]),
  });
  assert.equal(wrong.server.connection.error?.alert, alerts.UNEXPECTED_MESSAGE);
});

//= rfc9846#section-4.7.2
//= type=test
//# A client that receives a post-handshake CertificateRequest message without having sent the
//# "post_handshake_auth" extension MUST send an "unexpected_message" fatal alert.
//= rfc9846#section-4.3.6
//= type=test
//# Servers MUST NOT send a post-handshake CertificateRequest to clients which do not offer this
//# extension.
test('RFC 9846: CertificateRequest after the handshake from a server that was not told that it may', () => {
  const pair = connected('TLS 1.3');
  pair.server.connection.carrier.message(h.CERTIFICATE_REQUEST, (w) => w.bytes(Uint8Array.of(1, 1, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3)));
  pair.server.connection.carrier.endFlight();
  pair.pump();
  assertRefused(pair, 'client', 'unexpected_message', alerts.UNEXPECTED_MESSAGE);
});

//= rfc9846#section-4.5.1.2
//= type=test
//# All certificates provided by the sender MUST be signed by a signature algorithm advertised by the
//# peer, if it is able to provide such a chain (see Section 4.3.3).
test('RFC 9846: of several chains the one that is signed as the client asked', () => {
  const plain = issue('p256');
  // Names RSA for certificates and ECDSA for the handshake: the second chain is no better, and the first is the fallback.
  const certificates = (schemes: readonly number[]): Hand =>
    alteringExtensionsOfHello({ type: e.SIGNATURE_ALGORITHMS_CERT, body: list16(schemes) });
  const others = run('TLS 1.3', { server: { credentials: [plain, credential('p256')] }, clientHand: certificates([s.RSA_PKCS1_SHA256]) });
  assert.deepEqual(others.server.connection.info?.credential?.chain[0], plain.chain[0]);
  const ours = run('TLS 1.3', {
    server: { credentials: [plain, credential('p256')] },
    clientHand: certificates([s.ECDSA_SECP256R1_SHA256]),
  });
  assert.deepEqual(ours.server.connection.info?.credential?.chain[0], plain.chain[0]);
});

//= rfc9846#section-4.5.1
//= type=test
//# For maximum compatibility, all implementations SHOULD be prepared to handle potentially extraneous
//# certificates and arbitrary orderings from any TLS version, with the exception of the end-entity
//# certificate which MUST be first.
test('RFC 9846: an extraneous certificate in the chain', () => {
  const extra = {
    ...credential('p256'),
    chain: [credential('p256').chain[0]!, credential('ed25519').chain[0]!, ...credential('p256').chain.slice(1)],
  };
  const pair = connected('TLS 1.3', { server: { credentials: [extra] } });
  assert.equal(pair.client.connection.info?.peerTrusted, true);
  const turned = { ...credential('p256'), chain: [...credential('p256').chain].reverse() };
  assert.throws(() => connected('TLS 1.3', { server: { credentials: [turned] } }), { code: 'certificate_key_mismatch' });
});

function list16(values: readonly number[]): Uint8Array {
  const w = new Writer();
  w.u16List(2, values);
  return w.copy();
}

/** A ClientHello with one more extension at its front. */
function alteringExtensionsOfHello(extension: { readonly type: number; readonly body: Uint8Array }): Hand {
  return altering(h.CLIENT_HELLO, (body) => {
    const r = new Reader(body);
    r.take(34);
    r.vector(1);
    r.vector(2);
    r.vector(1);
    const head = r.position;
    const w = new Writer();
    w.bytes(body.subarray(0, head));
    writeExtensions(w, [extension, ...readExtensions(r).filter(({ type }) => type !== extension.type)]);
    return w.copy();
  });
}

/** The first entry of a Certificate with a status_request beside it. */
function withEntryExtension(body: Uint8Array): Uint8Array {
  const r = new Reader(body);
  const context = r.vector(1);
  const list = r.sub(3);
  const der = list.vector(3);
  list.vector(2);
  const w = new Writer();
  w.vector(1, context);
  const at = w.open(3);
  w.vector(3, der);
  writeExtensions(w, [{ type: e.STATUS_REQUEST, body: Uint8Array.of(1, 0, 0, 1, 0) }]);
  w.bytes(list.rest());
  w.close(3, at);
  return w.copy();
}

function mayNotSign() {
  return issue('p256', { keyUsage: KEY_AGREEMENT });
}
