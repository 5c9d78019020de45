/** S2, S15: no message of (D)TLS ≤ 1.2 may be left out, repeated or moved, and nothing that a hello did not offer is taken. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as alerts from '../src/base/alerts.ts';
import { concat } from '../src/base/bytes.ts';
import { Reader } from '../src/base/reader.ts';
import { Writer } from '../src/base/writer.ts';
import { nodeCrypto } from '../src/crypto/node/index.ts';
import * as cbc from '../src/crypto/suites/aes-cbc.ts';
import * as gcm from '../src/crypto/suites/aes-gcm.ts';
import type { ClientContext, ServerContext } from '../src/handshake/context.ts';
import type { ExtensionModule } from '../src/handshake/extensions/module.ts';
import type { ClientRole, ProtocolVersion } from '../src/handshake/version.ts';
import type { Session } from '../src/session/session.ts';
import { createTicketKeys } from '../src/session/ticket.ts';
import { ssl30Client, ssl30Server } from '../src/versions/ssl30.ts';
import { tls12Client, tls12Server } from '../src/versions/tls12.ts';
import { tls13Client } from '../src/versions/tls13.ts';
import { messageName } from '../src/wire/handshake.ts';
import * as h from '../src/wire/handshake.ts';
import { type RawExtension, readExtensions } from '../src/wire/extensions.ts';
import { readServerHello, type ServerHello, writeServerHelloHead } from '../src/wire/messages/server-hello.ts';
import { credential } from './support/certificates.ts';
import { clientContext, MODERN_SUITES, serverContext } from './support/contexts.ts';
import { connectPair, type Pair } from './support/pair.ts';
import { CCS, type ClearMessage, type Tamper, tampering } from './support/tamper.ts';

const suites = [gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, gcm.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256];
const tickets = createTicketKeys(nodeCrypto);
const ocspResponse = Uint8Array.of(0x30, 0);
const client = clientContext({ suites, versions: [tls12Client], credentials: [credential('p256')] });
const server = serverContext({ suites, versions: [tls12Server], tickets, clientCertificate: 'request' });
const stapling = serverContext({ suites, versions: [tls12Server], credentials: [{ ...credential('p256'), ocspResponse }] });

function attack(tamper: Tamper, session?: Session, clientSide: ClientContext = client, serverSide: ServerContext = server): Pair {
  const options = { serverName: 'localhost', ...(session === undefined ? {} : { session }) };
  const pair = connectPair(clientSide, serverSide, options);
  pair.wire = tampering(tamper);
  pair.pump();
  return pair;
}

/** The clear messages of a good handshake, in order. */
function watch(session?: Session): { from: 'client' | 'server'; message: ClearMessage }[] {
  const seen: { from: 'client' | 'server'; message: ClearMessage }[] = [];
  const pair = attack((from, messages) => {
    for (const message of messages) seen.push({ from, message });
    return messages;
  }, session);
  assert.notEqual(pair.client.connection.info, undefined);
  assert.notEqual(pair.server.connection.info, undefined);
  return seen;
}

function someSession(): Session {
  const pair = attack((_from, messages) => messages);
  const event = pair.client.events.find((each) => each.type === 'session');
  assert.ok(event?.type === 'session');
  return event.session;
}

/** Applies `change` to the n-th clear message of the handshake. */
function at(n: number, change: (message: ClearMessage) => readonly ClearMessage[]): Tamper {
  let count = -1;
  return (_from, messages) => messages.flatMap((message) => (++count === n ? change(message) : [message]));
}

function assertStopped(pair: Pair, what: string): void {
  const { client: c, server: s } = pair;
  assert.ok(c.connection.info === undefined, `${what}: client connected`);
  assert.ok(s.connection.info === undefined, `${what}: server connected`);
}

/** Who refused the order of messages did not complete; the other has heard of it, or refused it too. */
function assertUnexpected(pair: Pair, what: string): void {
  const ends = [pair.client.connection, pair.server.connection];
  const refusing = ends.filter(({ error }) => error?.origin === 'local' && error.alert === alerts.UNEXPECTED_MESSAGE);
  assert.notEqual(refusing.length, 0, `${what}: ${ends.map(({ error }) => error?.message).join(', ')}`);
  assert.ok(
    refusing.every(({ info }) => info === undefined),
    `${what}: completed`,
  );
  for (const { error } of ends) assert.notEqual(error, undefined, what);
}

