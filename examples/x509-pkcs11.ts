/**
 * A server whose private key never leaves a PKCS #11 token: SoftHSM (Debian: softhsm2), spoken to through `pkcs11-tool` (opensc). The
 * library sees a `PrivateKeyHandle` that signs somewhere else, and waits for it; a KMS or a smart card is the same with another `sign`.
 *
 *   node --import tsx examples/x509-pkcs11.ts
 */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PrivateKeyHandle } from 'veritls';
import { nodeCrypto } from 'veritls/crypto/node';
import { ECDSA_SECP256R1_SHA256 } from 'veritls/schemes';
import { connect, createServer } from 'veritls/tls';
import { createSelfSigned, writePem } from 'veritls/x509';

const MODULE = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib64/softhsm/libsofthsm.so',
].find(existsSync);
const missing = [
  ...(MODULE === undefined ? ['SoftHSM (package softhsm2)'] : []),
  ...['pkcs11-tool', 'softhsm2-util'].filter((tool) => spawnSync(tool, ['--help']).error !== undefined),
];
if (missing.length > 0) {
  console.log(`SKIPPED: there is no ${missing.join(', no ')} here`);
  process.exit(0);
}

// A token with a key that was made in it and is marked as not to be taken out.
const dir = mkdtempSync(join(tmpdir(), 'veritls-token-'));
mkdirSync(join(dir, 'tokens'));
writeFileSync(join(dir, 'softhsm2.conf'), `directories.tokendir = ${join(dir, 'tokens')}\n`);
const env = { ...process.env, SOFTHSM2_CONF: join(dir, 'softhsm2.conf') };
const PIN = '1234';
const tool = (...args: string[]): string[] => ['--module', MODULE!, '--token-label', 'example', '--login', '--pin', PIN, ...args];

try {
  execFileSync('softhsm2-util', ['--init-token', '--free', '--label', 'example', '--so-pin', PIN, '--pin', PIN], { env });
  execFileSync('pkcs11-tool', tool('--keypairgen', '--key-type', 'EC:prime256v1', '--id', '01', '--usage-sign'), { env, stdio: 'pipe' });
  execFileSync('pkcs11-tool', tool('--read-object', '--type', 'pubkey', '--id', '01', '--output-file', join(dir, 'public.der')), { env });

  let signatures = 0;
  const key: PrivateKeyHandle = {
    type: 'ec',
    curve: 'secp256r1',
    schemes: [ECDSA_SECP256R1_SHA256],
    spki: new Uint8Array(readFileSync(join(dir, 'public.der'))),
    async sign(_scheme, tbs) {
      const name = join(dir, `${++signatures}`);
      writeFileSync(name, createHash('sha256').update(tbs).digest());
      const command = tool('--sign', '--mechanism', 'ECDSA', '--signature-format', 'openssl', '--id', '01');
      await promisify(execFile)('pkcs11-tool', [...command, '--input-file', name, '--output-file', `${name}.sig`], { env });
      return new Uint8Array(readFileSync(`${name}.sig`));
    },
  };

  // The token signs the certificate, and then each handshake.
  const now = Date.now();
  const cert = writePem(
    'CERTIFICATE',
    await createSelfSigned({
      crypto: nodeCrypto,
      key,
      subject: 'CN=localhost',
      subjectAltNames: ['localhost'],
      notBefore: now - 60_000,
      notAfter: now + 3_600_000,
    }),
  );
  const server = createServer({ cert, key }, (socket) => socket.end('signed in a token\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, servername: 'localhost', ca: cert });
  let protocol: string | null = null;
  socket.once('secureConnect', () => {
    protocol = socket.getProtocol();
  });
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  server.close();
  console.log(`${protocol}, authorized: ${socket.authorized}, ${signatures} signatures of the token`);
  process.stdout.write(text);
  process.exitCode = text === 'signed in a token\n' && signatures === 2 ? 0 : 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}
