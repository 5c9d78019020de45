/** RFC 9846, what our own ends send: requirement by requirement. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equal } from '../../src/base/bytes.ts';
import { Reader } from '../../src/base/reader.ts';
import { Writer } from '../../src/base/writer.ts';
import * as gcm from '../../src/crypto/suites/aes-gcm.ts';
import * as modern from '../../src/crypto/suites/modern.ts';
import { LEGACY_SCHEMES } from '../../src/presets/legacy.ts';
import * as preset from '../../src/presets/modern.ts';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import { tls12Client, tls12Server } from '../../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../../src/versions/tls13.ts';
import * as e from '../../src/wire/extension.ts';
import { readExtensions } from '../../src/wire/extensions.ts';
import * as groups from '../../src/wire/group.ts';
import * as h from '../../src/wire/handshake.ts';
import { readCertificate } from '../../src/wire/messages/certificate.ts';
import { readCertificateRequest } from '../../src/wire/messages/certificate-request.ts';
import type { ClientHello } from '../../src/wire/messages/client-hello.ts';
import * as s from '../../src/wire/signature-scheme.ts';
import { connected, type Setup } from '../negative/lying-pair.ts';
import { credential } from '../support/certificates.ts';
import { bodyOf, clientHellos, serverHellos, typesOf, watch, writeExtensions } from './watch.ts';

const { secp256r1, secp384r1, x25519 } = groups;
const RETRY: Setup = { client: { groups: [x25519, secp256r1, secp384r1], keyShares: 2 }, server: { groups: [secp384r1] } };
const key = new Uint8Array(32).fill(5);
const PSK: Setup = {
  client: { psk: () => ({ identity: Uint8Array.of(1), key }) },
  server: { findPsk: (identity: Uint8Array) => ({ identity, key }) },
};
const BOTH: Setup = {
  client: { suites: [modern.TLS_AES_128_GCM_SHA256, gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256], versions: [tls13Client, tls12Client] },
  server: { suites: [modern.TLS_AES_128_GCM_SHA256, gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256], versions: [tls13Server, tls12Server] },
};

const typesIn = (hello: { readonly extensions: readonly { readonly type: number }[] }): number[] =>
  hello.extensions.map(({ type }) => type);

function sharesIn(hello: ClientHello): { group: number; share: Uint8Array }[] {
  const list = new Reader(bodyOf(hello, e.KEY_SHARE)!).sub(2);
  const found: { group: number; share: Uint8Array }[] = [];
  while (list.remaining > 0) found.push({ group: list.u16(), share: list.vector(2) });
  return found;
}

const groupsIn = (hello: ClientHello): number[] => new Reader(bodyOf(hello, e.SUPPORTED_GROUPS)!).u16List(2);

//= rfc9846#section-4.2.2
//= type=test
//# In TLS 1.3, the client indicates its version preferences in the "supported_versions" extension
//# (Section 4.3.1) and the legacy_version field MUST be set to 0x0303, which is the version number for
//# TLS 1.2.
//= rfc9846#section-4.2.2
//= type=test
//# In compatibility mode (see Appendix E.4), this field MUST be non-empty, so a client not offering a
//# pre-TLS 1.3 session MUST generate a new 32-byte value.
//= rfc9846#section-4.2.2
//= type=test
//# Otherwise, it MUST be set as a zero-length list (i.e., a zero-valued single byte length field).
//= rfc9846#section-4.2.2
//= type=test
//# For every TLS 1.3 ClientHello, this list MUST contain exactly one byte, set to zero, which
//# corresponds to the "null" compression method in prior versions of TLS.
//= rfc9846#section-4.3.1
//= type=test
//# Implementations of this specification MUST send this extension in the ClientHello containing all
//# versions of TLS which they are prepared to negotiate (for this specification, that means minimally
//# 0x0304, but if previous versions of TLS are allowed to be negotiated, they MUST be present as well).
//= rfc9846#section-4.3.3
//= type=test
//# Clients which desire the server to authenticate itself via a certificate MUST send the
//# "signature_algorithms" extension.
//= rfc9846#section-4.3.9
//= type=test
//# To use PSKs, clients MUST also send a "psk_key_exchange_modes" extension.
//= rfc9846#section-4.3.9
//= type=test
//# A client MUST provide a "psk_key_exchange_modes" extension if it offers a "pre_shared_key"
//# extension.
//= rfc9846#section-4.3
//= type=test
//# That is, senders MUST NOT include data after the structure in the "extension_data" field.
//= rfc9846#section-9.2
//= type=test
//# In the absence of an application profile standard specifying otherwise, a TLS-compliant application
//# MUST implement the following TLS extensions:
//= rfc9846#section-9.2
//= type=test
//# "supported_versions" is REQUIRED for all ClientHello, ServerHello, and HelloRetryRequest messages.
//= rfc9846#section-9.2
//= type=test
//# Additionally, all implementations MUST support the use of the "server_name" extension with
//# applications capable of using it.
//= rfc9846#appendix-E.5
//= type=test
//# Implementations MUST use 0x0303 for the ClientHello.legacy_version and ServerHello.legacy_version.
//= rfc9846#section-4.6
//= type=test
//# If the server does not send an "early_data" extension in EncryptedExtensions, then the client MUST
//# NOT send an EndOfEarlyData message.
//= rfc5246#section-7.4.1.2
//= type=test
//# This vector MUST contain, and all implementations MUST support, CompressionMethod.null.
//= rfc5246#section-7.4.1.4.1
//= type=test
//# If the client does not support the default algorithms, or supports other hash and signature
//# algorithms (and it is willing to use them for verifying messages sent by the server, i.e., server
//# certificates and server key exchange), it MUST send the signature_algorithms extension, listing the
//# algorithms it is willing to accept.
test('RFC 9846: a ClientHello: legacy fields, versions, and what has to be in it', () => {
  for (const setup of [{}, BOTH, RETRY, PSK]) {
    for (const hello of clientHellos(watch('TLS 1.3', setup))) {
      assert.equal(hello.version, 0x0303);
      assert.deepEqual([...hello.compressions], [0]);
      assert.equal(hello.sessionId.length, 32);
      const versions = new Reader(bodyOf(hello, e.SUPPORTED_VERSIONS)!).u16List(1);
      assert.deepEqual(versions, setup === BOTH ? [0x0304, 0x0303] : [0x0304]);
      for (const type of [e.SIGNATURE_ALGORITHMS, e.SUPPORTED_GROUPS, e.KEY_SHARE, e.SERVER_NAME, e.PSK_KEY_EXCHANGE_MODES])
        assert.ok(typesIn(hello).includes(type), e.extensionName(type));
      assert.equal(new Set(typesIn(hello)).size, typesIn(hello).length);
      assert.ok(!typesIn(hello).includes(e.EARLY_DATA));
      for (const { body } of hello.extensions) assert.ok(body.length < 1_000);
    }
  }
  const [bare] = clientHellos(watch('TLS 1.3', { client: { middleboxCompatibility: false } }));
  assert.equal(bare!.sessionId.length, 0);
  const ids = [1, 2].map(() => Buffer.from(clientHellos(watch('TLS 1.3'))[0]!.sessionId).toString('hex'));
  assert.notEqual(ids[0], ids[1]);
});

//= rfc9846#section-4.3.8
//= type=test
//# Each KeyShareEntry value MUST correspond to a group offered in the "supported_groups" extension and
//# MUST appear in the same order.
//= rfc9846#section-4.3.7
//= type=test
//# The "named_group_list" MUST NOT contain any duplicate entries.
//= rfc9846#section-4.3.8
//= type=test
//# The key_exchange values for each KeyShareEntry MUST be generated independently.
//= rfc9846#section-4.3.8
//= type=test
//# Clients and Servers MUST NOT reuse a key share for multiple connections.
test('RFC 9846: key shares: of groups that are listed, in their order, one each, fresh for every connection', () => {
  const seen = new Set<string>();
  for (let i = 0; i < 3; i++) {
    for (const hello of clientHellos(watch('TLS 1.3', RETRY))) {
      const listed = groupsIn(hello);
      assert.equal(new Set(listed).size, listed.length);
      const places = sharesIn(hello).map(({ group }) => listed.indexOf(group));
      assert.ok(places.every((place, at) => place >= 0 && (at === 0 || place > places[at - 1]!)));
      for (const { share } of sharesIn(hello)) seen.add(Buffer.from(share).toString('hex'));
    }
  }
  // Two in each first hello, one in each second.
  assert.equal(seen.size, 9);
  const ours = new Set([1, 2, 3].map(() => Buffer.from(bodyOf(serverHellos(watch('TLS 1.3'))[0]!, e.KEY_SHARE)!).toString('hex')));
  assert.equal(ours.size, 3);
});

//= rfc9846#section-4.3.2
//= type=test
//# When sending the new ClientHello, the client MUST copy the contents of the extension received in the
//# HelloRetryRequest into a "cookie" extension in the new ClientHello.
//= rfc9846#section-4.3.8
//= type=test
//# Otherwise, when sending the new ClientHello, the client MUST replace the original "key_share"
//# extension with one containing only a new KeyShareEntry for the group indicated in the selected_group
//# field of the triggering HelloRetryRequest.
//= rfc9846#section-4.2.2
//= type=test
//# In that case, the client MUST send the same ClientHello without modification, except as follows:
//= rfc9846#section-4.2.4
//= type=test
//# Otherwise, the client MUST process all extensions in the HelloRetryRequest and send a second updated
//# ClientHello.
test('RFC 9846: after HelloRetryRequest one share of the group asked for, the cookie, and the rest as it was', () => {
  const cookie = Uint8Array.of(0, 3, 7, 8, 9);
  const watched = watch('TLS 1.3', {
    ...RETRY,
    serverHand: (message) => {
      if (message.type !== h.SERVER_HELLO || message.body[2] !== 0xcf || message.body[3] !== 0x21) return [message];
      // Head, then the extensions with one more.
      const head = message.body.subarray(0, 34 + 1 + message.body[34]! + 3);
      const w = new Writer();
      w.bytes(head);
      writeExtensions(w, [...readExtensions(new Reader(message.body, head.length)), { type: e.COOKIE, body: cookie }]);
      return [{ ...message, body: w.copy() }];
    },
  });
  const [first, second] = clientHellos(watched);
  assert.equal(bodyOf(first!, e.COOKIE), undefined);
  assert.deepEqual(bodyOf(second!, e.COOKIE), cookie);
  assert.deepEqual(
    sharesIn(second!).map(({ group }) => group),
    [secp384r1.id],
  );
  assert.deepEqual(second!.random, first!.random);
  // A later connection of the same context begins without it.
  assert.equal(bodyOf(clientHellos(watch('TLS 1.3', RETRY))[0]!, e.COOKIE), undefined);
});

//= rfc9846#section-2
//= type=test
//# If asymmetric key establishment is in use, then the ServerHello contains a "key_share" extension
//# with the server's ephemeral asymmetric key exchange share; the server's share MUST be in the same
//# group as one of the client's shares.
//= rfc9846#section-4.2.3
//= type=test
//# In TLS 1.3, the TLS server indicates its version using the "supported_versions" extension (Section
//# 4.3.1), and the legacy_version field MUST be set to 0x0303, which is the version number for TLS 1.2.
//= rfc9846#section-4.2.3
//= type=test
//# This structure is generated by the server and MUST be generated independently of the
//# ClientHello.random.
//= rfc9846#section-4.2.3
//= type=test
//# A single byte which MUST have the value 0.
//= rfc9846#section-4.2.3
//= type=test
//# The ServerHello MUST only include extensions which are required to establish the cryptographic
//# context and negotiate the protocol version.
//= rfc9846#section-4.2.3
//= type=test
//# All TLS 1.3 ServerHello messages MUST contain the "supported_versions" extension.
//= rfc9846#section-4.2.4
//= type=test
//# The server's extensions MUST contain "supported_versions".
//= rfc9846#section-4.2.4
//= type=test
//# A HelloRetryRequest MUST NOT contain any extensions that were not first offered by the client in its
//# ClientHello, with the exception of optionally the "cookie" (see Section 4.3.2) extension.
//= rfc9846#section-4.3
//= type=test
//# When multiple extensions of different types are present, the extensions MAY appear in any order,
//# with the exception of "pre_shared_key" (Section 4.3.11) which MUST be the last extension in the
//# ClientHello (but can appear anywhere in the ServerHello extensions block).
//= rfc9846#section-4.3.1
//= type=test
//# A server which negotiates TLS 1.3 MUST respond by sending a "supported_versions" extension
//# containing the selected version value (0x0304).
//= rfc9846#section-4.3.1
//= type=test
//# It MUST set the ServerHello.legacy_version field to 0x0303 (TLS 1.2).
//= rfc9846#section-4.3.8
//= type=test
//# Servers MUST NOT send a KeyShareEntry for any group not indicated in the client's "supported_groups"
//# extension and MUST NOT send a KeyShareEntry when using the "psk_ke" PskKeyExchangeMode.
//= rfc9846#section-4.3.9
//= type=test
//# The server MUST NOT send a "psk_key_exchange_modes" extension.
//= rfc9846#section-4.3.9
//= type=test
//# In this mode, the client and server MUST supply "key_share" values as described in Section 4.3.8.
//= rfc9846#section-4.3.11
//= type=test
//# The "pre_shared_key" extension MUST be the last extension in the ClientHello (this facilitates
//# implementation as described below).
//= rfc9846#section-9.2
//= type=test
//# "key_share" is REQUIRED for DHE or ECDHE key exchange.
//= rfc9846#section-9.2
//= type=test
//# "pre_shared_key" is REQUIRED for PSK key agreement.
//= rfc9846#appendix-E.5
//= type=test
//# Implementations MUST use 0x0303 for the ClientHello.legacy_version and ServerHello.legacy_version.
//= rfc9846#section-9.2
//= type=test
//# "supported_versions" is REQUIRED for all ClientHello, ServerHello, and HelloRetryRequest messages.
test('RFC 9846: a HelloRetryRequest and a ServerHello hold what they must, and nothing else', () => {
  const watched = watch('TLS 1.3', RETRY);
  const [retry] = serverHellos(watched, true);
  const [hello] = serverHellos(watched);
  const [first] = clientHellos(watched);
  assert.deepEqual(typesIn(retry!).sort(), [e.SUPPORTED_VERSIONS, e.KEY_SHARE].sort());
  assert.deepEqual(typesIn(hello!).sort(), [e.SUPPORTED_VERSIONS, e.KEY_SHARE].sort());
  for (const each of [retry!, hello!]) {
    assert.equal(each.version, 0x0303);
    assert.equal(each.compression, 0);
    assert.deepEqual(each.sessionId, first!.sessionId);
    assert.deepEqual([...bodyOf(each, e.SUPPORTED_VERSIONS)!], [3, 4]);
    assert.ok(typesIn(each).every((type) => typesIn(first!).includes(type)));
  }
  const group = new Reader(bodyOf(hello!, e.KEY_SHARE)!).u16();
  assert.ok(sharesIn(clientHellos(watched)[1]!).some((share) => share.group === group));
  assert.ok(groupsIn(first!).includes(group));
  assert.ok(!equal(hello!.random, first!.random));
  const withPsk = watch('TLS 1.3', PSK);
  assert.deepEqual(typesIn(serverHellos(withPsk)[0]!).sort(), [e.SUPPORTED_VERSIONS, e.KEY_SHARE, e.PRE_SHARED_KEY].sort());
  assert.equal(typesIn(clientHellos(withPsk)[0]!).at(-1), e.PRE_SHARED_KEY);
  const randoms = new Set([1, 2, 3].map(() => Buffer.from(serverHellos(watch('TLS 1.3'))[0]!.random).toString('hex')));
  assert.equal(randoms.size, 3);
});

//= rfc9846#section-4
//= type=test
//# Protocol messages MUST be sent in the order defined in Section 4.1 and shown in the diagrams in
//# Section 2, unless modified by a TLS extension.
//= rfc9846#section-4.4.1
//= type=test
//# In all handshakes, the server MUST send the EncryptedExtensions message immediately after the
//# ServerHello message.
//= rfc9846#section-4.4.2
//= type=test
//# This message, if sent, MUST follow EncryptedExtensions.
//= rfc9846#section-4.4.2
//= type=test
//# This field SHALL be zero length unless used for the post-handshake authentication exchanges
//# described in Section 4.7.2.
//= rfc9846#section-4.4.2
//= type=test
//# The "signature_algorithms" extension MUST be specified, and other extensions may optionally be
//# included if defined for this message.
//= rfc9846#section-4.5.1
//= type=test
//# The server MUST send a Certificate message whenever the agreed-upon key exchange method uses
//# certificates for authentication (this includes all key exchange methods defined in this document
//# except PSK).
//= rfc9846#section-4.5.1
//= type=test
//# The client MUST send a Certificate message if and only if the server has requested certificate-based
//# client authentication via a CertificateRequest message (Section 4.4.2).
//= rfc9846#section-4.5.1
//= type=test
//# If the server requests certificate-based client authentication but no suitable certificate is
//# available, the client MUST send a Certificate message containing no certificates (i.e., with the
//# "certificate_list" field having length 0).
//= rfc9846#section-4.5.1
//= type=test
//# A Finished message MUST be sent regardless of whether the Certificate message is empty.
//= rfc9846#section-4.5.1
//= type=test
//# The sender's certificate MUST come in the first CertificateEntry in the list.
//= rfc9846#section-4.5.1
//= type=test
//# The server's certificate_list MUST always be non-empty.
//= rfc9846#section-4.5.2
//= type=test
//# Servers MUST send this message when authenticating via a certificate.
//= rfc9846#section-4.5.2
//= type=test
//# Clients MUST send this message whenever authenticating via a certificate (i.e., when the Certificate
//# message is non-empty).
//= rfc9846#section-4.5.2
//= type=test
//# When sent, this message MUST appear immediately after the Certificate message and immediately prior
//# to the Finished message.
//= rfc9846#section-4.6
//= type=test
//# If the server does not send an "early_data" extension in EncryptedExtensions, then the client MUST
//# NOT send an EndOfEarlyData message.
test('RFC 9846: the order of messages with client certificates, and their fields', () => {
  const setup: Setup = { client: { credentials: [credential('p256')] }, server: { clientCertificate: 'request' } };
  const watched = watch('TLS 1.3', setup);
  assert.deepEqual(typesOf(watched, 'server'), [
    h.SERVER_HELLO,
    h.ENCRYPTED_EXTENSIONS,
    h.CERTIFICATE_REQUEST,
    h.CERTIFICATE,
    h.CERTIFICATE_VERIFY,
    h.FINISHED,
  ]);
  assert.deepEqual(typesOf(watched, 'client'), [h.CLIENT_HELLO, h.CERTIFICATE, h.CERTIFICATE_VERIFY, h.FINISHED]);
  const of = (side: 'client' | 'server', type: number) => new Reader(watched.sent[side].find((each) => each.type === type)!.body);
  const request = readCertificateRequest(of('server', h.CERTIFICATE_REQUEST));
  assert.equal(request.context.length, 0);
  assert.ok(request.extensions.some(({ type }) => type === e.SIGNATURE_ALGORITHMS));
  assert.ok(request.extensions.every(({ type }) => type !== e.POST_HANDSHAKE_AUTH));
  const certificate = readCertificate(of('server', h.CERTIFICATE));
  assert.equal(certificate.context.length, 0);
  assert.deepEqual(certificate.entries[0]!.der, credential('p256').chain[0]);
  const none = watch('TLS 1.3', { server: { clientCertificate: 'request' } });
  assert.deepEqual(typesOf(none, 'client'), [h.CLIENT_HELLO, h.CERTIFICATE, h.FINISHED]);
  assert.deepEqual(typesOf(watch('TLS 1.3'), 'client'), [h.CLIENT_HELLO, h.FINISHED]);
});

//= rfc9846#section-4.5.1.1
//= type=test
//# Specifically, the body of the "status_request" extension from the server MUST be a CertificateStatus
//# structure as defined in [RFC6066], which is interpreted as defined in [RFC6960].
test('RFC 9846: an OCSP response stands beside the certificate as a CertificateStatus', () => {
  const response = Uint8Array.of(0x30, 3, 0x0a, 1, 6);
  const setup: Setup = {
    client: { requestOcsp: true },
    server: { credentials: [{ ...credential('p256'), ocspResponse: response }] },
  };
  const watched = watch('TLS 1.3', setup);
  const message = watched.sent.server.find(({ type }) => type === h.CERTIFICATE)!;
  const [leaf] = readCertificate(new Reader(message.body)).entries;
  assert.deepEqual(leaf!.extensions, [{ type: e.STATUS_REQUEST, body: Uint8Array.of(1, 0, 0, 5, ...response) }]);
});

//= rfc9846#section-4.7.1
//= type=test
//# Servers MUST NOT use any value greater than 604800 seconds (7 days).
//= rfc9846#section-4.7.1
//= type=test
//# The server MUST generate a fresh value for each ticket it sends.
test('RFC 9846: tickets have an age of their own each and live seven days at most', () => {
  const week = 604_800;
  const watched = watch('TLS 1.3', { server: { ticketCount: 4, sessionLifetimeMs: 30 * 86_400_000 } });
  const tickets = watched.sent.server.filter(({ type }) => type === h.NEW_SESSION_TICKET).map(({ body }) => new Reader(body));
  assert.equal(tickets.length, 4);
  const ages = new Set<number>();
  for (const r of tickets) {
    assert.ok(r.u32() <= week);
    ages.add(r.u32());
  }
  assert.equal(ages.size, 4);
});

//= rfc9846#section-2
//= type=test
//# Application Data MUST NOT be sent prior to sending the Finished message, except as specified in
//# Section 2.3.
//= rfc9846#section-5.1
//= type=test
//# Because the ClientHello, EndOfEarlyData, ServerHello, Finished, and KeyUpdate messages can
//# immediately precede a key change, implementations MUST send these messages in alignment with a
//# record boundary.
//= rfc9846#section-5.1
//= type=test
//# MUST be set to 0x0303 for all records generated by a TLS 1.3 implementation other than an initial
//# ClientHello (i.e., one not generated after a HelloRetryRequest), where it MAY also be 0x0301 for
//# compatibility purposes.
//= rfc9846#section-5.1
//= type=test
//# To maximize backward compatibility, a record containing an initial ClientHello SHOULD have version
//# 0x0301 (reflecting TLS 1.0) and a record containing a second ClientHello or a ServerHello MUST have
//# version 0x0303 (reflecting TLS 1.2).
//= rfc9846#appendix-E.4
//= type=test
//# Either side can send change_cipher_spec at any time during the handshake, as they must be ignored by
//# the peer, but if the client sends a non-empty session ID, the server MUST send the
//# change_cipher_spec as described in this appendix.
//= rfc9846#appendix-E.5
//= type=test
//# Implementations MUST NOT send any records with a version less than 0x0300.
//= rfc9846#appendix-F.5
//= type=test
//# In order to allow applications to implement this kind of processing, TLS implementations MUST
//# provide a way for the application to determine if the handshake has completed.
test('RFC 9846: the versions on records; nothing but hellos and change_cipher_spec in the clear', () => {
  const watched = watch('TLS 1.3', RETRY);
  watched.pair.client.connection.send(Uint8Array.of(1));
  watched.pair.server.connection.send(Uint8Array.of(2));
  watched.pair.pump();
  const { client, server } = watched.records;
  assert.equal(client[0]!.version, 0x0301);
  for (const record of [...client.slice(1), ...server]) assert.equal(record.version, 0x0303);
  // Two hellos of each side, and a change_cipher_spec behind the first of the server's.
  assert.deepEqual(
    server.slice(0, 3).map(({ type }) => type),
    [22, 20, 22],
  );
  assert.equal(client.filter(({ type }) => type === 22).length, 2);
  assert.equal(server.filter(({ type }) => type === 22).length, 2);
  for (const { type } of [...client, ...server]) assert.ok(type >= 20 && type <= 23);
  const plain = watch('TLS 1.3', { client: { middleboxCompatibility: false }, server: { middleboxCompatibility: false } });
  assert.ok([...plain.records.client, ...plain.records.server].every(({ type }) => type !== 20));
  const early = connected('TLS 1.3');
  assert.equal(early.server.connection.error, undefined);
  const waiting = watch('TLS 1.3', { clientHand: () => [] });
  assert.equal(waiting.pair.client.connection.handshaking, true);
  assert.throws(() => waiting.pair.client.connection.send(Uint8Array.of(1)), { code: 'invalid_state' });
});

//= rfc9846#section-9.1
//= type=test
//# A TLS-compliant application MUST implement the TLS_AES_128_GCM_SHA256 [GCM] cipher suite and SHOULD
//# implement the TLS_AES_256_GCM_SHA384 [GCM] and TLS_CHACHA20_POLY1305_SHA256 [RFC8439] cipher suites
//# (see Appendix B.4).
//= rfc9846#section-9.1
//= type=test
//# A TLS-compliant application MUST support digital signatures with rsa_pkcs1_sha256 (for
//# certificates), rsa_pss_rsae_sha256 (for CertificateVerify and certificates), and
//# ecdsa_secp256r1_sha256.
//= rfc9846#section-9.1
//= type=test
//# A TLS-compliant application MUST support key exchange with secp256r1 (NIST P-256) and SHOULD support
//# key exchange with X25519 [RFC7748].
//= rfc9846#section-9.2
//= type=test
//# In the absence of an application profile standard specifying otherwise, a TLS-compliant application
//# MUST implement the following TLS extensions:
//= rfc9846#section-9.2
//= type=test
//# All implementations MUST send and use these extensions when offering applicable features:
//= rfc9846#section-9.3
//= type=test
//# A client sending a ClientHello MUST support all non-GREASE [RFC8701] parameters advertised in it.
//= rfc9846#section-9.2
//= type=test
//# Additionally, all implementations MUST support the use of the "server_name" extension with
//# applications capable of using it.
//= rfc9846#section-4.3.3
//= type=test
//# Clients offering these values MUST list them as the lowest priority (listed after all other
//# algorithms in SignatureSchemeList).
test('RFC 9846: what is mandatory is in the modern preset, works, and nothing obsolete is', () => {
  const client = preset.modernClient(nodeCrypto);
  assert.ok(client.suites.includes(modern.TLS_AES_128_GCM_SHA256));
  for (const scheme of [s.RSA_PKCS1_SHA256, s.RSA_PSS_RSAE_SHA256, s.ECDSA_SECP256R1_SHA256]) assert.ok(client.schemes.includes(scheme));
  assert.ok(client.groups.includes(secp256r1));
  const types = client.extensions.map(({ type }) => type);
  for (const type of [e.SERVER_NAME, e.SIGNATURE_ALGORITHMS, e.SIGNATURE_ALGORITHMS_CERT, e.SUPPORTED_GROUPS])
    assert.ok(types.includes(type));
  const weak = [s.RSA_PKCS1_MD5, s.RSA_PKCS1_SHA1, s.DSA_SHA1, s.ECDSA_SHA1];
  assert.ok(client.schemes.every((scheme) => !weak.includes(scheme)));
  // Where SHA-1 is offered at all, it stands last.
  const first = LEGACY_SCHEMES.findIndex((scheme) => weak.includes(scheme));
  assert.ok(first > 0 && LEGACY_SCHEMES.slice(first).every((scheme) => weak.includes(scheme)));
  // All that a hello of the preset advertises is there.
  for (const kind of ['p256', 'rsa', 'rsa-pss'] as const) {
    const pair = connected('TLS 1.3', {
      client: { groups: [secp256r1], schemes: client.schemes },
      server: { credentials: [credential(kind)] },
    });
    assert.equal(pair.client.connection.info?.serverName, 'localhost');
  }
});

//= rfc9846#appendix-B.3.1.4
//= type=test
//# Values within "obsolete_RESERVED" ranges are used in previous versions of TLS and MUST NOT be
//# offered or negotiated by TLS 1.3 implementations.
test('RFC 9846: groups of old are neither offered a share of nor chosen', () => {
  const { brainpoolP256r1 } = groups;
  const setup: Setup = { client: { groups: [brainpoolP256r1, secp256r1] }, server: { groups: [brainpoolP256r1, secp256r1] } };
  const watched = watch('TLS 1.3', setup);
  assert.deepEqual(
    sharesIn(clientHellos(watched)[0]!).map(({ group }) => group),
    [secp256r1.id],
  );
  assert.equal(watched.pair.server.connection.info?.group, secp256r1.id);
  const alone = watch('TLS 1.3', { client: { groups: [brainpoolP256r1, x25519] }, server: { groups: [brainpoolP256r1, secp256r1] } });
  assert.equal(alone.pair.server.connection.error?.code, 'no_shared_group');
});
