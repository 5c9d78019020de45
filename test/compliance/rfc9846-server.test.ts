/** RFC 9846, what a server makes of a ClientHello: requirement by requirement. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as alerts from '../../src/base/alerts.ts';
import { concat } from '../../src/base/bytes.ts';
import * as cbc from '../../src/crypto/suites/aes-cbc.ts';
import * as gcm from '../../src/crypto/suites/aes-gcm.ts';
import * as modern from '../../src/crypto/suites/modern.ts';
import { tls11Client, tls11Server } from '../../src/versions/tls11.ts';
import { tls12Client, tls12Server } from '../../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../../src/versions/tls13.ts';
import * as e from '../../src/wire/extension.ts';
import { secp256r1, secp384r1, secp521r1, x25519 } from '../../src/wire/group.ts';
import * as h from '../../src/wire/handshake.ts';
import type { ClientHello } from '../../src/wire/messages/client-hello.ts';
import { assertRefused, connected, entry, listed, pairOf, run, type Setup } from '../negative/lying-pair.ts';
import type { Hand } from '../negative/tamper-carrier.ts';
import { alteringClientHello, clientHellos, replaced, serverHellos, watch } from './watch.ts';

type Change = (hello: ClientHello) => Partial<ClientHello>;

const key = new Uint8Array(32).fill(5);
const PSK: Setup = {
  client: { psk: () => ({ identity: Uint8Array.of(1), key }) },
  server: { findPsk: (identity: Uint8Array) => ({ identity, key }) },
};
const SUITES = [modern.TLS_AES_128_GCM_SHA256, gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, cbc.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA];
const BOTH: Setup = {
  client: { suites: SUITES, versions: [tls13Client, tls12Client] },
  server: { suites: SUITES, versions: [tls13Server, tls12Server] },
};

const without =
  (...types: readonly number[]): Change =>
  ({ extensions }) => ({ extensions: extensions.filter(({ type }) => !types.includes(type)) });

const having =
  (type: number, body: readonly number[]): Change =>
  ({ extensions }) => ({ extensions: replaced(extensions, type, Uint8Array.from(body)) });

const share = (group: number): Uint8Array => entry(group, new Uint8Array(65).fill(4));

/** Refused by the server: what is wrong, how it comes about, code and alert. */
const REFUSED: readonly [what: string, setup: Setup, change: Change, code: string, alert: number][] = [
  //= rfc9846#section-4.2.2
  //= type=test
  //# A server which receives a legacy_version value not equal to 0x0303 MUST abort the handshake with a
  //# "protocol_version" alert.
  //= rfc9846#appendix-E.5
  //= type=test
  //# Implementations receiving Hello messages with other version numbers MUST abort the handshake as
  //# described in Section 4.2.2 and Section 4.2.3.
  ['legacy_version of TLS 1.3', {}, () => ({ version: 0x0304 }), 'wrong_version', alerts.PROTOCOL_VERSION],
  ['legacy_version of TLS 1.1', {}, () => ({ version: 0x0302 }), 'wrong_version', alerts.PROTOCOL_VERSION],
  //= rfc9846#section-4.2.2
  //= type=test
  //# If a TLS 1.3 ClientHello is received with any other value in this field, the server MUST abort the
  //# handshake with an "illegal_parameter" alert.
  ['two compression methods', {}, () => ({ compressions: Uint8Array.of(0, 1) }), 'wrong_compression', alerts.ILLEGAL_PARAMETER],
  //= rfc9846#section-4.2.2
  //= type=test
  //# Note that TLS 1.3 servers might receive TLS 1.2 or prior ClientHellos which contain other
  //# compression methods and (if negotiating such a prior version) MUST follow the procedures for the
  //# appropriate prior version of TLS.
  //= rfc5246#section-7.4.1.2
  //= type=test
  //# This vector MUST contain, and all implementations MUST support, CompressionMethod.null.
  ['another compression method', {}, () => ({ compressions: Uint8Array.of(1) }), 'wrong_compression', alerts.ILLEGAL_PARAMETER],
  //= rfc9846#section-2.1
  //= type=test
  //# If no common cryptographic parameters can be negotiated, the server MUST abort the handshake with
  //# an appropriate alert.
  //= rfc9846#section-4.2.1
  //= type=test
  //# If the server is unable to negotiate a supported set of parameters (i.e., there is no overlap
  //# between the client and server parameters), it MUST abort the handshake with either a
  //# "handshake_failure" or "insufficient_security" fatal alert (see Section 6).
  ['no common suite', {}, () => ({ suites: [0x1302, 0x1303] }), 'no_shared_cipher', alerts.HANDSHAKE_FAILURE],
  [
    'no common group',
    { client: { groups: [secp521r1] }, server: { groups: [x25519, secp256r1] } },
    () => ({}),
    'no_shared_group',
    alerts.HANDSHAKE_FAILURE,
  ],
  ['only unknown versions', {}, having(e.SUPPORTED_VERSIONS, [4, 0x0a, 0x0a, 0x03, 0x05]), 'no_shared_version', alerts.PROTOCOL_VERSION],
  //= rfc9846#appendix-E.2
  //= type=test
  //# If the "supported_versions" extension is absent and the server only supports versions greater than
  //# ClientHello.legacy_version, the server MUST abort the handshake with a "protocol_version" alert.
  //= rfc5246#appendix-E.1
  //= type=test
  //# If server supports (or is willing to use) only versions greater than client_version, it MUST send
  //# a "protocol_version" alert message and close the connection.
  [
    //= rfc9846#section-4.5.1
    //= type=test
    //# The server's certificate_list MUST always be non-empty.
    'a client that verifies no certificate of ours',
    {},
    having(e.SIGNATURE_ALGORITHMS, [0, 2, 8, 8]),
    'no_credentials',
    alerts.HANDSHAKE_FAILURE,
  ],
  ['no supported_versions to a server of TLS 1.3 alone', {}, without(e.SUPPORTED_VERSIONS), 'no_shared_version', alerts.PROTOCOL_VERSION],
  //= rfc9846#section-4.3.3
  //= type=test
  //# If a server is authenticating via a certificate and the client has not sent a
  //# "signature_algorithms" extension, then the server MUST abort the handshake with a
  //# "missing_extension" alert (see Section 9.2).
  //= rfc9846#section-9.2
  //= type=test
  //# "signature_algorithms" is REQUIRED for certificate authentication.
  //= rfc9846#section-9.2
  //= type=test
  //# If not containing a "pre_shared_key" extension, it MUST contain both a "signature_algorithms"
  //# extension and a "supported_groups" extension.
  ['no signature_algorithms', {}, without(e.SIGNATURE_ALGORITHMS), 'missing_extension', alerts.MISSING_EXTENSION],
  //= rfc9846#section-9.2
  //= type=test
  //# If containing a "supported_groups" extension, it MUST also contain a "key_share" extension, and
  //# vice versa.
  //= rfc9846#section-9.2
  //= type=test
  //# Servers receiving a ClientHello which does not conform to these requirements MUST abort the
  //# handshake with a "missing_extension" alert.
  ['no supported_groups', {}, without(e.SUPPORTED_GROUPS), 'missing_extension', alerts.MISSING_EXTENSION],
  ['no key_share', {}, without(e.KEY_SHARE), 'missing_extension', alerts.MISSING_EXTENSION],
  //= rfc9846#section-9.2
  //= type=test
  //# "supported_groups" is REQUIRED for ClientHello messages using DHE or ECDHE key exchange.
  ['neither groups nor shares', {}, without(e.SUPPORTED_GROUPS, e.KEY_SHARE), 'missing_extension', alerts.MISSING_EXTENSION],
  //= rfc9846#section-4.3.9
  //= type=test
  //# If clients offer "pre_shared_key" without a "psk_key_exchange_modes" extension, servers MUST abort
  //# the handshake.
  ['a PSK without psk_key_exchange_modes', PSK, without(e.PSK_KEY_EXCHANGE_MODES), 'missing_extension', alerts.MISSING_EXTENSION],
  [
    //= rfc9846#section-4.3.11
    //= type=test
    //# Servers MUST check that it is the last extension and otherwise fail the handshake with an
    //# "illegal_parameter" alert.
    'pre_shared_key that is not last',
    PSK,
    ({ extensions }) => ({ extensions: [extensions.at(-1)!, ...extensions.slice(0, -1)] }),
    'misplaced_extension',
    alerts.ILLEGAL_PARAMETER,
  ],
  [
    //= rfc9846#section-4.3.8
    //= type=test
    //# Clients MUST NOT offer multiple KeyShareEntry values for the same group.
    'two shares of one group',
    {},
    having(e.KEY_SHARE, [...listed(concat(share(0x17), share(0x17)))]),
    'duplicate_key_share',
    alerts.ILLEGAL_PARAMETER,
  ],
  //= rfc9846#section-4.3.8
  //= type=test
  //# Clients MUST NOT offer any KeyShareEntry values for groups not listed in the client's
  //# "supported_groups" extension.
  ['a share of a group that is not listed', {}, having(e.KEY_SHARE, [...listed(share(0x19))]), 'wrong_group', alerts.ILLEGAL_PARAMETER],
  //= rfc9846#section-4.3
  //= type=test
  //# When processing an extension, receivers MUST abort the handshake with a "decode_error" alert if
  //# there is data left over after parsing the structure.
  ['bytes behind the structure of an extension', {}, having(e.SUPPORTED_GROUPS, [0, 2, 0, 0x1d, 0]), 'bad_extension', alerts.DECODE_ERROR],
];

