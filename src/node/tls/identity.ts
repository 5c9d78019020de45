/** Whether a certificate is for a host: `checkServerIdentity` in Node's form, over Node's certificate object. */
import { isIP } from 'node:net';
import type { PeerCertificate } from 'node:tls';
import { domainToASCII } from 'node:url';
import { equal } from '../../base/bytes.ts';
import { Certificate } from '../../pki/x509/certificate.ts';
import { dnsLabels } from '../../pki/x509/dns-name.ts';
import { matchesDns, matchHostName } from '../../pki/x509/host-name.ts';
import { ipAddressBytes } from '../../pki/x509/ip-address.ts';
import { codedError, type CodedError } from './errors.ts';

/**
 * Undefined when `cert` is for `hostname`, else an error with code `ERR_TLS_CERT_ALTNAME_INVALID`. By RFC 9525: only
 * subject alternative names count, never the common name.
 */
export function checkServerIdentity(hostname: string, cert: PeerCertificate): Error | undefined {
  const host = String(hostname);
  return matches(host, cert) ? undefined : altNameError(host, cert, reasonOf(host, cert));
}

/** The error of `checkServerIdentity`. */
export function altNameError(host: string, cert: unknown, reason: string, cause?: unknown): CodedError {
  const error = codedError('ERR_TLS_CERT_ALTNAME_INVALID', `Hostname/IP does not match certificate's altnames: ${reason}`, cause);
  error.reason = reason;
  error.host = host;
  error.cert = cert;
  return error;
}

/** Node's words for why. */
export function reasonOf(host: string, cert: Partial<PeerCertificate>): string {
  const names = cert.subjectaltname;
  if (names === undefined || names === '') return `Cert does not contain a DNS name: ${host}`;
  if (isIP(host) !== 0)
    return `IP: ${host} is not in the cert's list: ${splitNames(names)
      .filter(([kind]) => kind === 'IP Address')
      .map(([, value]) => value)
      .join(', ')}`;
  return `Host: ${host}. is not in the cert's altnames: ${names}`;
}

/** The name as certificates and server_name have it: A-labels, no trailing dot. */
export function asciiHost(host: string): string {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  const ascii = /^[\x20-\x7e]*$/.test(bare) ? bare : domainToASCII(bare);
  return ascii.length > 1 && ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
}

function matches(hostname: string, cert: PeerCertificate): boolean {
  const host = asciiHost(hostname);
  if (cert.raw !== undefined) {
    try {
      return matchHostName(new Certificate(new Uint8Array(cert.raw)), host);
    } catch {
      return false;
    }
  }
  const names = splitNames(cert.subjectaltname ?? '');
  const address = ipAddressBytes(host);
  if (address !== undefined) {
    return names.some(([kind, value]) => {
      const bytes = kind === 'IP Address' ? ipAddressBytes(value) : undefined;
      return bytes !== undefined && equal(bytes, address);
    });
  }
  const labels = dnsLabels(host, true)?.join('.');
  return labels !== undefined && names.some(([kind, value]) => kind === 'DNS' && matchesDns(value, labels));
}

/** `DNS:a, IP Address:1.2.3.4, DNS:"with, comma"`: values that would be ambiguous are JSON strings. */
function splitNames(text: string): [string, string][] {
  const names: [string, string][] = [];
  const pattern = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/y;
  for (let match = pattern.exec(text); match !== null && match[0] !== ''; match = pattern.exec(text)) {
    let value = match[2]!;
    if (value.startsWith('"')) {
      try {
        value = String(JSON.parse(value));
      } catch {
        return [];
      }
    }
    names.push([match[1]!, value]);
  }
  return names;
}
