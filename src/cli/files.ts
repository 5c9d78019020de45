/** Files that options name: certificates, keys, sessions, key logs. */
import { appendFileSync, closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { fromHex } from '../base/bytes.ts';
import { nodeCrypto } from '../crypto/node/index.ts';
import type { PrivateKeyHandle } from '../crypto/port.ts';
import type { Credential } from '../handshake/context.ts';
import { decryptPrivateKey } from '../pki/certs/encrypted-key.ts';
import { privateKeyToPkcs8 } from '../pki/certs/key-file.ts';
import { readPem, writePem } from '../pki/asn1/pem.ts';
import { type Certificate, parseCertificates } from '../pki/x509/certificate.ts';
import { createTrustStore, type TrustStore } from '../pki/x509/trust-store.ts';
import { defaultTrustStore, getCACertificates } from '../node/tls/roots.ts';
import { decodeSession, encodeSession } from '../session/codec.ts';
import type { Session } from '../session/session.ts';
import { CliError } from './errors.ts';
import { UsageError } from './options.ts';

/** All certificates of a file, PEM or DER. `-` is standard input. */
export function readCertificates(path: string): Certificate[] {
  const certificates = parseCertificates(readBytes(path));
  if (certificates.length === 0) throw new CliError('bad_pem', `no certificate in ${path}`);
  return certificates;
}

/** The key of a file, PEM or DER, encrypted or not. */
export function readKey(path: string, passphrase?: string): PrivateKeyHandle {
  return nodeCrypto.importPrivateKey(readPkcs8(path, passphrase));
}

/** The same as PKCS #8. */
export function readPkcs8(path: string, passphrase?: string): Uint8Array {
  const bytes = readBytes(path);
  return passphrase === undefined ? privateKeyToPkcs8(bytes) : decryptPrivateKey(nodeCrypto, bytes, passphrase);
}

/** `--cert` and `--key`; a file may hold both. */
export function readCredential(cert: string | undefined, key: string | undefined, passphrase?: string): Credential | undefined {
  if (cert === undefined) {
    if (key !== undefined) throw new UsageError('--key needs --cert');
    return undefined;
  }
  const chain = readCertificates(cert).map((certificate) => certificate.der);
  return { chain, key: readKey(key ?? cert, passphrase) };
}

export interface Trust {
  readonly store: TrustStore;
  /** Where the anchors come from, for a person. */
  readonly source: string;
}

/** `--ca`, or else the roots that come with Node. */
export function readTrust(files: readonly string[] | undefined): Trust {
  if (files === undefined || files.length === 0)
    return { store: defaultTrustStore(), source: `Node's ${getCACertificates().length} root certificates` };
  return { store: createTrustStore(files.flatMap(readCertificates)), source: `the certificates of ${files.join(', ')}` };
}

const SESSION_LABEL = 'VERITLS SESSION';

/** A session that `writeSession` wrote. */
export function readSession(path: string): Session {
  const block = readPem(readBytes(path)).find(({ label }) => label === SESSION_LABEL);
  const session = block === undefined ? undefined : decodeSession(block.der);
  if (session === undefined) throw new CliError('bad_session', `no session of this version in ${path}`);
  return session;
}

/** Holds a secret: readable by its owner only. */
export function writeSession(path: string, session: Session): void {
  writeFileSync(path, writePem(SESSION_LABEL, encodeSession(session)), { mode: 0o600 });
}

/** A sink for key log lines; the file is made at once, so that a wrong path is found before connecting. */
export function openKeyLog(path: string | undefined): ((line: string) => void) | undefined {
  if (path === undefined) return undefined;
  closeSync(openSync(path, 'a', 0o600));
  return (line) => appendFileSync(path, `${line}\n`, { mode: 0o600 });
}

/** A pre-shared key in hexadecimal. @throws UsageError */
export function readPsk(hex: string): Uint8Array {
  try {
    const key = fromHex(hex);
    if (key.length > 0) return key;
  } catch {
    // Told below without the key.
  }
  throw new UsageError('--psk is a key in hexadecimal');
}

/** `-` is standard input. */
export function readBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(path === '-' ? 0 : path));
}
