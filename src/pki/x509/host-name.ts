/**
 * Whether a certificate is for a host, RFC 9525 (and RFC 9110 §4.3.4 for IP addresses). Only subject alternative names count; a
 * wildcard is the whole left-most label and stands for exactly one; addresses are compared as bytes and never by wildcard.
 */
import { equal } from '../../base/bytes.ts';
import { COMMON_NAME } from '../asn1/oids.ts';
import type { Certificate } from './certificate.ts';
import { dnsLabels } from './dns-name.ts';
import { ipAddressBytes } from './ip-address.ts';

export interface HostNameOptions {
  /**
   * Looks at the subject's common names when the certificate has no subject alternative name at all, as clients did before
   * RFC 6125. Default false.
   */
  readonly legacyCommonName?: boolean | undefined;
}

/**
 * Whether `certificate` is for `reference`: a domain name (A-labels; one trailing dot is ignored) or an IP address as text,
 * without brackets. False for a reference that is neither. Throws `bad_der` when the subjectAltName is malformed.
 */
export function matchHostName(certificate: Certificate, reference: string, options: HostNameOptions = {}): boolean {
  const names = certificate.subjectAltName;
  const address = ipAddressBytes(reference);
  const wanted = address === undefined ? domainName(reference) : undefined;
  if (address === undefined && wanted === undefined) return false;
  if (names === undefined) {
    if (options.legacyCommonName !== true) return false;
    return certificate.subject.values(COMMON_NAME).some((name) => (wanted === undefined ? name === reference : matchesDns(name, wanted)));
  }
  for (const name of names) {
    if (address !== undefined) {
      if (name.kind === 'ip' && equal(name.value, address)) return true;
    } else if (name.kind === 'dns' && matchesDns(name.value, wanted!)) return true;
  }
  return false;
}

/** Whether a presented domain name, maybe with a wildcard, covers `wanted`: a domain name in lower case, already checked. */
export function matchesDns(presented: string, wanted: string): boolean {
  const name = presented.toLowerCase();
  // What equals a domain name is one.
  if (!name.startsWith('*.')) return name === wanted;
  const suffix = name.slice(1);
  // A wildcard directly below the root zone would cover every name of a top-level domain.
  if (!suffix.includes('.', 1) || !wanted.endsWith(suffix)) return false;
  const label = wanted.length - suffix.length;
  return label > 0 && wanted.indexOf('.') === label;
}

/** The reference in lower case, without a trailing dot. A name whose last label is a number is a mistyped address, no domain name. */
function domainName(reference: string): string | undefined {
  const labels = dnsLabels(reference, true);
  return labels === undefined || /^\d+$/.test(labels[labels.length - 1]!) ? undefined : labels.join('.');
}
