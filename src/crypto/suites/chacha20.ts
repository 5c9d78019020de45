/** ChaCha20-Poly1305 suites of (D)TLS 1.2: RFC 7905. */
import { ecdhe } from '../kx/ecdhe.ts';
import { CHACHA20_POLY1305 } from '../protect/legacy-schemes.ts';
import { suite12 } from './define.ts';
import type { LegacySuite } from './suite.ts';

export const TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xcca9,
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  ecdhe,
  'ecdsa',
  CHACHA20_POLY1305,
  'sha256',
);
export const TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xcca8,
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  'ECDHE-RSA-CHACHA20-POLY1305',
  ecdhe,
  'rsa',
  CHACHA20_POLY1305,
  'sha256',
);