for (const [what, setup, change, code, alert] of REFUSED) {
  //= rfc9846#section-4.2.1
  //= type=test
  //# If there is no overlap between the received "supported_groups" and the groups supported by the
  //# server, then the server MUST abort the handshake with a "handshake_failure" or an
  //# "insufficient_security" alert.
  test(`RFC 9846: a server refuses ${what}`, () => {
    assertRefused(run('TLS 1.3', { ...setup, clientHand: alteringClientHello(change) }), 'server', code, alert);
  });
}

//= rfc9846#section-4.2.2
//= type=test
//# If negotiating a version of TLS prior to 1.3, a server MUST check that the message either contains
//# no data after legacy_compression_methods or that it contains a valid extensions block with no data
//# following.
//= rfc9846#section-4.2.2
//= type=test
//# If not, then it MUST abort the handshake with a "decode_error" alert.
//= rfc5246#section-7.4.1.2
//= type=test
//# A server MUST accept ClientHello messages both with and without the extensions field, and (as for
//# all other messages) it MUST check that the amount of data in the message precisely matches one of
//# these formats; if not, then it MUST send a fatal "decode_error" alert.
//= rfc9846#section-6
//= type=test
//# Peers which receive a message which cannot be parsed according to the syntax (e.g., have a length
//# extending beyond the message boundary or contain an out-of-range length) MUST terminate the
//# connection with a "decode_error" alert.
test('RFC 9846: bytes behind the extensions, and half an extension', () => {
  for (const version of ['TLS 1.2', 'TLS 1.3'] as const) {
    const longer = run(version, { clientHand: alteringClientHello(() => ({}), [0]) });
    assertRefused(longer, 'server', 'decode_error', alerts.DECODE_ERROR);
    const half = run(version, { clientHand: alteringClientHello(() => ({ hasExtensions: false }), [0, 4, 0, 1]) });
    assertRefused(half, 'server', 'decode_error', alerts.DECODE_ERROR);
  }
});

