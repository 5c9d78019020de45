/**
 * Path validation, RFC 5280 §6.1, as its numbered steps. The path comes leaf first with the trust anchor last; certificate i of the
 * RFC (1 below the anchor, n the leaf) is `path[n - i]`. Signatures, (a)(1), are checked after everything that costs nothing.
 */
import { TlsError } from '../../base/errors.ts';
import { MAX_SIGNATURE_CHECKS } from '../../base/limits.ts';
import { isPromise } from '../../base/maybe-promise.ts';
import type { CryptoProvider, PublicKey } from '../../crypto/port.ts';
import { ANY_EXTENDED_KEY_USAGE, ANY_POLICY } from '../asn1/oids.ts';
import type { Certificate } from './certificate.ts';
import { KEY_CERT_SIGN } from './extensions.ts';
import { type Fault, fault } from './failure.ts';
import { NameConstraintState } from './name-constraints.ts';
import { type PolicyOptions, PolicyState } from './policies.ts';
import { checkKey, type PathRole, type Profile } from './profile.ts';
import { withParameters } from './spki.ts';
import type { Steps } from './steps.ts';

/** What holds for one validation, whatever the path. */
export interface PathContext {
  readonly crypto: CryptoProvider;
  /** Milliseconds since 1970; undefined: validity is not looked at. */
  readonly now: number | undefined;
  readonly profile: Profile;
  readonly policy: PolicyOptions;
  /** Policies are worked out even where nothing demands them. Default false. */
  readonly wantPolicies?: boolean | undefined;
  /** Purposes that every certificate with an extended key usage must allow. */
  readonly purposes: readonly string[];
  /** Longest path allowed: intermediates between leaf and anchor, self-issued ones not counted. */
  readonly maxIntermediates: number;
  readonly signatures: SignatureMemo;
  /** The leaf's common names count as host names, so name constraints reach them. */
  readonly legacyCommonName?: boolean | undefined;
  /** Revocation, asked once a path is otherwise good; for each certificate but the anchor. */
  readonly revocation?:
    | ((certificate: Certificate, issuer: Certificate, path: readonly Certificate[]) => Steps<Fault | undefined>)
    | undefined;
}

/** A refusal, and which certificate of the path it is about. */
export interface PathFault extends Fault {
  readonly index: number;
  /** The fault lies in the certificate, or in it and its issuer: every path with them has it. */
  readonly scope: 'certificate' | 'edge' | 'path';
}

export interface PathAccepted {
  /** user-constrained-policy-set, §6.1.6. */
  readonly policies: readonly string[];
}

/** Results of signature checks of one validation, and their budget. */
export class SignatureMemo {
  checks = 0;
  /** Few, since `MAX_SIGNATURE_CHECKS` bounds them: searched as they are. */
  readonly #known: { readonly certificate: Certificate; readonly issuer: Certificate; readonly result: Fault | null }[] = [];

  readonly #isKnown: ((certificate: Certificate, issuer: Certificate) => boolean) | undefined;

  /** `isKnown`: pairs that an earlier validation has found good. */
  constructor(isKnown?: (certificate: Certificate, issuer: Certificate) => boolean) {
    this.#isKnown = isKnown;
  }

