/** Trust anchors from files, folders, bundles and the system; read again when the files change. */
import { readdirSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { join } from 'node:path';
import { toHex } from '../../base/bytes.ts';
import { misuse } from '../../base/errors.ts';
import { nodeCrypto } from '../../crypto/node/index.ts';
import { type Certificate, parseCertificates } from '../../pki/x509/certificate.ts';
import type { Name } from '../../pki/x509/name.ts';
import { createTrustStore, type CertificateSource, type TrustStore } from '../../pki/x509/trust-store.ts';
import { about, type FileProblem, readCertificateFile } from './files.ts';
import { systemBundle, systemCertificates } from './system-roots.ts';
import { type FileWatch, type WatchOptions, watchFiles } from './watch-files.ts';

export interface CaStoreOptions {
  /** Bundles and single certificates: PEM, DER, PKCS #7. */
  readonly files?: readonly string[] | undefined;
  /** Folders, whose files are all read; what is no certificate is left out and told. */
  readonly folders?: readonly string[] | undefined;
  /** The CAs that the operating system trusts. */
  readonly system?: boolean | undefined;
  /** The CAs that come with Node. */
  readonly bundled?: boolean | undefined;
  /** Others. */
  readonly certificates?: Iterable<CertificateSource> | undefined;
  /** Read again when a file changes. Default false. */
  readonly watch?: boolean | WatchOptions | undefined;
  /** Told after each change; problems of the first reading are thrown, except those of folders. */
  readonly onChange?: ((store: CaStore) => void) | undefined;
  readonly onProblem?: ((problem: FileProblem) => void) | undefined;
}

export interface CaStore extends TrustStore {
  /** Reads again. When a file cannot be read, nothing changes, and the error is thrown. */
  reload(): void;
  /** Watches no longer. */
  close(): void;
}

const MAX_FOLDER_FILES = 10_000;

/** Throws what a named file cannot be read for, and `invalid_argument` when there is no anchor at all. */
export function createCaStore(options: CaStoreOptions): CaStore {
  return new FileCaStore(options);
}

class FileCaStore implements CaStore {
  readonly #options: CaStoreOptions;
  readonly #watch: FileWatch | undefined;
  #store: TrustStore;

  constructor(options: CaStoreOptions) {
    this.#options = options;
    this.#store = this.#read();
    const { watch } = options;
    if (watch === undefined || watch === false) return;
    const bundle = options.system === true ? systemBundle() : undefined;
    const paths = [...(options.files ?? []), ...(options.folders ?? []), ...(bundle === undefined ? [] : [bundle])];
    this.#watch = watchFiles(paths, () => this.#refresh(), watch === true ? {} : watch);
  }

  get anchors(): readonly Certificate[] {
    return this.#store.anchors;
  }

  named(name: Name, exact?: boolean): readonly Certificate[] {
    return this.#store.named(name, exact);
  }

  find(certificate: Certificate): Certificate | undefined {
    return this.#store.find(certificate);
  }

  reload(): void {
    this.#store = this.#read();
    this.#options.onChange?.(this);
  }

  close(): void {
    this.#watch?.close();
  }

  #refresh(): void {
    try {
      this.reload();
    } catch (error) {
      this.#options.onProblem?.({ path: this.#options.files?.[0] ?? this.#options.folders?.[0] ?? '', error: about('', error) });
    }
  }

  #read(): TrustStore {
    const { files = [], folders = [], system, bundled, certificates = [], onProblem } = this.#options;
    const found = new Map<string, Certificate>();
    const add = (list: readonly Certificate[]): void => {
      // The same certificate is often in several files.
      for (const one of list) found.set(toHex(nodeCrypto.digest('sha256', one.der)), one);
    };
    for (const path of files) {
      try {
        const list = readCertificateFile(path);
        if (list.length === 0) misuse('bad_pem', 'no certificate');
        add(list);
      } catch (error) {
        throw about(path, error);
      }
    }
    for (const folder of folders) {
      for (const name of readdirSync(folder).sort().slice(0, MAX_FOLDER_FILES)) {
        const path = join(folder, name);
        try {
          add(readCertificateFile(path));
        } catch (error) {
          onProblem?.({ path, error: about(path, error) });
        }
      }
    }
    if (system === true) add(systemCertificates());
    if (bundled === true) add(rootCertificates.flatMap((pem) => parseCertificates(pem)));
    add(createTrustStore(certificates).anchors);
    if (found.size === 0) misuse('invalid_argument', 'no trust anchor');
    return createTrustStore(found.values());
  }
}
