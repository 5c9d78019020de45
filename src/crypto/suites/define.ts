/** Makers of legacy suites: by the first version that may use them. */
import type { KeyExchange } from '../kx/kx.ts';
import type { HashName } from '../port.ts';
import type { ProtectionScheme } from '../protect/protection.ts';
import type { LegacyAuthentication, LegacySuite } from './suite.ts';

/** From (D)TLS 1.2 on: AEAD, and certificates with a SHA-2 MAC. */
export function suite12(
  id: number,
  name: string,
  openssl: string,
  kx: KeyExchange,
  auth: LegacyAuthentication,
  protection: ProtectionScheme,
  prfHash: HashName,
): LegacySuite {
  return { family: 'legacy', id, name, openssl, kx, auth, protection, prfHash, minVersion: 0x0303 };
}

/** From TLS 1.0 on: elliptic curves (RFC 8422), and PSK with a SHA-2 MAC (RFC 5487 §3, RFC 5489 §3.2). */
export function suite10(
  id: number,
  name: string,
  openssl: string,
  kx: KeyExchange,
  auth: LegacyAuthentication,
  protection: ProtectionScheme,
  prfHash: HashName = 'sha256',
): LegacySuite {
  return { family: 'legacy', id, name, openssl, kx, auth, protection, prfHash, minVersion: 0x0301 };
}

/** From SSL 3.0 on. */
export function suite3(
  id: number,
  name: string,
  openssl: string,
  kx: KeyExchange,
  auth: LegacyAuthentication,
  protection: ProtectionScheme,
): LegacySuite {
  return { family: 'legacy', id, name, openssl, kx, auth, protection, prfHash: 'sha256', minVersion: 0x0300 };
}
