/** The AEAD record protections of (D)TLS 1.2. Its own sequence numbers and nonces outlast every connection: no record limit. */
import { aead12, chacha12 } from './aead12.ts';
import type { ProtectionScheme } from './protection.ts';

const NONE = Number.POSITIVE_INFINITY;

export const AES_128_GCM: ProtectionScheme = /* @__PURE__ */ aead12('AES_128_GCM', 'aes-128-gcm', 16, 16, NONE);
export const AES_256_GCM: ProtectionScheme = /* @__PURE__ */ aead12('AES_256_GCM', 'aes-256-gcm', 32, 16, NONE);
export const AES_128_CCM: ProtectionScheme = /* @__PURE__ */ aead12('AES_128_CCM', 'aes-128-ccm', 16, 16, NONE);
export const AES_256_CCM: ProtectionScheme = /* @__PURE__ */ aead12('AES_256_CCM', 'aes-256-ccm', 32, 16, NONE);
export const AES_128_CCM_8: ProtectionScheme = /* @__PURE__ */ aead12('AES_128_CCM_8', 'aes-128-ccm-8', 16, 8, NONE);
export const AES_256_CCM_8: ProtectionScheme = /* @__PURE__ */ aead12('AES_256_CCM_8', 'aes-256-ccm-8', 32, 8, NONE);
export const ARIA_128_GCM: ProtectionScheme = /* @__PURE__ */ aead12('ARIA_128_GCM', 'aria-128-gcm', 16, 16, NONE);
export const ARIA_256_GCM: ProtectionScheme = /* @__PURE__ */ aead12('ARIA_256_GCM', 'aria-256-gcm', 32, 16, NONE);
export const CAMELLIA_128_GCM: ProtectionScheme = /* @__PURE__ */ aead12('CAMELLIA_128_GCM', 'camellia-128-gcm', 16, 16, NONE);
export const CAMELLIA_256_GCM: ProtectionScheme = /* @__PURE__ */ aead12('CAMELLIA_256_GCM', 'camellia-256-gcm', 32, 16, NONE);
export const CHACHA20_POLY1305: ProtectionScheme = /* @__PURE__ */ chacha12('CHACHA20_POLY1305');