for (const kind of ['full', 'resumed'] as const) {
  //= rfc5246#section-7.4
  //= type=test
  //# The handshake protocol messages are presented below in the order they MUST be sent; sending
  //# handshake messages in an unexpected order results in a fatal error.
  //= rfc5246#section-7.3
  //= type=test
  //# At this point, both client and server MUST send ChangeCipherSpec messages and proceed directly to
  //# Finished messages.
  //= rfc5246#section-7.4.2
  //= type=test
  //# The server MUST send a Certificate message whenever the agreed- upon key exchange method uses
  //# certificates for authentication (this includes all key exchange methods defined in this document
  //# except DH_anon).
  //= rfc5246#section-7.4.8
  //= type=test
  //# When sent, it MUST immediately follow the client key exchange message.
  //= rfc5246#section-7.1
  //= type=test
  //# Immediately after sending this message, the sender MUST instruct the record layer to make the
  //# write pending state the write active state.
  //= rfc5246#section-7.1
  //= type=test
  //# However, once the ChangeCipherSpec has been sent, the new CipherSpec MUST be used.
  test(`TLS 1.2, ${kind}: S2, S15: every message left out, repeated, exchanged with the next, and ChangeCipherSpec before each`, () => {
    const session = kind === 'resumed' ? someSession() : undefined;
    const sequence = watch(session);
    const names = sequence.map(({ message }) => messageName(message.type));
    if (kind === 'full') assert.ok(names.includes('CertificateVerify') && names.includes('NewSessionTicket'));
    assert.ok(names.length >= (kind === 'full' ? 12 : 4), names.join(' '));
    for (let n = 0; n < sequence.length; n++) {
      const { message, from } = sequence[n]!;
      const name = `${from} ${names[n]}`;
      const next = sequence[n + 1];
      // The first message left out is a silence, not an order.
      const followed = next !== undefined && next.from === from;
      if (followed)
        assertUnexpected(
          attack(
            at(n, () => []),
            session,
          ),
          `without ${name}`,
        );
      if (message.type !== CCS)
        assertUnexpected(
          attack(
            at(n, (m) => [m, m]),
            session,
          ),
          `twice ${name}`,
        );
      if (message.type !== CCS)
        assertUnexpected(
          attack(
            at(n, (m) => [{ type: CCS, body: Uint8Array.of(1) }, m]),
            session,
          ),
          `ChangeCipherSpec before ${name}`,
        );
      if (followed && message.type !== CCS && next.message.type !== CCS) {
        let held: ClearMessage | undefined;
        let count = -1;
        const swap: Tamper = (_from, messages) =>
          messages.flatMap((each) => {
            count++;
            if (count === n) {
              held = each;
              return [];
            }
            return count === n + 1 ? [each, held!] : [each];
          });
        assertUnexpected(attack(swap, session), `${names[n + 1]} before ${name}`);
      }
    }
  });
}

/** A change to ServerHello, and what the client makes of it. */
const HELLOS: readonly [string, (hello: ServerHello) => Partial<ServerHello>, string, number][] = [
  ['a suite that was not offered', () => ({ suite: 0xc030 }), 'wrong_cipher', alerts.ILLEGAL_PARAMETER],
  ['a suite of TLS 1.3', () => ({ suite: 0x1301 }), 'wrong_cipher', alerts.ILLEGAL_PARAMETER],
  ['compression', () => ({ compression: 1 }), 'wrong_compression', alerts.ILLEGAL_PARAMETER],
  ['a session that was not offered', ({ sessionId }) => ({ sessionId }), 'wrong_session_id', alerts.ILLEGAL_PARAMETER],
  [
    'an unknown extension',
    ({ extensions }) => ({ extensions: [...extensions, { type: 0xface, body: new Uint8Array(0) }] }),
    'unsolicited_extension',
    alerts.UNSUPPORTED_EXTENSION,
  ],
  [
    'an extension that was not offered',
    ({ extensions }) => ({ extensions: [...extensions, { type: 16, body: new Uint8Array(0) }] }),
    'unsolicited_extension',
    alerts.UNSUPPORTED_EXTENSION,
  ],
  [
    'an extension of TLS 1.3',
    ({ extensions }) => ({ extensions: [...extensions, { type: 51, body: new Uint8Array(0) }] }),
    'misplaced_extension',
    alerts.ILLEGAL_PARAMETER,
  ],
  [
    'an extension twice',
    ({ extensions }) => ({ extensions: [...extensions, extensions[0]!] }),
    'duplicate_extension',
    alerts.ILLEGAL_PARAMETER,
  ],
  ['no renegotiation_info', without(0xff01), 'unsafe_legacy_renegotiation', alerts.HANDSHAKE_FAILURE],
  ['renegotiation_info with content', replaced(0xff01, Uint8Array.of(1, 7)), 'bad_renegotiation_info', alerts.HANDSHAKE_FAILURE],
  ['renegotiation_info too long', replaced(0xff01, Uint8Array.of(0, 0)), 'bad_extension', alerts.DECODE_ERROR],
  ['extended_master_secret with content', replaced(23, Uint8Array.of(0)), 'bad_extension', alerts.DECODE_ERROR],
  ['ec_point_formats without the uncompressed one', replaced(11, Uint8Array.of(1, 1)), 'bad_extension', alerts.ILLEGAL_PARAMETER],
  ['another version', () => ({ version: 0x0302 }), 'unsupported_version', alerts.PROTOCOL_VERSION],
];

