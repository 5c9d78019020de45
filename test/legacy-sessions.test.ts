/** What becomes of sessions when a connection fails, and which certificate a client shows: RFC 5246 §7.2.2, §7.4.6. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DECOMPRESSION_FAILURE } from '../src/base/alerts.ts';
import { TlsError } from '../src/base/errors.ts';
import { nodeCrypto } from '../src/crypto/node/index.ts';
import * as cbc from '../src/crypto/suites/aes-cbc.ts';
import type { Credential } from '../src/handshake/context.ts';
import { createSelfSigned, issueCertificate } from '../src/pki/certs/create.ts';
import { parseCertificate } from '../src/pki/x509/certificate.ts';
import { createCertificateVerifier } from '../src/pki/x509/verifier.ts';
import { createMemoryStore } from '../src/session/cache.ts';
import type { Session } from '../src/session/session.ts';
import { privateKeyFromKeyObject } from '../src/crypto/node/index.ts';
import { tls11Client, tls11Server } from '../src/versions/tls11.ts';
import { tls12Client, tls12Server } from '../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../src/versions/tls13.ts';
import * as s from '../src/wire/signature-scheme.ts';
import { AUTHORITY, credential, makeKey, NOW } from './support/certificates.ts';
import { clientContext, MODERN_SUITES, SCHEMES, serverContext } from './support/contexts.ts';
import { connectPair, type Pair } from './support/pair.ts';

const suites = [cbc.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, cbc.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA];
const DAY = 86_400_000;

function sessionOf(pair: Pair): Session {
  const event = pair.client.events.find((each) => each.type === 'session');
  assert.ok(event?.type === 'session');
  return event.session;
}

//= rfc5246#section-7.2
//= type=test
//# In this case, other connections corresponding to the session may continue, but the session
//# identifier MUST be invalidated, preventing the failed session from being used to establish new
//# connections.
//= rfc5246#section-7.2.2
//= type=test
//# Servers and clients MUST forget any session-identifiers, keys, and secrets associated with a failed
//# connection.
//= rfc5246#section-7.2.2
//= type=test
//# Thus, any connection terminated with a fatal alert MUST NOT be resumed.
//= rfc5246#section-7.2.2
//= type=test
//# Whenever an implementation encounters a condition which is defined as a fatal alert, it MUST send
//# the appropriate alert prior to closing the connection.
//= rfc5246#section-7.2.2
//= type=test
//# If the implementation chooses to send an alert but intends to close the connection immediately
//# afterwards, it MUST send that alert at the fatal alert level.
//= rfc9846#section-6
//= type=test
//# Servers and clients MUST forget the secret values and keys established in failed connections, with
//# the exception of the PSKs associated with session tickets, which SHOULD be discarded if possible.
//= rfc9846#section-6.2
//= type=test
//# The phrases "terminate the connection with an X alert" and "abort the handshake with an X alert"
//# mean that the implementation MUST send alert X if it sends any alert.
//= rfc9846#section-6.2
//= type=test
//# Upon transmission or receipt of a fatal alert message, both parties MUST immediately close the
//# connection.
test('RFC 5246 §7.2.2: a fatal alert, sent or received, takes the session out of the server’s store', () => {
  const schemes = [...SCHEMES, s.ECDSA_SHA1];
  const setUp = () => {
    const sessions = createMemoryStore(Date.now);
    const client = clientContext({ suites, versions: [tls11Client], schemes });
    const server = serverContext({ suites, versions: [tls11Server], schemes, tickets: undefined, sessions });
    const connect = (session?: Session): Pair => {
      const pair = connectPair(client, server, { serverName: 'localhost', ...(session === undefined ? {} : { session }) });
      pair.pump();
      return pair;
    };
    return connect;
  };
  const fatal = () => new TlsError({ code: 'aborted', origin: 'api', alert: DECOMPRESSION_FAILURE });
  const endings: [string, boolean, (pair: Pair) => void][] = [
    ['close_notify of both', true, ({ client, server }) => [client, server].forEach(({ connection }) => connection.close())],
    ['the end of the transport', true, ({ client, server }) => [client, server].forEach(({ connection }) => connection.receiveEnd())],
    ['an alert of the client', false, ({ client }) => client.connection.abort(fatal())],
    ['an alert of the server', false, ({ server }) => server.connection.abort(fatal())],
    ['a forged record', false, ({ server }) => server.connection.receive(Uint8Array.of(23, 3, 2, 0, 48, ...new Uint8Array(48)))],
  ];
  for (const [what, resumes, end] of endings) {
    const connect = setUp();
    const first = connect();
    const session = sessionOf(first);
    end(first);
    first.pump();
    const second = connect(session);
    assert.equal(second.client.connection.info?.resumed, resumes, what);
    if (!resumes) continue;
    // It lives as long as its last connection was well.
    second.server.connection.abort(fatal());
    second.pump();
    assert.equal(connect(session).client.connection.info?.resumed, false, what);
  }
  // In an abbreviated handshake that fails.
  const connect = setUp();
  const session = sessionOf(connect());
  const broken = connectPair(
    clientContext({ suites, versions: [tls11Client], schemes }),
    serverContext({ suites, versions: [tls11Server], schemes, tickets: undefined }),
    { serverName: 'localhost', session: { ...session, secret: new Uint8Array(48) } },
  );
  broken.pump();
  const wrong = connect({ ...session, secret: new Uint8Array(48) });
  assert.equal(wrong.client.connection.info, undefined);
  assert.equal(connect(session).client.connection.info?.resumed, false);
});

test('RFC 5246 §7.2.2: with a ticket, the session ID of a client takes nothing out', () => {
  const deleted: Uint8Array[] = [];
  const store = createMemoryStore(Date.now);
  const sessions = {
    ...store,
    get: (id: Uint8Array) => store.get(id),
    put: (id: Uint8Array, sealed: Uint8Array, ttl: number) => store.put(id, sealed, ttl),
    delete(id: Uint8Array) {
      deleted.push(id);
      return store.delete(id);
    },
  };
  const client = clientContext({ suites, versions: [tls12Client] });
  const server = serverContext({ suites, versions: [tls12Server], sessions });
  const first = connectPair(client, server);
  first.pump();
  const session = sessionOf(first);
  assert.ok(session.ticket.length > 0);
  const second = connectPair(client, server, { serverName: 'localhost', session });
  second.pump();
  assert.equal(second.server.connection.info?.resumed, true);
  second.server.connection.abort(new TlsError({ code: 'aborted', origin: 'api', alert: DECOMPRESSION_FAILURE }));
  assert.deepEqual(deleted, []);
});

test('RFC 5246 §7.2.2: a store that fails does not disturb the end', async () => {
  const store = createMemoryStore(Date.now);
  for (const fail of [
    () => {
      throw new Error('no');
    },
    () => Promise.reject(new Error('no')),
  ]) {
    const sessions = { ...store, get: () => undefined, put: () => undefined, delete: fail };
    const server = serverContext({ suites, versions: [tls12Server], tickets: undefined, sessions });
    const pair = connectPair(clientContext({ suites, versions: [tls12Client] }), server);
    await pair.settle();
    pair.server.connection.abort(new TlsError({ code: 'aborted', origin: 'api', alert: DECOMPRESSION_FAILURE }));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(pair.server.connection.error?.code, 'aborted');
  }
});

test('RFC 5246 §7.4.6: of several certificates a client shows the one that an authority of the request has issued', () => {
  const key = privateKeyFromKeyObject(makeKey('p256'));
  const validity = { notBefore: NOW - DAY, notAfter: NOW + DAY };
  const otherRoot = createSelfSigned({ crypto: nodeCrypto, key, subject: 'CN=another root', ca: true, ...validity }) as Uint8Array;
  const leafKey = privateKeyFromKeyObject(makeKey('p256'));
  const leaf = issueCertificate({
    crypto: nodeCrypto,
    publicKey: leafKey.spki!,
    issuer: { certificate: parseCertificate(otherRoot), key },
    subject: 'CN=client of the other',
    ...validity,
  }) as Uint8Array;
  const other: Credential = { chain: [leaf], key: leafKey };
  const verifier = createCertificateVerifier({ trustAnchors: [AUTHORITY.der, otherRoot] });
  const names = {
    root: parseCertificate(AUTHORITY.der).subject.der,
    other: parseCertificate(otherRoot).subject.der,
    none: parseCertificate(leaf).subject.der,
  };
  const credentials = [credential('p256'), other];
  for (const [versions, all] of [
    [[tls12Client, tls12Server], suites],
    [[tls13Client, tls13Server], MODERN_SUITES],
  ] as const) {
    const cases: [readonly Uint8Array[], Credential][] = [
      [[], credential('p256')],
      [[names.root], credential('p256')],
      [[names.other], other],
      [[names.none, names.other], other],
      [[names.root, names.other], credential('p256')],
      // None of them: better a certificate that the server may know all the same than none.
      [[names.none], credential('p256')],
    ];
    for (const [clientAuthorities, expected] of cases) {
      const pair = connectPair(
        clientContext({ suites: all, versions: [versions[0]], credentials }),
        serverContext({ suites: all, versions: [versions[1]], clientCertificate: 'require', clientAuthorities, verifier }),
      );
      pair.pump();
      assert.equal(pair.server.connection.error?.message, undefined);
      assert.deepEqual(pair.server.connection.info?.peerChain[0], expected.chain[0], `${versions[0].name}, ${clientAuthorities.length}`);
    }
  }
});
