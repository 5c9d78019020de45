/** TLS 1.2 and its extensions (RFC 5246, 5077, 5746, 6066, 7366, 7627, 8422): requirement by requirement. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as alerts from '../../src/base/alerts.ts';
import { Reader } from '../../src/base/reader.ts';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import * as cbc from '../../src/crypto/suites/aes-cbc.ts';
import * as gcm from '../../src/crypto/suites/aes-gcm.ts';
import { clientCertificateType, serverCertificateType } from '../../src/handshake/extensions/certificate-types.ts';
import type { ProtocolVersion } from '../../src/handshake/version.ts';
import { KEY_AGREEMENT } from '../../src/pki/x509/extensions.ts';
import { createRawKeyVerifier } from '../../src/pki/x509/raw-key.ts';
import { createMemoryStore } from '../../src/session/cache.ts';
import { createTicketKeys } from '../../src/session/ticket.ts';
import { tls11Client, tls11Server } from '../../src/versions/tls11.ts';
import { tls12Client, tls12Server } from '../../src/versions/tls12.ts';
import * as e from '../../src/wire/extension.ts';
import * as h from '../../src/wire/handshake.ts';
import { ffdhe2048, secp256r1, secp384r1, x25519 } from '../../src/wire/group.ts';
import type { ServerHello } from '../../src/wire/messages/server-hello.ts';
import * as s from '../../src/wire/signature-scheme.ts';
import { TLS_EMPTY_RENEGOTIATION_INFO_SCSV } from '../../src/wire/suite.ts';
import { alteringHello, assertRefused, connected, run, type Setup } from '../negative/lying-pair.ts';
import type { Hand } from '../negative/tamper-carrier.ts';
import { credential, issue } from '../support/certificates.ts';
import { EXTENSIONS, SCHEMES } from '../support/contexts.ts';
import { alteringClientHello, bodyOf, clientHellos, replaced, serverHellos, typesOf, watch } from './watch.ts';

const CBC = [cbc.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA];
const ANONYMOUS_SCHEME = 0;

const without = <V extends ProtocolVersion>(version: V, type: number): V => ({
  ...version,
  ...(version.client === undefined
    ? {}
    : { client: { ...version.client, extensions: version.client.extensions.filter((module) => module.type !== type) } }),
  ...(version.server === undefined
    ? {}
    : { server: { ...version.server, extensions: version.server.extensions.filter((module) => module.type !== type) } }),
});

const having =
  (type: number, body: readonly number[]): Parameters<typeof alteringClientHello>[0] =>
  ({ extensions }) => ({ extensions: replaced(extensions, type, Uint8Array.from(body)) });
const answering = (type: number, body: readonly number[]): Hand =>
  alteringHello(({ extensions }: ServerHello) => ({ extensions: replaced(extensions, type, Uint8Array.from(body)) }));

//= rfc5246#section-7.4.1.2
//= type=test
//# This vector MUST contain, and all implementations MUST support, CompressionMethod.null.
//= rfc5246#section-7.4.1.4.1
//= type=test
//# If the client does not support the default algorithms, or supports other hash and signature
//# algorithms (and it is willing to use them for verifying messages sent by the server, i.e., server
//# certificates and server key exchange), it MUST send the signature_algorithms extension, listing the
//# algorithms it is willing to accept.
//= rfc5746#section-3.4
//= type=test
//# The client MUST include either an empty "renegotiation_info" extension, or the
//# TLS_EMPTY_RENEGOTIATION_INFO_SCSV signaling cipher suite value in the ClientHello.
//= rfc7627#section-5.2
//= type=test
//# In all handshakes, a client implementing this document MUST send the "extended_master_secret"
//# extension in its ClientHello.
//= rfc7366#section-2
//= type=test
//# The "extension_type" value for this extension SHALL be 22 (0x16), and the "extension_data" field of
//# this extension SHALL be empty.
//= rfc5077#section-3.2
//= type=test
//# If the client does not have a ticket and is prepared to receive one in the NewSessionTicket
//# handshake message, then it MUST include a zero-length ticket in the SessionTicket extension.
//= rfc8422#section-5.1
//= type=test
//# If the Supported Point Formats Extension is indeed sent, it MUST contain the value 0 (uncompressed)
//# as one of the items in the list of point formats.
//= rfc8422#section-5.1.2
//= type=test
//# A client compliant with this specification that supports no other curves MUST send the following
//# octets; note that the first two octets indicate the extension type (Supported Point Formats
//# Extension):
//= rfc6066#section-3
//= type=test
//# The "extension_data" field of this extension SHALL contain "ServerNameList" where:
test('TLS 1.2: what stands in a ClientHello', () => {
  const [hello] = clientHellos(watch('TLS 1.2', { client: { suites: CBC, schemes: [...SCHEMES, s.ECDSA_SHA1] } }));
  assert.deepEqual([...hello!.compressions], [0]);
  assert.ok(hello!.suites.includes(TLS_EMPTY_RENEGOTIATION_INFO_SCSV));
  assert.equal(bodyOf(hello!, e.EXTENDED_MASTER_SECRET)?.length, 0);
  assert.equal(bodyOf(hello!, e.ENCRYPT_THEN_MAC)?.length, 0);
  assert.equal(bodyOf(hello!, e.SESSION_TICKET)?.length, 0);
  assert.deepEqual([...bodyOf(hello!, e.EC_POINT_FORMATS)!], [1, 0]);
  assert.deepEqual([...bodyOf(hello!, e.SERVER_NAME)!], [0, 12, 0, 0, 9, ...Buffer.from('localhost')]);
  const schemes = new Reader(bodyOf(hello!, e.SIGNATURE_ALGORITHMS)!).u16List(2);
  assert.deepEqual(schemes, [...SCHEMES, s.ECDSA_SHA1]);
  assert.ok(schemes.every((scheme) => (scheme & 0xff) !== ANONYMOUS_SCHEME));
});

//= rfc5246#section-7.4.1.4.1
//= type=test
//# Clients MUST NOT offer it if they are offering prior versions.
//= rfc5077#section-3.2
//= type=test
//# If the client is not prepared to receive a ticket in the NewSessionTicket handshake message, then it
//# MUST NOT include a SessionTicket extension unless it is sending a non-empty ticket it received
//# through some other means from the server.
//= rfc8422#section-4
//= type=test
//# The client MUST NOT include these extensions in the ClientHello message if it does not propose any
//# ECC cipher suites.
test('TLS 1.2: what a client leaves out', () => {
  const old = clientHellos(
    watch('TLS 1.2', {
      client: { versions: [tls11Client], suites: CBC, schemes: [s.ECDSA_SHA1] },
      server: { versions: [tls11Server], suites: CBC, schemes: [s.ECDSA_SHA1] },
    }),
  )[0]!;
  assert.equal(bodyOf(old, e.SIGNATURE_ALGORITHMS), undefined);
  const noTickets = clientHellos(watch('TLS 1.2', { client: { offerTickets: false } }))[0]!;
  assert.equal(bodyOf(noTickets, e.SESSION_TICKET), undefined);
  const noCurves: Setup = {
    client: { suites: [gcm.TLS_RSA_WITH_AES_128_GCM_SHA256], groups: [x25519, secp256r1] },
    server: { suites: [gcm.TLS_RSA_WITH_AES_128_GCM_SHA256], credentials: [credential('rsa')] },
  };
  const rsa = clientHellos(watch('TLS 1.2', noCurves))[0]!;
  for (const type of [e.SUPPORTED_GROUPS, e.EC_POINT_FORMATS]) assert.equal(bodyOf(rsa, type), undefined, e.extensionName(type));
  const finite: Setup = { ...noCurves, client: { suites: [gcm.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256], groups: [x25519, ffdhe2048] } };
  assert.deepEqual([...bodyOf(clientHellos(watch('TLS 1.2', finite))[0]!, e.SUPPORTED_GROUPS)!], [0, 2, 1, 0]);
});

//= rfc7627#section-5.2
//= type=test
//# If a server implementing this document receives the "extended_master_secret" extension, it MUST
//# include the extension in its ServerHello message.
//= rfc7627#section-5.2
//= type=test
//# If it chooses to continue the handshake, then it MUST NOT include the extension in the ServerHello.
//= rfc7627#section-5.2
//= type=test
//# If the client and server choose to continue a full handshake without the extension, they MUST use
//# the standard master secret derivation for the new session.
//= rfc5746#section-3.6
//= type=test
//# When a ClientHello is received, the server MUST check if it includes the
//# TLS_EMPTY_RENEGOTIATION_INFO_SCSV SCSV.
//= rfc5746#section-3.6
//= type=test
//# If the secure_renegotiation flag is set to TRUE, the server MUST include an empty
//# "renegotiation_info" extension in the ServerHello message.
//= rfc5077#section-3.2
//= type=test
//# The server MUST NOT send this extension if it does not receive one in the ClientHello.
//= rfc5077#section-3.4
//= type=test
//# If the server accepts the ticket and the Session ID is not empty, then it MUST respond with the same
//# Session ID present in the ClientHello.
//= rfc6066#section-1.1
//= type=test
//# If, on the other hand, the older session is resumed, then the server MUST ignore the extensions and
//# send a server hello containing none of the extension types.
//= rfc6066#section-3
//= type=test
//# In this event, the server SHALL include an extension of type "server_name" in the (extended) server
//# hello.
//= rfc6066#section-3
//= type=test
//# The "extension_data" field of this extension SHALL be empty.
//= rfc6066#section-3
//= type=test
//# When resuming a session, the server MUST NOT include a server_name extension in the server hello.
//= rfc5246#section-7.4.1.4.1
//= type=test
//# Servers MUST NOT send this extension.
//= rfc8422#section-5.2
//= type=test
//# The Supported Point Formats Extension, when used, MUST contain the value 0 (uncompressed) as one of
//# the items in the list of point formats.
test('TLS 1.2: what stands in a ServerHello', () => {
  const tickets = createTicketKeys(nodeCrypto);
  const full = watch('TLS 1.2', { server: { tickets } });
  const [hello] = serverHellos(full);
  for (const type of [e.EXTENDED_MASTER_SECRET, e.SERVER_NAME, e.SESSION_TICKET]) assert.equal(bodyOf(hello!, type)?.length, 0);
  assert.deepEqual([...bodyOf(hello!, e.RENEGOTIATION_INFO)!], [0]);
  assert.ok(bodyOf(hello!, e.EC_POINT_FORMATS)!.subarray(1).includes(0));
  assert.equal(bodyOf(hello!, e.SIGNATURE_ALGORITHMS), undefined);
  assert.equal(bodyOf(hello!, e.ENCRYPT_THEN_MAC), undefined, 'an AEAD suite');
  const session = full.pair.client.events.flatMap((event) => (event.type === 'session' ? [event.session] : []))[0]!;
  const resumed = watch('TLS 1.2', { server: { tickets }, options: { serverName: 'localhost', session } });
  const again = serverHellos(resumed)[0]!;
  assert.equal(resumed.pair.client.connection.info?.resumed, true);
  assert.equal(resumed.pair.server.connection.info?.serverName, 'localhost');
  for (const type of [e.SERVER_NAME, e.MAX_FRAGMENT_LENGTH, e.STATUS_REQUEST]) assert.equal(bodyOf(again, type), undefined);
  assert.deepEqual(again.sessionId, clientHellos(resumed)[0]!.sessionId);
  const bare = watch('TLS 1.2', {
    client: { offerTickets: false, versions: [without(tls12Client, e.EXTENDED_MASTER_SECRET)] },
    server: { tickets },
  });
  for (const type of [e.EXTENDED_MASTER_SECRET, e.SESSION_TICKET]) assert.equal(bodyOf(serverHellos(bare)[0]!, type), undefined);
  assert.equal(bare.pair.server.connection.error, undefined);
  assert.equal(bare.pair.client.connection.info?.extendedMasterSecret, false);
  const silent = watch('TLS 1.2', { server: { versions: [without(tls12Server, e.EXTENDED_MASTER_SECRET)] } });
  assert.equal(silent.pair.server.connection.info?.extendedMasterSecret, false);
});

//= rfc5077#section-3.4
//= type=test
//# If a ticket is presented by the client, the server MUST NOT attempt to use the Session ID in the
//# ClientHello for stateful session resumption.
test('TLS 1.2: with a ticket the session ID of the client finds nothing', () => {
  const sessions = createMemoryStore(Date.now);
  const tickets = createTicketKeys(nodeCrypto);
  const byId = connected('TLS 1.2', { server: { sessions, tickets: undefined } });
  const stored = byId.client.events.flatMap((event) => (event.type === 'session' ? [event.session] : []))[0]!;
  const both = { ...stored, ticket: new Uint8Array(80) };
  const pair = run('TLS 1.2', { server: { sessions, tickets }, options: { serverName: 'localhost', session: both } });
  assert.equal(pair.server.connection.error, undefined);
  assert.equal(pair.client.connection.info?.resumed, false);
  const plain = run('TLS 1.2', {
    server: { sessions, tickets },
    client: { offerTickets: false },
    options: { serverName: 'localhost', session: stored },
  });
  assert.equal(plain.client.connection.info?.resumed, true);
});

/** Refused: by whom, what is wrong, how it comes about, code and alert. */
const REFUSED: readonly [by: 'client' | 'server', what: string, setup: Setup, code: string, alert: number][] = [
  [
    'server',
    //= rfc6066#section-4
    //= type=test
    //# If a server receives a maximum fragment length negotiation request for a value other than the
    //# allowed values, it MUST abort the handshake with an "illegal_parameter" alert.
    'a length of fragments that does not exist',
    { clientHand: alteringClientHello(having(e.MAX_FRAGMENT_LENGTH, [5])) },
    'bad_extension',
    alerts.ILLEGAL_PARAMETER,
  ],
  [
    'client',
    //= rfc6066#section-4
    //= type=test
    //# Similarly, if a client receives a maximum fragment length negotiation response that differs from
    //# the length it requested, it MUST also abort the handshake with an "illegal_parameter" alert.
    'another length of fragments than it asked for',
    { client: { maxFragmentLength: 512 }, serverHand: answering(e.MAX_FRAGMENT_LENGTH, [2]) },
    'bad_extension',
    alerts.ILLEGAL_PARAMETER,
  ],
  [
    'server',
    //= rfc6066#section-3
    //= type=test
    //# The ServerNameList MUST NOT contain more than one name of the same name_type.
    'two host names',
    { clientHand: alteringClientHello(having(e.SERVER_NAME, [0, 8, 0, 0, 1, 97, 0, 0, 1, 98])) },
    'bad_extension',
    alerts.ILLEGAL_PARAMETER,
  ],
  [
    'server',
    //= rfc6066#section-11.1
    //= type=test
    //# Implementations MUST ensure that a buffer overflow does not occur, whatever the values of the
    //# length fields in server_name.
    'a host name that claims more than there is',
    { clientHand: alteringClientHello(having(e.SERVER_NAME, [0, 4, 0, 0xff, 0xff, 97])) },
    'decode_error',
    alerts.DECODE_ERROR,
  ],
  [
    'server',
    //= rfc8422#section-5.1.2
    //= type=test
    //# If the client sends the extension and the extension does not contain the uncompressed point
    //# format, and the client has used the Supported Groups extension to indicate support for any of
    //# the curves defined in this specification, then the server MUST abort the handshake and return an
    //# illegal_parameter alert.
    'point formats without the uncompressed one',
    { clientHand: alteringClientHello(having(e.EC_POINT_FORMATS, [1, 1])) },
    'bad_extension',
    alerts.ILLEGAL_PARAMETER,
  ],
  [
    'client',
    //= rfc8422#section-5.2
    //= type=test
    //# The Supported Point Formats Extension, when used, MUST contain the value 0 (uncompressed) as one
    //# of the items in the list of point formats.
    'point formats without the uncompressed one',
    { serverHand: answering(e.EC_POINT_FORMATS, [1, 1]) },
    'bad_extension',
    alerts.ILLEGAL_PARAMETER,
  ],
  [
    'client',
    //= rfc7366#section-3
    //= type=test
    //# If a server receives an encrypt-then-MAC request extension from a client and then selects a
    //# stream or Authenticated Encryption with Associated Data (AEAD) ciphersuite, it MUST NOT send an
    //# encrypt-then-MAC response extension back to the client.
    'encrypt_then_mac with an AEAD suite',
    { client: { suites: [gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, ...CBC] }, serverHand: answering(e.ENCRYPT_THEN_MAC, []) },
    'bad_extension',
    alerts.ILLEGAL_PARAMETER,
  ],
  [
    'client',
    //= rfc5246#section-7.4.2
    //= type=test
    //# The end entity certificate's public key (and associated restrictions) MUST be compatible with
    //# the selected key exchange algorithm.
    'a suite whose key the certificate has not',
    { serverHand: alteringHello(() => ({ suite: 0xc02f })) },
    'certificate_key_mismatch',
    alerts.ILLEGAL_PARAMETER,
  ],
  [
    'client',
    //= rfc5246#section-7.4.2
    //= type=test
    //# DHE_RSA RSA public key; the certificate MUST allow the ECDHE_RSA key to be used for signing (the
    //# digitalSignature bit MUST be set if the key usage extension is present) with the signature
    //# scheme and hash algorithm that will be employed in the server key exchange message.
    //= rfc5246#section-7.4.2
    //= type=test
    //# DHE_DSS DSA public key; the certificate MUST allow the key to be used for signing with the hash
    //# algorithm that will be employed in the server key exchange message.
    //= rfc5246#section-7.4.2
    //= type=test
    //# ECDHE_ECDSA ECDSA-capable public key; the certificate MUST allow the key to be used for signing
    //# with the hash algorithm that will be employed in the server key exchange message.
    'a certificate that may not sign',
    { server: { credentials: [issue('p256', { keyUsage: KEY_AGREEMENT })] } },
    'certificate_purpose',
    alerts.ILLEGAL_PARAMETER,
  ],
  [
    'client',
    //= rfc5246#section-7.4.2
    //= type=test
    //# RSA RSA public key; the certificate MUST allow the RSA_PSK key to be used for encryption (the
    //# keyEncipherment bit MUST be set if the key usage extension is present).
    'a certificate that may not decrypt',
    {
      client: { suites: [gcm.TLS_RSA_WITH_AES_128_GCM_SHA256] },
      server: { suites: [gcm.TLS_RSA_WITH_AES_128_GCM_SHA256], credentials: [issue('rsa', { keyUsage: 1 })] },
    },
    'certificate_purpose',
    alerts.ILLEGAL_PARAMETER,
  ],
  [
    'client',
    //= rfc5246#section-7.4.2
    //= type=test
    //# The public key MUST use a curve and point format supported by the client, as described in
    //# [TLSECC].
    //= rfc8422#section-5.3
    //= type=test
    //# If the client has used a Supported Elliptic Curves Extension, the public key in the server's
    //# certificate MUST respect the client's choice of elliptic curves.
    'a certificate on a curve that it did not offer',
    {
      client: { groups: [x25519, secp256r1] },
      server: { credentials: [credential('p384')] },
      clientHand: alteringClientHello(having(e.SUPPORTED_GROUPS, [0, 6, 0, 0x1d, 0, 0x17, 0, 0x18])),
    },
    'wrong_group',
    alerts.ILLEGAL_PARAMETER,
  ],
  [
    'server',
    //= rfc5246#section-7.4.6
    //= type=test
    //# rsa_sign RSA public key; the certificate MUST allow the key to be used for signing with the
    //# signature scheme and hash algorithm that will be employed in the certificate verify message.
    //= rfc5246#section-7.4.6
    //= type=test
    //# dss_sign DSA public key; the certificate MUST allow the key to be used for signing with the hash
    //# algorithm that will be employed in the certificate verify message.
    //= rfc5246#section-7.4.6
    //= type=test
    //# ecdsa_sign ECDSA-capable public key; the certificate MUST allow the key to be used for signing
    //# with the hash algorithm that will be employed in the certificate verify message; the public key
    //# MUST use a curve and point format supported by the server.
    'a client certificate that may not sign',
    { client: { credentials: [issue('p256', { keyUsage: KEY_AGREEMENT })] }, server: { clientCertificate: 'request' } },
    'certificate_purpose',
    alerts.ILLEGAL_PARAMETER,
  ],
  //= rfc6066#section-9
  //= type=test
  //# To avoid "breaking" existing clients and servers, these alerts MUST NOT be sent unless the sending
  //# party has received an extended hello message from the party they are communicating with.
  ['server', 'a name that it does not serve', { server: { selectContext: () => null } }, 'unrecognized_name', alerts.UNRECOGNIZED_NAME],
];

