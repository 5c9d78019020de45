/** Sessions and tickets: S12 (triple handshake), S28 (ticket keys), S29 (sessions out of their place), S30 (the store). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as alerts from '../../src/base/alerts.ts';
import { Reader } from '../../src/base/reader.ts';
import { Writer } from '../../src/base/writer.ts';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import * as gcm from '../../src/crypto/suites/aes-gcm.ts';
import * as modern from '../../src/crypto/suites/modern.ts';
import { Connection } from '../../src/engine/connection.ts';
import type { ClientContextInit, ServerContextInit } from '../../src/engine/context.ts';
import type { ClientContext, ClientOptions, ServerContext } from '../../src/handshake/context.ts';
import type { ProtocolVersion } from '../../src/handshake/version.ts';
import { StreamCarrier } from '../../src/record/stream/carrier.ts';
import { createMemoryStore } from '../../src/session/cache.ts';
import type { Session } from '../../src/session/session.ts';
import type { SessionStore } from '../../src/session/store.ts';
import { createTicketKeys } from '../../src/session/ticket.ts';
import { tls12Client, tls12Server } from '../../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../../src/versions/tls13.ts';
import { EXTENDED_MASTER_SECRET } from '../../src/wire/extension.ts';
import { SERVER_HELLO } from '../../src/wire/handshake.ts';
import { readServerHello, writeServerHelloHead } from '../../src/wire/messages/server-hello.ts';
import { sessionsOf, streamFrontOf } from '../sim/scenario.ts';
import { credential, issue } from '../support/certificates.ts';
import { clientContext, serverContext } from '../support/contexts.ts';
import { connectPair, Pair } from '../support/pair.ts';
import { type Hand, TamperCarrier, untouched } from './tamper-carrier.ts';

const SUITES = [modern.TLS_AES_128_GCM_SHA256, modern.TLS_CHACHA20_POLY1305_SHA256, gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256];

function without(version: ProtocolVersion, type: number): ProtocolVersion {
  const { client, server } = version;
  return {
    ...version,
    ...(client === undefined ? {} : { client: { ...client, extensions: client.extensions.filter((each) => each.type !== type) } }),
    ...(server === undefined ? {} : { server: { ...server, extensions: server.extensions.filter((each) => each.type !== type) } }),
  };
}

function run(
  client: Partial<ClientContextInit>,
  server: Partial<ServerContextInit>,
  options: ClientOptions = { serverName: 'localhost' },
): Pair {
  const pair = connectPair(clientContext({ suites: SUITES, ...client }), serverContext({ suites: SUITES, ...server }), options);
  pair.pump();
  return pair;
}

// --- S12 ---

function connectWith(client: ClientContext, server: ServerContext, session: Session, hand: Hand): Pair {
  const pair = new Pair(
    new Connection(client, { serverName: 'localhost', session }, (sink) => new StreamCarrier(sink), streamFrontOf),
    new Connection(server, {}, (sink) => new TamperCarrier(sink, hand), streamFrontOf),
  );
  pair.pump();
  return pair;
}

const silenceExtendedMasterSecret: Hand = (message) => {
  if (message.type !== SERVER_HELLO) return [message];
  const hello = readServerHello(new Reader(message.body));
  const w = new Writer();
  writeServerHelloHead(w, hello);
  const at = w.open(2);
  for (const { type, body } of hello.extensions) {
    if (type === EXTENDED_MASTER_SECRET) continue;
    w.u16(type);
    w.vector(2, body);
  }
  w.close(2, at);
  return [{ type: SERVER_HELLO, body: w.copy() }];
};

/** RFC 7627 §5.3: what the session had, what is offered now, what is answered now; and what comes of it. */
const ROWS: readonly (readonly [
  original: boolean,
  offered: boolean,
  answered: boolean,
  outcome: 'resumed' | 'full' | 'server refuses' | 'client refuses',
])[] = [
  [true, true, true, 'resumed'],
  [true, false, false, 'server refuses'],
  [true, true, false, 'client refuses'],
  [false, true, true, 'full'],
  // Resumption of a session that never had it, between two that still have it not: as before RFC 7627.
  [false, false, false, 'resumed'],
  [false, true, false, 'resumed'],
];

