/**
 * Path building (RFC 4158): a depth-first search from the leaf over names, best candidate first, with every complete path validated.
 * All of it is bounded: depth, steps, paths, signatures; what once failed for itself is not tried again.
 */
import { equal } from '../../base/bytes.ts';
import { MAX_BUILD_STEPS, MAX_CANDIDATE_PATHS, MAX_PATH_LENGTH } from '../../base/limits.ts';
import type { Certificate } from './certificate.ts';
import { fault, type Fault, type PathFailure } from './failure.ts';
import { type PathAccepted, type PathContext, type PathFault, validatePath } from './path-validate.ts';
import type { Steps } from './steps.ts';
import { hashBytes, type TrustStore } from './trust-store.ts';

export interface BuildResult {
  /** The first path that holds, leaf to anchor; undefined when there is none. */
  readonly path: readonly Certificate[] | undefined;
  readonly accepted: PathAccepted | undefined;
  /** Every candidate that was refused, in the order tried. */
  readonly failures: readonly PathFailure[];
}

export interface BuildInput {
  readonly leaf: Certificate;
  readonly intermediates: readonly Certificate[];
  readonly anchors: TrustStore;
  /** An anchor must be self-signed; a trusted intermediate is none. Default false. */
  readonly selfSignedAnchorsOnly?: boolean | undefined;
}

/** Looks for a valid path. */
export function* buildPath(input: BuildInput, context: PathContext): Steps<BuildResult> {
  const search = new Search(input, context);
  return yield* search.run();
}

class Search {
  readonly #input: BuildInput;
  readonly #context: PathContext;
  readonly #failures: PathFailure[] = [];
  readonly #bad: Set<Certificate> = new Set();
  readonly #badEdges: Map<Certificate, Set<Certificate>> = new Map();
  readonly #byHash: Map<number, Certificate[]> | undefined;
  readonly #path: Certificate[] = [];
  /** Fewest steps to an anchor; absent: none can be reached. Undefined for small pools. */
  #distance: Map<Certificate, number> | undefined;
  #steps = 0;
  #paths = 0;
  #stopped: Fault | undefined;
  /** A candidate was left out because the path had its full length. */
  #tooDeep = false;
  /** The longest dead end, for the report when no anchor is reached. */
  #deadEnd: readonly Certificate[] = [];

  constructor(input: BuildInput, context: PathContext) {
    this.#input = input;
    this.#context = context;
    if (input.intermediates.length > SMALL_POOL) {
      this.#byHash = new Map();
      for (const certificate of input.intermediates) {
        const hash = hashBytes(certificate.subject.der);
        const list = this.#byHash.get(hash);
        if (list === undefined) this.#byHash.set(hash, [certificate]);
        else list.push(certificate);
      }
    }
  }