function without(type: number): (hello: ServerHello) => Partial<ServerHello> {
  return ({ extensions }) => ({ extensions: extensions.filter((extension) => extension.type !== type) });
}

function replaced(type: number, body: Uint8Array): (hello: ServerHello) => Partial<ServerHello> {
  return ({ extensions }) => {
    assert.ok(extensions.some((extension) => extension.type === type));
    return { extensions: extensions.map((extension) => (extension.type === type ? { type, body } : extension)) };
  };
}

//= rfc5246#section-7.4.1.4
//= type=test
//# If a client receives an extension type in ServerHello that it did not request in the associated
//# ClientHello, it MUST abort the handshake with an unsupported_extension fatal alert.
test('TLS 1.2: S31, S32: ServerHello says nothing that was not offered', () => {
  const modern = clientContext({ suites: [...MODERN_SUITES, ...suites], versions: [tls13Client, tls12Client] });
  for (const [what, change, code, alert] of HELLOS) {
    let sent = new Uint8Array(0);
    const pair = attack(
      (_from, messages) =>
        messages.map((message) => {
          if (message.type === h.CLIENT_HELLO) sent = message.body.slice(35, 35 + message.body[34]!);
          if (message.type !== h.SERVER_HELLO) return message;
          const hello = readServerHello(new Reader(message.body));
          return { type: message.type, body: helloBytes({ ...hello, ...change({ ...hello, sessionId: sent }) }) };
        }),
      undefined,
      modern,
    );
    assert.equal(pair.client.connection.error?.code, code, what);
    assert.equal(pair.client.connection.error?.alert, alert, what);
    assertStopped(pair, what);
  }
});

function helloBytes(hello: ServerHello): Uint8Array {
  const w = new Writer();
  writeServerHelloHead(w, hello);
  const start = w.open(2);
  for (const { type, body } of hello.extensions) {
    w.u16(type);
    w.vector(2, body);
  }
  w.close(2, start);
  return w.copy();
}

