/**
 * Trust anchors, found by subject name. Nothing is decoded before the first look-up; the names are compared as bytes first and
 * under RFC 5280 §7.1 only when no anchor has exactly that name.
 */
import { equal } from '../../base/bytes.ts';
import { TlsError } from '../../base/errors.ts';
import { Certificate, parseCertificates } from './certificate.ts';
import type { Name } from './name.ts';

export interface TrustStore {
  /** All anchors, in the order given. Throws `bad_der` or `bad_pem` when one cannot be read. */
  readonly anchors: readonly Certificate[];
  /** Anchors with this subject; `exact`: only those whose name is the same bytes. */
  named(name: Name, exact?: boolean): readonly Certificate[];
  /** The anchor that is this very certificate. */
  find(certificate: Certificate): Certificate | undefined;
}

/** What a trust store is made of: one certificate or many, DER, PEM (text or bytes, with any number of blocks) or parsed. */
export type CertificateSource = Uint8Array | string | Certificate;

/**
 * Makes a trust store of certificates: DER, PEM (text or bytes, with any number of blocks) or parsed. Cheap: decoding waits for the
 * first look-up, which throws `bad_der` or `bad_pem` when an entry is none; call `anchors` to have it at once.
 */
export function createTrustStore(certificates: CertificateSource | Iterable<CertificateSource>): TrustStore {
  if (typeof certificates === 'string' || certificates instanceof Uint8Array || certificates instanceof Certificate)
    return new Anchors([certificates]);
  return new Anchors([...certificates]);
}

/** The store itself, or one made of certificates. */
export function toTrustStore(value: TrustStore | CertificateSource | Iterable<CertificateSource>): TrustStore {
  return typeof value === 'object' && 'named' in value ? value : createTrustStore(value);
}

class Anchors implements TrustStore {
  #sources: readonly CertificateSource[] | undefined;
  #anchors: Certificate[] = [];
  readonly #byHash: Map<number, Certificate[]> = new Map();
  #byKey: Map<string, Certificate[]> | undefined;

  constructor(sources: readonly CertificateSource[]) {
    this.#sources = sources;
  }

  get anchors(): readonly Certificate[] {
    const sources = this.#sources;
    if (sources !== undefined) {
      const anchors: Certificate[] = [];
      for (const source of sources) {
        if (source instanceof Certificate) anchors.push(source);
        else anchors.push(...parseCertificates(source));
      }
      for (const anchor of anchors) add(this.#byHash, hashBytes(anchor.subject.der), anchor);
      this.#anchors = anchors;
      this.#sources = undefined;
    }
    return this.#anchors;
  }

  named(name: Name, exact = false): readonly Certificate[] {
    const { anchors } = this;
    const near = this.#byHash.get(hashBytes(name.der));
    if (near !== undefined) {
      if (near.length === 1 && equal(near[0]!.subject.der, name.der)) return near;
      const same = near.filter((anchor) => equal(anchor.subject.der, name.der));
      if (same.length > 0) return same;
    }
    if (exact) return [];
    if (this.#byKey === undefined) {
      this.#byKey = new Map();
      for (const anchor of anchors) add(this.#byKey, keyOf(anchor.subject), anchor);
    }
    try {
      return this.#byKey.get(keyOf(name)) ?? [];
    } catch (error) {
      // A name that cannot be read is nobody's.
      if (error instanceof TlsError) return [];
      throw error;
    }
  }

  find(certificate: Certificate): Certificate | undefined {
    void this.anchors;
    return this.#byHash.get(hashBytes(certificate.subject.der))?.find((anchor) => anchor.equals(certificate));
  }
}

/** FNV-1a. */
export function hashBytes(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash >>> 0;
}

/** A comparable text of a whole name. */
export function keyOf(name: Name): string {
  return name.keys.join('\n');
}

function add<K>(map: Map<K, Certificate[]>, key: K, certificate: Certificate): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [certificate]);
  else list.push(certificate);
}