for (const [original, offered, answered, outcome] of ROWS) {
  const text = (has: boolean) => (has ? 'with' : 'without');
  //= rfc7627#section-5.3
  //= type=test
  //# If the original session did not use the "extended_master_secret" extension but the new ClientHello
  //# contains the extension, then the server MUST NOT perform the abbreviated handshake.
  //= rfc7627#section-5.3
  //= type=test
  //# If the original session used the "extended_master_secret" extension but the new ClientHello does
  //# not contain it, the server MUST abort the abbreviated handshake.
  //= rfc7627#section-5.3
  //= type=test
  //# If the new ClientHello contains the extension and the server chooses to continue the handshake,
  //# then the server MUST include the "extended_master_secret" extension in its ServerHello message.
  //= rfc7627#section-5.3
  //= type=test
  //# If the original session did not use the "extended_master_secret" extension but the new ServerHello
  //# contains the extension, the client MUST abort the handshake.
  //= rfc7627#section-5.3
  //= type=test
  //# If the original session used the extension but the new ServerHello does not contain the extension,
  //# the client MUST abort the handshake.
  //= rfc7627#section-5.3
  //= type=test
  //# When offering an abbreviated handshake, the client MUST send the "extended_master_secret"
  //# extension in its ClientHello.
  test(`S12: a session ${text(original)} extended master secret, ClientHello ${text(offered)}, ServerHello ${text(answered)} it: ${outcome}`, () => {
    const tickets = createTicketKeys(nodeCrypto);
    const bare = { client: without(tls12Client, EXTENDED_MASTER_SECRET), server: without(tls12Server, EXTENDED_MASTER_SECRET) };
    const [session] = sessionsOf(
      run({ versions: [original ? tls12Client : bare.client] }, { tickets, versions: [original ? tls12Server : bare.server] }),
    );
    assert.equal(session?.extendedMasterSecret, original);
    // Where the client is to refuse, the extension is taken out of a ServerHello that had it.
    const silenced = outcome === 'client refuses';
    const { client, server } = connectWith(
      clientContext({ suites: SUITES, versions: [offered ? tls12Client : bare.client] }),
      serverContext({ suites: SUITES, tickets, versions: [answered || original ? tls12Server : bare.server] }),
      session,
      silenced ? silenceExtendedMasterSecret : untouched,
    );
    if (outcome.endsWith('refuses')) {
      const refusing = outcome.startsWith('server') ? server : client;
      const told = outcome.startsWith('server') ? client : server;
      assert.equal(refusing.connection.error?.code, 'session_mismatch');
      assert.equal(refusing.connection.error?.alert, alerts.HANDSHAKE_FAILURE);
      assert.equal(told.connection.error?.alert, alerts.HANDSHAKE_FAILURE);
      return;
    }
    assert.equal(client.connection.error?.message, undefined);
    assert.equal(client.connection.info?.resumed, outcome === 'resumed');
    assert.equal(server.connection.info?.resumed, outcome === 'resumed');
  });
}

// --- S28 ---

//= rfc5077#section-5.2
//= type=test
//# A TLS server MUST use strong encryption and integrity protection for the ticket to prevent an
//# attacker from using a brute force mechanism to obtain the ticket's contents.
//= rfc5077#section-5.7
//= type=test
//# Also, the ticket MUST have its integrity and confidentiality protected with strong cryptographic
//# techniques to prevent a breach in the security of the system.
test('S28: a ticket key is never zero and never the same twice; one of zeros is not taken', () => {
  const seen = new Set<string>();
  for (let i = 0; i < 64; i++) {
    const key = createTicketKeys(nodeCrypto).current();
    assert.equal(key.length, 48);
    assert.ok(key.subarray(16).some((byte) => byte !== 0));
    seen.add(Buffer.from(key).toString('hex'));
  }
  assert.equal(seen.size, 64);
  assert.throws(() => createTicketKeys(nodeCrypto, new Uint8Array(48)));
  const named = new Uint8Array(48);
  named[0] = 1;
  assert.throws(() => createTicketKeys(nodeCrypto, named), 'a name is no key');
  assert.throws(() => createTicketKeys(nodeCrypto).rotate(new Uint8Array(48)));
});