/** A change to another message, who has to see it, and as what. */
const CHANGES: readonly [string, number, 'client' | 'server', (body: Uint8Array) => Uint8Array, string, number][] = [
  ['no server certificate', h.CERTIFICATE, 'server', () => Uint8Array.of(0, 0, 0), 'bad_certificate', alerts.DECODE_ERROR],
  ['trailing bytes in Certificate', h.CERTIFICATE, 'server', (body) => concat(body, Uint8Array.of(0)), 'decode_error', alerts.DECODE_ERROR],
  ['an explicit curve', h.SERVER_KEY_EXCHANGE, 'server', patch(0, 1), 'bad_ec_point', alerts.ILLEGAL_PARAMETER],
  ['a curve that was not offered', h.SERVER_KEY_EXCHANGE, 'server', patch(2, 0x19), 'wrong_group', alerts.ILLEGAL_PARAMETER],
  ['another point', h.SERVER_KEY_EXCHANGE, 'server', patch(10, 1, true), 'bad_signature', alerts.DECRYPT_ERROR],
  ['a scheme that was not offered', h.SERVER_KEY_EXCHANGE, 'server', patch(4 + 32, 2), 'wrong_scheme', alerts.ILLEGAL_PARAMETER],
  ['a scheme of another key', h.SERVER_KEY_EXCHANGE, 'server', patch(4 + 33, 1), 'wrong_scheme', alerts.ILLEGAL_PARAMETER],
  [
    'another signature',
    h.SERVER_KEY_EXCHANGE,
    'server',
    (body) => patch(body.length - 1, 1, true)(body),
    'bad_signature',
    alerts.DECRYPT_ERROR,
  ],
  [
    'trailing bytes in ServerKeyExchange',
    h.SERVER_KEY_EXCHANGE,
    'server',
    (body) => concat(body, Uint8Array.of(0)),
    'decode_error',
    alerts.DECODE_ERROR,
  ],
  ['no certificate types', h.CERTIFICATE_REQUEST, 'server', patch(0, 0), 'decode_error', alerts.DECODE_ERROR],
  ['content in ServerHelloDone', h.SERVER_HELLO_DONE, 'server', () => Uint8Array.of(0), 'decode_error', alerts.DECODE_ERROR],
  ['a chain of nothing', h.CERTIFICATE, 'client', () => Uint8Array.of(0, 0, 3, 0, 0, 0), 'decode_error', alerts.DECODE_ERROR],
  ['an empty point', h.CLIENT_KEY_EXCHANGE, 'client', () => Uint8Array.of(0), 'decode_error', alerts.DECODE_ERROR],
  [
    'a bad point',
    h.CLIENT_KEY_EXCHANGE,
    'client',
    () => concat(Uint8Array.of(32), new Uint8Array(32)),
    'bad_ec_point',
    alerts.ILLEGAL_PARAMETER,
  ],
  [
    'trailing bytes in ClientKeyExchange',
    h.CLIENT_KEY_EXCHANGE,
    'client',
    (body) => concat(body, Uint8Array.of(0)),
    'decode_error',
    alerts.DECODE_ERROR,
  ],
  ['a scheme of another key', h.CERTIFICATE_VERIFY, 'client', patch(1, 1), 'wrong_scheme', alerts.ILLEGAL_PARAMETER],
  ['a scheme that was not listed', h.CERTIFICATE_VERIFY, 'client', patch(0, 2), 'wrong_scheme', alerts.ILLEGAL_PARAMETER],
  [
    'another signature',
    h.CERTIFICATE_VERIFY,
    'client',
    (body) => patch(body.length - 1, 1, true)(body),
    'bad_signature',
    alerts.DECRYPT_ERROR,
  ],
  ['a certificate without CertificateVerify of its key', h.CERTIFICATE, 'client', otherChain, 'bad_signature', alerts.DECRYPT_ERROR],
  ['a longer ticket', h.NEW_SESSION_TICKET, 'server', (body) => concat(body, Uint8Array.of(0)), 'decode_error', alerts.DECODE_ERROR],
  ['another ticket', h.NEW_SESSION_TICKET, 'server', patch(20, 1, true), 'bad_finished', alerts.DECRYPT_ERROR],
  ['another lifetime', h.NEW_SESSION_TICKET, 'server', patch(3, 1, true), 'bad_finished', alerts.DECRYPT_ERROR],
  ['another random', h.SERVER_HELLO, 'server', patch(5, 1, true), 'bad_signature', alerts.DECRYPT_ERROR],
];

function patch(offset: number, value: number, flip = false): (body: Uint8Array) => Uint8Array {
  return (body) => {
    const out = body.slice();
    out[offset] = flip ? out[offset]! ^ value : value;
    return out;
  };
}

function otherChain(): Uint8Array {
  const w = new Writer();
  const start = w.open(3);
  w.vector(3, credential('p384').chain[0]!);
  w.close(3, start);
  return w.copy();
}

