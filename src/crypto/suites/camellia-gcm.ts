/** Camellia-GCM suites of (D)TLS 1.2: RFC 6367. OpenSSL has none; the names follow its custom. */
import { dhePsk } from '../kx/dhe-psk.ts';
import { dhe } from '../kx/dhe.ts';
import { ecdhe } from '../kx/ecdhe.ts';
import { psk } from '../kx/psk.ts';
import { rsaPsk } from '../kx/rsa-psk.ts';
import { rsa } from '../kx/rsa.ts';
import { CAMELLIA_128_GCM, CAMELLIA_256_GCM } from '../protect/legacy-schemes.ts';
import { suite12 } from './define.ts';
import type { LegacySuite } from './suite.ts';

export const TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc086,
  'TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256',
  'ECDHE-ECDSA-CAMELLIA128-GCM-SHA256',
  ecdhe,
  'ecdsa',
  CAMELLIA_128_GCM,
  'sha256',
);
export const TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc087,
  'TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_GCM_SHA384',
  'ECDHE-ECDSA-CAMELLIA256-GCM-SHA384',
  ecdhe,
  'ecdsa',
  CAMELLIA_256_GCM,
  'sha384',
);
export const TLS_ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc08a,
  'TLS_ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256',
  'ECDHE-RSA-CAMELLIA128-GCM-SHA256',
  ecdhe,
  'rsa',
  CAMELLIA_128_GCM,
  'sha256',
);
export const TLS_ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc08b,
  'TLS_ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384',
  'ECDHE-RSA-CAMELLIA256-GCM-SHA384',
  ecdhe,
  'rsa',
  CAMELLIA_256_GCM,
  'sha384',
);
export const TLS_PSK_WITH_CAMELLIA_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc08e,
  'TLS_PSK_WITH_CAMELLIA_128_GCM_SHA256',
  'PSK-CAMELLIA128-GCM-SHA256',
  psk,
  'psk',
  CAMELLIA_128_GCM,
  'sha256',
);
export const TLS_PSK_WITH_CAMELLIA_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc08f,
  'TLS_PSK_WITH_CAMELLIA_256_GCM_SHA384',
  'PSK-CAMELLIA256-GCM-SHA384',
  psk,
  'psk',
  CAMELLIA_256_GCM,
  'sha384',
);
export const TLS_DHE_RSA_WITH_CAMELLIA_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc07c,
  'TLS_DHE_RSA_WITH_CAMELLIA_128_GCM_SHA256',
  'DHE-RSA-CAMELLIA128-GCM-SHA256',
  dhe,
  'rsa',
  CAMELLIA_128_GCM,
  'sha256',
);
export const TLS_DHE_RSA_WITH_CAMELLIA_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc07d,
  'TLS_DHE_RSA_WITH_CAMELLIA_256_GCM_SHA384',
  'DHE-RSA-CAMELLIA256-GCM-SHA384',
  dhe,
  'rsa',
  CAMELLIA_256_GCM,
  'sha384',
);
export const TLS_DHE_DSS_WITH_CAMELLIA_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc080,
  'TLS_DHE_DSS_WITH_CAMELLIA_128_GCM_SHA256',
  'DHE-DSS-CAMELLIA128-GCM-SHA256',
  dhe,
  'dss',
  CAMELLIA_128_GCM,
  'sha256',
);
export const TLS_DHE_DSS_WITH_CAMELLIA_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc081,
  'TLS_DHE_DSS_WITH_CAMELLIA_256_GCM_SHA384',
  'DHE-DSS-CAMELLIA256-GCM-SHA384',
  dhe,
  'dss',
  CAMELLIA_256_GCM,
  'sha384',
);
export const TLS_DHE_PSK_WITH_CAMELLIA_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc090,
  'TLS_DHE_PSK_WITH_CAMELLIA_128_GCM_SHA256',
  'DHE-PSK-CAMELLIA128-GCM-SHA256',
  dhePsk,
  'psk',
  CAMELLIA_128_GCM,
  'sha256',
);
export const TLS_DHE_PSK_WITH_CAMELLIA_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc091,
  'TLS_DHE_PSK_WITH_CAMELLIA_256_GCM_SHA384',
  'DHE-PSK-CAMELLIA256-GCM-SHA384',
  dhePsk,
  'psk',
  CAMELLIA_256_GCM,
  'sha384',
);
export const TLS_RSA_PSK_WITH_CAMELLIA_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc092,
  'TLS_RSA_PSK_WITH_CAMELLIA_128_GCM_SHA256',
  'RSA-PSK-CAMELLIA128-GCM-SHA256',
  rsaPsk,
  'rsa',
  CAMELLIA_128_GCM,
  'sha256',
);
export const TLS_RSA_PSK_WITH_CAMELLIA_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc093,
  'TLS_RSA_PSK_WITH_CAMELLIA_256_GCM_SHA384',
  'RSA-PSK-CAMELLIA256-GCM-SHA384',
  rsaPsk,
  'rsa',
  CAMELLIA_256_GCM,
  'sha384',
);
export const TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc07a,
  'TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256',
  'CAMELLIA128-GCM-SHA256',
  rsa,
  'rsa',
  CAMELLIA_128_GCM,
  'sha256',
);
export const TLS_RSA_WITH_CAMELLIA_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc07b,
  'TLS_RSA_WITH_CAMELLIA_256_GCM_SHA384',
  'CAMELLIA256-GCM-SHA384',
  rsa,
  'rsa',
  CAMELLIA_256_GCM,
  'sha384',
);
