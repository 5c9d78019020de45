/** A cipher suite is a value: what it negotiates to, and the code for it. What is not passed is not bundled. */
import type { KeyExchange } from '../kx/kx.ts';
import type { HashName } from '../port.ts';
import type { ProtectionScheme } from '../protect/protection.ts';

interface SuiteBase {
  /** The two bytes on the wire. */
  readonly id: number;
  /** The IANA name: `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`. */
  readonly name: string;
  /** OpenSSL's name, as `getCipher().name` and cipher strings use it. */
  readonly openssl: string;
  readonly protection: ProtectionScheme;
}

/** TLS 1.3 and DTLS 1.3: cipher and hash only. */
export interface ModernSuite extends SuiteBase {
  readonly family: 'modern';
  readonly hash: HashName;
}

export type LegacyAuthentication = 'rsa' | 'ecdsa' | 'dss' | 'psk' | 'anon';

/** SSL 3.0 to (D)TLS 1.2. */
export interface LegacySuite extends SuiteBase {
  readonly family: 'legacy';
  readonly kx: KeyExchange;
  /** Which key signs, or `psk` where none does. RSA key exchange counts as `rsa`. */
  readonly auth: LegacyAuthentication;
  /** The PRF's hash in (D)TLS 1.2; earlier versions have their own. */
  readonly prfHash: HashName;
  /** The lowest version that may use it: 0x0303 for AEAD and SHA-2 suites. */
  readonly minVersion: number;
}

export type CipherSuite = LegacySuite | ModernSuite;
