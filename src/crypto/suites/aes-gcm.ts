/** AES-GCM suites of (D)TLS 1.2: RFC 5288, 5289, 5487, 8442. */
import { dhePsk } from '../kx/dhe-psk.ts';
import { dhe } from '../kx/dhe.ts';
import { ecdhePsk } from '../kx/ecdhe-psk.ts';
import { ecdhe } from '../kx/ecdhe.ts';
import { psk } from '../kx/psk.ts';
import { rsaPsk } from '../kx/rsa-psk.ts';
import { rsa } from '../kx/rsa.ts';
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
export const TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xd001,
  'TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256',
  'ECDHE-PSK-AES128-GCM-SHA256',
  ecdhePsk,
  'psk',
  AES_128_GCM,
  'sha256',
);
export const TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xd002,
  'TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384',
  'ECDHE-PSK-AES256-GCM-SHA384',
  ecdhePsk,
  'psk',
  AES_256_GCM,
  'sha384',
);
export const TLS_PSK_WITH_AES_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x00a8,
  'TLS_PSK_WITH_AES_128_GCM_SHA256',
  'PSK-AES128-GCM-SHA256',
  psk,
  'psk',
  AES_128_GCM,
  'sha256',
);
export const TLS_PSK_WITH_AES_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0x00a9,
  'TLS_PSK_WITH_AES_256_GCM_SHA384',
  'PSK-AES256-GCM-SHA384',
  psk,
  'psk',
  AES_256_GCM,
  'sha384',
);
export const TLS_DHE_RSA_WITH_AES_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x009e,
  'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256',
  'DHE-RSA-AES128-GCM-SHA256',
  dhe,
  'rsa',
  AES_128_GCM,
  'sha256',
);
export const TLS_DHE_RSA_WITH_AES_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0x009f,
  'TLS_DHE_RSA_WITH_AES_256_GCM_SHA384',
  'DHE-RSA-AES256-GCM-SHA384',
  dhe,
  'rsa',
  AES_256_GCM,
  'sha384',
);
export const TLS_DHE_DSS_WITH_AES_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x00a2,
  'TLS_DHE_DSS_WITH_AES_128_GCM_SHA256',
  'DHE-DSS-AES128-GCM-SHA256',
  dhe,
  'dss',
  AES_128_GCM,
  'sha256',
);
export const TLS_DHE_DSS_WITH_AES_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0x00a3,
  'TLS_DHE_DSS_WITH_AES_256_GCM_SHA384',
  'DHE-DSS-AES256-GCM-SHA384',
  dhe,
  'dss',
  AES_256_GCM,
  'sha384',
);
export const TLS_DHE_PSK_WITH_AES_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x00aa,
  'TLS_DHE_PSK_WITH_AES_128_GCM_SHA256',
  'DHE-PSK-AES128-GCM-SHA256',
  dhePsk,
  'psk',
  AES_128_GCM,
  'sha256',
);
export const TLS_DHE_PSK_WITH_AES_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0x00ab,
  'TLS_DHE_PSK_WITH_AES_256_GCM_SHA384',
  'DHE-PSK-AES256-GCM-SHA384',
  dhePsk,
  'psk',
  AES_256_GCM,
  'sha384',
);
export const TLS_RSA_PSK_WITH_AES_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x00ac,
  'TLS_RSA_PSK_WITH_AES_128_GCM_SHA256',
  'RSA-PSK-AES128-GCM-SHA256',
  rsaPsk,
  'rsa',
  AES_128_GCM,
  'sha256',
);
export const TLS_RSA_PSK_WITH_AES_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0x00ad,
  'TLS_RSA_PSK_WITH_AES_256_GCM_SHA384',
  'RSA-PSK-AES256-GCM-SHA384',
  rsaPsk,
  'rsa',
  AES_256_GCM,
  'sha384',
);
export const TLS_RSA_WITH_AES_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x009c,
  'TLS_RSA_WITH_AES_128_GCM_SHA256',
  'AES128-GCM-SHA256',
  rsa,
  'rsa',
  AES_128_GCM,
  'sha256',
);
export const TLS_RSA_WITH_AES_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0x009d,
  'TLS_RSA_WITH_AES_256_GCM_SHA384',
  'AES256-GCM-SHA384',
  rsa,
  'rsa',
  AES_256_GCM,
  'sha384',
);
