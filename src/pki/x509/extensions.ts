/** The certificate extensions of RFC 5280 §4.2, RFC 7633 and their readers. Each reader is given the content of `extnValue`. */
import { MAX_POLICIES } from '../../base/limits.ts';
import { malformed } from '../asn1/der-error.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import { ANY_POLICY } from '../asn1/oids.ts';
import { BIT_STRING, contextConstructed, contextPrimitive, SEQUENCE, SET } from '../asn1/tags.ts';
import { type GeneralName, readGeneralName, readGeneralNames } from './general-name.ts';

/** Bits of `KeyUsage`. */
export const DIGITAL_SIGNATURE: number = 1 << 0;
export const NON_REPUDIATION: number = 1 << 1;
export const KEY_ENCIPHERMENT: number = 1 << 2;
export const DATA_ENCIPHERMENT: number = 1 << 3;
export const KEY_AGREEMENT: number = 1 << 4;
export const KEY_CERT_SIGN: number = 1 << 5;
export const CRL_SIGN: number = 1 << 6;
export const ENCIPHER_ONLY: number = 1 << 7;
export const DECIPHER_ONLY: number = 1 << 8;

export interface BasicConstraints {
  readonly ca: boolean;
  /** How many intermediate certificates, self-issued ones not counted, may follow; undefined for no limit. */
  readonly pathLength: number | undefined;
}

export interface AuthorityKeyIdentifier {
  readonly keyIdentifier: Uint8Array | undefined;
  readonly issuer: readonly GeneralName[] | undefined;
  readonly serial: Uint8Array | undefined;
}

export interface PolicyInformation {
  readonly policy: string;
  /** `PolicyQualifierInfo`s, whole DER. */
  readonly qualifiers: readonly { readonly oid: string; readonly value: Uint8Array }[];
}

export interface PolicyMapping {
  readonly issuerDomainPolicy: string;
  readonly subjectDomainPolicy: string;
}

export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | undefined;
  readonly inhibitPolicyMapping: number | undefined;
}

export interface NameConstraints {
  /** Undefined when the field is absent. */
  readonly permitted: readonly GeneralName[] | undefined;
  readonly excluded: readonly GeneralName[] | undefined;
}

export interface DistributionPoint {
  readonly fullName: readonly GeneralName[] | undefined;
  /** DER of the RelativeDistinguishedName, tagged as a SET. */
  readonly relativeName: Uint8Array | undefined;
  /** `ReasonFlags`, bit i at 1 << i; undefined for all reasons. */
  readonly reasons: number | undefined;
  readonly crlIssuer: readonly GeneralName[] | undefined;
}

export interface AccessDescription {
  readonly method: string;
  readonly location: GeneralName;
}

export interface DirectoryAttribute {
  readonly type: string;
  /** Each value, whole DER. */
  readonly values: readonly Uint8Array[];
}

export function readBasicConstraints(value: DerReader): BasicConstraints {
  const body = only(value, 'basicConstraints');
  const ca = body.peek() === 0x01 ? body.boolean('basicConstraints.cA') : false;
  const pathLength = body.done ? undefined : body.smallInteger('basicConstraints.pathLenConstraint');
  body.finish('basicConstraints');
  return { ca, pathLength };
}

export function readKeyUsage(value: DerReader): number {
  const bits = value.namedBits('keyUsage');
  value.finish('keyUsage');
  return bits;
}

/** Purposes, at least one (§4.2.1.12). */
export function readExtendedKeyUsage(value: DerReader): readonly string[] {
  const body = only(value, 'extKeyUsage');
  const purposes: string[] = [];
  do purposes.push(body.oid('extKeyUsage'));
  while (!body.done);
  return purposes;
}

export function readNames(value: DerReader, field: string): readonly GeneralName[] {
  return readGeneralNames(only(value, field), field);
}

export function readKeyIdentifier(value: DerReader): Uint8Array {
  const identifier = value.octetString('subjectKeyIdentifier');
  value.finish('subjectKeyIdentifier');
  return identifier;
}

