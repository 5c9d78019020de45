/** TLS 1.0 to 1.2 against OpenSSL, as node:tls has it: both roles, suites of every kind, resumption, client certificates. */
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, test } from 'node:test';
import tls from 'node:tls';
import { ascii, equal } from '../src/base/bytes.ts';
import * as cbc from '../src/crypto/suites/aes-cbc.ts';
import * as ccm from '../src/crypto/suites/aes-ccm.ts';
import * as gcm from '../src/crypto/suites/aes-gcm.ts';
import * as aria from '../src/crypto/suites/aria-gcm.ts';
import * as camellia from '../src/crypto/suites/camellia-cbc.ts';
import * as chacha from '../src/crypto/suites/chacha20.ts';
import * as nulls from '../src/crypto/suites/null.ts';
import type { LegacySuite } from '../src/crypto/suites/suite.ts';
import { type Connection, createClientConnection, createServerConnection } from '../src/engine/connection.ts';
import type { ConnectionInfo } from '../src/engine/info.ts';
import type { ProtocolVersion } from '../src/handshake/version.ts';
import type { Session } from '../src/session/session.ts';
import { tls10Client, tls10Server } from '../src/versions/tls10.ts';
import { tls11Client, tls11Server } from '../src/versions/tls11.ts';
import { tls12Client, tls12Server } from '../src/versions/tls12.ts';
import { ffdhe2048, secp256r1, x25519 } from '../src/wire/group.ts';
import { credential, pemOf } from './support/certificates.ts';
import { clientContext, serverContext } from './support/contexts.ts';

const VERSIONS: readonly [ProtocolVersion, ProtocolVersion, tls.SecureVersion][] = [
  [tls12Client, tls12Server, 'TLSv1.2'],
  [tls11Client, tls11Server, 'TLSv1.1'],
  [tls10Client, tls10Server, 'TLSv1'],
];
const REFERENCE = 'ALL:COMPLEMENTOFALL:@SECLEVEL=0';
const NAMES = new Set(
  tls
    .getCiphers()
    .map((name) => name.toUpperCase())
    .concat('DHE-PSK-AES128-CBC-SHA', 'NULL-SHA', 'NULL-SHA256'),
);
const SUITES = Object.values<LegacySuite>({ ...gcm, ...ccm, ...chacha, ...cbc, ...camellia, ...aria, ...nulls }).filter(
  (suite) => NAMES.has(suite.openssl) && suite.auth !== 'dss' && (suite.kx.usesPsk ? suite.openssl.includes('AES128') : true),
);
const groups = [x25519, secp256r1, ffdhe2048];
const me = { identity: ascii('me'), key: ascii('0123456789abcdef') };
const PSK = { psk: Buffer.from(me.key), identity: 'me' };
const servers: { close(): void }[] = [];
after(() => {
  for (const server of servers) server.close();
});

/** Moves bytes between a connection and a socket. */
function drive(connection: Connection, socket: net.Socket, onEvent: (event: NonNullable<ReturnType<Connection['poll']>>) => void): void {
  const flush = (): void => {
    for (let event = connection.poll(); event !== undefined; event = connection.poll()) onEvent(event);
    for (let out = connection.takeOutput(); out !== undefined; out = connection.takeOutput()) socket.write(out);
  };
  connection.onWake = flush;
  socket.on('data', (bytes) => {
    connection.receive(bytes);
    flush();
  });
  socket.on('error', () => {});
  flush();
}

interface Outcome {
  readonly info: ConnectionInfo;
  readonly text: string;
  readonly session: Session | undefined;
}

/** OpenSSL takes 1024 bits for DHE where it has no certificate to go by. */
function ourClient(version: ProtocolVersion, suite: LegacySuite, port: number, session?: Session): Promise<Outcome> {
  const context = clientContext({
    suites: [suite],
    versions: [version],
    groups,
    psk: () => me,
    // OpenSSL 3.5 wants a client certificate's curve among its supported_groups, which RFC 8422 §4 forbids without an ECC suite.
    credentials: [credential(suite.kx.needsGroup === 'ec' ? 'p256' : 'rsa')],
    minDhBits: 1024,
  });
  const connection = createClientConnection(context, { serverName: 'localhost', ...(session === undefined ? {} : { session }) });
  const socket = net.connect(port, '127.0.0.1');
  let found: Session | undefined;
  let info: ConnectionInfo | undefined;
  return new Promise((resolve, reject) => {
    drive(connection, socket, (event) => {
      if (event.type === 'session') found = event.session;
      if (event.type === 'handshake') info = event.info;
      if (event.type === 'error') reject(event.error);
      if (event.type !== 'data') return;
      socket.destroy();
      resolve({ info: info!, text: Buffer.from(event.data).toString(), session: found });
    });
  });
}