for (const [by, what, setup, code, alert] of REFUSED) {
  test(`TLS 1.2: a ${by} refuses ${what}`, () => assertRefused(run('TLS 1.2', setup), by, code, alert));
}

test('TLS 1.2: a server asks no context for a name that was not sent, and sends no alert about it', () => {
  const pair = run('TLS 1.2', {
    server: { selectContext: () => null },
    clientHand: alteringClientHello(({ extensions }) => ({ extensions: replaced(extensions, e.SERVER_NAME, undefined) })),
  });
  assert.equal(pair.server.connection.error, undefined);
});

//= rfc5246#section-7.4.1.4.1
//= type=test
//# If the client does not send the signature_algorithms extension, the server MUST do the following:
//= rfc5246#section-7.4.1.4.1
//= type=test
//# TLS servers MUST support receiving this extension.
test('TLS 1.2: a client without signature_algorithms gets SHA-1, where there is a key for it', () => {
  const schemes = [s.ECDSA_SECP256R1_SHA256, s.ECDSA_SHA1];
  const hand = alteringClientHello(({ extensions }) => ({ extensions: replaced(extensions, e.SIGNATURE_ALGORITHMS, undefined) }));
  const pair = run('TLS 1.2', { client: { schemes }, server: { schemes }, clientHand: hand });
  assert.equal(pair.server.connection.error, undefined);
  assert.equal(pair.server.connection.info?.scheme, s.ECDSA_SHA1);
});