test('S28: tickets of fresh servers do not open under a zero key, and no nonce comes twice', () => {
  const zero = nodeCrypto.aead('aes-256-gcm', new Uint8Array(32));
  const nonces = new Set<string>();
  let tickets = 0;
  for (const versions of [
    { client: tls13Client, server: tls13Server },
    { client: tls12Client, server: tls12Server },
  ]) {
    for (let i = 0; i < 16; i++) {
      const keys = createTicketKeys(nodeCrypto);
      for (let j = 0; j < 4; j++) {
        for (const { ticket } of sessionsOf(run({ versions: [versions.client] }, { versions: [versions.server], tickets: keys }))) {
          tickets++;
          const nonce = ticket.subarray(16, 28);
          nonces.add(Buffer.from(nonce).toString('hex'));
          assert.equal(zero.open(nonce, ticket.subarray(0, 16), ticket.subarray(28)), undefined);
          assert.equal(createTicketKeys(nodeCrypto).open(ticket), undefined, 'another server opens it');
          assert.ok(keys.open(ticket) !== undefined);
          // Authenticated: no bit of it may change.
          for (const at of [0, 15, 16, 27, 28, ticket.length - 1]) {
            assert.equal(keys.open(ticket.map((byte, index) => (index === at ? byte ^ 1 : byte))), undefined);
          }
        }
      }
    }
  }
  assert.ok(tickets >= 128);
  assert.equal(nonces.size, tickets);
});

// --- S29 ---

//= rfc9846#section-4.3.11
//= type=test
//# The server MUST ensure that it selects a compatible PSK (if any) and cipher suite.
//= rfc9846#section-4.7.1
//= type=test
//# Any ticket MUST only be resumed with a cipher suite that has the same KDF hash algorithm as that
//# used to establish the original connection.
//= rfc9846#section-4.3.11.1
//= type=test
//# Clients MUST NOT attempt to use tickets which have ages greater than the "ticket_lifetime" value
//# which was provided with the ticket.
//= rfc9846#section-4.7.1
//= type=test
//# Clients MUST only resume if the new SNI value is valid for the server certificate presented in the
//# original session, and SHOULD only resume if the SNI value matches the one used in the original
//# session.
//= rfc9846#section-4.7.1
//= type=test
//# Clients MUST NOT use tickets for longer than 7 days after issuance, regardless of the
//# ticket_lifetime, and MAY delete tickets earlier based on local policy.
test('TLS 1.3: S29: a session is bound to name, context, time, version, hash and client certificate', () => {
  const tickets = createTicketKeys(nodeCrypto);
  const both: Partial<ClientContextInit> = { versions: [tls13Client, tls12Client] };
  const server: Partial<ServerContextInit> = {
    tickets,
    versions: [tls13Server, tls12Server],
    credentials: [issue('p256', { names: ['localhost', 'other.example'] })],
  };
  const [session] = sessionsOf(run(both, server));
  const resumes = (client: Partial<ClientContextInit>, more: Partial<ServerContextInit>, options: ClientOptions): boolean | undefined => {
    const pair = run({ ...both, ...client }, { ...server, ...more }, options);
    assert.equal(pair.client.connection.error?.message, undefined);
    assert.equal(pair.client.connection.info?.resumed, pair.server.connection.info?.resumed);
    return pair.client.connection.info?.resumed;
  };
  const options = { serverName: 'localhost', session: session! };
  const late = () => Date.now() + 7_200_001;
  assert.equal(resumes({}, {}, options), true);
  assert.equal(resumes({}, {}, { ...options, serverName: 'other.example' }), false, 'another name');
  // A client that lies about the name of its session.
  assert.equal(
    resumes({}, {}, { serverName: 'other.example', session: { ...session!, serverName: 'other.example' } }),
    false,
    'another name by a liar',
  );
  assert.equal(resumes({}, { contextId: Uint8Array.of(1) }, options), false, 'another context');
  assert.equal(resumes({}, { now: late }, options), false, 'too old for the server');
  assert.equal(resumes({ now: late }, {}, options), false, 'too old for the client');
  assert.equal(resumes({}, { versions: [tls12Server] }, options), false, 'another version');
  assert.equal(resumes({ versions: [tls12Client] }, {}, options), false, 'another version by the client');
  const sha384 = { suites: [modern.TLS_AES_256_GCM_SHA384] };
  assert.equal(resumes({ ...sha384, versions: [tls13Client] }, { ...sha384, versions: [tls13Server] }, options), false, 'another hash');
  assert.equal(resumes({ credentials: [credential('p256')] }, { clientCertificate: 'require' }, options), false, 'a certificate is due');
});

