/** ARIA-GCM suites of (D)TLS 1.2: RFC 6209. */
import { dhePsk } from '../kx/dhe-psk.ts';
import { dhe } from '../kx/dhe.ts';
import { ecdhe } from '../kx/ecdhe.ts';
import { psk } from '../kx/psk.ts';
import { rsaPsk } from '../kx/rsa-psk.ts';
import { rsa } from '../kx/rsa.ts';
import { ARIA_128_GCM, ARIA_256_GCM } from '../protect/legacy-schemes.ts';
import { suite12 } from './define.ts';
import type { LegacySuite } from './suite.ts';

export const TLS_ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc05c,
  'TLS_ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256',
  'ECDHE-ECDSA-ARIA128-GCM-SHA256',
  ecdhe,
  'ecdsa',
  ARIA_128_GCM,
  'sha256',
);
export const TLS_ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc05d,
  'TLS_ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384',
  'ECDHE-ECDSA-ARIA256-GCM-SHA384',
  ecdhe,
  'ecdsa',
  ARIA_256_GCM,
  'sha384',
);
export const TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc060,
  'TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256',
  'ECDHE-ARIA128-GCM-SHA256',
  ecdhe,
  'rsa',
  ARIA_128_GCM,
  'sha256',
);
export const TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc061,
  'TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384',
  'ECDHE-ARIA256-GCM-SHA384',
  ecdhe,
  'rsa',
  ARIA_256_GCM,
  'sha384',
);
export const TLS_PSK_WITH_ARIA_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc06a,
  'TLS_PSK_WITH_ARIA_128_GCM_SHA256',
  'PSK-ARIA128-GCM-SHA256',
  psk,
  'psk',
  ARIA_128_GCM,
  'sha256',
);
export const TLS_PSK_WITH_ARIA_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc06b,
  'TLS_PSK_WITH_ARIA_256_GCM_SHA384',
  'PSK-ARIA256-GCM-SHA384',
  psk,
  'psk',
  ARIA_256_GCM,
  'sha384',
);
export const TLS_DHE_RSA_WITH_ARIA_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc052,
  'TLS_DHE_RSA_WITH_ARIA_128_GCM_SHA256',
  'DHE-RSA-ARIA128-GCM-SHA256',
  dhe,
  'rsa',
  ARIA_128_GCM,
  'sha256',
);
export const TLS_DHE_RSA_WITH_ARIA_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc053,
  'TLS_DHE_RSA_WITH_ARIA_256_GCM_SHA384',
  'DHE-RSA-ARIA256-GCM-SHA384',
  dhe,
  'rsa',
  ARIA_256_GCM,
  'sha384',
);
export const TLS_DHE_DSS_WITH_ARIA_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc056,
  'TLS_DHE_DSS_WITH_ARIA_128_GCM_SHA256',
  'DHE-DSS-ARIA128-GCM-SHA256',
  dhe,
  'dss',
  ARIA_128_GCM,
  'sha256',
);
export const TLS_DHE_DSS_WITH_ARIA_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc057,
  'TLS_DHE_DSS_WITH_ARIA_256_GCM_SHA384',
  'DHE-DSS-ARIA256-GCM-SHA384',
  dhe,
  'dss',
  ARIA_256_GCM,
  'sha384',
);
export const TLS_DHE_PSK_WITH_ARIA_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc06c,
  'TLS_DHE_PSK_WITH_ARIA_128_GCM_SHA256',
  'DHE-PSK-ARIA128-GCM-SHA256',
  dhePsk,
  'psk',
  ARIA_128_GCM,
  'sha256',
);
export const TLS_DHE_PSK_WITH_ARIA_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc06d,
  'TLS_DHE_PSK_WITH_ARIA_256_GCM_SHA384',
  'DHE-PSK-ARIA256-GCM-SHA384',
  dhePsk,
  'psk',
  ARIA_256_GCM,
  'sha384',
);
export const TLS_RSA_PSK_WITH_ARIA_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc06e,
  'TLS_RSA_PSK_WITH_ARIA_128_GCM_SHA256',
  'RSA-PSK-ARIA128-GCM-SHA256',
  rsaPsk,
  'rsa',
  ARIA_128_GCM,
  'sha256',
);
export const TLS_RSA_PSK_WITH_ARIA_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc06f,
  'TLS_RSA_PSK_WITH_ARIA_256_GCM_SHA384',
  'RSA-PSK-ARIA256-GCM-SHA384',
  rsaPsk,
  'rsa',
  ARIA_256_GCM,
  'sha384',
);
export const TLS_RSA_WITH_ARIA_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc050,
  'TLS_RSA_WITH_ARIA_128_GCM_SHA256',
  'ARIA128-GCM-SHA256',
  rsa,
  'rsa',
  ARIA_128_GCM,
  'sha256',
);
export const TLS_RSA_WITH_ARIA_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc051,
  'TLS_RSA_WITH_ARIA_256_GCM_SHA384',
  'ARIA256-GCM-SHA384',
  rsa,
  'rsa',
  ARIA_256_GCM,
  'sha384',
);