//= rfc5246#section-7.3
//= type=test
//# If the server has sent a CertificateRequest message, the client MUST send the Certificate message.
//= rfc5246#section-7.4.6
//= type=test
//# If no suitable certificate is available, the client MUST send a certificate message containing no
//# certificates.
//= rfc5246#section-7.4.7
//= type=test
//# It MUST immediately follow the client certificate message, if it is sent.
//= rfc5246#section-7.4.7
//= type=test
//# Otherwise, it MUST be the first message sent by the client after it receives the ServerHelloDone
//# message.
//= rfc5246#section-7.4.8
//= type=test
//# When sent, it MUST immediately follow the client key exchange message.
//= rfc6066#section-1.1
//= type=test
//# Note that any messages associated with these extensions that are sent during the TLS handshake MUST
//# be included in the hash calculations involved in "Finished" messages.
test('TLS 1.2: the messages with a client certificate, without one, and unasked', () => {
  const asked: Setup = { server: { clientCertificate: 'request' } };
  const all = watch('TLS 1.2', { ...asked, client: { credentials: [credential('p256')] } });
  assert.deepEqual(typesOf(all, 'client'), [h.CLIENT_HELLO, h.CERTIFICATE, h.CLIENT_KEY_EXCHANGE, h.CERTIFICATE_VERIFY, h.FINISHED]);
  const none = watch('TLS 1.2', asked);
  assert.deepEqual(typesOf(none, 'client'), [h.CLIENT_HELLO, h.CERTIFICATE, h.CLIENT_KEY_EXCHANGE, h.FINISHED]);
  assert.deepEqual([...none.sent.client.find(({ type }) => type === h.CERTIFICATE)!.body], [0, 0, 0]);
  assert.deepEqual(typesOf(watch('TLS 1.2'), 'client'), [h.CLIENT_HELLO, h.CLIENT_KEY_EXCHANGE, h.FINISHED]);
  assert.equal(all.pair.server.connection.info?.peerProof, 'certificate');
});

