/**
 * Name constraints, RFC 5280 §4.2.1.10 and §6.1: what the CAs above have permitted and excluded. Permitted sets intersect: a name
 * must lie in one subtree of every set that speaks of its form. Work is bounded: names × constraints.
 */
import { MAX_NAME_CONSTRAINT_WORK } from '../../base/limits.ts';
import { COMMON_NAME, EMAIL_ADDRESS } from '../asn1/oids.ts';
import type { Certificate } from './certificate.ts';
import { dnsLabels, endsWith, patternLabels } from './dns-name.ts';
import type { NameConstraints } from './extensions.ts';
import { type Fault, fault } from './failure.ts';
import { type GeneralName, generalNameText } from './general-name.ts';
import { ipAddressBytes } from './ip-address.ts';
import type { Name } from './name.ts';

const STEP_PERMITTED = 'RFC 5280 6.1.3 (b)';
const STEP_EXCLUDED = 'RFC 5280 6.1.3 (c)';
const STEP_EXTEND = 'RFC 5280 6.1.4 (g)';

/** A constraint or a name taken apart once: they are compared many times. */
type Subtree =
  | { readonly kind: 'dns' | 'uri'; readonly host: HostPattern }
  | { readonly kind: 'email'; readonly host: HostPattern /** Of a single mailbox. */; readonly local: string | undefined }
  | { readonly kind: 'ip'; readonly value: Uint8Array }
  | { readonly kind: 'directory'; readonly value: Name }
  | { readonly kind: 'unsupported'; readonly form: GeneralName['kind'] };

interface HostPattern {
  readonly labels: readonly string[];
  /** Written with a leading dot: only what is below. */
  readonly below: boolean;
}

type Subject =
  | { readonly kind: 'dns' | 'uri'; readonly labels: readonly string[] }
  | { readonly kind: 'email'; readonly labels: readonly string[]; readonly local: string }
  | { readonly kind: 'ip'; readonly value: Uint8Array }
  | { readonly kind: 'directory'; readonly value: Name };

export class NameConstraintState {
  readonly #permitted: (readonly Subtree[])[] = [];
  readonly #excluded: (readonly Subtree[])[] = [];
  #work = 0;
  /** A leading dot in a dNSName constraint, which RFC 5280 does not define, is taken as "subdomains only" instead of refused. */
  readonly #leadingDot: boolean;

  constructor(leadingDot: boolean) {
    this.#leadingDot = leadingDot;
  }

  get isEmpty(): boolean {
    return this.#permitted.length === 0 && this.#excluded.length === 0;
  }

