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

export class NameConstraintState {
  readonly #permitted: (readonly GeneralName[])[] = [];
  readonly #excluded: (readonly GeneralName[])[] = [];
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
    for (const list of [constraints.permitted, constraints.excluded]) {
      if (list === undefined) continue;
      if (this.#spend(list.length)) return budget();
      for (const name of list) {
        const wrong = this.#wrongConstraint(name);
        if (wrong !== undefined) return fault('name-constraint', STEP_EXTEND, `${wrong} in name constraint ${generalNameText(name)}`);
      }
    }
    if (constraints.permitted !== undefined) this.#permitted.push(constraints.permitted);
    if (constraints.excluded !== undefined) this.#excluded.push(constraints.excluded);
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
    for (const list of this.#permitted) {
      if (this.#spend(list.length)) return budget();
      let spoken = false;
      let within = false;
      for (const constraint of list) {
        if (constraint.kind !== name.kind) continue;
        spoken = true;
        const result = isWithin(name, constraint, false);
        if (result === undefined) return unprocessed(name);
        within ||= result;
      }
      if (spoken && !within) return fault('name-constraint', STEP_PERMITTED, `${generalNameText(name)} is in no permitted subtree`);
    }
    for (const list of this.#excluded) {
      if (this.#spend(list.length)) return budget();
      for (const constraint of list) {
        if (constraint.kind !== name.kind) continue;
        const result = isWithin(name, constraint, true);
        if (result === undefined) return unprocessed(name);
        if (result) return fault('name-constraint', STEP_EXCLUDED, `${generalNameText(name)} is in an excluded subtree`);
      }
    }
    return undefined;
  }

  #spend(work: number): boolean {
    this.#work += work;
    return this.#work > MAX_NAME_CONSTRAINT_WORK;
  }

  /** What is wrong with a constraint itself; undefined when it can be processed or concerns a form that is refused when it occurs. */
  #wrongConstraint(name: GeneralName): string | undefined {
    switch (name.kind) {
      case 'dns': {
        const text = this.#leadingDot && name.value.startsWith('.') ? name.value.slice(1) : name.value;
        return text === '' || dnsLabels(text) !== undefined ? undefined : 'no domain name';
      }
      case 'email': {
        if (name.value.includes('@')) return mailbox(name.value) === undefined ? 'no mailbox' : undefined;
        return hostConstraint(name.value) === undefined ? 'no host' : undefined;
      }
      case 'uri':
        return hostConstraint(name.value) === undefined ? 'no host' : undefined;
      case 'ip':
        return isMask(name.value) ? undefined : 'mask with holes';
      case 'x400':
        return 'unsupported form';
      default:
        return undefined;
    }
  }
}

/** Whether `name` lies in the subtree; for an excluded one: may lie in it. Undefined when this form or this name cannot be processed. */
function isWithin(name: GeneralName, constraint: GeneralName, excluded: boolean): boolean | undefined {
  switch (name.kind) {
    case 'dns':
      return dnsWithin(name.value, constraint.value as string, excluded);
    case 'email':
      return emailWithin(name.value, constraint.value as string);
    case 'uri':
      return uriWithin(name.value, constraint.value as string);
    case 'ip':
      return ipWithin(name.value, constraint.value as Uint8Array);
    case 'directory':
      return name.value.isWithin(constraint.value as Name);
    default:
      return undefined;
  }
}

/** Adding labels on the left satisfies; a wildcard is in an excluded subtree as soon as one of its names is. */
function dnsWithin(name: string, constraint: string, excluded: boolean): boolean | undefined {
  const labels = patternLabels(name);
  if (labels === undefined) return undefined;
  if (constraint === '') return true;
  const below = constraint.startsWith('.');
  const suffix = dnsLabels(below ? constraint.slice(1) : constraint);
  if (suffix === undefined) return undefined;
  if (endsWith(labels, suffix)) return !below || labels.length > suffix.length;
  if (!excluded || labels[0] !== '*' || below) return false;
  return suffix.length === labels.length && endsWith(suffix, labels.slice(1));
}

/** A mailbox, all mailboxes of a host, or with a leading dot all mailboxes of the hosts of a domain. */
function emailWithin(name: string, constraint: string): boolean | undefined {
  const box = mailbox(name);
  if (box === undefined) return undefined;
  if (constraint.includes('@')) {
    const wanted = mailbox(constraint);
    return wanted === undefined ? undefined : wanted.local === box.local && sameLabels(wanted.host, box.host);
  }
  return hostWithin(box.host, constraint);
}

/** The host of the URI's authority; a URI without one, or with an address, is refused (§4.2.1.10). */
function uriWithin(name: string, constraint: string): boolean | undefined {
  const match = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#@:]+)(?::\d*)?(?:[/?#]|$)/.exec(name);
  const host = match === null ? undefined : dnsLabels(match[1]!, true);
  if (host === undefined || /^\d+$/.test(host[host.length - 1]!)) return undefined;
  return hostWithin(host, constraint);
}

function ipWithin(address: Uint8Array, constraint: Uint8Array): boolean {
  const { length } = address;
  if (constraint.length !== 2 * length) return false;
  for (let i = 0; i < length; i++) if (((address[i]! ^ constraint[i]!) & constraint[length + i]!) !== 0) return false;
  return true;
}

function hostWithin(host: readonly string[], constraint: string): boolean | undefined {
  const wanted = hostConstraint(constraint);
  if (wanted === undefined) return undefined;
  if (wanted.any) return true;
  return wanted.below ? host.length > wanted.labels.length && endsWith(host, wanted.labels) : sameLabels(host, wanted.labels);
}

/** `host` or `.domain`; empty stands for all. */
function hostConstraint(text: string): { labels: readonly string[]; below: boolean; any: boolean } | undefined {
  if (text === '') return { labels: [], below: false, any: true };
  const below = text.startsWith('.');
  const labels = dnsLabels(below ? text.slice(1) : text);
  return labels === undefined ? undefined : { labels, below, any: false };
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
