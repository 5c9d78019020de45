/** The record protections with a MAC: CBC, NULL and stream suites of SSL 3.0 to (D)TLS 1.2. */
import { cbcScheme } from './cbc.ts';
import { TRIPLE_DES_RECORDS } from './limits.ts';
import type { ProtectionScheme } from './protection.ts';
import { nullScheme, streamScheme } from './stream.ts';

export const AES_128_CBC_SHA: ProtectionScheme = /* @__PURE__ */ cbcScheme('AES_128_CBC_SHA', 'aes-128-cbc', 16, 16, 'sha1');
export const AES_256_CBC_SHA: ProtectionScheme = /* @__PURE__ */ cbcScheme('AES_256_CBC_SHA', 'aes-256-cbc', 32, 16, 'sha1');
export const AES_128_CBC_SHA256: ProtectionScheme = /* @__PURE__ */ cbcScheme('AES_128_CBC_SHA256', 'aes-128-cbc', 16, 16, 'sha256');
export const AES_256_CBC_SHA256: ProtectionScheme = /* @__PURE__ */ cbcScheme('AES_256_CBC_SHA256', 'aes-256-cbc', 32, 16, 'sha256');
export const AES_256_CBC_SHA384: ProtectionScheme = /* @__PURE__ */ cbcScheme('AES_256_CBC_SHA384', 'aes-256-cbc', 32, 16, 'sha384');
export const TRIPLE_DES_EDE_CBC_SHA: ProtectionScheme = /* @__PURE__ */ cbcScheme(
  '3DES_EDE_CBC_SHA',
  '3des-ede-cbc',
  24,
  8,
  'sha1',
  TRIPLE_DES_RECORDS,
);
export const CAMELLIA_128_CBC_SHA: ProtectionScheme = /* @__PURE__ */ cbcScheme('CAMELLIA_128_CBC_SHA', 'camellia-128-cbc', 16, 16, 'sha1');
export const CAMELLIA_256_CBC_SHA: ProtectionScheme = /* @__PURE__ */ cbcScheme('CAMELLIA_256_CBC_SHA', 'camellia-256-cbc', 32, 16, 'sha1');
export const CAMELLIA_128_CBC_SHA256: ProtectionScheme = /* @__PURE__ */ cbcScheme(
  'CAMELLIA_128_CBC_SHA256',
  'camellia-128-cbc',
  16,
  16,
  'sha256',
);
export const CAMELLIA_256_CBC_SHA256: ProtectionScheme = /* @__PURE__ */ cbcScheme(
  'CAMELLIA_256_CBC_SHA256',
  'camellia-256-cbc',
  32,
  16,
  'sha256',
);
export const CAMELLIA_256_CBC_SHA384: ProtectionScheme = /* @__PURE__ */ cbcScheme(
  'CAMELLIA_256_CBC_SHA384',
  'camellia-256-cbc',
  32,
  16,
  'sha384',
);
export const NULL_MD5: ProtectionScheme = /* @__PURE__ */ nullScheme('NULL_MD5', 'md5');
export const NULL_SHA: ProtectionScheme = /* @__PURE__ */ nullScheme('NULL_SHA', 'sha1');
export const NULL_SHA256: ProtectionScheme = /* @__PURE__ */ nullScheme('NULL_SHA256', 'sha256');
export const NULL_SHA384: ProtectionScheme = /* @__PURE__ */ nullScheme('NULL_SHA384', 'sha384');
export const RC4_128_MD5: ProtectionScheme = /* @__PURE__ */ streamScheme('RC4_128_MD5', 'rc4-128', 16, 'md5');
export const RC4_128_SHA: ProtectionScheme = /* @__PURE__ */ streamScheme('RC4_128_SHA', 'rc4-128', 16, 'sha1');
