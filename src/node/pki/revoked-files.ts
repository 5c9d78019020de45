/**
 * The revoked store from files. A file holds certificates (PEM or DER), CRLs whose signatures are not looked at (whoever writes the file
 * decides), or lines of text: a serial number in hexadecimal, a blank, the issuer's name as RFC 4514 writes it. `#` begins a comment.
 */
import { fromHex } from '../../base/bytes.ts';
import { misuse } from '../../base/errors.ts';
import { readPem } from '../../pki/asn1/pem.ts';
import { nameDer } from '../../pki/certs/fields.ts';
import { Certificate, isCertificateLabel } from '../../pki/x509/certificate.ts';
import { parseCrl } from '../../pki/x509/crl.ts';
import { createRevokedStore, type RevokedEntry, type RevokedStore } from '../../pki/x509/revoked-store.ts';
import { about, type FileProblem, readBounded } from './files.ts';
import { type FileWatch, type WatchOptions, watchFiles } from './watch-files.ts';

export interface RevokedFileStoreOptions {
  readonly files: readonly string[];
  readonly watch?: boolean | WatchOptions | undefined;
  readonly onChange?: ((store: RevokedFileStore) => void) | undefined;
  /** A file that changed and cannot be read: what was revoked before stays so. */
  readonly onProblem?: ((problem: FileProblem) => void) | undefined;
}

/** `add` and `remove` are for entries besides those of the files; they stay when the files are read again. */
export interface RevokedFileStore extends RevokedStore {
  reload(): void;
  close(): void;
}

/** Throws what a file cannot be read for. */
export function createRevokedFileStore(options: RevokedFileStoreOptions): RevokedFileStore {
  const own = createRevokedStore();
  const read = (): RevokedStore => createRevokedStore(options.files.flatMap(readRevoked));
  let filed = read();
  const store: RevokedFileStore = {
    add: (entry) => own.add(entry),
    remove: (entry) => own.remove(entry),
    has: (certificate) => own.has(certificate) || filed.has(certificate),
    get size() {
      return own.size + filed.size;
    },
    reload() {
      filed = read();
      options.onChange?.(store);
    },
    close: () => watching?.close(),
  };
  const refresh = (): void => {
    try {
      store.reload();
    } catch (error) {
      options.onProblem?.({ path: options.files[0] ?? '', error: about('', error) });
    }
  };
  let watching: FileWatch | undefined;
  const { watch } = options;
  if (watch !== undefined && watch !== false) watching = watchFiles(options.files, refresh, watch === true ? {} : watch);
  return store;
}

function readRevoked(path: string): (RevokedEntry | Certificate)[] {
  try {
    const bytes = readBounded(path);
    if (!isText(bytes)) return readDer(bytes);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('-----BEGIN ')) return text.split('\n').flatMap(readLine);
    return readPem(text).flatMap(({ label, der }) => {
      if (isCertificateLabel(label)) return [new Certificate(der)];
      return label === 'X509 CRL' ? entriesOf(der) : misuse('bad_pem', `${label} is neither certificate nor CRL`);
    });
  } catch (error) {
    throw about(path, error);
  }
}

/** DER has a zero byte: the unused bits before a signature; text has none. A SEQUENCE begins with what is the digit 0 in text. */
function isText(bytes: Uint8Array): boolean {
  return bytes[0] !== 0x30 || !bytes.includes(0);
}

function readDer(bytes: Uint8Array): (RevokedEntry | Certificate)[] {
  let certificate: Certificate;
  try {
    certificate = new Certificate(bytes);
  } catch {
    return entriesOf(bytes);
  }
  return [certificate];
}

function entriesOf(der: Uint8Array): RevokedEntry[] {
  return [...parseCrl(der).entries()].map(({ issuer, serial }) => ({ issuer, serial }));
}

function readLine(text: string, index: number): RevokedEntry[] {
  const line = text.replace(/(^|\s)#.*$/, '').trim();
  if (line === '') return [];
  const [, serial, issuer] =
    /^(?:0x)?([0-9a-fA-F:]+)\s+(.+)$/.exec(line) ?? misuse('invalid_argument', `line ${index + 1}: SERIAL ISSUER is expected`);
  const digits = serial!.replaceAll(':', '');
  return [{ serial: fromHex(digits.length % 2 === 0 ? digits : `0${digits}`), issuer: nameDer(issuer!) }];
}
