/** AES-CCM suites of (D)TLS 1.2: RFC 6655, 7251, 8442. */
import { ecdhe } from '../kx/ecdhe.ts';
import { AES_128_CCM, AES_128_CCM_8, AES_256_CCM, AES_256_CCM_8 } from '../protect/legacy-schemes.ts';
import { suite12 } from './define.ts';
import type { LegacySuite } from './suite.ts';

export const TLS_ECDHE_ECDSA_WITH_AES_128_CCM: LegacySuite = /* @__PURE__ */ suite12(
  0xc0ac,
  'TLS_ECDHE_ECDSA_WITH_AES_128_CCM',
  'ECDHE-ECDSA-AES128-CCM',
  ecdhe,
  'ecdsa',
  AES_128_CCM,
  'sha256',
);
export const TLS_ECDHE_ECDSA_WITH_AES_256_CCM: LegacySuite = /* @__PURE__ */ suite12(
  0xc0ad,
  'TLS_ECDHE_ECDSA_WITH_AES_256_CCM',
  'ECDHE-ECDSA-AES256-CCM',
  ecdhe,
  'ecdsa',
  AES_256_CCM,
  'sha256',
);
export const TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8: LegacySuite = /* @__PURE__ */ suite12(
  0xc0ae,
  'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8',
  'ECDHE-ECDSA-AES128-CCM8',
  ecdhe,
  'ecdsa',
  AES_128_CCM_8,
  'sha256',
);
export const TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8: LegacySuite = /* @__PURE__ */ suite12(
  0xc0af,
  'TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8',
  'ECDHE-ECDSA-AES256-CCM8',
  ecdhe,
  'ecdsa',
  AES_256_CCM_8,
  'sha256',
);