function listen(server: net.Server): Promise<number> {
  servers.push(server);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port)));
}

function certificateFor(suite: LegacySuite) {
  return credential(suite.auth === 'ecdsa' ? 'p256' : 'rsa');
}

/** The first byte may come alone (BEAST): what node:tls says ends with a stop. */
const GREETING = 'hello.';

for (const [client, server, name] of VERSIONS) {
  const suites = SUITES.filter((suite) => suite.minVersion <= 0x0300 + client.rank);

  test(`our client, OpenSSL's server: ${name}`, async (t) => {
    for (const kind of ['rsa', 'p256'] as const) {
      const own = suites.filter((suite) => (suite.auth === 'ecdsa') === (kind === 'p256'));
      const pem = pemOf(credential(kind));
      const theirs = tls.createServer(
        {
          ...pem,
          ciphers: REFERENCE,
          minVersion: name,
          maxVersion: name,
          requestCert: true,
          rejectUnauthorized: false,
          dhparam: 'auto',
          pskCallback: (_socket, identity) => (identity === 'me' ? PSK.psk : null),
        },
        (socket) => {
          socket.on('error', () => {});
          socket.write(GREETING);
        },
      );
      theirs.on('tlsClientError', () => {});
      const port = await listen(theirs);
      for (const suite of own) {
        const first = await ourClient(client, suite, port).catch((error: Error) => assert.fail(`${suite.openssl}: ${error.message}`));
        assert.equal(first.info.opensslSuite, suite.openssl);
        assert.equal(first.info.version, name);
        assert.equal(first.info.extendedMasterSecret, true);
        assert.equal(first.info.encryptThenMac, suite.protection.cbc, suite.openssl);
        assert.ok(GREETING.startsWith(first.text), first.text);
        assert.notEqual(first.session, undefined);
        const second = await ourClient(client, suite, port, first.session);
        assert.equal(second.info.resumed, true, suite.openssl);
      }
      t.diagnostic(`${own.length} suites with ${kind}`);
    }
  });

  test(`OpenSSL's client, our server: ${name}`, async (t) => {
    for (const suite of suites) {
      const own = certificateFor(suite);
      const context = serverContext({
        suites: [suite],
        versions: [server],
        groups,
        credentials: [own],
        clientCertificate: 'request',
        findPsk: (identity) => (equal(identity, me.identity) ? me : undefined),
      });
      let infos: ConnectionInfo[] = [];
      const ours = net.createServer((socket) => {
        const connection = createServerConnection(context);
        drive(connection, socket, (event) => {
          if (event.type === 'handshake') {
            infos.push(event.info);
            connection.send(ascii(GREETING));
          }
        });
      });
      const port = await listen(ours);
      let session: Buffer | undefined;
      infos = [];
      for (let i = 0; i < 2; i++) {
        const pem = pemOf(credential('p256'));
        const reused = await new Promise<boolean>((resolve, reject) => {
          const socket = tls.connect({
            port,
            host: '127.0.0.1',
            servername: 'localhost',
            ...pem,
            ciphers: REFERENCE,
            minVersion: name,
            maxVersion: name,
            checkServerIdentity: () => undefined,
            ...(suite.auth === 'psk' ? { rejectUnauthorized: false } : {}),
            pskCallback: () => PSK,
            ...(session === undefined ? {} : { session }),
          });
          socket.on('session', (bytes) => {
            session = bytes;
          });
          socket.on('data', () => {
            resolve(socket.isSessionReused());
            socket.destroy();
          });
          socket.on('error', (error) => reject(new Error(`${suite.openssl}: ${error.message}`)));
        });
        assert.equal(reused, i === 1, suite.openssl);
      }
      assert.equal(infos[0]?.opensslSuite, suite.openssl);
      assert.equal(infos[0]?.peerProof, suite.auth === 'psk' ? 'psk' : 'certificate');
      assert.equal(infos[1]?.resumed, true, suite.openssl);
    }
    t.diagnostic(`${suites.length} suites`);
  });
}
