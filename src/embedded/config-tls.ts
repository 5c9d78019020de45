/** The configuration of the complete entry. */
import { TLS_RSA_WITH_AES_128_CBC_SHA } from '../crypto/suites/aes-cbc.ts';
import { presetConfig, type TlsConfig } from './config.ts';

/** A configuration with all defaults. */
export function defaultConfig(): TlsConfig {
  return presetConfig([TLS_RSA_WITH_AES_128_CBC_SHA]);
}

/** The configuration: assign to its fields before `tls_init`. */
export const config_tls: TlsConfig = /* @__PURE__ */ defaultConfig();

/** Puts every option back to its default. */
export function tls_config_reset(): void {
  Object.assign(config_tls, defaultConfig());
}