test('S29: selectContext decides before a session counts: one of another virtual host is not resumed', () => {
  const tickets = createTicketKeys(nodeCrypto);
  const open = serverContext({
    suites: SUITES,
    tickets,
    contextId: Uint8Array.of(1),
    credentials: [issue('p256', { names: ['open.example'] })],
  });
  const closed = serverContext({
    suites: SUITES,
    tickets,
    contextId: Uint8Array.of(2),
    clientCertificate: 'require',
    credentials: [issue('p256', { names: ['closed.example'] })],
  });
  const server = { tickets, selectContext: (name: string) => (name === 'open.example' ? open : name === 'closed.example' ? closed : null) };
  const [session] = sessionsOf(run({}, server, { serverName: 'open.example' }));
  assert.ok(session !== undefined);
  const lie: Session = { ...session, serverName: 'closed.example' };
  const pair = run({}, server, { serverName: 'closed.example', session: lie });
  assert.equal(pair.server.connection.error?.code, 'certificate_required');
  assert.equal(pair.client.connection.error?.alert, alerts.CERTIFICATE_REQUIRED);
});

// --- S30 ---

test('S30: the store is bounded, forgets the least recently used first, and takes once', () => {
  let now = 0;
  const store = createMemoryStore(() => now, 100);
  const id = (n: number) => Uint8Array.of(n >>> 8, n & 0xff);
  for (let n = 0; n < 10_000; n++) {
    void store.put(id(n), id(n), 1_000);
    assert.deepEqual(store.get(id(0)), id(0), 'what is used stays');
  }
  let held = 0;
  for (let n = 0; n < 10_000; n++) if (store.get(id(n)) !== undefined) held++;
  assert.equal(held, 100);
  assert.ok(store.take(id(9_999)) !== undefined);
  assert.equal(store.take(id(9_999)), undefined);
  now = 2_000;
  assert.equal(store.get(id(9_998)), undefined, 'expired');
  assert.equal(store.addOnce(id(1), 10), true);
  assert.equal(store.addOnce(id(1), 10), false);
  for (let n = 0; n < 1_000; n++) void store.addOnce(id(n + 2), 10);
  assert.equal(store.addOnce(id(1), 10), true, 'the strike register is bounded too');
});

test('TLS 1.3: S30: a server keeps nothing of a connection that got tickets', () => {
  const sessions = createMemoryStore(Date.now, 10);
  let puts = 0;
  const watched: SessionStore = {
    ...sessions,
    put(id, sealed, ttlMs) {
      puts++;
      return sessions.put(id, sealed, ttlMs);
    },
  };
  for (let i = 0; i < 20; i++) run({ versions: [tls13Client] }, { versions: [tls13Server], sessions: watched });
  assert.equal(puts, 0);
});
