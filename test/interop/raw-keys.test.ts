/** Raw public keys (RFC 7250) with GnuTLS, which has them since 3.6.6, in both roles. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { privateKeyFromKeyObject } from '../../src/crypto/node/index.ts';
import * as gcm from '../../src/crypto/suites/aes-gcm.ts';
import { type Connection, createClientConnection, createServerConnection } from '../../src/engine/connection.ts';
import type { Credential } from '../../src/handshake/context.ts';
import { clientCertificateType, serverCertificateType } from '../../src/handshake/extensions/certificate-types.ts';
import { createRawKeyVerifier } from '../../src/pki/x509/raw-key.ts';
import { tls12Client, tls12Server } from '../../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../../src/versions/tls13.ts';
import { makeKey, toPem } from '../support/certificates.ts';
import { clientContext, EXTENSIONS, MODERN_SUITES, serverContext } from '../support/contexts.ts';
import { endAll, freePort, Program } from './process.ts';

const skip = /rawpkkeyfile/.test(spawnSync('gnutls-cli', ['--help']).stdout?.toString() ?? '') ? false : 'no GnuTLS with raw keys here';
const dir = mkdtempSync(join(tmpdir(), 'veritls-raw-'));
after(() => {
  endAll();
  rmSync(dir, { recursive: true, force: true });
});

function key(name: string): Credential & { files: string[]; rawPublicKey: Uint8Array } {
  const object = makeKey('p256');
  const handle = privateKeyFromKeyObject(object);
  const files = [join(dir, `${name}.key`), join(dir, `${name}.pub`)];
  writeFileSync(files[0]!, object.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(files[1]!, toPem('PUBLIC KEY', handle.spki!));
  return { chain: [], key: handle, rawPublicKey: handle.spki!, files };
}
const ours = key('ours');
const theirs = key('theirs');

const VERSIONS = [
  { name: 'TLS1.3', client: tls13Client, server: tls13Server, suites: MODERN_SUITES },
  { name: 'TLS1.2', client: tls12Client, server: tls12Server, suites: Object.values(gcm) },
];
const extensions = [...EXTENSIONS, clientCertificateType, serverCertificateType];
const priority = (version: string): string => `NORMAL:-VERS-ALL:+VERS-${version}:-CTYPE-ALL:+CTYPE-SRV-RAWPK:+CTYPE-CLI-RAWPK`;

/** It says that it listens a little before it does. */
async function open(port: number): Promise<Socket> {
  for (let attempt = 1; ; attempt++) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      if (attempt === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Moves bytes between a connection and a socket until it has failed or received something. */
function drive(connection: Connection, socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    const turn = (): void => {
      for (let out = connection.takeOutput(); out !== undefined; out = connection.takeOutput()) socket.write(out);
      for (let event = connection.poll(); event !== undefined; event = connection.poll()) {
        if (event.type === 'handshake' && event.info.side === 'client') connection.send(Buffer.from('raw keys\n'));
        if (event.type === 'data') resolve(Buffer.from(event.data).toString());
        if (event.type === 'error') reject(event.error);
      }
      for (let out = connection.takeOutput(); out !== undefined; out = connection.takeOutput()) socket.write(out);
    };
    socket.on('data', (bytes) => {
      connection.receive(bytes);
      turn();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed')));
    setTimeout(() => reject(new Error('nothing came')), 8000).unref();
    turn();
  });
}

for (const { name, client, server, suites } of VERSIONS) {
  test(`our client, gnutls-serv, ${name}`, { skip }, async () => {
    const port = await freePort();
    const program = new Program('gnutls-serv', [
      ...['--echo', '-p', String(port), '--priority', priority(name), '--rawpkkeyfile', theirs.files[0]!, '--rawpkfile', theirs.files[1]!],
      '--require-client-cert',
    ]);
    await program.until(/listening on IPv4/);
    const context = (known: Uint8Array) =>
      clientContext({
        ...{
          versions: [client],
          suites,
          extensions,
          credentials: [ours],
          rawKeyVerifier: createRawKeyVerifier({ keys: [known] }),
          rawKeysOnly: true,
        },
      });
    const good = createClientConnection(context(theirs.rawPublicKey), { serverName: 'localhost' });
    const socket = await open(port);
    assert.match(await drive(good, socket), /raw keys/);
    assert.equal(good.info?.peerProof, 'rawKey');
    socket.destroy();
    const wrong = await open(port);
    await assert.rejects(drive(createClientConnection(context(ours.rawPublicKey), { serverName: 'localhost' }), wrong), {
      code: 'certificate_untrusted',
    });
    wrong.destroy();
  });

  test(`gnutls-cli, our server, ${name}`, { skip }, async () => {
    const context = serverContext({
      ...{ versions: [server], suites, extensions, credentials: [ours], clientCertificate: 'require', rawKeysOnly: true },
      rawKeyVerifier: createRawKeyVerifier({ keys: [theirs.rawPublicKey] }),
    });
    const connections: Connection[] = [];
    const results: Promise<string>[] = [];
    const listener = createServer((socket) => {
      const connection = createServerConnection(context);
      connections.push(connection);
      results.push(drive(connection, socket));
      results.at(-1)!.catch(() => {});
    });
    const port = await freePort();
    await new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', resolve));
    try {
      const run = async (files: readonly string[]): Promise<Promise<string> | undefined> => {
        const program = new Program('gnutls-cli', [
          ...[
            '--insecure',
            '-p',
            String(port),
            '127.0.0.1',
            '--priority',
            priority(name),
            '--rawpkkeyfile',
            files[0]!,
            '--rawpkfile',
            files[1]!,
          ],
        ]);
        program.write('hello\n');
        const count = results.length;
        for (let i = 0; i < 80 && results.length === count; i++) await new Promise((resolve) => setTimeout(resolve, 100));
        return results[count];
      };
      assert.match((await run(theirs.files).then((one) => one)) ?? '', /hello/);
      assert.deepEqual(connections[0]?.info?.peerRawKey, theirs.rawPublicKey);
      await assert.rejects(async () => (await run(ours.files)) ?? '', { code: 'certificate_untrusted' });
    } finally {
      listener.close();
    }
  });
}
