/** The configuration of the complete entry. */
import { TLS_RSA_WITH_AES_128_CBC_SHA } from '../crypto/suites/aes-cbc.ts';
import { BUFFER_OPTIONS, DTLS_CLIENT_OPTIONS, type OptionRange, OTHER_OPTIONS, presetConfig, presetsOf, type TlsConfig } from './config.ts';

/** Those of the guide, with its defaults. */
const GUIDE_OPTIONS = /* @__PURE__ */ Object.assign({}, OTHER_OPTIONS, DTLS_CLIENT_OPTIONS);

/** Every option that is a number, with its default, least and most. */
export const OPTIONS: Readonly<Record<string, OptionRange>> = /* @__PURE__ */ Object.assign({}, GUIDE_OPTIONS, BUFFER_OPTIONS, {
  TLS_MIN_VERSION: [0x0303, 0x0300, 0x0304],
  TLS_MAX_VERSION: [0x0303, 0x0300, 0x0304],
  OAL_PREEMPTIVE: [0, 0, 1],
  TLS_DEBUG_SECRETS: [0, 0, 1],
} as const);

/** The guide's options that are numbers, with its defaults. */
export const GUIDE_DEFAULTS: Readonly<Record<string, number>> = /* @__PURE__ */ presetsOf(GUIDE_OPTIONS);

/** A configuration with all defaults. */
export function defaultConfig(): TlsConfig {
  return presetConfig(OPTIONS, [TLS_RSA_WITH_AES_128_CBC_SHA]);
}

/** The configuration: assign to its fields before `tls_init`. */
export const config_tls: TlsConfig = /* @__PURE__ */ defaultConfig();

/** Puts every option back to its default. */
export function tls_config_reset(): void {
  Object.assign(config_tls, defaultConfig());
}