  get(certificate: Certificate, issuer: Certificate): Fault | null | undefined {
    for (const one of this.#known) if (one.certificate === certificate && one.issuer === issuer) return one.result;
    return this.#isKnown?.(certificate, issuer) === true ? null : undefined;
  }

  set(certificate: Certificate, issuer: Certificate, result: Fault | null): void {
    this.#known.push({ certificate, issuer, result });
  }
}

/** Validates one path of at least one certificate; a single one is a leaf that is itself an anchor. */
export function* validatePath(path: readonly Certificate[], context: PathContext): Steps<PathFault | PathAccepted> {
  let index = 0;
  try {
    const outcome = walk(path, context, (at) => {
      index = at;
    });
    if ('reason' in outcome) return outcome;
    // §6.1.3 (a)(1), from the anchor down: "The signature on the certificate can be verified using working_public_key_algorithm,
    // the working_public_key, and the working_public_key_parameters."
    for (index = path.length - 2; index >= 0; index--) {
      const found = yield* checkSignature(path, index, context);
      if (found !== undefined) return { ...found, index, scope: found.reason === 'budget' ? 'path' : 'edge' };
    }
    index = path.length - 1;
    const alien = yield* checkAnchorAuthority(path[index]!, context);
    if (alien !== undefined) return { ...alien, index, scope: 'certificate' };
    if (context.revocation !== undefined) {
      // §6.1.3 (a)(3)
      for (index = path.length - 2; index >= 0; index--) {
        const found = yield* context.revocation(path[index]!, path[index + 1]!, path.slice(index));
        if (found !== undefined) return { ...found, index, scope: 'edge' };
      }
    }
    return outcome;
  } catch (error) {
    if (!(error instanceof TlsError) || (error.code !== 'bad_der' && error.code !== 'bad_key')) throw error;
    return { ...fault('malformed', 'RFC 5280 4.1', error.detail ?? error.code), index, scope: 'certificate' };
  }
}

/** All steps but signatures and revocation. */
function walk(path: readonly Certificate[], context: PathContext, at: (index: number) => void): PathFault | PathAccepted {
  const n = path.length - 1;
  const { profile } = context;
  const anchor = path[n]!;
  const refuse = (index: number, scope: PathFault['scope'], found: Fault): PathFault => ({ ...found, index, scope });

  // §6.1.2 Initialization
  // Without a demand for policies their graph decides nothing, and is built only for who wants to see it.
  const demandsPolicy = (certificate: Certificate, index: number): boolean => {
    at(index);
    return certificate.policyConstraints !== undefined;
  };
  const track = context.wantPolicies === true || context.policy.requireExplicitPolicy === true || path.some(demandsPolicy);
  const policies = new PolicyState(n, context.policy, track);
  const constraints = new NameConstraintState(profile.leadingDotConstraint);
  let maxPathLength = Math.min(n, context.maxIntermediates);

  at(n);
  const own = checkOne(anchor, n === 0 ? 'leaf' : 'anchor', context);
  if (own !== undefined) return refuse(n, 'certificate', own);
  if (n === 0) return { policies: policies.finish(context.policy.initialPolicies) ?? [] };
  const ca = checkAnchorAsIssuer(anchor) ?? checkPurposes(anchor, context.purposes, true);
  if (ca !== undefined) return refuse(n, 'certificate', ca);
  // RFC 5937: what the anchor's own certificate constrains is taken as input.
  const pathLength = anchor.basicConstraints?.pathLength;
  if (pathLength !== undefined) maxPathLength = Math.min(maxPathLength, pathLength);
  if (anchor.nameConstraints !== undefined) {
    const wrong = constraints.add(anchor.nameConstraints);
    if (wrong !== undefined) return refuse(n, 'certificate', wrong);
  }

  for (let i = 1; i <= n; i++) {
    const index = n - i;
    const certificate = path[index]!;
    const issuer = path[index + 1]!;
    const last = i === n;
    at(index);

    // §6.1.3 (a)(2) validity, and what concerns this certificate alone
    const one = checkOne(certificate, last ? 'leaf' : 'ca', context);
    if (one !== undefined) return refuse(index, 'certificate', one);
    // (a)(4) "The certificate issuer name is the working_issuer_name."
    if (!certificate.issuer.equals(issuer.subject))
      return refuse(
        index,
        'edge',
        fault('name-chaining', 'RFC 5280 6.1.3 (a)(4)', 'issuer name is not the subject name of the certificate above'),
      );

    const isSelfIssued = certificate.isSelfIssued;
    // (b), (c): self-issued certificates are exempt unless they are the last
    if (!isSelfIssued || last) {
      const wrong = constraints.check(certificate, last && context.legacyCommonName === true);
      if (wrong !== undefined) return refuse(index, 'path', wrong);
    }

    // (d), (e) policies, (f) explicit_policy
    if (!policies.process(certificate.certificatePolicies, policies.inhibitAnyPolicy > 0 || (!last && isSelfIssued))) {
      return refuse(index, 'path', fault('budget', 'RFC 5280 6.1.3 (d)', 'too many policy nodes'));
    }
    if (!policies.acceptable)
      return refuse(index, 'path', fault('policy', 'RFC 5280 6.1.3 (f)', 'a policy is required, and none is valid along the path'));

    if (last) continue;
    // §6.1.4 Preparation for certificate i+1
    const { policyMappings } = certificate;
    if (policyMappings !== undefined) {
      // (a)
      for (const { issuerDomainPolicy, subjectDomainPolicy } of policyMappings) {
        if (issuerDomainPolicy === ANY_POLICY || subjectDomainPolicy === ANY_POLICY) {
          return refuse(index, 'certificate', fault('policy', 'RFC 5280 6.1.4 (a)', 'anyPolicy is mapped'));
        }
      }
      // (b)
      if (!policies.map(policyMappings)) return refuse(index, 'path', fault('budget', 'RFC 5280 6.1.4 (b)', 'too many policy nodes'));
    }
    // (c) to (f): working issuer name and key are path[index]
    // (g)
    const { nameConstraints } = certificate;
    if (nameConstraints !== undefined) {
      const wrong = constraints.add(nameConstraints);
      if (wrong !== undefined) return refuse(index, 'certificate', wrong);
    }
    // (h)
    if (!isSelfIssued) {
      if (policies.explicitPolicy > 0) policies.explicitPolicy--;
      if (policies.policyMapping > 0) policies.policyMapping--;
      if (policies.inhibitAnyPolicy > 0) policies.inhibitAnyPolicy--;
    }
    // (i)
    const { policyConstraints, inhibitAnyPolicy } = certificate;
    if (policyConstraints?.requireExplicitPolicy !== undefined)
      policies.explicitPolicy = Math.min(policies.explicitPolicy, policyConstraints.requireExplicitPolicy);
    if (policyConstraints?.inhibitPolicyMapping !== undefined)
      policies.policyMapping = Math.min(policies.policyMapping, policyConstraints.inhibitPolicyMapping);
    // (j)
    if (inhibitAnyPolicy !== undefined) policies.inhibitAnyPolicy = Math.min(policies.inhibitAnyPolicy, inhibitAnyPolicy);
    // (k)
    const basic = certificate.basicConstraints;
    // Only version 3 has extensions.
    if (basic === undefined)
      return refuse(index, 'certificate', fault('not-a-ca', 'RFC 5280 6.1.4 (k)', 'issuer has no basic constraints: it is no CA'));
    if (!basic.ca) return refuse(index, 'certificate', fault('not-a-ca', 'RFC 5280 6.1.4 (k)', 'issuer is no CA'));
    // (l)
    if (!isSelfIssued) {
      if (maxPathLength <= 0)
        return refuse(index, 'path', fault('path-length', 'RFC 5280 6.1.4 (l)', 'more intermediates than a CA above allows'));
      maxPathLength--;
    }
    // (m)
    if (basic.pathLength !== undefined) maxPathLength = Math.min(maxPathLength, basic.pathLength);
    // (n)
    const { keyUsage } = certificate;
    if (keyUsage !== undefined && (keyUsage & KEY_CERT_SIGN) === 0)
      return refuse(index, 'certificate', fault('key-usage', 'RFC 5280 6.1.4 (n)', 'issuer may not sign certificates'));
    // Purposes nest: RFC 5280 leaves it open, every TLS client and the CA/Browser Forum do it.
    const purpose = checkPurposes(certificate, context.purposes, true);
    if (purpose !== undefined) return refuse(index, 'certificate', purpose);
  }

  // §6.1.5 Wrap-up
  at(0);
  const leaf = path[0]!;
  // (a)
  if (policies.explicitPolicy > 0) policies.explicitPolicy--;
  // (b)
  if (leaf.policyConstraints?.requireExplicitPolicy === 0) policies.explicitPolicy = 0;
  // (c) to (f) were done above; (g)
  const accepted = policies.finish(context.policy.initialPolicies);
  if (accepted === undefined)
    return refuse(0, 'path', fault('policy', 'RFC 5280 6.1.5 (g)', 'no acceptable policy is valid along the path'));
  return { policies: accepted };
}

/** What can be said of one certificate without its neighbours. */
export function checkOne(certificate: Certificate, role: PathRole, context: PathContext): Fault | undefined {
  const { now, profile } = context;
  // §6.1.3 (a)(2) "The certificate validity period includes the current time."
  if (now !== undefined) {
    if (now < certificate.notBefore)
      return fault('not-yet-valid', 'RFC 5280 6.1.3 (a)(2)', `not valid before ${isoTime(certificate.notBefore)}`);
    if (now >= certificate.notAfter + 1000) return fault('expired', 'RFC 5280 6.1.3 (a)(2)', `expired on ${isoTime(certificate.notAfter)}`);
  }
  // The rest depends on the bytes alone, and anchors come again and again.
  if (role === 'anchor' && goodAnchors.get(certificate) === profile) return undefined;
  // §4.1.1.2: "This field MUST contain the same algorithm identifier as the signature field in the sequence tbsCertificate"
  if (!certificate.algorithmsMatch)
    return fault('signature-algorithm', 'RFC 5280 4.1.1.2', 'signatureAlgorithm differs from tbsCertificate.signature');
  // §6.1.4 (o), §6.1.5 (f)
  const unknown = certificate.unknownCritical;
  if (unknown !== undefined)
    return fault(
      'unknown-critical-extension',
      role === 'leaf' ? 'RFC 5280 6.1.5 (f)' : 'RFC 5280 6.1.4 (o)',
      `critical extension ${unknown} is not known`,
    );
  // Read here for the leaf too, where no step looks at them: a malformed one is refused.
  void certificate.basicConstraints;
  void certificate.keyUsage;
  const wrong = checkKey(certificate.keyInfo, profile) ?? profile.conformance?.(certificate, role);
  if (role === 'anchor' && wrong === undefined) goodAnchors.set(certificate, profile);
  return wrong;
}

/** Anchors that were found good, and by which profile. */
const goodAnchors: WeakMap<Certificate, Profile> = /* @__PURE__ */ new WeakMap();

/** An anchor that issued: version 1 roots are the caller's choice, but a certificate that says it is no CA is none. */
function checkAnchorAsIssuer(anchor: Certificate): Fault | undefined {
  const basic = anchor.basicConstraints;
  if (anchor.version === 3 && (basic === undefined || !basic.ca)) return fault('not-a-ca', 'RFC 5280 4.2.1.9', 'trust anchor is no CA');
  const { keyUsage } = anchor;
  if (keyUsage !== undefined && (keyUsage & KEY_CERT_SIGN) === 0)
    return fault('key-usage', 'RFC 5280 4.2.1.3', 'trust anchor may not sign certificates');
  return undefined;
}

/**
 * §4.2.1.1: "There is one exception; where a CA distributes its public key in the form of a "self-signed" certificate, the authority key
 * identifier MAY be omitted." Whether a certificate is, only its signature says when its names differ.
 */
function* checkAnchorAuthority(anchor: Certificate, context: PathContext): Steps<Fault | undefined> {
  if (context.profile.anchorNamesAuthority !== true || anchor.version !== 3 || anchor.isSelfIssued) return undefined;
  if (anchor.authorityKeyIdentifier?.keyIdentifier !== undefined) return undefined;
  const key = anchor.subjectKey(context.crypto);
  const wrong = yield* verifySigned(anchor.tbs, anchor.signature, anchor.signatureAlgorithm, anchor, key, context);
  return wrong === undefined
    ? undefined
    : fault('profile', 'RFC 5280 4.2.1.1', 'authorityKeyIdentifier is missing, and the anchor did not sign itself');
}

/** Whether the extended key usage, when there is one, allows all purposes. */
export function checkPurposes(certificate: Certificate, purposes: readonly string[], anyPurpose: boolean): Fault | undefined {
  if (purposes.length === 0) return undefined;
  const allowed = certificate.extendedKeyUsage;
  if (allowed === undefined || (anyPurpose && allowed.includes(ANY_EXTENDED_KEY_USAGE))) return undefined;
  for (const purpose of purposes) {
    if (!allowed.includes(purpose)) return fault('extended-key-usage', 'RFC 5280 4.2.1.12', `not for the purpose ${purpose}`);
  }
  return undefined;
}

/** Whether `path[index]` is signed by the key of `path[index + 1]`. */
function* checkSignature(path: readonly Certificate[], index: number, context: PathContext): Steps<Fault | undefined> {
  const certificate = path[index]!;
  const issuer = path[index + 1]!;
  const known = context.signatures.get(certificate, issuer);
  if (known !== undefined) return known ?? undefined;
  if (context.signatures.checks >= MAX_SIGNATURE_CHECKS)
    return fault('budget', 'RFC 5280 6.1.3 (a)(1)', `more than ${MAX_SIGNATURE_CHECKS} signatures`);
  context.signatures.checks++;
  const key = publicKeyAt(path, index + 1, context.crypto);
  const result = yield* verifySigned(certificate.tbs, certificate.signature, certificate.signatureAlgorithm, issuer, key, context);
  context.signatures.set(certificate, issuer, result ?? null);
  return result;
}

/** Verifies anything signed as certificates are: certificates, CRLs, OCSP responses. */
export function* verifySigned(
  tbs: Uint8Array,
  signature: Uint8Array,
  algorithm: Certificate['signatureAlgorithm'],
  issuer: Certificate,
  key: PublicKey | undefined,
  context: Pick<PathContext, 'crypto' | 'profile'>,
): Steps<Fault | undefined> {
  const step = 'RFC 5280 6.1.3 (a)(1)';
  const { profile } = context;
  if (algorithm === undefined) return fault('signature-algorithm', step, 'signature algorithm is not supported');
  const oldDsa = algorithm.key === 'dsa' && algorithm.hash === 'sha1' && profile.dsaSha1 === true;
  if (algorithm.hash !== undefined && !profile.hashes.includes(algorithm.hash) && !oldDsa)
    return fault('weak-signature', step, `${algorithm.hash} signatures are not accepted`);
  const info = issuer.keyInfo;
  const rule = profile.signatureRule?.(algorithm, info);
  if (rule !== undefined) return fault('signature-algorithm', step, rule);
  if (key === undefined) return fault('unsupported-key', step, "issuer's key is not supported");
  let { scheme } = algorithm;
  if (algorithm.key === 'rsa-pss' && info.type === 'rsa') scheme = algorithm.rsaeScheme!;
  else if (algorithm.key !== info.type)
    return fault('signature', step, `${algorithm.key} signature, but the issuer has a key of type ${info.type}`);
  const outcome = context.crypto.verify(scheme, key, tbs, signature, algorithm.saltLength);
  const good = isPromise(outcome) ? yield outcome : outcome;
  return good === true ? undefined : fault('signature', step, "signature does not verify with the issuer's key");
}

/** The key of `path[index]`, a DSA key completed with the parameters above it (§6.1.4 (d) to (f)). */
export function publicKeyAt(path: readonly Certificate[], index: number, crypto: CryptoProvider): PublicKey | undefined {
  const certificate = path[index]!;
  const info = certificate.keyInfo;
  if (!info.inheritsParameters) return certificate.subjectKey(crypto);
  for (let above = index + 1; above < path.length; above++) {
    const other = path[above]!.keyInfo;
    if (other.type !== 'dsa') return undefined;
    if (!other.inheritsParameters) return crypto.importPublicKey(withParameters(info, other.parameters!));
  }
  return undefined;
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
}
