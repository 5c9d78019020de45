/** AES-CCM suites of (D)TLS 1.2: RFC 6655, 7251, 8442. */
import { dhePsk } from '../kx/dhe-psk.ts';
import { dhe } from '../kx/dhe.ts';
import { ecdhePsk } from '../kx/ecdhe-psk.ts';
import { ecdhe } from '../kx/ecdhe.ts';
import { psk } from '../kx/psk.ts';
import { rsa } from '../kx/rsa.ts';
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
export const TLS_PSK_WITH_AES_128_CCM: LegacySuite = /* @__PURE__ */ suite12(
  0xc0a4,
  'TLS_PSK_WITH_AES_128_CCM',
  'PSK-AES128-CCM',
  psk,
  'psk',
  AES_128_CCM,
  'sha256',
);
export const TLS_PSK_WITH_AES_256_CCM: LegacySuite = /* @__PURE__ */ suite12(
  0xc0a5,
  'TLS_PSK_WITH_AES_256_CCM',
  'PSK-AES256-CCM',
  psk,
  'psk',
  AES_256_CCM,
  'sha256',
);
export const TLS_PSK_WITH_AES_128_CCM_8: LegacySuite = /* @__PURE__ */ suite12(
  0xc0a8,
  'TLS_PSK_WITH_AES_128_CCM_8',
  'PSK-AES128-CCM8',
  psk,
  'psk',
  AES_128_CCM_8,
  'sha256',
);
export const TLS_PSK_WITH_AES_256_CCM_8: LegacySuite = /* @__PURE__ */ suite12(
  0xc0a9,
  'TLS_PSK_WITH_AES_256_CCM_8',
  'PSK-AES256-CCM8',
  psk,
  'psk',
  AES_256_CCM_8,
  'sha256',
);
export const TLS_DHE_PSK_WITH_AES_128_CCM: LegacySuite = /* @__PURE__ */ suite12(
  0xc0a6,
  'TLS_DHE_PSK_WITH_AES_128_CCM',
  'DHE-PSK-AES128-CCM',
  dhePsk,
  'psk',
  AES_128_CCM,
  'sha256',
);
export const TLS_DHE_PSK_WITH_AES_256_CCM: LegacySuite = /* @__PURE__ */ suite12(
  0xc0a7,
  'TLS_DHE_PSK_WITH_AES_256_CCM',
  'DHE-PSK-AES256-CCM',
  dhePsk,
  'psk',
  AES_256_CCM,
  'sha256',
);
export const TLS_PSK_DHE_WITH_AES_128_CCM_8: LegacySuite = /* @__PURE__ */ suite12(
  0xc0aa,
  'TLS_PSK_DHE_WITH_AES_128_CCM_8',
  'DHE-PSK-AES128-CCM8',
  dhePsk,
  'psk',
  AES_128_CCM_8,
  'sha256',
);
export const TLS_PSK_DHE_WITH_AES_256_CCM_8: LegacySuite = /* @__PURE__ */ suite12(
  0xc0ab,
  'TLS_PSK_DHE_WITH_AES_256_CCM_8',
  'DHE-PSK-AES256-CCM8',
  dhePsk,
  'psk',
  AES_256_CCM_8,
  'sha256',
);
export const TLS_DHE_RSA_WITH_AES_128_CCM: LegacySuite = /* @__PURE__ */ suite12(
  0xc09e,
  'TLS_DHE_RSA_WITH_AES_128_CCM',
  'DHE-RSA-AES128-CCM',
  dhe,
  'rsa',
  AES_128_CCM,
  'sha256',
);
export const TLS_DHE_RSA_WITH_AES_256_CCM: LegacySuite = /* @__PURE__ */ suite12(
  0xc09f,
  'TLS_DHE_RSA_WITH_AES_256_CCM',
  'DHE-RSA-AES256-CCM',
  dhe,
  'rsa',
  AES_256_CCM,
  'sha256',
);
export const TLS_DHE_RSA_WITH_AES_128_CCM_8: LegacySuite = /* @__PURE__ */ suite12(
  0xc0a2,
  'TLS_DHE_RSA_WITH_AES_128_CCM_8',
  'DHE-RSA-AES128-CCM8',
  dhe,
  'rsa',
  AES_128_CCM_8,
  'sha256',
);
export const TLS_DHE_RSA_WITH_AES_256_CCM_8: LegacySuite = /* @__PURE__ */ suite12(
  0xc0a3,
  'TLS_DHE_RSA_WITH_AES_256_CCM_8',
  'DHE-RSA-AES256-CCM8',
  dhe,
  'rsa',
  AES_256_CCM_8,
  'sha256',
);
export const TLS_RSA_WITH_AES_128_CCM: LegacySuite = /* @__PURE__ */ suite12(
  0xc09c,
  'TLS_RSA_WITH_AES_128_CCM',
  'AES128-CCM',
  rsa,
  'rsa',
  AES_128_CCM,
  'sha256',
);
export const TLS_RSA_WITH_AES_256_CCM: LegacySuite = /* @__PURE__ */ suite12(
  0xc09d,
  'TLS_RSA_WITH_AES_256_CCM',
  'AES256-CCM',
  rsa,
  'rsa',
  AES_256_CCM,
  'sha256',
);
export const TLS_RSA_WITH_AES_128_CCM_8: LegacySuite = /* @__PURE__ */ suite12(
  0xc0a0,
  'TLS_RSA_WITH_AES_128_CCM_8',
  'AES128-CCM8',
  rsa,
  'rsa',
  AES_128_CCM_8,
  'sha256',
);
export const TLS_RSA_WITH_AES_256_CCM_8: LegacySuite = /* @__PURE__ */ suite12(
  0xc0a1,
  'TLS_RSA_WITH_AES_256_CCM_8',
  'AES256-CCM8',
  rsa,
  'rsa',
  AES_256_CCM_8,
  'sha256',
);
export const TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xd005,
  'TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256',
  'ECDHE-PSK-AES128-CCM-SHA256',
  ecdhePsk,
  'psk',
  AES_128_CCM,
  'sha256',
);
export const TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xd003,
  'TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256',
  'ECDHE-PSK-AES128-CCM8-SHA256',
  ecdhePsk,
  'psk',
  AES_128_CCM_8,
  'sha256',
);
