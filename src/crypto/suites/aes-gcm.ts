/** AES-GCM suites of (D)TLS 1.2: RFC 5288, 5289, 5487, 8442. */
import { ecdhe } from '../kx/ecdhe.ts';
import { AES_128_GCM, AES_256_GCM } from '../protect/legacy-schemes.ts';
import { suite12 } from './define.ts';
import type { LegacySuite } from './suite.ts';

export const TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc02b,
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  ecdhe,
  'ecdsa',
  AES_128_GCM,
  'sha256',
);
export const TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc02c,
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  ecdhe,
  'ecdsa',
  AES_256_GCM,
  'sha384',
);
export const TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc02f,
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  ecdhe,
  'rsa',
  AES_128_GCM,
  'sha256',
);
export const TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc030,
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  ecdhe,
  'rsa',
  AES_256_GCM,
  'sha384',
);
