/** Certificates revoked by hand, keyed by issuer and serial number: the same serial of another issuer is another certificate. */
import { latin1 } from '../../base/bytes.ts';
import { misuse } from '../../base/errors.ts';
import type { Certificate } from './certificate.ts';
import { type Fault, fault } from './failure.ts';
import { Name } from './name.ts';
import { keyOf } from './trust-store.ts';

/** One entry: whose certificate, and which. */
export interface RevokedEntry {
  /** The issuer's name, DER or parsed. */
  readonly issuer: Uint8Array | Name;
  /** Content of the serial's INTEGER, or the number big-endian without a sign byte. */
  readonly serial: Uint8Array;
}

export interface RevokedStore {
  add(entry: RevokedEntry | Certificate): void;
  remove(entry: RevokedEntry | Certificate): void;
  has(certificate: Certificate): boolean;
  readonly size: number;
}

/** An empty store, or one of these entries. */
export function createRevokedStore(entries: Iterable<RevokedEntry | Certificate> = []): RevokedStore {
  const keys = new Set<string>();
  const store: RevokedStore = {
    add: (entry) => void keys.add(entryKey(entry)),
    remove: (entry) => void keys.delete(entryKey(entry)),
    has: (certificate) => keys.size > 0 && keys.has(entryKey(certificate)),
    get size() {
      return keys.size;
    },
  };
  for (const entry of entries) store.add(entry);
  return store;
}

export function checkRevokedStore(store: RevokedStore | undefined, certificate: Certificate): Fault | undefined {
  return store?.has(certificate) === true ? fault('revoked', 'revoked store', 'certificate is in the revoked store') : undefined;
}

function entryKey(entry: RevokedEntry | Certificate): string {
  const issuer = entry.issuer instanceof Uint8Array ? new Name(entry.issuer) : entry.issuer;
  if (entry.serial.length === 0) misuse('invalid_argument', 'serial');
  let start = 0;
  while (start < entry.serial.length - 1 && entry.serial[start] === 0) start++;
  return `${latin1(entry.serial.subarray(start))}\n${keyOf(issuer)}`;
}
