/** DTLS 1.2 with mbedTLS, through a small program on its library, in both roles. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connect, type DTLSSession, listen } from '../../src/node/dtls/index.ts';
import { files, freePort, LIMIT_MS, Program } from './dtls-programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'veritls-mbedtls-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const peer = join(folder, 'mbedtls-dtls');
const source = join(import.meta.dirname, 'peers', 'mbedtls-dtls.c');
const compiled = spawnSync('gcc', ['-O1', '-o', peer, source, '-lmbedtls', '-lmbedx509', '-lmbedcrypto'], { encoding: 'utf8' });
const skip = compiled.status === 0 ? false : 'no C compiler, or mbedTLS is not installed';
const PSK = '00112233445566778899aabbccddeeff';

for (const mtu of [1_200, 300]) {
  for (const mode of ['certificates', 'client certificate', 'PSK'] as const) {
    const name = `${mode}, MTU ${mtu}`;

    test(`mbedTLS client, our server: ${name}`, { skip, timeout: LIMIT_MS }, async (t) => {
      const own = files(t, 'p256');
      let session: DTLSSession | undefined;
      const endpoint = listen(
        (opened) => {
          session = opened;
          opened.onmessage = (data) => opened.send(data);
        },
        {
          host: '127.0.0.1',
          mtu,
          ...(mode === 'PSK'
            ? { psk: { me: Buffer.from(PSK, 'hex') } }
            : { cert: own.pem.cert, key: own.pem.key, ca: own.pem.ca, requestCert: mode === 'client certificate' }),
        },
      );
      t.after(() => endpoint.destroy());
      const { port } = (await endpoint.listening)!;
      const mutual = mode === 'client certificate';
      const args = mode === 'PSK' ? ['-', '-', '-', PSK] : [own.ca, mutual ? own.cert : '-', mutual ? own.key : '-', '-'];
      const client = new Program(t, peer, ['client', String(port), String(mtu), ...args]);
      await client.sees(/got hello/);
      assert.ok(session !== undefined);
      if (mutual) assert.equal(session.authorized, true);
      await session.closed;
    });

    test(`our client, mbedTLS server: ${name}`, { skip, timeout: LIMIT_MS }, async (t) => {
      const own = files(t, 'p256');
      const port = await freePort();
      const mutual = mode === 'client certificate';
      const args = mode === 'PSK' ? ['-', '-', '-', PSK] : [mutual ? own.ca : '-', own.cert, own.key, '-'];
      const server = new Program(t, peer, ['server', String(port), String(mtu), ...args]);
      await server.sees(/listening/);
      const session = connect('127.0.0.1', port, {
        mtu,
        ...(mode === 'PSK'
          ? { psk: { identity: 'me', key: Buffer.from(PSK, 'hex') } }
          : { ca: own.pem.ca, ...(mutual ? { cert: own.pem.cert, key: own.pem.key } : {}) }),
      });
      t.after(() => session.destroy());
      await session.opened;
      session.send('from us');
      for await (const data of session) {
        assert.equal(data.toString(), 'from us');
        break;
      }
      await session.close();
    });
  }
}