//= rfc5246#section-7.4.8
//= type=test
//# The hash and signature algorithms used in the signature MUST be one of those present in the
//# supported_signature_algorithms field of the CertificateRequest message.
//= rfc5246#section-7.4.8
//= type=test
//# In addition, the hash and signature algorithms MUST be compatible with the key in the client's
//# end-entity certificate.
//= rfc5246#section-7.4.3
//= type=test
//# In addition, the hash and signature algorithms MUST be compatible with the key in the server's
//# end-entity certificate.
//= rfc5246#section-7.4.3
//= type=test
//# If the client has offered the "signature_algorithms" extension, the signature algorithm and hash
//# algorithm MUST be a pair listed in that extension.
test('TLS 1.2: altered messages are refused with the alert of the RFC', () => {
  for (const [what, type, from, change, code, alert] of CHANGES) {
    const pair = attack((side, messages) =>
      messages.map((message) => (message.type === type && side === from ? { type, body: change(message.body) } : message)),
    );
    const victim = from === 'client' ? pair.server : pair.client;
    assert.equal(victim.connection.error?.code, code, what);
    assert.equal(victim.connection.error?.alert, alert, what);
    assert.equal(pair.client.connection.info, undefined, what);
  }
});

//= rfc5077#section-3.3
//= type=test
//# This message MUST be sent if the server included a SessionTicket extension in the ServerHello.
//= rfc5077#section-3.3
//= type=test
//# This message MUST NOT be sent if the server did not include a SessionTicket extension in the
//# ServerHello.
//= rfc5077#section-3.2
//= type=test
//# The server MUST send this extension in the ServerHello if it wishes to issue a new ticket to the
//# client using the NewSessionTicket handshake message.
//= rfc5077#section-3.3
//= type=test
//# In the case of a full handshake, the server MUST verify the client's Finished message before sending
//# the ticket.
test('TLS 1.2: RFC 5077 §3.3: a ticket announced and not sent, and sent unannounced', () => {
  const keys = createTicketKeys(nodeCrypto);
  const renewing = serverContext({ suites, versions: [tls12Server], tickets: keys });
  const first = attack((_from, messages) => messages, undefined, client, renewing);
  const event = first.client.events.find((each) => each.type === 'session');
  assert.ok(event?.type === 'session');
  keys.rotate();
  const resume = (tamper: Tamper): Pair => attack(tamper, event.session, client, renewing);
  const renewed = resume((_from, messages) => messages);
  assert.ok(renewed.client.events.some((each) => each.type === 'session'));
  const unannounced = resume((_from, messages) =>
    messages.map((m) => (m.type === h.SERVER_HELLO ? { type: m.type, body: helloBytes(dropExtension(m.body, 35)) } : m)),
  );
  assertUnexpected(unannounced, 'unannounced');
  assertUnexpected(
    resume((_from, messages) => messages.filter((m) => m.type !== h.NEW_SESSION_TICKET)),
    'announced',
  );
});

function dropExtension(body: Uint8Array, type: number): ServerHello {
  const hello = readServerHello(new Reader(body));
  return { ...hello, extensions: hello.extensions.filter((extension: RawExtension) => extension.type !== type) };
}

//= rfc6066#section-8
//= type=test
//# If a server returns a "CertificateStatus" message, then the server MUST have included an extension
//# of type "status_request" with empty "extension_data" in the extended server hello.
//= rfc6066#section-8
//= type=test
//# Note in addition that a server MUST NOT send the "CertificateStatus" message unless it received a
//# "status_request" extension in the client hello message and sent a "status_request" extension in the
//# server hello message.
test('TLS 1.2: CertificateStatus needs status_request, and may be left out', () => {
  const asking = clientContext({ suites, versions: [tls12Client], requestOcsp: true });
  const seen: number[] = [];
  const good = attack(
    (_from, messages) => {
      for (const message of messages) seen.push(message.type);
      return messages;
    },
    undefined,
    asking,
    stapling,
  );
  assert.ok(seen.includes(h.CERTIFICATE_STATUS));
  // What the verifier thinks of an empty response is its own matter.
  assert.ok(good.client.connection.info !== undefined || good.client.connection.error?.code === 'bad_certificate_status');
  const status: ClearMessage = { type: h.CERTIFICATE_STATUS, body: Uint8Array.of(1, 0, 0, 2, 0x30, 0) };
  const unasked = attack((_from, messages) => messages.flatMap((m) => (m.type === h.SERVER_KEY_EXCHANGE ? [status, m] : [m])));
  assertUnexpected(unasked, 'CertificateStatus');
});

