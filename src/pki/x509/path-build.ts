/**
 * Path building (RFC 4158): from the leaf upwards over names, best candidate first, every complete path validated. All of it is
 * bounded: depth, steps, paths, signatures; what once failed for itself is not tried again. Few intermediates are searched depth first;
 * many of them by length, shortest paths first and never away from the anchors.
 */
import { MAX_BUILD_STEPS, MAX_CANDIDATE_PATHS, MAX_PATH_LENGTH } from '../../base/limits.ts';
import type { Certificate } from './certificate.ts';
import { type Fault, fault, type PathFailure } from './failure.ts';
import { IssuerIndex } from './issuer-index.ts';
import { type PathAccepted, type PathContext, type PathFault, validatePath } from './path-validate.ts';
import type { Steps } from './steps.ts';
import type { TrustStore } from './trust-store.ts';

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
  return yield* new Search(input, context).run();
}

/** From this many intermediates on, distances are worth their cost. With fewer no path is longer than `MAX_PATH_LENGTH`. */
const LARGE_POOL = 11;
/** How often distances are measured in one search. */
const MAX_MEASURES = 8;

interface Found {
  readonly path: readonly Certificate[];
  readonly accepted: PathAccepted;
}

class Search {
  readonly #input: BuildInput;
  readonly #context: PathContext;
  readonly #index: IssuerIndex;
  readonly #failures: PathFailure[] = [];
  /** What no path may contain, and pairs of certificate and issuer that do not go together. */
  #bad: Set<Certificate> | undefined;
  #badEdges: Map<Certificate, Set<Certificate>> | undefined;
  readonly #path: Certificate[] = [];
  /** Of large pools: how far the nearest anchor is. */
  #distance: Map<Certificate, number> | undefined;
  /** With distances: how many certificates the paths of this round have, anchor included. */
  #length = 0;
  #measured = 0;
  #steps = 0;
  #paths = 0;
  #stopped: Fault | undefined;
  /** A candidate was left out because the path had its full length. */
  #tooDeep = false;
  /** For the report when no anchor is reached. */
  #deadEnd: readonly Certificate[] = [];

  constructor(input: BuildInput, context: PathContext) {
    this.#input = input;
    this.#context = context;
    this.#index = new IssuerIndex(input.intermediates, input.anchors, context.now);
  }

