/** Camellia-CBC suites: RFC 5932, 6367. */
import { dhePsk } from '../kx/dhe-psk.ts';
import { dhe } from '../kx/dhe.ts';
import { ecdhePsk } from '../kx/ecdhe-psk.ts';
import { ecdhe } from '../kx/ecdhe.ts';
import { psk } from '../kx/psk.ts';
import { rsaPsk } from '../kx/rsa-psk.ts';
import { rsa } from '../kx/rsa.ts';
import {
  CAMELLIA_128_CBC_SHA,
  CAMELLIA_128_CBC_SHA256,
  CAMELLIA_256_CBC_SHA,
  CAMELLIA_256_CBC_SHA256,
  CAMELLIA_256_CBC_SHA384,
} from '../protect/cbc-schemes.ts';
import { suite10, suite12, suite3 } from './define.ts';
import type { LegacySuite } from './suite.ts';

export const TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0045,
  'TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA',
  'DHE-RSA-CAMELLIA128-SHA',
  dhe,
  'rsa',
  CAMELLIA_128_CBC_SHA,
);
export const TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0088,
  'TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA',
  'DHE-RSA-CAMELLIA256-SHA',
  dhe,
  'rsa',
  CAMELLIA_256_CBC_SHA,
);
export const TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x00be,
  'TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256',
  'DHE-RSA-CAMELLIA128-SHA256',
  dhe,
  'rsa',
  CAMELLIA_128_CBC_SHA256,
  'sha256',
);
export const TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x00c4,
  'TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256',
  'DHE-RSA-CAMELLIA256-SHA256',
  dhe,
  'rsa',
  CAMELLIA_256_CBC_SHA256,
  'sha256',
);
export const TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0044,
  'TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA',
  'DHE-DSS-CAMELLIA128-SHA',
  dhe,
  'dss',
  CAMELLIA_128_CBC_SHA,
);
export const TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0087,
  'TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA',
  'DHE-DSS-CAMELLIA256-SHA',
  dhe,
  'dss',
  CAMELLIA_256_CBC_SHA,
);
export const TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x00bd,
  'TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA256',
  'DHE-DSS-CAMELLIA128-SHA256',
  dhe,
  'dss',
  CAMELLIA_128_CBC_SHA256,
  'sha256',
);
export const TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x00c3,
  'TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA256',
  'DHE-DSS-CAMELLIA256-SHA256',
  dhe,
  'dss',
  CAMELLIA_256_CBC_SHA256,
  'sha256',
);
export const TLS_RSA_WITH_CAMELLIA_128_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0041,
  'TLS_RSA_WITH_CAMELLIA_128_CBC_SHA',
  'CAMELLIA128-SHA',
  rsa,
  'rsa',
  CAMELLIA_128_CBC_SHA,
);
export const TLS_RSA_WITH_CAMELLIA_256_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0084,
  'TLS_RSA_WITH_CAMELLIA_256_CBC_SHA',
  'CAMELLIA256-SHA',
  rsa,
  'rsa',
  CAMELLIA_256_CBC_SHA,
);
export const TLS_RSA_WITH_CAMELLIA_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x00ba,
  'TLS_RSA_WITH_CAMELLIA_128_CBC_SHA256',
  'CAMELLIA128-SHA256',
  rsa,
  'rsa',
  CAMELLIA_128_CBC_SHA256,
  'sha256',
);
export const TLS_RSA_WITH_CAMELLIA_256_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x00c0,
  'TLS_RSA_WITH_CAMELLIA_256_CBC_SHA256',
  'CAMELLIA256-SHA256',
  rsa,
  'rsa',
  CAMELLIA_256_CBC_SHA256,
  'sha256',
);
export const TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc072,
  'TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256',
  'ECDHE-ECDSA-CAMELLIA128-SHA256',
  ecdhe,
  'ecdsa',
  CAMELLIA_128_CBC_SHA256,
  'sha256',
);
export const TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc073,
  'TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384',
  'ECDHE-ECDSA-CAMELLIA256-SHA384',
  ecdhe,
  'ecdsa',
  CAMELLIA_256_CBC_SHA384,
  'sha384',
);
export const TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc076,
  'TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256',
  'ECDHE-RSA-CAMELLIA128-SHA256',
  ecdhe,
  'rsa',
  CAMELLIA_128_CBC_SHA256,
  'sha256',
);
export const TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc077,
  'TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384',
  'ECDHE-RSA-CAMELLIA256-SHA384',
  ecdhe,
  'rsa',
  CAMELLIA_256_CBC_SHA384,
  'sha384',
);
export const TLS_ECDHE_PSK_WITH_CAMELLIA_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite10(
  0xc09a,
  'TLS_ECDHE_PSK_WITH_CAMELLIA_128_CBC_SHA256',
  'ECDHE-PSK-CAMELLIA128-SHA256',
  ecdhePsk,
  'psk',
  CAMELLIA_128_CBC_SHA256,
);
export const TLS_ECDHE_PSK_WITH_CAMELLIA_256_CBC_SHA384: LegacySuite = /* @__PURE__ */ suite10(
  0xc09b,
  'TLS_ECDHE_PSK_WITH_CAMELLIA_256_CBC_SHA384',
  'ECDHE-PSK-CAMELLIA256-SHA384',
  ecdhePsk,
  'psk',
  CAMELLIA_256_CBC_SHA384,
  'sha384',
);
export const TLS_PSK_WITH_CAMELLIA_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite10(
  0xc094,
  'TLS_PSK_WITH_CAMELLIA_128_CBC_SHA256',
  'PSK-CAMELLIA128-SHA256',
  psk,
  'psk',
  CAMELLIA_128_CBC_SHA256,
);
export const TLS_PSK_WITH_CAMELLIA_256_CBC_SHA384: LegacySuite = /* @__PURE__ */ suite10(
  0xc095,
  'TLS_PSK_WITH_CAMELLIA_256_CBC_SHA384',
  'PSK-CAMELLIA256-SHA384',
  psk,
  'psk',
  CAMELLIA_256_CBC_SHA384,
  'sha384',
);
export const TLS_DHE_PSK_WITH_CAMELLIA_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite10(
  0xc096,
  'TLS_DHE_PSK_WITH_CAMELLIA_128_CBC_SHA256',
  'DHE-PSK-CAMELLIA128-SHA256',
  dhePsk,
  'psk',
  CAMELLIA_128_CBC_SHA256,
);
export const TLS_DHE_PSK_WITH_CAMELLIA_256_CBC_SHA384: LegacySuite = /* @__PURE__ */ suite10(
  0xc097,
  'TLS_DHE_PSK_WITH_CAMELLIA_256_CBC_SHA384',
  'DHE-PSK-CAMELLIA256-SHA384',
  dhePsk,
  'psk',
  CAMELLIA_256_CBC_SHA384,
  'sha384',
);
export const TLS_RSA_PSK_WITH_CAMELLIA_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite10(
  0xc098,
  'TLS_RSA_PSK_WITH_CAMELLIA_128_CBC_SHA256',
  'RSA-PSK-CAMELLIA128-SHA256',
  rsaPsk,
  'rsa',
  CAMELLIA_128_CBC_SHA256,
);
export const TLS_RSA_PSK_WITH_CAMELLIA_256_CBC_SHA384: LegacySuite = /* @__PURE__ */ suite10(
  0xc099,
  'TLS_RSA_PSK_WITH_CAMELLIA_256_CBC_SHA384',
  'RSA-PSK-CAMELLIA256-SHA384',
  rsaPsk,
  'rsa',
  CAMELLIA_256_CBC_SHA384,
  'sha384',
);
