/** Host certificates from files: chain, key, and OCSP response; read again when they change, so that they rotate without a restart. */
import { misuse } from '../../base/errors.ts';
import { equal } from '../../base/bytes.ts';
import { nodeCrypto } from '../../crypto/node/index.ts';
import type { PrivateKeyHandle } from '../../crypto/port.ts';
import { decryptPrivateKey } from '../../pki/certs/encrypted-key.ts';
import { createHostStore, type HostCertificate, type HostRequest, type HostStore } from '../../pki/certs/host-store.ts';
import { privateKeyToPkcs8 } from '../../pki/certs/key-file.ts';
import { readPkcs12 } from '../../pki/certs/pkcs12.ts';
import type { Certificate } from '../../pki/x509/certificate.ts';
import { about, type FileProblem, readBounded, readCertificateFile } from './files.ts';
import { type FileWatch, type WatchOptions, watchFiles } from './watch-files.ts';

/** One certificate with its key. */
export type HostFiles =
  | {
      /** The chain, leaf first: PEM, DER or PKCS #7. */
      readonly cert: string;
      /** The key's file (PEM or DER, in any form); or a handle to a key that is elsewhere. Default: the key is in `cert`. */
      readonly key?: string | PrivateKeyHandle | undefined;
      /** Further certificates of the chain. */
      readonly chain?: string | undefined;
      readonly passphrase?: string | undefined;
      /** OCSP responses to staple, DER: the leaf's, or one for each certificate of the chain. Left out while a file is not there. */
      readonly ocsp?: string | readonly string[] | undefined;
      /** In place of the certificate's names. */
      readonly names?: readonly string[] | undefined;
    }
  | {
      readonly pfx: string;
      readonly passphrase: string;
      readonly ocsp?: string | readonly string[] | undefined;
      readonly names?: readonly string[] | undefined;
    };

export interface HostFileStoreOptions {
  readonly hosts: readonly HostFiles[];
  /** Peers that name nobody whom we know get no certificate instead of the first. Default false. */
  readonly strict?: boolean | undefined;
  readonly watch?: boolean | WatchOptions | undefined;
  readonly onChange?: ((store: HostFileStore) => void) | undefined;
  /** Files that changed and cannot be used: half written, or a key that is not the certificate's. The old ones stay in use. */
  readonly onProblem?: ((problem: FileProblem) => void) | undefined;
}

export interface HostFileStore extends HostStore {
  /** Reads again. When something cannot be used, nothing changes, and the error is thrown. */
  reload(): void;
  close(): void;
}

/** Throws what the files cannot be used for. */
export function createHostFileStore(options: HostFileStoreOptions): HostFileStore {
  const { hosts, strict, watch, onChange, onProblem } = options;
  const store = createHostStore(hosts.map(readHost), { strict });
  const reload = (): void => {
    store.replace(hosts.map(readHost));
    onChange?.(files);
  };
  const files: HostFileStore = {
    add: (entry, names) => store.add(entry, names),
    replace: (entries) => store.replace(entries),
    select: (request: HostRequest) => store.select(request),
    get size() {
      return store.size;
    },
    reload,
    close: () => watching?.close(),
  };
  const refresh = (): void => {
    try {
      reload();
    } catch (error) {
      onProblem?.({ path: hosts[0] === undefined ? '' : pathsOf(hosts[0])[0]!, error: about('', error) });
    }
  };
  let watching: FileWatch | undefined;
  if (watch !== undefined && watch !== false) watching = watchFiles(hosts.flatMap(pathsOf), refresh, watch === true ? {} : watch);
  return files;
}

function pathsOf(host: HostFiles): string[] {
  const main = 'pfx' in host ? [host.pfx] : [host.cert, ...(typeof host.key === 'string' ? [host.key] : []), host.chain];
  return [...main, ...ocspFiles(host)].filter((path) => path !== undefined);
}

function readHost(host: HostFiles): HostCertificate {
  const path = 'pfx' in host ? host.pfx : host.cert;
  try {
    const { chain, key } = 'pfx' in host ? readPfx(host.pfx, host.passphrase) : readPair(host);
    if (key.spki !== undefined && !equal(key.spki, chain[0]!.spki))
      misuse('certificate_key_mismatch', 'the key is not that of the first certificate');
    const staples = ocspFiles(host).map(readOcsp);
    return {
      chain: chain.map((one) => one.der),
      key,
      names: host.names,
      ...(staples[0] === undefined ? {} : { ocspResponse: staples[0] }),
      ...(staples.length < 2 ? {} : { ocspResponses: staples }),
    };
  } catch (error) {
    throw about(path, error);
  }
}

function readPair(host: Exclude<HostFiles, { pfx: string }>): { chain: Certificate[]; key: PrivateKeyHandle } {
  const chain = [...readCertificateFile(host.cert), ...(host.chain === undefined ? [] : readCertificateFile(host.chain))];
  if (chain.length === 0) misuse('bad_pem', 'no certificate');
  const { key = host.cert, passphrase } = host;
  if (typeof key !== 'string') return { chain, key };
  const bytes = readBounded(key);
  const pkcs8 = passphrase === undefined ? privateKeyToPkcs8(bytes) : decryptPrivateKey(nodeCrypto, bytes, passphrase);
  return { chain, key: nodeCrypto.importPrivateKey(pkcs8) };
}

function readPfx(path: string, passphrase: string): { chain: Certificate[]; key: PrivateKeyHandle } {
  const { keys, certificates } = readPkcs12(nodeCrypto, readBounded(path), passphrase);
  const first = keys[0] ?? misuse('bad_key', 'no private key');
  const key = nodeCrypto.importPrivateKey(first.pkcs8);
  const all = certificates.map(({ certificate }) => certificate);
  const leaf =
    all.find((one) => key.spki !== undefined && equal(one.spki, key.spki)) ??
    misuse('certificate_key_mismatch', 'no certificate for the key');
  return { chain: chainOf(leaf, all), key };
}

/** The leaf and what stands above it, in order; a file may hold its certificates in any, and others besides. */
function chainOf(leaf: Certificate, all: readonly Certificate[]): Certificate[] {
  const chain = [leaf];
  for (let top = leaf; !top.isSelfIssued; ) {
    const issuer = top.issuer;
    const above = all.find((one) => !chain.includes(one) && one.subject.equals(issuer));
    if (above === undefined) break;
    chain.push(above);
    top = above;
  }
  return chain;
}

function ocspFiles({ ocsp }: HostFiles): readonly string[] {
  return ocsp === undefined ? [] : typeof ocsp === 'string' ? [ocsp] : ocsp;
}

/** A stapled response comes and goes with whoever fetches it. */
function readOcsp(path: string): Uint8Array | undefined {
  try {
    const bytes = readBounded(path);
    return bytes.length === 0 ? undefined : bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
