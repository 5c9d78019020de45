/** `veritls/x509/node`: what certificates need of a machine: files that change, the system's CAs, CRLs and OCSP responses of the network. */
export { type CaStore, type CaStoreOptions, createCaStore } from './ca-store.ts';
export { createHostFileStore, type HostFiles, type HostFileStore, type HostFileStoreOptions } from './host-files.ts';
export { createRevokedFileStore, type RevokedFileStore, type RevokedFileStoreOptions } from './revoked-files.ts';
export { createRevocationFetcher, type RevocationFetcher, type RevocationFetcherOptions } from './revocation-fetcher.ts';
export { systemBundle, systemCertificates } from './system-roots.ts';
export type { FileProblem } from './files.ts';
export type { WatchOptions } from './watch-files.ts';
