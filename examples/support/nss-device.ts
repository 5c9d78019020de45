/** NSS's selfserv as a device that has nothing but SSL 3.0 and 3DES. Undefined where NSS is not installed. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export async function startNssDevice() {
  const folder = mkdtempSync(join(tmpdir(), 'nss-device-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const db = `sql:${folder}`;
  const noise = join(folder, 'noise');
  writeFileSync(noise, 'any bytes: the program asks for keystrokes otherwise');
  const certutil = (...args: string[]) => spawnSync('certutil', [...args, '-d', db], { encoding: 'utf8', input: '' });
  certutil('-N', '--empty-password');
  certutil(
    '-S',
    '-x',
    '-n',
    'device',
    '-s',
    'CN=localhost',
    '-8',
    'localhost',
    '-t',
    'u,u,u',
    '-k',
    'rsa',
    '-g',
    '2048',
    '-Z',
    'SHA256',
    '-z',
    noise,
  );
  const { stdout: ca, status } = certutil('-L', '-n', 'device', '-a');
  if (status !== 0) {
    remove();
    return undefined;
  }
  const port = await freePort();
  const child = spawn('selfserv', ['-d', db, '-n', 'device', '-p', String(port), '-V', 'ssl3:ssl3', '-c', ':000A'], { stdio: 'ignore' });
  child.on('error', () => {});
  for (let tries = 0; tries < 100 && !(await answers(port)); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    name: "NSS's selfserv",
    port,
    ca,
    stop() {
      child.kill();
      remove();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, 'localhost');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