export function readAuthorityKeyIdentifier(value: DerReader): AuthorityKeyIdentifier {
  const field = 'authorityKeyIdentifier';
  const body = only(value, field);
  const keyIdentifier = body.contentOptional(contextPrimitive(0), field);
  const issuer = body.enterOptional(contextConstructed(1), field);
  const names = issuer === undefined ? undefined : readGeneralNames(issuer, field);
  const serial = body.peek() === contextPrimitive(2) ? body.integer(field, contextPrimitive(2)) : undefined;
  body.finish(field);
  return { keyIdentifier, issuer: names, serial };
}

export function readCertificatePolicies(value: DerReader): readonly PolicyInformation[] {
  const field = 'certificatePolicies';
  const body = only(value, field);
  const policies: PolicyInformation[] = [];
  const seen = new Set<string>();
  do {
    const info = body.sequence(field);
    const policy = info.oid(field);
    // §4.2.1.4: a policy OID must not appear more than once.
    if (seen.has(policy)) malformed(field, info.position, 'policy twice');
    seen.add(policy);
    if (seen.size > MAX_POLICIES) malformed(field, info.position, 'too many policies');
    const qualifiers: { oid: string; value: Uint8Array }[] = [];
    const list = info.done ? undefined : info.sequence(field);
    if (list !== undefined) {
      do {
        const qualifier = list.sequence(field);
        const oid = qualifier.oid(field);
        qualifiers.push({ oid, value: qualifier.raw(field) });
        qualifier.finish(field);
      } while (!list.done);
    }
    info.finish(field);
    policies.push({ policy, qualifiers });
  } while (!body.done);
  return policies;
}

export function readPolicyMappings(value: DerReader): readonly PolicyMapping[] {
  const field = 'policyMappings';
  const body = only(value, field);
  const mappings: PolicyMapping[] = [];
  do {
    if (mappings.length >= MAX_POLICIES) malformed(field, body.position, 'too many mappings');
    const pair = body.sequence(field);
    mappings.push({ issuerDomainPolicy: pair.oid(field), subjectDomainPolicy: pair.oid(field) });
    pair.finish(field);
  } while (!body.done);
  return mappings;
}

export function readPolicyConstraints(value: DerReader): PolicyConstraints {
  const field = 'policyConstraints';
  const body = only(value, field);
  const explicit = contextPrimitive(0);
  const mapping = contextPrimitive(1);
  const requireExplicitPolicy = body.peek() === explicit ? body.smallInteger(field, 0x7fffffff, explicit) : undefined;
  const inhibitPolicyMapping = body.peek() === mapping ? body.smallInteger(field, 0x7fffffff, mapping) : undefined;
  body.finish(field);
  return { requireExplicitPolicy, inhibitPolicyMapping };
}

export function readInhibitAnyPolicy(value: DerReader): number {
  const skip = value.smallInteger('inhibitAnyPolicy');
  value.finish('inhibitAnyPolicy');
  return skip;
}

export function readNameConstraints(value: DerReader): NameConstraints {
  const field = 'nameConstraints';
  const body = only(value, field);
  const permitted = body.enterOptional(contextConstructed(0), field);
  const permittedNames = permitted === undefined ? undefined : readSubtrees(permitted);
  const excluded = body.enterOptional(contextConstructed(1), field);
  const excludedNames = excluded === undefined ? undefined : readSubtrees(excluded);
  body.finish(field);
  return { permitted: permittedNames, excluded: excludedNames };
}

