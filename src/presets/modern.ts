/**
 * For the open Internet today: TLS 1.3, and TLS 1.2 with ephemeral elliptic curves and AEADs. Each part can be taken by
 * itself; what is left out is not bundled.
 */
import type { CryptoProvider } from '../crypto/port.ts';
import {
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
} from '../crypto/suites/aes-gcm.ts';
import { TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 } from '../crypto/suites/chacha20.ts';
import { TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256 } from '../crypto/suites/modern.ts';
import type { CipherSuite } from '../crypto/suites/suite.ts';
import type { ClientContextInit, ServerContextInit } from '../engine/context.ts';
import { alpn } from '../handshake/extensions/alpn.ts';
import type { ExtensionModule } from '../handshake/extensions/module.ts';
import { recordSizeLimit } from '../handshake/extensions/record-size-limit.ts';
import { serverName } from '../handshake/extensions/server-name.ts';
import { signatureAlgorithms, signatureAlgorithmsCert } from '../handshake/extensions/signature-algorithms.ts';
import { statusRequest } from '../handshake/extensions/status-request.ts';
import { supportedGroups } from '../handshake/extensions/supported-groups.ts';
import type { ProtocolVersion } from '../handshake/version.ts';
import { tls12Client, tls12Server } from '../versions/tls12.ts';
import { tls13Client, tls13Server } from '../versions/tls13.ts';
import { type NamedGroup, secp256r1, secp384r1, x25519, x25519mlkem768 } from '../wire/group.ts';
import {
  ECDSA_SECP256R1_SHA256,
  ECDSA_SECP384R1_SHA384,
  ECDSA_SECP521R1_SHA512,
  ED25519,
  RSA_PKCS1_SHA256,
  RSA_PKCS1_SHA384,
  RSA_PKCS1_SHA512,
  RSA_PSS_PSS_SHA256,
  RSA_PSS_PSS_SHA384,
  RSA_PSS_PSS_SHA512,
  RSA_PSS_RSAE_SHA256,
  RSA_PSS_RSAE_SHA384,
  RSA_PSS_RSAE_SHA512,
} from '../wire/signature-scheme.ts';

/** What a preset decides; the rest of a context (`verifier`, `now`, credentials …) is its user's. */
export type PresetClient = Pick<ClientContextInit, 'crypto' | 'versions' | 'suites' | 'groups' | 'schemes' | 'extensions' | 'keyShares'>;
export type PresetServer = Pick<ServerContextInit, 'crypto' | 'versions' | 'suites' | 'groups' | 'schemes' | 'extensions'>;

export const MODERN_CLIENT_VERSIONS: readonly ProtocolVersion[] = [tls13Client, tls12Client];
export const MODERN_SERVER_VERSIONS: readonly ProtocolVersion[] = [tls13Server, tls12Server];

//= rfc9846#section-9.1
//# A TLS-compliant application MUST implement the TLS_AES_128_GCM_SHA256 [GCM] cipher suite
//= rfc9846#section-9.1
//# A TLS-compliant application MUST support digital signatures with rsa_pkcs1_sha256 (for
//# certificates), rsa_pss_rsae_sha256 (for CertificateVerify and certificates), and
//# ecdsa_secp256r1_sha256.
//= rfc9846#section-9.1
//# A TLS-compliant application MUST support key exchange with secp256r1 (NIST P-256)
//= rfc9846#section-9.2
//# a TLS-compliant application MUST implement the following TLS extensions
//= rfc9846#section-9.2
//# All implementations MUST send and use these extensions when offering applicable features:
//= rfc9846#section-9.3
//# A client sending a ClientHello MUST support all non-GREASE [RFC8701] parameters advertised in it.
export const MODERN_SUITES: readonly CipherSuite[] = [
  TLS_AES_128_GCM_SHA256,
  TLS_AES_256_GCM_SHA384,
  TLS_CHACHA20_POLY1305_SHA256,
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
];

/** The hybrid comes first where the provider has ML-KEM. */
export const MODERN_GROUPS: readonly NamedGroup[] = [x25519mlkem768, x25519, secp256r1, secp384r1];

export const MODERN_SCHEMES: readonly number[] = [
  ECDSA_SECP256R1_SHA256,
  ED25519,
  RSA_PSS_RSAE_SHA256,
  RSA_PKCS1_SHA256,
  ECDSA_SECP384R1_SHA384,
  RSA_PSS_RSAE_SHA384,
  RSA_PKCS1_SHA384,
  ECDSA_SECP521R1_SHA512,
  RSA_PSS_RSAE_SHA512,
  RSA_PKCS1_SHA512,
  RSA_PSS_PSS_SHA256,
  RSA_PSS_PSS_SHA384,
  RSA_PSS_PSS_SHA512,
];

/** The extensions that belong to no version. */
export const MODERN_EXTENSIONS: readonly ExtensionModule[] = [
  serverName,
  statusRequest,
  supportedGroups,
  signatureAlgorithms,
  signatureAlgorithmsCert,
  alpn,
  recordSizeLimit,
];

/** The groups that the provider has. */
export function availableGroups(crypto: CryptoProvider, groups: readonly NamedGroup[]): NamedGroup[] {
  return groups.filter((group) => crypto.lacks(group.name) === undefined);
}

/** Shares to send at first: of the hybrid and of a curve, so that servers without the hybrid need no second hello. */
export function keyShareCount(groups: readonly NamedGroup[]): number {
  return groups[0]?.kind === 'kem' ? 2 : 1;
}

/** `createClientContext({ ...modernClient(crypto), verifier, now })` */
export function modernClient(crypto: CryptoProvider): PresetClient {
  const groups = availableGroups(crypto, MODERN_GROUPS);
  return {
    crypto,
    versions: MODERN_CLIENT_VERSIONS,
    suites: MODERN_SUITES,
    groups,
    schemes: MODERN_SCHEMES,
    extensions: MODERN_EXTENSIONS,
    keyShares: keyShareCount(groups),
  };
}

/** `createServerContext({ ...modernServer(crypto), credentials, verifier, now })` */
export function modernServer(crypto: CryptoProvider): PresetServer {
  return {
    crypto,
    versions: MODERN_SERVER_VERSIONS,
    suites: MODERN_SUITES,
    groups: availableGroups(crypto, MODERN_GROUPS),
    schemes: MODERN_SCHEMES,
    extensions: MODERN_EXTENSIONS,
  };
}
