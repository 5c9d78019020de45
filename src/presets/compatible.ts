/**
 * For peers of the last fifteen years that have TLS 1.2: besides what `modern` has, AES-CCM and AES-CBC suites with
 * ephemeral keys, finite-field groups, P-521 and X448, Ed448, and max_fragment_length for small devices.
 */
import type { CryptoProvider } from '../crypto/port.ts';
import {
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,
} from '../crypto/suites/aes-cbc.ts';
import {
  TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
  TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8,
  TLS_ECDHE_ECDSA_WITH_AES_256_CCM,
  TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8,
} from '../crypto/suites/aes-ccm.ts';
import { TLS_DHE_RSA_WITH_AES_128_GCM_SHA256, TLS_DHE_RSA_WITH_AES_256_GCM_SHA384 } from '../crypto/suites/aes-gcm.ts';
import { TLS_AES_128_CCM_SHA256 } from '../crypto/suites/modern.ts';
import type { CipherSuite } from '../crypto/suites/suite.ts';
import { maxFragmentLength } from '../handshake/extensions/max-fragment-length.ts';
import type { ExtensionModule } from '../handshake/extensions/module.ts';
import { ffdhe2048, ffdhe3072, type NamedGroup, secp521r1, x448 } from '../wire/group.ts';
import { ED448 } from '../wire/signature-scheme.ts';
import {
  availableGroups,
  keyShareCount,
  MODERN_CLIENT_VERSIONS,
  MODERN_EXTENSIONS,
  MODERN_GROUPS,
  MODERN_SCHEMES,
  MODERN_SERVER_VERSIONS,
  MODERN_SUITES,
  type PresetClient,
  type PresetServer,
} from './modern.ts';

export const COMPATIBLE_SUITES: readonly CipherSuite[] = [
  ...MODERN_SUITES,
  TLS_AES_128_CCM_SHA256,
  TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
  TLS_ECDHE_ECDSA_WITH_AES_256_CCM,
  TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8,
  TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8,
  TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
  TLS_DHE_RSA_WITH_AES_256_GCM_SHA384,
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
];

export const COMPATIBLE_GROUPS: readonly NamedGroup[] = [...MODERN_GROUPS, x448, secp521r1, ffdhe2048, ffdhe3072];
export const COMPATIBLE_SCHEMES: readonly number[] = [...MODERN_SCHEMES, ED448];
export const COMPATIBLE_EXTENSIONS: readonly ExtensionModule[] = [...MODERN_EXTENSIONS, maxFragmentLength];

/** `createClientContext({ ...compatibleClient(crypto), verifier, now })` */
export function compatibleClient(crypto: CryptoProvider): PresetClient {
  const groups = availableGroups(crypto, COMPATIBLE_GROUPS);
  return {
    crypto,
    versions: MODERN_CLIENT_VERSIONS,
    suites: COMPATIBLE_SUITES,
    groups,
    schemes: COMPATIBLE_SCHEMES,
    extensions: COMPATIBLE_EXTENSIONS,
    keyShares: keyShareCount(groups),
  };
}

/** `createServerContext({ ...compatibleServer(crypto), credentials, verifier, now })` */
export function compatibleServer(crypto: CryptoProvider): PresetServer {
  return {
    crypto,
    versions: MODERN_SERVER_VERSIONS,
    suites: COMPATIBLE_SUITES,
    groups: availableGroups(crypto, COMPATIBLE_GROUPS),
    schemes: COMPATIBLE_SCHEMES,
    extensions: COMPATIBLE_EXTENSIONS,
  };
}