//= rfc9846#section-4.2.2
//= type=test
//# If the list contains cipher suites that the server does not recognize, support, or wish to use, the
//# server MUST ignore those cipher suites and process the remaining ones as usual.
//= rfc9846#section-4.2.2
//= type=test
//# Servers MUST ignore unrecognized extensions.
//= rfc9846#section-9.3
//= type=test
//# A server receiving a ClientHello MUST correctly ignore all unrecognized cipher suites, extensions,
//# and other parameters.
//= rfc5246#section-7.4.1.2
//= type=test
//# If the list contains cipher suites the server does not recognize, support, or wish to use, the
//# server MUST ignore those cipher suites, and process the remaining ones as usual.
//= rfc5746#section-3.6
//= type=test
//# TLS servers implementing this specification MUST ignore any unknown extensions offered by the client
//# and they MUST accept version numbers higher than their highest version number and negotiate the
//# highest common version.
//= rfc9846#section-4.5.1.1
//= type=test
//# they MUST NOT send the status_request_v2 extension in the EncryptedExtensions, CertificateRequest,
//# or Certificate messages
//= rfc9846#section-4.5.1.1
//= type=test
//# TLS 1.3 servers MUST be able to process ClientHello messages that include it
test('RFC 9846: a server ignores suites, extensions, groups and schemes that it does not know', () => {
  for (const version of ['TLS 1.2', 'TLS 1.3'] as const) {
    const hand = alteringClientHello(({ suites, extensions }) => ({
      suites: [0x0a0a, 0xffff, ...suites],
      extensions: [
        { type: 0x1a1a, body: new Uint8Array(0) },
        { type: 17, body: Uint8Array.of(0, 7, 2, 0, 4, 0, 0, 0, 0) },
        ...replaced(extensions, e.SUPPORTED_GROUPS, Uint8Array.of(0, 8, 0x2a, 0x2a, 0, 0x1d, 0, 0x17, 0, 0x18)),
      ],
    }));
    const { pair } = watch(version, { clientHand: hand });
    assert.equal(pair.server.connection.error, undefined);
    assert.ok(pair.client.connection.info !== undefined);
  }
});

