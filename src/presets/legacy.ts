/**
 * For equipment that nobody will update: besides what `compatible` has, TLS 1.1 and 1.0, key exchange by RSA,
 * finite-field DH with CBC, 3DES-CBC, DSS certificates and SHA-1 signatures. What is worse than old is off until its switch is on: SSL 3.0,
 * and keys of less than 2048 bits. Whatever is newer and known to both is still used first.
 */
import type { CryptoProvider } from '../crypto/port.ts';
import {
  TLS_DHE_DSS_WITH_AES_128_CBC_SHA,
  TLS_DHE_DSS_WITH_AES_128_CBC_SHA256,
  TLS_DHE_DSS_WITH_AES_256_CBC_SHA,
  TLS_DHE_DSS_WITH_AES_256_CBC_SHA256,
  TLS_DHE_RSA_WITH_AES_128_CBC_SHA,
  TLS_DHE_RSA_WITH_AES_128_CBC_SHA256,
  TLS_DHE_RSA_WITH_AES_256_CBC_SHA,
  TLS_DHE_RSA_WITH_AES_256_CBC_SHA256,
  TLS_RSA_WITH_AES_128_CBC_SHA,
  TLS_RSA_WITH_AES_128_CBC_SHA256,
  TLS_RSA_WITH_AES_256_CBC_SHA,
  TLS_RSA_WITH_AES_256_CBC_SHA256,
} from '../crypto/suites/aes-cbc.ts';
import { TLS_RSA_WITH_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_256_GCM_SHA384 } from '../crypto/suites/aes-gcm.ts';
import type { CipherSuite } from '../crypto/suites/suite.ts';
import {
  TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA,
  TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA,
  TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA,
  TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA,
  TLS_RSA_WITH_3DES_EDE_CBC_SHA,
} from '../crypto/suites/triple-des.ts';
import type { DangerSwitches } from '../handshake/dangers.ts';
import type { ProtocolVersion } from '../handshake/version.ts';
import { compatible, type Profile } from '../pki/x509/profile.ts';
import { ssl30Client, ssl30Server } from '../versions/ssl30.ts';
import { tls10Client, tls10Server } from '../versions/tls10.ts';
import { tls11Client, tls11Server } from '../versions/tls11.ts';
import { DSA_SHA1, DSA_SHA256, ECDSA_SHA1, RSA_PKCS1_SHA1 } from '../wire/signature-scheme.ts';
import { COMPATIBLE_EXTENSIONS, COMPATIBLE_GROUPS, COMPATIBLE_SCHEMES, COMPATIBLE_SUITES } from './compatible.ts';
import {
  availableGroups,
  keyShareCount,
  MODERN_CLIENT_VERSIONS,
  MODERN_SERVER_VERSIONS,
  type PresetClient,
  type PresetServer,
} from './modern.ts';

export const LEGACY_CLIENT_VERSIONS: readonly ProtocolVersion[] = [...MODERN_CLIENT_VERSIONS, tls11Client, tls10Client];
export const LEGACY_SERVER_VERSIONS: readonly ProtocolVersion[] = [...MODERN_SERVER_VERSIONS, tls11Server, tls10Server];

/** Ephemeral keys before RSA, AEADs before CBC, 3DES last. */
export const LEGACY_SUITES: readonly CipherSuite[] = [
  ...COMPATIBLE_SUITES,
  TLS_DHE_RSA_WITH_AES_128_CBC_SHA256,
  TLS_DHE_RSA_WITH_AES_256_CBC_SHA256,
  TLS_DHE_DSS_WITH_AES_128_CBC_SHA256,
  TLS_DHE_DSS_WITH_AES_256_CBC_SHA256,
  TLS_DHE_RSA_WITH_AES_128_CBC_SHA,
  TLS_DHE_RSA_WITH_AES_256_CBC_SHA,
  TLS_DHE_DSS_WITH_AES_128_CBC_SHA,
  TLS_DHE_DSS_WITH_AES_256_CBC_SHA,
  TLS_RSA_WITH_AES_128_GCM_SHA256,
  TLS_RSA_WITH_AES_256_GCM_SHA384,
  TLS_RSA_WITH_AES_128_CBC_SHA256,
  TLS_RSA_WITH_AES_256_CBC_SHA256,
  TLS_RSA_WITH_AES_128_CBC_SHA,
  TLS_RSA_WITH_AES_256_CBC_SHA,
  TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA,
  TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA,
  TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA,
  TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA,
  TLS_RSA_WITH_3DES_EDE_CBC_SHA,
];

//= rfc9846#section-4.3.3
//# Clients offering these values MUST list them as the lowest priority (listed after all other
//# algorithms in SignatureSchemeList).
export const LEGACY_SCHEMES: readonly number[] = [...COMPATIBLE_SCHEMES, DSA_SHA256, ECDSA_SHA1, RSA_PKCS1_SHA1, DSA_SHA1];

/** For the `profile` of a certificate verifier: certificates signed with SHA-1, and RSA and DSA keys of 1024 bits. */
export const LEGACY_PROFILE: Profile = {
  ...compatible,
  name: 'legacy',
  hashes: [...compatible.hashes, 'sha1'],
  minRsaBits: 1_024,
  minDsaBits: 1_024,
  dsaSha1: true,
};

const WEAK_DH_BITS = 1_024;

/** What is off unless it is said. */
export type LegacySwitches = Pick<
  DangerSwitches,
  'dangerouslyAllowSsl30' | 'dangerouslyAllowWeakKeys' | 'dangerouslyAllowLegacyRenegotiation'
>;

/** What the switches make of a context. */
type Switched = LegacySwitches & { readonly minDhBits?: number };

/**
 * `createClientContext({ ...legacyClient(crypto), verifier, now })`; for a device that speaks nothing newer than SSL 3.0:
 * `legacyClient(crypto, { dangerouslyAllowSsl30: true })`.
 */
export function legacyClient(crypto: CryptoProvider, switches: LegacySwitches = {}): PresetClient & Switched {
  const groups = availableGroups(crypto, COMPATIBLE_GROUPS);
  return {
    crypto,
    versions: switches.dangerouslyAllowSsl30 === true ? [...LEGACY_CLIENT_VERSIONS, ssl30Client] : LEGACY_CLIENT_VERSIONS,
    suites: LEGACY_SUITES,
    groups,
    schemes: LEGACY_SCHEMES,
    extensions: COMPATIBLE_EXTENSIONS,
    keyShares: keyShareCount(groups),
    ...switched(switches),
  };
}

/** `createServerContext({ ...legacyServer(crypto), credentials, verifier, now })` */
export function legacyServer(crypto: CryptoProvider, switches: LegacySwitches = {}): PresetServer & Switched {
  return {
    crypto,
    versions: switches.dangerouslyAllowSsl30 === true ? [...LEGACY_SERVER_VERSIONS, ssl30Server] : LEGACY_SERVER_VERSIONS,
    suites: LEGACY_SUITES,
    groups: availableGroups(crypto, COMPATIBLE_GROUPS),
    schemes: LEGACY_SCHEMES,
    extensions: COMPATIBLE_EXTENSIONS,
    ...switched(switches),
  };
}

function switched(switches: LegacySwitches): Switched {
  return { ...switches, ...(switches.dangerouslyAllowWeakKeys === true ? { minDhBits: WEAK_DH_BITS } : {}) };
}