//= rfc7627#section-5.3
//= type=test
//# If the original session did not use the "extended_master_secret" extension but the new ServerHello
//# contains the extension, the client MUST abort the handshake.
//= rfc7627#section-5.3
//= type=test
//# If the original session used the extension but the new ServerHello does not contain the extension,
//# the client MUST abort the handshake.
test('TLS 1.2: RFC 7627 §5.3: a session is not resumed with another master secret', () => {
  const session = someSession();
  const rename = (body: Uint8Array): Uint8Array => {
    const r = new Reader(body);
    r.take(34);
    r.vector(1);
    r.vector(2);
    r.vector(1);
    const head = body.subarray(0, r.position);
    const w = new Writer();
    w.bytes(head);
    const start = w.open(2);
    for (const { type, body: content } of readExtensions(r)) {
      w.u16(type === 23 ? 0xface : type);
      w.vector(2, content);
    }
    w.close(2, start);
    return w.copy();
  };
  const withoutOffer = attack(
    (_from, messages) => messages.map((m) => (m.type === h.CLIENT_HELLO ? { type: m.type, body: rename(m.body) } : m)),
    session,
  );
  assert.equal(withoutOffer.server.connection.error?.code, 'session_mismatch');
  assert.equal(withoutOffer.server.connection.error?.alert, alerts.HANDSHAKE_FAILURE);
  const withoutAnswer = attack(
    (_from, messages) =>
      messages.map((m) => (m.type === h.SERVER_HELLO ? { type: m.type, body: helloBytes(dropExtension(m.body, 23)) } : m)),
    session,
  );
  assert.equal(withoutAnswer.client.connection.error?.code, 'session_mismatch');
  assert.equal(withoutAnswer.client.connection.error?.alert, alerts.HANDSHAKE_FAILURE);
  // A session without it is not even resumed when both know it now.
  const old = attack((_from, messages) => messages, { ...session, extendedMasterSecret: false });
  assert.equal(old.client.connection.error?.code, 'session_mismatch');
});

//= rfc5746#section-4.2
//= type=test
//# Clients that do so MUST respond to such requests with a "no_renegotiation" alert (RFC 5246 requires
//# this alert to be at the "warning" level).
test('TLS 1.2: renegotiation is refused with a warning, and not for ever', () => {
  for (const [asking, message] of [
    ['server', h.HELLO_REQUEST],
    ['client', h.CLIENT_HELLO],
  ] as const) {
    const pair = attack((_from, messages) => messages);
    const other = asking === 'client' ? 'server' : 'client';
    const ask = (body: number): void => {
      const { carrier } = pair[asking].connection;
      carrier.message(message, (w) => w.zeros(body));
      carrier.endFlight();
      pair.pump();
    };
    const refusals = () =>
      pair[asking].events.filter((event) => event.type === 'alert' && event.description === alerts.NO_RENEGOTIATION).length;
    for (let i = 1; i <= 3; i++) {
      ask(0);
      assert.equal(refusals(), i);
    }
    // Data between requests shows that there is more to the peer than requests.
    for (const end of [pair.client, pair.server]) end.connection.send(Uint8Array.of(1));
    pair.pump();
    for (let i = 0; i < 4; i++) ask(0);
    const codeOf = () => pair[other].connection.error?.code;
    assert.equal(codeOf(), undefined);
    ask(0);
    assert.equal(codeOf(), 'no_renegotiation');
  }
  const pair = attack((_from, messages) => messages);
  const { carrier } = pair.server.connection;
  carrier.message(h.HELLO_REQUEST, (w) => w.u8(0));
  carrier.endFlight();
  pair.pump();
  assert.equal(pair.client.connection.error?.code, 'decode_error');
  for (const type of [h.CLIENT_HELLO, h.SERVER_HELLO, h.FINISHED, h.NEW_SESSION_TICKET, h.KEY_UPDATE]) {
    const other = attack((_from, messages) => messages);
    other.server.connection.carrier.message(type, () => {});
    other.server.connection.carrier.endFlight();
    other.pump();
    assert.equal(other.client.connection.error?.alert, alerts.UNEXPECTED_MESSAGE);
  }
  const ccs = attack((_from, messages) => messages);
  ccs.server.connection.carrier.changeCipherSpec();
  ccs.pump();
  assert.notEqual(ccs.client.connection.error, undefined);
});

