/** The cipher suites of TLS 1.3 and DTLS 1.3, RFC 9846 Appendix B.4. */
import { aead13 } from '../protect/aead13.ts';
import { CCM_8_RECORDS, CCM_RECORDS, CHACHA_RECORDS, GCM_RECORDS } from '../protect/limits.ts';
import type { ModernSuite } from './suite.ts';

export const TLS_AES_128_GCM_SHA256: ModernSuite = {
  family: 'modern',
  id: 0x1301,
  name: 'TLS_AES_128_GCM_SHA256',
  openssl: 'TLS_AES_128_GCM_SHA256',
  hash: 'sha256',
  protection: /* @__PURE__ */ aead13('AES_128_GCM', 'aes-128-gcm', 16, 16, GCM_RECORDS),
};

export const TLS_AES_256_GCM_SHA384: ModernSuite = {
  family: 'modern',
  id: 0x1302,
  name: 'TLS_AES_256_GCM_SHA384',
  openssl: 'TLS_AES_256_GCM_SHA384',
  hash: 'sha384',
  protection: /* @__PURE__ */ aead13('AES_256_GCM', 'aes-256-gcm', 32, 16, GCM_RECORDS),
};

export const TLS_CHACHA20_POLY1305_SHA256: ModernSuite = {
  family: 'modern',
  id: 0x1303,
  name: 'TLS_CHACHA20_POLY1305_SHA256',
  openssl: 'TLS_CHACHA20_POLY1305_SHA256',
  hash: 'sha256',
  protection: /* @__PURE__ */ aead13('CHACHA20_POLY1305', 'chacha20-poly1305', 32, 16, CHACHA_RECORDS),
};

export const TLS_AES_128_CCM_SHA256: ModernSuite = {
  family: 'modern',
  id: 0x1304,
  name: 'TLS_AES_128_CCM_SHA256',
  openssl: 'TLS_AES_128_CCM_SHA256',
  hash: 'sha256',
  protection: /* @__PURE__ */ aead13('AES_128_CCM', 'aes-128-ccm', 16, 16, CCM_RECORDS),
};

export const TLS_AES_128_CCM_8_SHA256: ModernSuite = {
  family: 'modern',
  id: 0x1305,
  name: 'TLS_AES_128_CCM_8_SHA256',
  openssl: 'TLS_AES_128_CCM_8_SHA256',
  hash: 'sha256',
  protection: /* @__PURE__ */ aead13('AES_128_CCM_8', 'aes-128-ccm-8', 16, 8, CCM_8_RECORDS),
};