//= rfc9846#section-4.3.1
//= type=test
//# If this extension is not present, servers which are compliant with this specification and which also
//# support TLS 1.2 MUST negotiate TLS 1.2 or prior as specified in [RFC5246], even if
//# ClientHello.legacy_version is 0x0304 or later.
//= rfc9846#section-4.3.1
//= type=test
//# If this extension is present in the ClientHello, servers MUST NOT use the ClientHello.legacy_version
//# value for version negotiation and MUST use only the "supported_versions" extension to determine
//# client preferences.
//= rfc9846#section-4.3.1
//= type=test
//# Servers MUST only select a version of TLS present in that extension and MUST ignore any unknown
//# versions that are present in that extension.
//= rfc9846#section-4.3.1
//= type=test
//# Servers MUST be prepared to receive ClientHellos that include this extension but do not include
//# 0x0304 in the list of versions.
//= rfc9846#appendix-E.2
//= type=test
//# If the "supported_versions" extension is present, the server MUST negotiate using that extension as
//# described in Section 4.3.1.
//= rfc9846#appendix-E.2
//= type=test
//# If the "supported_versions" extension is not present, the server MUST negotiate the minimum of
//# ClientHello.legacy_version and TLS 1.2.
//= rfc5246#appendix-E.1
//= type=test
//# If a TLS server receives a ClientHello containing a version number greater than the highest version
//# supported by the server, it MUST reply according to the highest version supported by the server.
//= rfc5746#section-3.6
//= type=test
//# TLS servers implementing this specification MUST ignore any unknown extensions offered by the client
//# and they MUST accept version numbers higher than their highest version number and negotiate the
//# highest common version.
test('RFC 9846: with supported_versions nothing else decides on the version', () => {
  const cases: readonly [string, Change, string][] = [
    ['unknown ones beside 1.3', having(e.SUPPORTED_VERSIONS, [8, 0x7a, 0x7a, 0x03, 0x05, 0x03, 0x04, 0x03, 0x03]), 'TLSv1.3'],
    ['without 1.3', having(e.SUPPORTED_VERSIONS, [2, 0x03, 0x03]), 'TLSv1.2'],
    [
      'without 1.3, and another legacy_version',
      (hello) => ({ version: 0x0304, ...having(e.SUPPORTED_VERSIONS, [2, 0x03, 0x03])(hello) }),
      'TLSv1.2',
    ],
    ['absent', without(e.SUPPORTED_VERSIONS), 'TLSv1.2'],
    ['absent, and legacy_version of 1.3', (hello) => ({ version: 0x0304, ...without(e.SUPPORTED_VERSIONS)(hello) }), 'TLSv1.2'],
  ];
  for (const [what, change, version] of cases) {
    const watched = watch('TLS 1.3', { ...BOTH, clientHand: alteringClientHello(change) });
    const [hello] = serverHellos(watched);
    const chosen = hello!.extensions.some(({ type }) => type === e.SUPPORTED_VERSIONS) ? 'TLSv1.3' : 'TLSv1.2';
    assert.equal(chosen, version, what);
    assert.equal(hello!.version, 0x0303, what);
  }
});