//= rfc5246#section-7.4.1.1
//= type=test
//# This message MUST NOT be included in the message hashes that are maintained throughout the handshake
//# and used in the Finished messages and the certificate verify message.
test('TLS 1.2: HelloRequest in the handshake is dropped, and stays out of the hashes', () => {
  const pair = attack((from, messages) =>
    from === 'server'
      ? messages.flatMap((m) => (m.type === CCS ? [m] : [{ type: h.HELLO_REQUEST, body: new Uint8Array(0) }, m]))
      : messages,
  );
  assert.equal(pair.client.connection.error, undefined);
  assert.equal(pair.server.connection.info?.peerProof, 'certificate');
});

test('TLS 1.2: S37: any split of the stream gives the same handshake', () => {
  for (const size of [1, 2, 3, 5, 7, 64, 1000]) {
    const pair = connectPair(client, server);
    pair.wire = (_from, bytes) => {
      const pieces: Uint8Array[] = [];
      for (let start = 0; start < bytes.length; start += size) pieces.push(bytes.slice(start, start + size));
      return pieces;
    };
    pair.pump();
    assert.equal(pair.client.connection.error, undefined);
    assert.equal(pair.server.connection.info?.peerProof, 'certificate', `${size}`);
  }
});

//= rfc7627#section-5.4
//= type=test
//# Hence, the client or server MUST NOT export any key material based on the new master secret for any
//# subsequent application-level authentication.
//= rfc7627#section-5.4
//= type=test
//# In particular, it MUST disable [RFC5705] and any Extensible Authentication Protocol (EAP) relying on
//# compound authentication [COMPOUND-AUTH].
test('RFC 7627 §5.4: without extended master secret nothing is exported', () => {
  const plain: ExtensionModule = { type: 23, where: 0 };
  const drop = (role: ClientRole): ClientRole => ({
    ...role,
    extensions: role.extensions.map((each) => (each.type === 23 ? plain : each)),
  });
  const old: ProtocolVersion = { ...tls12Client, client: drop(tls12Client.client!) };
  const without = (dangers: readonly string[]) => clientContext({ suites, versions: [old], dangers });
  const pair = attack((_from, messages) => messages, undefined, without([]));
  assert.equal(pair.client.connection.info?.extendedMasterSecret, false);
  for (const side of ['client', 'server'] as const)
    assert.throws(() => pair[side].connection.exportKeyingMaterial(16, 'EXPORTER-test'), { code: 'unsupported' });
  assert.notEqual(pair.client.connection.finishedMessages, undefined);
  const event = pair.client.events.find((each) => each.type === 'session');
  assert.ok(event?.type === 'session');
  const resumed = attack((_from, messages) => messages, event.session, without([]));
  assert.equal(resumed.client.connection.info?.resumed, true);
  assert.equal(resumed.client.connection.finishedMessages, undefined);
  assert.equal(resumed.server.connection.finishedMessages, undefined);
  const allowed = attack((_from, messages) => messages, undefined, without(['dangerouslyExportWithoutExtendedMasterSecret']));
  assert.equal(allowed.client.connection.exportKeyingMaterial(16, 'EXPORTER-test').length, 16);
  // RFC 7627 §5.3: a server does not resume it for a client that knows better now.
  const better = attack((_from, messages) => messages, event.session);
  assert.equal(better.client.connection.info?.resumed, false);
  assert.equal(better.client.connection.info?.extendedMasterSecret, true);
});

test('SSL 3.0: a client without certificate says so by an alert', () => {
  const suite = cbc.TLS_RSA_WITH_AES_128_CBC_SHA;
  const pair = connectPair(
    clientContext({ suites: [suite], versions: [ssl30Client] }),
    serverContext({ suites: [suite], versions: [ssl30Server], credentials: [credential('rsa')] }),
  );
  const sent: number[] = [];
  pair.wire = tampering((from, messages) => {
    if (from === 'client') sent.push(...messages.map(({ type }) => type));
    const request = { type: h.CERTIFICATE_REQUEST, body: Uint8Array.of(1, 1, 0, 0) };
    return messages.flatMap((m) => (m.type === h.SERVER_HELLO_DONE ? [request, m] : [m]));
  }, 0x0300);
  pair.pump();
  assert.ok(pair.server.events.some((event) => event.type === 'alert' && event.description === alerts.NO_CERTIFICATE_RESERVED));
  assert.ok(!sent.includes(h.CERTIFICATE));
});