//= rfc5246#section-6.1
//= type=test
//# These current states MUST be updated for each record processed.
//= rfc5246#section-6.1
//= type=test
//# The sequence number MUST be set to zero whenever a connection state is made the active state.
//= rfc5246#section-6.1
//= type=test
//# A sequence number is incremented after each record: specifically, the first record transmitted under
//# a particular connection state MUST use sequence number 0.
//= rfc5246#section-7.3
//= type=test
//# Application data MUST NOT be sent prior to the completion of the first handshake (before a cipher
//# suite other than TLS_NULL_WITH_NULL_NULL is established).
//= rfc9846#section-5.3
//= type=test
//# Each sequence number is set to zero at the beginning of a connection and whenever the key is
//# changed; the first record transmitted under a particular traffic key MUST use sequence number 0.
test('TLS 1.2: record numbers begin with 0 under each key and go up by one', () => {
  const pair = connected('TLS 1.2');
  const numbers: number[] = [];
  pair.wire = (from, bytes) => {
    // The explicit part of a GCM nonce is the number of the record.
    if (from === 'client') numbers.push(bytes[12]!);
    return [bytes];
  };
  for (let i = 0; i < 3; i++) {
    pair.client.connection.send(Uint8Array.of(i));
    pair.pump();
  }
  assert.deepEqual(numbers, [1, 2, 3], 'behind Finished, which has 0');
  assert.deepEqual([...Buffer.concat(pair.server.received)], [0, 1, 2]);
  const replayed = connected('TLS 1.2');
  replayed.client.connection.send(Uint8Array.of(1));
  const record = replayed.client.connection.takeOutput()!;
  replayed.server.connection.receive(record.slice());
  replayed.server.connection.receive(record.slice());
  assert.equal(replayed.server.connection.error?.code, 'bad_record_mac');
  const waiting = run('TLS 1.2', { clientHand: () => [] });
  assert.throws(() => waiting.client.connection.send(Uint8Array.of(1)), { code: 'invalid_state' });
});

