/**
 * Host certificates: which chain and key answer a peer, by name, key type and signature schemes. Entries can be replaced while
 * connections go on; each handshake takes what is there when it asks.
 */
import { equal } from '../../base/bytes.ts';
import { misuse } from '../../base/errors.ts';
import type { PrivateKeyHandle, SignatureKeyType } from '../../crypto/port.ts';
import { Certificate } from '../x509/certificate.ts';
import { dnsLabels } from '../x509/dns-name.ts';
import { matchHostName } from '../x509/host-name.ts';
import { Name } from '../x509/name.ts';

/** A chain and its key. */
export interface HostCertificate {
  /** DER, leaf first. */
  readonly chain: readonly Uint8Array[];
  readonly key: PrivateKeyHandle;
  /** A DER OCSP response to staple. */
  readonly ocspResponse?: Uint8Array;
  /** Responses by position in `chain`, for the certificates above the leaf. */
  readonly ocspResponses?: readonly (Uint8Array | undefined)[];
  /** Names that it answers to, in place of those in the certificate; `*.` stands for one label. */
  readonly names?: readonly string[] | undefined;
}

/** What is known of the peer when a certificate is chosen. */
export interface HostRequest {
  /** Server name indication; undefined: none. */
  readonly serverName?: string | undefined;
  /** Signature schemes that the peer verifies; empty: unknown. */
  readonly schemes?: readonly number[] | undefined;
  readonly keyTypes?: readonly SignatureKeyType[] | undefined;
  /** Names of CAs that the peer trusts, DER; empty: any. */
  readonly authorities?: readonly Uint8Array[] | undefined;
  /** Milliseconds since 1970; expired certificates are then chosen last. */
  readonly now?: number | undefined;
}

export interface HostStore {
  /** Adds an entry; `names` replaces the names of the certificate. Returns what removes it. */
  add(entry: HostCertificate, names?: readonly string[]): () => void;
  /** Replaces all entries at once. */
  replace(entries: readonly HostCertificate[]): void;
  /** The entry for this peer; undefined when none has a key that it can use. */
  select(request: HostRequest): HostCertificate | undefined;
  readonly size: number;
}

interface Entry {
  readonly host: HostCertificate;
  readonly leaf: Certificate;
  readonly names: readonly string[] | undefined;
}

/** A store; the first entry also answers peers that give no name or one that no certificate has, unless `strict`. */
export function createHostStore(
  entries: readonly HostCertificate[] = [],
  options: { readonly strict?: boolean | undefined } = {},
): HostStore {
  let list: Entry[] = entries.map((host) => entryOf(host));
  return {
    add(host, names) {
      const entry = entryOf(host, names);
      list = [...list, entry];
      return () => {
        list = list.filter((one) => one !== entry);
      };
    },
    replace(hosts) {
      list = hosts.map((host) => entryOf(host));
    },
    select(request) {
      const usable = list.filter((entry) => isUsable(entry, request));
      const { serverName } = request;
      const named = serverName === undefined ? usable : usable.filter((entry) => isFor(entry, serverName));
      const candidates = named.length > 0 || options.strict === true ? named : usable;
      const current = request.now === undefined ? candidates : candidates.filter((entry) => isCurrent(entry, request.now!));
      return (current[0] ?? candidates[0])?.host;
    },
    get size() {
      return list.length;
    },
  };
}

function entryOf(host: HostCertificate, names: readonly string[] | undefined = host.names): Entry {
  const der = host.chain[0] ?? misuse('invalid_argument', 'chain is empty');
  const leaf = new Certificate(der);
  const { spki } = host.key;
  if (spki !== undefined && !equal(spki, leaf.spki)) misuse('certificate_key_mismatch', 'the key is not that of the first certificate');
  return { host, leaf, names: names?.map((name) => name.toLowerCase()) };
}

function isUsable({ host }: Entry, request: HostRequest): boolean {
  const { schemes, keyTypes, authorities } = request;
  if (keyTypes !== undefined && !keyTypes.includes(host.key.type)) return false;
  if (schemes !== undefined && schemes.length > 0 && !host.key.schemes.some((scheme) => schemes.includes(scheme))) return false;
  if (authorities === undefined || authorities.length === 0) return true;
  return host.chain.some((der) => {
    const { issuer } = new Certificate(der);
    return authorities.some((authority) => issuer.equals(new Name(authority)));
  });
}

function isFor({ leaf, names }: Entry, serverName: string): boolean {
  if (names === undefined) return matchHostName(leaf, serverName, { legacyCommonName: true });
  const wanted = dnsLabels(serverName, true)?.join('.');
  if (wanted === undefined) return false;
  const parent = `*${wanted.slice(wanted.indexOf('.'))}`;
  return names.includes(wanted) || (wanted.includes('.') && names.includes(parent));
}

function isCurrent({ leaf }: Entry, now: number): boolean {
  return now >= leaf.notBefore && now <= leaf.notAfter;
}
