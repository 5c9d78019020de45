/** DTLS 1.2 with pion/dtls, through a small program on it, in both roles. Needs Go, and its module proxy or cache. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type DTLSSession, listen } from '../../src/node/dtls/index.ts';
import { files, freePort, LIMIT_MS, Program } from './dtls-programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'veritls-pion-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const peer = join(folder, 'pion');
const go = spawnSync('go', ['version'], { stdio: 'ignore' }).error === undefined ? 'go' : '/usr/local/go/bin/go';
const built =
  (go === 'go' || existsSync(go)) &&
  spawnSync(go, ['build', '-o', peer, '.'], { cwd: join(import.meta.dirname, 'peers', 'pion'), stdio: 'ignore', timeout: 240_000 })
    .status === 0;
const skip = built ? false : 'no Go, or its modules cannot be had';
const PSK = '00112233445566778899aabbccddeeff';

for (const mtu of [1_200, 300]) {
  for (const mode of ['certificates', 'client certificate', 'PSK'] as const) {
    const name = `${mode}, MTU ${mtu}`;
    const mutual = mode === 'client certificate';

    test(`pion client, our server: ${name}`, { skip, timeout: LIMIT_MS }, async (t) => {
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
            : { cert: own.pem.cert, key: own.pem.key, ca: own.pem.ca, requestCert: mutual }),
        },
      );
      t.after(() => endpoint.destroy());
      const { port } = (await endpoint.listening)!;
      const args = mode === 'PSK' ? ['-', '-', '-', PSK] : [own.ca, mutual ? own.cert : '-', mutual ? own.key : '-', '-'];
      // pion's Close races with its own reader, which may close the socket before close_notify goes out: up to a quarter of runs.
      let saysGoodbye = false;
      for (let run = 0; run < 8 && !saysGoodbye; run++) {
        const client = new Program(t, peer, ['client', `127.0.0.1:${port}`, String(mtu), ...args]);
        await client.sees(/got hello/);
        assert.ok(session !== undefined);
        if (mutual) assert.equal(session.authorized, true);
        const silent = client.ends().then(() => sleep(500, false));
        saysGoodbye = await Promise.race([session.closed.then(() => true), silent]);
      }
      assert.ok(saysGoodbye, 'a close_notify of pion ends the session');
    });

    test(`our client, pion server: ${name}`, { skip, timeout: LIMIT_MS }, async (t) => {
      const own = files(t, 'p256');
      const port = await freePort();
      const args = mode === 'PSK' ? ['-', '-', '-', PSK] : [mutual ? own.ca : '-', own.cert, own.key, '-'];
      const server = new Program(t, peer, ['server', `127.0.0.1:${port}`, String(mtu), ...args]);
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