  *run(): Steps<BuildResult> {
    const { leaf, intermediates } = this.#input;
    if (intermediates.length > SMALL_POOL) this.#distance = this.#measure();
    const found = yield* this.#extend(leaf);
    if (found === undefined && this.#failures.length === 0 && this.#stopped === undefined) this.#recordDeadEnd();
    if (found === undefined && this.#stopped !== undefined) this.#record([leaf], { ...this.#stopped, index: 0, scope: 'path' });
    return { path: found?.path, accepted: found?.accepted, failures: this.#failures };
  }

  /** Adds `certificate` to the path and goes on upwards. */
  *#extend(certificate: Certificate): Steps<{ path: readonly Certificate[]; accepted: PathAccepted } | undefined> {
    const path = this.#path;
    path.push(certificate);
    try {
      const itself = this.#input.anchors.find(certificate);
      if (itself !== undefined && this.#mayAnchor(itself)) {
        // A leaf that is an anchor stands alone; further up, the anchor's own object carries the key.
        const result = yield* this.#try([...path.slice(0, -1), itself]);
        if (result !== undefined || path.length > 1) return result;
      }
      for (const anchor of this.#order(certificate, this.#input.anchors.named(certificate.issuer))) {
        if (anchor.equals(certificate) || !this.#mayAnchor(anchor) || this.#isBad(certificate, anchor)) continue;
        const result = yield* this.#try([...path, anchor]);
        if (result !== undefined || this.#stopped !== undefined) return result;
        if (this.#bad.has(certificate)) return undefined;
      }
      // path holds the leaf and some intermediates
      if (path.length < MAX_PATH_LENGTH) {
        const full = this.#counted() >= this.#context.maxIntermediates;
        for (const issuer of this.#order(certificate, this.#candidates(certificate))) {
          if (this.#isBad(certificate, issuer) || this.#isLoop(issuer)) continue;
          if (full && !isSelfIssued(issuer)) {
            this.#tooDeep = true;
            continue;
          }
          if (++this.#steps > MAX_BUILD_STEPS) {
            this.#stopped = fault('budget', 'RFC 4158', `search stopped after ${MAX_BUILD_STEPS} steps`);
            return undefined;
          }
          const result = yield* this.#extend(issuer);
          if (result !== undefined || this.#stopped !== undefined) return result;
          if (this.#bad.has(certificate)) return undefined;
        }
      }
      if (path.length > this.#deadEnd.length) this.#deadEnd = [...path];
      return undefined;
    } finally {
      path.pop();
    }
  }

  *#try(path: readonly Certificate[]): Steps<{ path: readonly Certificate[]; accepted: PathAccepted } | undefined> {
    if (++this.#paths > MAX_CANDIDATE_PATHS) {
      this.#stopped = fault('budget', 'RFC 4158', `search stopped after ${MAX_CANDIDATE_PATHS} paths`);
      return undefined;
    }
    const outcome = yield* validatePath(path, this.#context);
    if (!('reason' in outcome)) return { path, accepted: outcome };
    this.#record(path, outcome);
    const culprit = path[outcome.index]!;
    if (outcome.scope === 'certificate') this.#bad.add(culprit);
    else if (outcome.scope === 'edge') {
      const edges = this.#badEdges.get(culprit);
      if (edges === undefined) this.#badEdges.set(culprit, new Set([path[outcome.index + 1]!]));
      else edges.add(path[outcome.index + 1]!);
    } else if (outcome.reason === 'budget') this.#stopped = outcome;
    return undefined;
  }

  #record(path: readonly Certificate[], outcome: PathFault): void {
    const { reason, step, message, index } = outcome;
    this.#failures.push({ reason, step, message, index, path });
  }

  #recordDeadEnd(): void {
    const path = this.#deadEnd.length > 0 ? this.#deadEnd : [this.#input.leaf];
    const index = path.length - 1;
    const top = path[index]!;
    let found: Fault;
    try {
      const selfSigned = top.isSelfIssued;
      if (this.#tooDeep) found = fault('depth', 'RFC 5280 6.1', `no path of at most ${this.#context.maxIntermediates} intermediates`);
      else if (selfSigned && index === 0)
        found = fault('self-signed-leaf', 'RFC 5280 6.1', 'certificate is self-signed and no trust anchor');
      else if (selfSigned)
        found = fault('self-signed-in-chain', 'RFC 5280 6.1', 'chain ends in a self-signed certificate that is no trust anchor');
      else
        found = fault(
          'no-issuer',
          'RFC 5280 6.1',
          `no certificate of the issuer ${top.issuer.toString().slice(0, 200)} leads to a trust anchor`,
        );
    } catch {
      found = fault('malformed', 'RFC 5280 4.1', 'name cannot be read');
    }
    this.#record(path, { ...found, index, scope: 'path' });
  }

  /** Intermediates of the path that count towards its length. */
  #counted(): number {
    let count = 0;
    for (let i = 1; i < this.#path.length; i++) if (!isSelfIssued(this.#path[i]!)) count++;
    return count;
  }

  #mayAnchor(anchor: Certificate): boolean {
    return this.#input.selfSignedAnchorsOnly !== true || anchor.isSelfIssued;
  }

  #isBad(certificate: Certificate, issuer: Certificate): boolean {
    return this.#bad.has(issuer) || this.#badEdges.get(certificate)?.has(issuer) === true;
  }

  /** RFC 4158 §2.4.1: the same subject and key twice is a loop. */
  #isLoop(issuer: Certificate): boolean {
    for (const one of this.#path)
      if (one === issuer || (equal(one.spki, issuer.spki) && equal(one.subject.der, issuer.subject.der))) return true;
    return false;
  }

  /** Intermediates whose subject is the issuer's name; names are compared as bytes first. */
  #candidates(certificate: Certificate): readonly Certificate[] {
    const { intermediates } = this.#input;
    const name = certificate.issuer;
    const near = this.#byHash === undefined ? intermediates : (this.#byHash.get(hashBytes(name.der)) ?? []);
    const exact = near.filter((one) => equal(one.subject.der, name.der));
    const found =
      exact.length > 0 ? exact : intermediates.length > LARGE_POOL ? [] : intermediates.filter((one) => sameName(one, certificate));
    return this.#distance === undefined ? found : found.filter((one) => this.#distance!.has(one));
  }

  /** Key identifiers that match first, then those that say nothing; the valid before the expired; the near before the far. */
  #order(certificate: Certificate, candidates: readonly Certificate[]): readonly Certificate[] {
    if (candidates.length < 2) return candidates;
    const { now } = this.#context;
    let wanted: Uint8Array | undefined;
    try {
      wanted = certificate.authorityKeyIdentifier?.keyIdentifier;
    } catch {
      wanted = undefined;
    }
    const scored = candidates.map((one) => {
      let score = this.#distance?.get(one) ?? 0;
      if (now !== undefined && (now < one.notBefore || now > one.notAfter)) score += 100;
      try {
        const has = one.subjectKeyIdentifier;
        if (wanted === undefined || has === undefined) score += 20;
        else if (!equal(wanted, has)) score += 40;
      } catch {
        score += 200;
      }
      return { one, score };
    });
    return scored.sort((a, b) => a.score - b.score).map(({ one }) => one);
  }

  /** Breadth first from the anchors downwards, over names: what no anchor is above of is not worth a step. */
  #measure(): Map<Certificate, number> {
    const { intermediates, anchors } = this.#input;
    const distance = new Map<Certificate, number>();
    const byIssuer = new Map<number, Certificate[]>();
    let level: Certificate[] = [];
    for (const one of intermediates) {
      const hash = hashBytes(one.issuer.der);
      const list = byIssuer.get(hash);
      if (list === undefined) byIssuer.set(hash, [one]);
      else list.push(one);
      if (anchors.named(one.issuer).length > 0 || anchors.find(one) !== undefined) {
        distance.set(one, 1);
        level.push(one);
      }
    }
    for (let depth = 2; level.length > 0; depth++) {
      const next: Certificate[] = [];
      const seen = new Set<number>();
      for (const above of level) {
        const hash = hashBytes(above.subject.der);
        if (seen.has(hash)) continue;
        seen.add(hash);
        for (const below of byIssuer.get(hash) ?? []) {
          if (distance.has(below)) continue;
          distance.set(below, depth);
          next.push(below);
        }
      }
      level = next;
    }
    return distance;
  }
}

/** Below this an index and distances cost more than they save. */
const SMALL_POOL = 10;
/** Above this names are compared as bytes only. */
const LARGE_POOL = 200;

function isSelfIssued(certificate: Certificate): boolean {
  try {
    return certificate.isSelfIssued;
  } catch {
    return false;
  }
}

function sameName(candidate: Certificate, certificate: Certificate): boolean {
  try {
    return candidate.subject.equals(certificate.issuer);
  } catch {
    return false;
  }
}