//= rfc9846#section-4.2.3
//= type=test
//# The last 8 bytes MUST be overwritten as described below if negotiating TLS 1.2 or TLS 1.1, but the
//# remaining bytes MUST be random.
//= rfc9846#section-4.2.3
//= type=test
//# TLS 1.3 servers which negotiate TLS 1.2 or below in response to a ClientHello MUST set the last 8
//# bytes of their Random value specially in their ServerHello.
//= rfc9846#section-4.2.3
//= type=test
//# If negotiating TLS 1.2, TLS 1.3 servers MUST set the last 8 bytes of their Random value to the
//# bytes:
//= rfc9846#section-4.2.3
//= type=test
//# However, server implementations which do not follow that guidance MUST set the last 8 bytes of their
//# ServerHello.random value to the bytes:
//= rfc9846#section-4.3.1
//= type=test
//# A server which negotiates a version of TLS prior to TLS 1.3 MUST set ServerHello.version and MUST
//# NOT send the "supported_versions" extension.
//= rfc5246#section-7.4.1.3
//= type=test
//# random This structure is generated by the server and MUST be independently generated from the
//# ClientHello.random.
test('RFC 9846: a server of TLS 1.3 or 1.2 that goes lower says so in its random, and leaves the rest of it random', () => {
  const tails: readonly [Setup, string][] = [
    [{ ...BOTH, client: { suites: SUITES, versions: [tls12Client] } }, '444f574e47524401'],
    [
      {
        client: { suites: SUITES, versions: [tls11Client] },
        server: { suites: SUITES, versions: [tls12Server, tls11Server] },
      },
      '444f574e47524400',
    ],
  ];
  for (const [setup, tail] of tails) {
    const [first] = serverHellos(watch('TLS 1.2', setup));
    const [second] = serverHellos(watch('TLS 1.2', setup));
    assert.equal(Buffer.from(first!.random.subarray(24)).toString('hex'), tail);
    assert.notDeepEqual(first!.random.subarray(0, 24), second!.random.subarray(0, 24));
    assert.ok(first!.extensions.every(({ type }) => type !== e.SUPPORTED_VERSIONS));
  }
});

//= rfc9846#section-4.2.1
//= type=test
//# If the server selects a PSK, then it MUST also select a key establishment mode from the list
//# indicated by the client's "psk_key_exchange_modes" extension (at present, PSK alone or with
//# asymmetric key exchange).
//= rfc9846#section-4.3.9
//= type=test
//# Servers MUST NOT select a key exchange mode that is not listed by the client.
test('RFC 9846: a client that lists only psk_ke gets no PSK of ours', () => {
  const hand = alteringClientHello(having(e.PSK_KEY_EXCHANGE_MODES, [1, 0]));
  const watched = watch('TLS 1.3', { ...PSK, clientHand: hand });
  const [hello] = serverHellos(watched);
  assert.ok(hello!.extensions.every(({ type }) => type !== e.PRE_SHARED_KEY));
  assert.ok(hello!.extensions.some(({ type }) => type === e.KEY_SHARE));
});

//= rfc9846#section-4.4.2
//= type=test
//# Servers which are authenticating with a resumption PSK MUST NOT send the CertificateRequest message
//# in the main handshake, though they MAY send it in post-handshake authentication (see Section 4.7.2)
//# provided that the client has sent the "post_handshake_auth" extension (see Section 4.3.6).
//= rfc9846#section-4.4.2
//= type=test
//# In the absence of some other specification to the contrary, servers which are authenticating with an
//# external PSK MUST NOT send the CertificateRequest message in the main handshake or request
//# post-handshake authentication.
//= rfc9846#appendix-F.1
//= type=test
//# In the absence of some other specification to the contrary, implementations MUST NOT combine
//# external PSKs with certificate-based authentication of either the client or server.
test('RFC 9846: a server by PSK asks for no certificate and shows none', () => {
  const watched = watch('TLS 1.3', { ...PSK, server: { ...PSK.server, clientCertificate: 'request' } });
  assert.equal(watched.pair.server.connection.info?.peerProof, 'psk');
  const types = watched.sent.server.map(({ type }) => type);
  assert.ok(!types.includes(h.CERTIFICATE_REQUEST) && !types.includes(h.CERTIFICATE));
});

