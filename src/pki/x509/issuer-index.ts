/**
 * Who may have issued a certificate: intermediates and anchors by name, best first, and how far the nearest anchor is. Names are
 * compared as bytes; only where that finds nothing, and the pool is not large, under RFC 5280 §7.1.
 */
import { EMPTY, equal } from '../../base/bytes.ts';
import type { Certificate } from './certificate.ts';
import { hashBytes, type TrustStore } from './trust-store.ts';

export class IssuerIndex {
  readonly #intermediates: readonly Certificate[];
  readonly #anchors: TrustStore;
  readonly #now: number | undefined;

  /** Undefined for small pools, which are searched as they are. */
  readonly #tables: Tables | undefined;

  constructor(intermediates: readonly Certificate[], anchors: TrustStore, now: number | undefined) {
    this.#intermediates = intermediates;
    this.#anchors = anchors;
    this.#now = now;
    if (intermediates.length < SMALL_POOL) return;
    this.#tables = { bySubject: new Map(), issuers: new Map(), anchors: new Map(), keys: new Map(), owners: new Map() };
    for (const one of intermediates) push(this.#tables.bySubject, hashBytes(one.subject.der), one);
  }

  issuersOf(certificate: Certificate): readonly Certificate[] {
    const tables = this.#tables;
    if (tables === undefined) return this.#order(certificate, this.#named(certificate));
    const key = keyOf(certificate, tables);
    let found = tables.issuers.get(key);
    if (found === undefined) tables.issuers.set(key, (found = this.#order(certificate, this.#named(certificate))));
    return found;
  }

  anchorsOf(certificate: Certificate): readonly Certificate[] {
    const tables = this.#tables;
    if (tables === undefined) return this.#order(certificate, this.#anchorsNamed(certificate));
    const key = keyOf(certificate, tables);
    let found = tables.anchors.get(key);
    if (found === undefined) tables.anchors.set(key, (found = this.#order(certificate, this.#anchorsNamed(certificate))));
    return found;
  }

  /** RFC 4158 §2.4.1: whether both have the same subject and key, so that one above the other is a loop. */
  sameOwner(a: Certificate, b: Certificate): boolean {
    if (a === b) return true;
    const tables = this.#tables;
    if (tables !== undefined && ownerOf(a, tables) !== ownerOf(b, tables)) return false;
    return equal(a.subject.der, b.subject.der) && equal(a.spki, b.spki);
  }

  /**
   * The number of certificates from each intermediate up to its nearest anchor, itself not counted; absent: none can be reached. Over
   * names, breadth first from the anchors down, without what is known to be bad.
   */
  distances(isBad: (certificate: Certificate, issuer?: Certificate) => boolean): Map<Certificate, number> {
    const distance = new Map<Certificate, number>();
    const byIssuer = new Map<number, Certificate[]>();
    let level: Certificate[] = [];
    for (const one of this.#intermediates) {
      if (isBad(one)) continue;
      push(byIssuer, hashBytes(one.issuer.der), one);
      if (this.anchorsOf(one).some((anchor) => !isBad(one, anchor)) || this.#anchors.find(one) !== undefined) {
        distance.set(one, 1);
        level.push(one);
      }
    }
    for (let steps = 2; level.length > 0; steps++) {
      const next: Certificate[] = [];
      const seen = new Set<number>();
      for (const above of level) {
        const hash = hashBytes(above.subject.der);
        if (seen.has(hash)) continue;
        seen.add(hash);
        for (const below of byIssuer.get(hash) ?? []) {
          if (distance.has(below)) continue;
          distance.set(below, steps);
          next.push(below);
        }
      }
      level = next;
    }
    return distance;
  }

  /** An issuer among the intermediates under exactly this name makes a search for similar names among the anchors needless. */
  #anchorsNamed(certificate: Certificate): readonly Certificate[] {
    const name = certificate.issuer;
    const exact = this.#anchors.named(name, true);
    return exact.length > 0 || this.#exactlyNamed(certificate).length > 0 ? exact : this.#anchors.named(name);
  }

  #exactlyNamed(certificate: Certificate): readonly Certificate[] {
    const name = certificate.issuer;
    const near = this.#tables === undefined ? this.#intermediates : (this.#tables.bySubject.get(hashBytes(name.der)) ?? []);
    return near.filter((one) => equal(one.subject.der, name.der));
  }

  #named(certificate: Certificate): readonly Certificate[] {
    const exact = this.#exactlyNamed(certificate);
    if (exact.length > 0 || this.#intermediates.length > LARGE_POOL) return exact;
    return this.#intermediates.filter((one) => sameName(one, certificate));
  }

  /** Matching key identifiers first, then those that say nothing; the valid before the expired. */
  #order(certificate: Certificate, candidates: readonly Certificate[]): readonly Certificate[] {
    if (candidates.length < 2) return candidates;
    const now = this.#now;
    const wanted = authorityKeyIdentifier(certificate);
    const scored = candidates.map((one) => {
      let score = now !== undefined && (now < one.notBefore || now > one.notAfter) ? 100 : 0;
      const own = subjectKeyIdentifier(one);
      if (wanted === undefined || own === undefined) score += 20;
      else if (!equal(wanted, own)) score += 40;
      return { one, score };
    });
    return scored.sort((a, b) => a.score - b.score).map(({ one }) => one);
  }
}

interface Tables {
  readonly bySubject: Map<number, Certificate[]>;
  readonly issuers: Map<number, readonly Certificate[]>;
  readonly anchors: Map<number, readonly Certificate[]>;
  readonly keys: Map<Certificate, number>;
  readonly owners: Map<Certificate, number>;
}

/** Certificates with one issuer name and key identifier have the same issuers. 52 bits of hash: a collision hides a path at worst. */
function keyOf(certificate: Certificate, { keys }: Tables): number {
  let key = keys.get(certificate);
  if (key === undefined) {
    key = hashBytes(certificate.issuer.der) * 0x100000 + (hashBytes(authorityKeyIdentifier(certificate) ?? EMPTY) & 0xfffff);
    keys.set(certificate, key);
  }
  return key;
}

function ownerOf(certificate: Certificate, { owners }: Tables): number {
  let owner = owners.get(certificate);
  if (owner === undefined) owners.set(certificate, (owner = hashBytes(certificate.subject.der) ^ hashBytes(certificate.spki)));
  return owner;
}

/** Below this an index costs more than it saves. */
const SMALL_POOL = 11;
/** Above this names are compared as bytes only. */
const LARGE_POOL = 200;

function sameName(candidate: Certificate, certificate: Certificate): boolean {
  try {
    return candidate.subject.equals(certificate.issuer);
  } catch {
    return false;
  }
}

/** Key identifiers are hints here: a malformed one is refused when the path is validated. */
function authorityKeyIdentifier(certificate: Certificate): Uint8Array | undefined {
  try {
    return certificate.authorityKeyIdentifier?.keyIdentifier;
  } catch {
    return undefined;
  }
}

function subjectKeyIdentifier(certificate: Certificate): Uint8Array | undefined {
  try {
    return certificate.subjectKeyIdentifier;
  } catch {
    return undefined;
  }
}

function push(map: Map<number, Certificate[]>, key: number, certificate: Certificate): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [certificate]);
  else list.push(certificate);
}