  *run(): Steps<BuildResult> {
    const { leaf, intermediates } = this.#input;
    let found: Found | undefined;
    if (intermediates.length < LARGE_POOL) found = yield* this.#extend(leaf);
    else {
      this.#measure();
      for (this.#length = 1; this.#length <= MAX_PATH_LENGTH; this.#length++) {
        found = yield* this.#extend(leaf);
        if (found !== undefined || this.#stopped !== undefined || this.#isBanned(leaf)) break;
      }
    }
    if (found === undefined) {
      if (this.#stopped !== undefined) this.#record([leaf], { ...this.#stopped, index: 0, scope: 'path' });
      else if (this.#failures.length === 0) this.#recordDeadEnd();
    }
    return { path: found?.path, accepted: found?.accepted, failures: this.#failures };
  }

  /** Adds `certificate` to the path and goes on upwards. */
  *#extend(certificate: Certificate): Steps<Found | undefined> {
    this.#path.push(certificate);
    const found = yield* this.#climb(certificate);
    if (found === undefined) this.#noteDeadEnd();
    this.#path.pop();
    return found;
  }

  *#climb(certificate: Certificate): Steps<Found | undefined> {
    const path = this.#path;
    const itself = this.#isDue(path.length) ? this.#input.anchors.find(certificate) : undefined;
    if (itself !== undefined && this.#mayAnchor(itself)) {
      // A leaf that is an anchor stands alone; further up, the anchor's own object carries the key.
      return yield* this.#try([...path.slice(0, -1), itself]);
    }
    for (const anchor of this.#isDue(path.length + 1) ? this.#index.anchorsOf(certificate) : []) {
      if (anchor.equals(certificate) || !this.#mayAnchor(anchor) || this.#isBad(certificate, anchor)) continue;
      const found = yield* this.#try([...path, anchor]);
      if (found !== undefined || this.#isOver()) return found;
    }
    const full = this.#counted() >= this.#context.maxIntermediates;
    for (const issuer of this.#index.issuersOf(certificate)) {
      if (this.#isTooFar(issuer)) continue;
      if (++this.#steps > MAX_BUILD_STEPS) {
        this.#stopped = fault('budget', 'RFC 4158', `search stopped after ${MAX_BUILD_STEPS} steps`);
        return undefined;
      }
      if (this.#isBad(certificate, issuer) || path.some((one) => this.#index.sameOwner(one, issuer))) continue;
      if (full && !isSelfIssued(issuer)) {
        this.#tooDeep = true;
        continue;
      }
      const found = yield* this.#extend(issuer);
      if (found !== undefined || this.#isOver()) return found;
    }
    return undefined;
  }

  *#try(path: readonly Certificate[]): Steps<Found | undefined> {
    if (++this.#paths > MAX_CANDIDATE_PATHS) {
      this.#stopped = fault('budget', 'RFC 4158', `search stopped after ${MAX_CANDIDATE_PATHS} paths`);
      return undefined;
    }
    const outcome = yield* validatePath(path, this.#context);
    if (!('reason' in outcome)) return { path, accepted: outcome };
    this.#record(path, outcome);
    const culprit = path[outcome.index]!;
    if (outcome.scope === 'path') {
      if (outcome.reason === 'budget') this.#stopped = outcome;
      return undefined;
    }
    if (outcome.scope === 'certificate') (this.#bad ??= new Set()).add(culprit);
    else {
      this.#badEdges ??= new Map();
      const issuers = this.#badEdges.get(culprit);
      if (issuers === undefined) this.#badEdges.set(culprit, new Set([path[outcome.index + 1]!]));
      else issuers.add(path[outcome.index + 1]!);
    }
    // What has just failed may have been the only way up.
    if (this.#distance !== undefined && this.#measured < MAX_MEASURES) this.#measure();
    return undefined;
  }

  #measure(): void {
    this.#measured++;
    this.#distance = this.#index.distances((certificate, issuer) =>
      issuer === undefined ? this.#isBanned(certificate) : this.#isBad(certificate, issuer),
    );
  }

  /** Whether a complete path of `length` certificates is to be tried in this round. */
  #isDue(length: number): boolean {
    return this.#distance === undefined || length === this.#length;
  }

  /** Whether no anchor can be reached over `issuer` within this round's length. */
  #isTooFar(issuer: Certificate): boolean {
    if (this.#distance === undefined) return false;
    const distance = this.#distance.get(issuer);
    return distance === undefined || this.#path.length + 1 + distance > this.#length;
  }

  /** Whether nothing that is put on top of this path can hold. */
  #isOver(): boolean {
    return this.#stopped !== undefined || this.#path.some((certificate) => this.#isBanned(certificate));
  }

  #isBanned(certificate: Certificate): boolean {
    return this.#bad?.has(certificate) === true;
  }

  #isBad(certificate: Certificate, issuer: Certificate): boolean {
    return this.#isBanned(issuer) || this.#badEdges?.get(certificate)?.has(issuer) === true;
  }

  #mayAnchor(anchor: Certificate): boolean {
    return this.#input.selfSignedAnchorsOnly !== true || anchor.isSelfIssued;
  }

  /** Intermediates of the path that count towards its length. */
  #counted(): number {
    let count = 0;
    for (let i = 1; i < this.#path.length; i++) if (!isSelfIssued(this.#path[i]!)) count++;
    return count;
  }

  #record(path: readonly Certificate[], { reason, step, message, index }: PathFault): void {
    this.#failures.push({ reason, step, message, index, path });
  }

  /** Keeps the dead end that says most: one that ends in a self-signed certificate, else the longest. */
  #noteDeadEnd(): void {
    if (this.#failures.length > 0) return;
    const path = this.#path;
    const old = this.#deadEnd;
    const selfSigned = isSelfIssued(path[path.length - 1]!);
    const oldSelfSigned = old.length > 0 && isSelfIssued(old[old.length - 1]!);
    if ((selfSigned && !oldSelfSigned) || (selfSigned === oldSelfSigned && path.length > old.length)) this.#deadEnd = [...path];
  }

  #recordDeadEnd(): void {
    const path = this.#deadEnd;
    const index = path.length - 1;
    const top = path[index]!;
    let found: Fault;
    if (this.#tooDeep) found = fault('depth', 'RFC 5280 6.1', `no path of at most ${this.#context.maxIntermediates} intermediates`);
    else if (isSelfIssued(top)) {
      found =
        index === 0
          ? fault('self-signed-leaf', 'RFC 5280 6.1', 'certificate is self-signed and no trust anchor')
          : fault('self-signed-in-chain', 'RFC 5280 6.1', 'chain ends in a self-signed certificate that is no trust anchor');
    } else found = fault('no-issuer', 'RFC 5280 6.1', `nothing leads from the issuer ${nameText(top)} to a trust anchor`);
    this.#record(path, { ...found, index, scope: 'path' });
  }
}

function isSelfIssued(certificate: Certificate): boolean {
  try {
    return certificate.isSelfIssued;
  } catch {
    return false;
  }
}

function nameText(certificate: Certificate): string {
  try {
    return certificate.issuer.toString().slice(0, 200);
  } catch {
    return '(unreadable)';
  }
}