  /** §6.1.4 (g): the constraints of a CA certificate join. */
  add(constraints: NameConstraints): Fault | undefined {
    // §4.2.1.10: "Conforming CAs MUST NOT issue certificates where name constraints is an empty sequence."
    if (constraints.permitted === undefined && constraints.excluded === undefined)
      return fault('name-constraint', STEP_EXTEND, 'name constraints are empty');
    for (const [list, kept] of [
      [constraints.permitted, this.#permitted],
      [constraints.excluded, this.#excluded],
    ] as const) {
      if (list === undefined) continue;
      if (this.#spend(list.length)) return budget();
      const subtrees: Subtree[] = [];
      for (const name of list) {
        const subtree = readSubtree(name, this.#leadingDot);
        if (typeof subtree === 'string')
          return fault('name-constraint', STEP_EXTEND, `${subtree} in name constraint ${generalNameText(name)}`);
        subtrees.push(subtree);
      }
      kept.push(subtrees);
    }
    return undefined;
  }

  /** §6.1.3 (b) and (c) for all names of a certificate; with `commonNames` those that the legacy switch takes for host names. */
  check(certificate: Certificate, commonNames = false): Fault | undefined {
    if (this.isEmpty) return undefined;
    const { subject } = certificate;
    const alternatives = certificate.subjectAltName;
    const names: GeneralName[] = subject.isEmpty ? [] : [{ kind: 'directory', value: subject }];
    if (alternatives !== undefined) names.push(...alternatives);
    else {
      for (const value of subject.values(EMAIL_ADDRESS)) names.push({ kind: 'email', value });
      if (commonNames) for (const value of subject.values(COMMON_NAME)) names.push(hostGeneralName(value));
    }
    for (const name of names) {
      const found = this.#checkName(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #checkName(name: GeneralName): Fault | undefined {
    const subject = readSubject(name);
    for (const list of this.#permitted) {
      if (this.#spend(list.length)) return budget();
      let spoken = false;
      let within = false;
      for (const subtree of list) {
        if (!concerns(subtree, name)) continue;
        if (subject === undefined) return unprocessed(name);
        spoken = true;
        within ||= isWithin(subject, subtree, false);
      }
      if (spoken && !within) return fault('name-constraint', STEP_PERMITTED, `${generalNameText(name)} is in no permitted subtree`);
    }
    for (const list of this.#excluded) {
      if (this.#spend(list.length)) return budget();
      for (const subtree of list) {
        if (!concerns(subtree, name)) continue;
        if (subject === undefined) return unprocessed(name);
        if (isWithin(subject, subtree, true))
          return fault('name-constraint', STEP_EXCLUDED, `${generalNameText(name)} is in an excluded subtree`);
      }
    }
    return undefined;
  }

  #spend(work: number): boolean {
    this.#work += work;
    return this.#work > MAX_NAME_CONSTRAINT_WORK;
  }
}

function concerns(subtree: Subtree, name: GeneralName): boolean {
  return (subtree.kind === 'unsupported' ? subtree.form : subtree.kind) === name.kind;
}

/** Text: what is wrong with the constraint itself. A form that cannot be processed is refused when a name of it occurs. */
function readSubtree(name: GeneralName, leadingDot: boolean): Subtree | string {
  switch (name.kind) {
    case 'dns': {
      const host = hostPattern(name.value);
      return host === undefined || (host.below && !leadingDot) ? 'no domain name' : { kind: 'dns', host };
    }
    case 'email': {
      if (!name.value.includes('@')) {
        const host = hostPattern(name.value);
        return host === undefined ? 'no host' : { kind: 'email', host, local: undefined };
      }
      const box = mailbox(name.value);
      return box === undefined ? 'no mailbox' : { kind: 'email', host: { labels: box.host, below: false }, local: box.local };
    }
    case 'uri': {
      const host = hostPattern(name.value);
      return host === undefined ? 'no host' : { kind: 'uri', host };
    }
    case 'ip':
      return isMask(name.value) ? { kind: 'ip', value: name.value } : 'mask with holes';
    case 'directory':
      return { kind: 'directory', value: name.value };
    case 'x400':
      return 'unsupported form';
    default:
      return { kind: 'unsupported', form: name.kind };
  }
}

/** Undefined when no constraint can be applied to this form or this name. */
function readSubject(name: GeneralName): Subject | undefined {
  switch (name.kind) {
    case 'dns': {
      const labels = patternLabels(name.value);
      return labels === undefined ? undefined : { kind: 'dns', labels };
    }
    case 'email': {
      const box = mailbox(name.value);
      return box === undefined ? undefined : { kind: 'email', labels: box.host, local: box.local };
    }
    case 'uri': {
      const labels = uriHost(name.value);
      return labels === undefined ? undefined : { kind: 'uri', labels };
    }
    case 'ip':
      return { kind: 'ip', value: name.value };
    case 'directory':
      return { kind: 'directory', value: name.value };
    default:
      return undefined;
  }
}

/** Whether `subject` lies in the subtree, which is of its kind; for an excluded one: may lie in it. */
function isWithin(subject: Subject, subtree: Subtree, excluded: boolean): boolean {
  switch (subject.kind) {
    case 'dns':
      return subtree.kind === 'dns' && dnsWithin(subject.labels, subtree.host, excluded);
    case 'email':
      if (subtree.kind !== 'email') return false;
      if (subtree.local !== undefined) return subtree.local === subject.local && sameLabels(subtree.host.labels, subject.labels);
      return hostWithin(subject.labels, subtree.host);
    case 'uri':
      return subtree.kind === 'uri' && hostWithin(subject.labels, subtree.host);
    case 'ip':
      return subtree.kind === 'ip' && ipWithin(subject.value, subtree.value);
    default:
      return subtree.kind === 'directory' && subject.value.isWithin(subtree.value);
  }
}

/** Adding labels on the left satisfies; a wildcard is in an excluded subtree as soon as one of its names is. */
function dnsWithin(labels: readonly string[], { labels: suffix, below }: HostPattern, excluded: boolean): boolean {
  if (endsWith(labels, suffix)) return !below || labels.length > suffix.length;
  if (!excluded || labels[0] !== '*' || below) return false;
  return suffix.length === labels.length && endsWith(suffix, labels.slice(1));
}

/** The host of the URI's authority; a URI without one, or with an address, is refused (§4.2.1.10). */
function uriHost(uri: string): readonly string[] | undefined {
  const match = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#@:]+)(?::\d*)?(?:[/?#]|$)/.exec(uri);
  const host = match === null ? undefined : dnsLabels(match[1]!, true);
  return host === undefined || /^\d+$/.test(host[host.length - 1]!) ? undefined : host;
}

function ipWithin(address: Uint8Array, constraint: Uint8Array): boolean {
  const { length } = address;
  if (constraint.length !== 2 * length) return false;
  for (let i = 0; i < length; i++) if (((address[i]! ^ constraint[i]!) & constraint[length + i]!) !== 0) return false;
  return true;
}

/** A host alone, all hosts of a domain (with a leading dot), or all. */
function hostWithin(host: readonly string[], { labels, below }: HostPattern): boolean {
  if (labels.length === 0) return true;
  return below ? host.length > labels.length && endsWith(host, labels) : sameLabels(host, labels);
}

/** `host` or `.domain`; empty, without labels, stands for all. */
function hostPattern(text: string): HostPattern | undefined {
  if (text === '') return { labels: [], below: false };
  const below = text.startsWith('.');
  const labels = dnsLabels(below ? text.slice(1) : text);
  return labels === undefined ? undefined : { labels, below };
}

function mailbox(text: string): { local: string; host: readonly string[] } | undefined {
  const at = text.lastIndexOf('@');
  if (at <= 0) return undefined;
  const local = text.slice(0, at);
  const quoted = /^"(?:[^"\\\x00-\x1f]|\\[\x20-\x7e])*"$/.test(local);
  if (!quoted && !/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+$/.test(local)) return undefined;
  const host = dnsLabels(text.slice(at + 1));
  return host === undefined ? undefined : { local: quoted ? local.slice(1, -1).replace(/\\(.)/g, '$1') : local, host };
}

function sameLabels(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && endsWith(a, b);
}

/** Ones, then zeros (§4.2.1.10 refers to RFC 4632). */
function isMask(value: Uint8Array): boolean {
  let zeros = false;
  for (let i = value.length / 2; i < value.length; i++) {
    for (let bit = 0x80; bit > 0; bit >>= 1) {
      const one = (value[i]! & bit) !== 0;
      if (one && zeros) return false;
      zeros ||= !one;
    }
  }
  return true;
}

function hostGeneralName(value: string): GeneralName {
  const address = ipAddressBytes(value);
  return address === undefined ? { kind: 'dns', value } : { kind: 'ip', value: address };
}

function unprocessed(name: GeneralName): Fault {
  return fault('name-constraint', STEP_PERMITTED, `${generalNameText(name)} cannot be compared with the name constraints above it`);
}

function budget(): Fault {
  return fault('budget', STEP_PERMITTED, 'too many names and name constraints');
}