//= rfc9846#section-4.3.10
//= type=test
//# A server which receives an "early_data" extension MUST behave in one of three ways:
test('RFC 9846: early data is skipped where it is not accepted, and the handshake goes on', () => {
  const offer: Hand = alteringClientHello(({ extensions }) => ({
    extensions: [{ type: e.EARLY_DATA, body: new Uint8Array(0) }, ...extensions],
  }));
  const early = Uint8Array.from([23, 3, 3, 0, 40, ...new Uint8Array(40).fill(9)]);
  for (const setup of [{}, { client: { groups: [x25519, secp384r1] }, server: { groups: [secp384r1] } }]) {
    let hellos = 0;
    const pair = pairOf('TLS 1.3', {
      ...setup,
      clientHand: (message, position) => (message.type === h.CLIENT_HELLO && ++hellos === 1 ? offer(message, position) : [message]),
    });
    let first = true;
    pair.wire = (from, bytes) => {
      if (from === 'server' || !first) return [bytes];
      first = false;
      return [bytes, early, early];
    };
    pair.pump();
    assert.equal(pair.server.connection.error, undefined);
    assert.ok(pair.server.connection.info !== undefined);
    assert.equal(pair.server.received.length, 0);
  }
});

//= rfc9846#section-4.2.2
//= type=test
//# Because TLS 1.3 forbids renegotiation, if a server has negotiated TLS 1.3 and receives a ClientHello
//# at any other time, it MUST terminate the connection with an "unexpected_message" alert.
test('RFC 9846: a ClientHello after the handshake', () => {
  const pair = connected('TLS 1.3');
  pair.client.connection.carrier.message(h.CLIENT_HELLO, (w) => w.zeros(80));
  pair.client.connection.carrier.endFlight();
  pair.pump();
  assertRefused(pair, 'server', 'unexpected_message', alerts.UNEXPECTED_MESSAGE);
});

//= rfc9846#section-4.3.8
//= type=test
//# Because [RFC8446] permitted reuse, receiving implementations MUST permit reuse by the peer in order
//# to prevent interoperability issues.
test('RFC 9846: a key share that another connection had is taken', () => {
  const first = clientHellos(watch('TLS 1.3', { client: { groups: [x25519] } }))[0]!;
  const again = first.extensions.find(({ type }) => type === e.KEY_SHARE)!.body;
  for (let i = 0; i < 2; i++) {
    const watched = watch('TLS 1.3', {
      client: { groups: [x25519] },
      clientHand: alteringClientHello(({ extensions }) => ({ extensions: replaced(extensions, e.KEY_SHARE, again) })),
    });
    assert.equal(serverHellos(watched).length, 1);
  }
});

//= rfc9846#section-5.1
//= type=test
//# This field is deprecated and MUST be ignored for all purposes.
//= rfc9846#appendix-E
//= type=test
//# The value of TLSPlaintext.legacy_record_version MUST be ignored by all implementations.
//= rfc9846#appendix-E.2
//= type=test
//# Servers will receive various TLS 1.x versions in this field, but its value MUST always be ignored.
//= rfc5246#appendix-E.1
//= type=test
//# Thus, TLS servers compliant with this specification MUST accept any value {03,XX} as the record
//# layer version number for ClientHello.
test('RFC 9846: the version of a record around a ClientHello does not count', () => {
  for (const version of [0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x03ff]) {
    for (const of of ['TLS 1.2', 'TLS 1.3'] as const) {
      const pair = connectedWith(of, version);
      assert.equal(pair.server.connection.error, undefined, `0x${version.toString(16)}`);
      assert.ok(pair.client.connection.info !== undefined);
    }
  }
});

function connectedWith(of: 'TLS 1.2' | 'TLS 1.3', version: number) {
  const pair = pairOf(of);
  let first = true;
  pair.wire = (from, bytes) => {
    if (from === 'client' && first) {
      first = false;
      bytes = bytes.slice();
      bytes[1] = version >>> 8;
      bytes[2] = version & 0xff;
    }
    return [bytes];
  };
  pair.pump();
  return pair;
}
