/** The CA/Browser Forum's Baseline Requirements (TLS) on top of RFC 5280, as far as a certificate itself shows them. */
import * as oids from '../asn1/oids.ts';
import type { SignatureAlgorithm } from './algorithm.ts';
import type { Certificate } from './certificate.ts';
import { patternLabels } from './dns-name.ts';
import { CRL_SIGN, KEY_CERT_SIGN } from './extensions.ts';
import * as id from './extension-id.ts';
import { type Fault, fault } from './failure.ts';
import { ipAddressText } from './ip-address.ts';
import type { PathRole, Profile } from './profile.ts';
import { checkRfc5280, rfc5280 } from './profile-rfc5280.ts';
import type { KeyInfo } from './spki.ts';

export const webpki: Profile = {
  ...rfc5280,
  name: 'webpki',
  hashes: ['sha256', 'sha384', 'sha512'],
  minDsaBits: undefined,
  anyPurpose: false,
  conformance: checkWebPki,
  keyRule,
  signatureRule,
};

function checkWebPki(certificate: Certificate, role: PathRole): Fault | undefined {
  const rule = (section: string, message: string): Fault => fault('profile', `CA/B BR ${section}`, message);
  if (certificate.version !== 3) return rule('7.1.1', 'not version 3');
  // §7.1.2.10.8: "As an explicit exception from RFC 5280, this extension SHOULD be marked critical, but MAY be marked non-critical".
  const general = checkRfc5280(certificate, role, true);
  if (general !== undefined) return general;
  if (certificate.hasUniqueIdentifiers) return fault('profile', 'RFC 5280 4.1.2.8', 'unique identifiers');
  if (role !== 'anchor' && !certificate.hasProperTimes) return fault('profile', 'RFC 5280 4.1.2.5', 'validity in the wrong form of time');
  if (role !== 'anchor' && certificate.serial[0]! >= 0x80) return rule('7.1.2', 'serial number is negative');
  const authority = certificate.authorityKeyIdentifier;
  if (authority !== undefined) {
    if (authority.keyIdentifier === undefined) return rule('7.1.2.11.1', 'authorityKeyIdentifier without keyIdentifier');
    // Never one without the other: RFC 5280 above.
    if (authority.issuer !== undefined) return rule('7.1.2.11.1', 'authorityKeyIdentifier with issuer and serial number');
  }
  if (certificate.policyConstraints !== undefined && !certificate.isCritical(id.POLICY_CONSTRAINTS)) {
    return fault('profile', 'RFC 5280 4.2.1.11', 'policyConstraints is not critical');
  }
  if (role === 'leaf') return checkLeaf(certificate, rule);
  const usage = certificate.keyUsage;
  if (usage === undefined) return rule('7.1.2.10.7', 'CA without keyUsage');
  if (!certificate.isCritical(id.BASIC_CONSTRAINTS)) return rule('7.1.2.10.4', 'basicConstraints of a CA is not critical');
  if (role === 'anchor' && certificate.isSelfIssued && certificate.extendedKeyUsage !== undefined)
    return rule('7.1.2.1.2', 'root with extKeyUsage');
  return undefined;
}

/** §7.1.2.7: subscriber certificates. */
function checkLeaf(certificate: Certificate, rule: (section: string, message: string) => Fault): Fault | undefined {
  if (certificate.basicConstraints?.ca === true) return rule('7.1.2.7.8', 'subscriber certificate is a CA');
  const usage = certificate.keyUsage;
  if (usage !== undefined && (usage & (KEY_CERT_SIGN | CRL_SIGN)) !== 0)
    return rule('7.1.2.7.11', 'subscriber certificate may sign certificates or CRLs');
  const purposes = certificate.extendedKeyUsage;
  if (purposes === undefined) return rule('7.1.2.7.10', 'no extKeyUsage');
  if (certificate.isCritical(id.EXTENDED_KEY_USAGE)) return rule('7.1.2.7.10', 'extKeyUsage is critical');
  if (purposes.includes(oids.ANY_EXTENDED_KEY_USAGE)) return rule('7.1.2.7.10', 'anyExtendedKeyUsage in a subscriber certificate');
  const names = certificate.subjectAltName;
  if (names === undefined) return rule('7.1.2.7.12', 'no subjectAltName');
  if (certificate.isCritical(id.SUBJECT_ALT_NAME) !== certificate.subject.isEmpty)
    return rule('7.1.2.7.12', 'subjectAltName must be critical exactly when the subject is empty');
  if (!purposes.includes(oids.SERVER_AUTH)) return undefined;
  const texts: string[] = [];
  for (const name of names) {
    if (name.kind === 'ip') texts.push(ipAddressText(name.value));
    else if (name.kind === 'dns') {
      const labels = patternLabels(name.value);
      // In the preferred syntax it is, by RFC 5280 above: without underscores and no longer than a name may be.
      if (labels === undefined) return rule('7.1.4.2', `${JSON.stringify(name.value)} is no domain name`);
      if (labels[0] === '*' && labels.length < 3) return rule('3.2.2.6', 'wildcard directly below a public suffix');
      texts.push(name.value);
    } else return rule('7.1.2.7.12', `subjectAltName with a name of form ${name.kind}`);
  }
  for (const name of certificate.subject.values(oids.COMMON_NAME)) {
    // "character-for-character copy of the dNSName entry value"
    if (!texts.includes(name)) return rule('7.1.4.3', 'commonName is not among the subject alternative names');
  }
  return undefined;
}

/** §6.1.5: RSA of at least 2048 bits, divisible by 8; P-256, P-384, P-521. */
function keyRule(key: KeyInfo): string | undefined {
  if (key.type === 'rsa') return key.bits % 8 === 0 ? undefined : 'RSA modulus is not a multiple of 8 bits';
  if (key.type === 'ec' && (key.curve === 'secp256r1' || key.curve === 'secp384r1' || key.curve === 'secp521r1')) return undefined;
  return `${key.type ?? 'unknown'} keys are not allowed`;
}

/** §7.1.3.2: exact encodings. */
function signatureRule(algorithm: SignatureAlgorithm, issuerKey: KeyInfo): string | undefined {
  if (!algorithm.exact) return 'signature algorithm in another form than the one that is allowed';
  if (algorithm.key !== 'ec') return undefined;
  const hash = issuerKey.curve === 'secp256r1' ? 'sha256' : issuerKey.curve === 'secp384r1' ? 'sha384' : 'sha512';
  return algorithm.hash === hash ? undefined : `${algorithm.hash ?? 'no hash'} does not go with the issuer's curve`;
}