//= rfc9846#section-4.3.7
//= type=test
//# Clients MUST NOT act upon any information found in "supported_groups" prior to successful completion
//# of the handshake but MAY use the information learned from a successfully completed handshake to
//# change what groups they use in their "key_share" extension in subsequent connections.
test('RFC 9846: supported_groups of a server changes nothing in this handshake', () => {
  const hand: Hand = (message) =>
    message.type === h.ENCRYPTED_EXTENSIONS
      ? [
          {
            ...message,
            body: Uint8Array.from([0, message.body[1]! + 8, ...message.body.subarray(2), 0, e.SUPPORTED_GROUPS, 0, 4, 0, 2, 0, 0x18]),
          },
        ]
      : [message];
  const pair = connected('TLS 1.3', { client: { groups: [x25519, secp384r1] }, serverHand: hand });
  assert.equal(pair.client.connection.info?.group, x25519.id);
});

//= rfc9846#section-4.5.1
//= type=test
//# If the RawPublicKey certificate type was negotiated, then the certificate_list MUST contain no more
//# than one CertificateEntry, which contains an ASN1_subjectPublicKeyInfo value as defined in RFC7250,
//# Section 3.
//= rfc9846#section-4.5.1
//= type=test
//# The OpenPGP certificate type [RFC6091] MUST NOT be used with TLS 1.3.
test('RFC 9846: raw public keys: one of them, and no type but those there are', () => {
  const key = { chain: [], key: credential('p256').key, rawPublicKey: credential('p256').key.spki! };
  const extensions = [...EXTENSIONS, clientCertificateType, serverCertificateType];
  const rawKeyVerifier = createRawKeyVerifier({ keys: [key.rawPublicKey] });
  const setup: Setup = { client: { extensions, rawKeyVerifier }, server: { extensions, credentials: [key] } };
  assert.equal(connected('TLS 1.3', setup).client.connection.info?.peerProof, 'rawKey');
  const twice: Hand = (message) => {
    if (message.type !== h.CERTIFICATE) return [message];
    const entry = message.body.subarray(4);
    const length = 2 * entry.length;
    return [{ ...message, body: Uint8Array.from([0, length >>> 16, (length >>> 8) & 0xff, length & 0xff, ...entry, ...entry]) }];
  };
  assertRefused(run('TLS 1.3', { ...setup, serverHand: twice }), 'client', 'bad_certificate', alerts.ILLEGAL_PARAMETER);
  const openPgp = alteringClientHello(having(e.SERVER_CERTIFICATE_TYPE, [1, 1]));
  assertRefused(run('TLS 1.3', { ...setup, clientHand: openPgp }), 'server', 'unsupported_certificate', alerts.UNSUPPORTED_CERTIFICATE);
});

//= rfc9846#section-4.7.1
//= type=test
//# On resumption, if reporting an SNI value to the calling application, implementations MUST use the
//# value sent in the resumption ClientHello rather than the value sent in the previous session.
test('RFC 9846: the name of a resumed connection is the one of its ClientHello', () => {
  const tickets = createTicketKeys(nodeCrypto);
  const first = connected('TLS 1.3', { server: { tickets } });
  const session = first.client.events.flatMap((event) => (event.type === 'session' ? [event.session] : []))[0]!;
  const second = connected('TLS 1.3', { server: { tickets }, options: { serverName: 'localhost', session } });
  assert.equal(second.client.connection.info?.resumed, true);
  assert.equal(second.server.connection.info?.serverName, 'localhost');
});
