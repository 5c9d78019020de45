/**
 * Whether a certificate is for a host, RFC 9525 (and RFC 9110 §4.3.4 for IP addresses). Only subject alternative names count; a
 * wildcard is the whole left-most label and stands for exactly one; addresses are compared as bytes and never by wildcard.
 */
import { equal } from '../../base/bytes.ts';
import { COMMON_NAME } from '../asn1/oids.ts';
import type { Certificate } from './certificate.ts';
import { dnsLabels, patternLabels } from './dns-name.ts';
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
  const wanted = address === undefined ? dnsLabels(reference, true) : undefined;
  if (address === undefined && (wanted === undefined || isNumeric(wanted))) return false;
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

/** Whether a presented domain name, maybe with a wildcard, covers the wanted labels. */
export function matchesDns(presented: string, wanted: readonly string[]): boolean {
  const labels = patternLabels(presented);
  if (labels === undefined || labels.length !== wanted.length) return false;
  const wildcard = labels[0] === '*';
  // A wildcard directly below the root zone would cover every name of a top-level domain.
  if (wildcard && labels.length < 3) return false;
  for (let i = wildcard ? 1 : 0; i < labels.length; i++) if (labels[i] !== wanted[i]) return false;
  return true;
}

/** A name whose last label is a number is a mistyped address, no domain name (RFC 3696 §2). */
function isNumeric(labels: readonly string[]): boolean {
  return /^\d+$/.test(labels[labels.length - 1]!);
}