export function readDistributionPoints(value: DerReader, field: string): readonly DistributionPoint[] {
  const body = only(value, field);
  const points: DistributionPoint[] = [];
  do {
    const point = body.sequence(field);
    const name = point.enterOptional(contextConstructed(0), field);
    const { fullName, relativeName } = readDistributionPointName(name, field);
    const reasons = point.peek() === contextPrimitive(1) ? point.namedBits(field, contextPrimitive(1)) : undefined;
    const issuer = point.enterOptional(contextConstructed(2), field);
    const crlIssuer = issuer === undefined ? undefined : readGeneralNames(issuer, field);
    point.finish(field);
    // §4.2.1.13: not reasons alone.
    if (name === undefined && crlIssuer === undefined) malformed(field, point.position, 'neither name nor issuer');
    points.push({ fullName, relativeName, reasons, crlIssuer });
  } while (!body.done);
  return points;
}

/** `DistributionPointName`, whose `[0] EXPLICIT` wrapper has been entered. */
export function readDistributionPointName(
  name: DerReader | undefined,
  field: string,
): { fullName: readonly GeneralName[] | undefined; relativeName: Uint8Array | undefined } {
  if (name === undefined) return { fullName: undefined, relativeName: undefined };
  const full = name.enterOptional(contextConstructed(0), field);
  if (full !== undefined) {
    const fullName = readGeneralNames(full, field);
    name.finish(field);
    return { fullName, relativeName: undefined };
  }
  const relativeName = name.rawOf(contextConstructed(1), field).slice();
  relativeName[0] = 0x31;
  name.finish(field);
  return { fullName: undefined, relativeName };
}

export function readAccessDescriptions(value: DerReader, field: string): readonly AccessDescription[] {
  const body = only(value, field);
  const list: AccessDescription[] = [];
  do {
    const description = body.sequence(field);
    list.push({ method: description.oid(field), location: readGeneralName(description, field) });
    description.finish(field);
  } while (!body.done);
  return list;
}

/** §4.2.1.8 */
export function readDirectoryAttributes(value: DerReader): readonly DirectoryAttribute[] {
  const field = 'subjectDirectoryAttributes';
  const body = only(value, field);
  const attributes: DirectoryAttribute[] = [];
  do {
    const attribute = body.sequence(field);
    const type = attribute.oid(field);
    const set = attribute.enter(SET, field);
    attribute.finish(field);
    const values: Uint8Array[] = [];
    do values.push(set.raw(field));
    while (!set.done);
    attributes.push({ type, values });
  } while (!body.done);
  return attributes;
}

/** TLS extension numbers that the server promises to answer: 5 is must-staple (RFC 7633 §4). */
export function readTlsFeature(value: DerReader): readonly number[] {
  const body = only(value, 'tlsFeature');
  const features: number[] = [];
  while (!body.done) features.push(body.smallInteger('tlsFeature', 0xffff));
  return features;
}

/** Whether the anyPolicy identifier is among the policies. */
export function hasAnyPolicy(policies: readonly PolicyInformation[]): boolean {
  return policies.some((info) => info.policy === ANY_POLICY);
}

/** The bits of a BIT STRING in `ReasonFlags`, outside a distribution point. */
export function readReasonFlags(reader: DerReader, field: string, tag: number = BIT_STRING): number {
  return reader.namedBits(field, tag);
}

/** GeneralSubtrees, at least one. §4.2.1.10: minimum must be zero and maximum absent. */
function readSubtrees(list: DerReader): GeneralName[] {
  const field = 'nameConstraints';
  const names: GeneralName[] = [];
  do {
    const subtree = list.sequence(field);
    names.push(readGeneralName(subtree, field, true));
    if (subtree.peek() === contextPrimitive(0) && subtree.smallInteger(field, 0x7fffffff, contextPrimitive(0)) !== 0) {
      malformed(field, subtree.position, 'minimum other than zero');
    }
    if (!subtree.done) malformed(field, subtree.position, 'maximum is not allowed');
  } while (!list.done);
  return names;
}

/** Narrows `value` to the one SEQUENCE that it must be. */
function only(value: DerReader, field: string): DerReader {
  const end = value.narrow(SEQUENCE, field);
  if (value.end !== end) malformed(field, value.end, 'trailing bytes');
  return value;
}
