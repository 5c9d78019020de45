/** AES-CBC suites: RFC 5246, 5289, 5487, 5489, 8422, 4279. */
import { dhePsk } from '../kx/dhe-psk.ts';
import { dhe } from '../kx/dhe.ts';
import { ecdhePsk } from '../kx/ecdhe-psk.ts';
import { ecdhe } from '../kx/ecdhe.ts';
import { psk } from '../kx/psk.ts';
import { rsaPsk } from '../kx/rsa-psk.ts';
import { rsa } from '../kx/rsa.ts';
import { AES_128_CBC_SHA, AES_128_CBC_SHA256, AES_256_CBC_SHA, AES_256_CBC_SHA256, AES_256_CBC_SHA384 } from '../protect/cbc-schemes.ts';
import { suite10, suite12, suite3 } from './define.ts';
import type { LegacySuite } from './suite.ts';

export const TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc009,
  'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA',
  'ECDHE-ECDSA-AES128-SHA',
  ecdhe,
  'ecdsa',
  AES_128_CBC_SHA,
);
export const TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc00a,
  'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA',
  'ECDHE-ECDSA-AES256-SHA',
  ecdhe,
  'ecdsa',
  AES_256_CBC_SHA,
);
export const TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc023,
  'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256',
  'ECDHE-ECDSA-AES128-SHA256',
  ecdhe,
  'ecdsa',
  AES_128_CBC_SHA256,
  'sha256',
);
export const TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc024,
  'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384',
  'ECDHE-ECDSA-AES256-SHA384',
  ecdhe,
  'ecdsa',
  AES_256_CBC_SHA384,
  'sha384',
);
export const TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc013,
  'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
  'ECDHE-RSA-AES128-SHA',
  ecdhe,
  'rsa',
  AES_128_CBC_SHA,
);
export const TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc014,
  'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
  'ECDHE-RSA-AES256-SHA',
  ecdhe,
  'rsa',
  AES_256_CBC_SHA,
);
export const TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xc027,
  'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256',
  'ECDHE-RSA-AES128-SHA256',
  ecdhe,
  'rsa',
  AES_128_CBC_SHA256,
  'sha256',
);
export const TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0xc028,
  'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384',
  'ECDHE-RSA-AES256-SHA384',
  ecdhe,
  'rsa',
  AES_256_CBC_SHA384,
  'sha384',
);
export const TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc035,
  'TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA',
  'ECDHE-PSK-AES128-CBC-SHA',
  ecdhePsk,
  'psk',
  AES_128_CBC_SHA,
);
export const TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc036,
  'TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA',
  'ECDHE-PSK-AES256-CBC-SHA',
  ecdhePsk,
  'psk',
  AES_256_CBC_SHA,
);
export const TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite10(
  0xc037,
  'TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256',
  'ECDHE-PSK-AES128-CBC-SHA256',
  ecdhePsk,
  'psk',
  AES_128_CBC_SHA256,
);
export const TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA384: LegacySuite = /* @__PURE__ */ suite10(
  0xc038,
  'TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA384',
  'ECDHE-PSK-AES256-CBC-SHA384',
  ecdhePsk,
  'psk',
  AES_256_CBC_SHA384,
  'sha384',
);
export const TLS_PSK_WITH_AES_128_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x008c,
  'TLS_PSK_WITH_AES_128_CBC_SHA',
  'PSK-AES128-CBC-SHA',
  psk,
  'psk',
  AES_128_CBC_SHA,
);
export const TLS_PSK_WITH_AES_256_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x008d,
  'TLS_PSK_WITH_AES_256_CBC_SHA',
  'PSK-AES256-CBC-SHA',
  psk,
  'psk',
  AES_256_CBC_SHA,
);
export const TLS_PSK_WITH_AES_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite10(
  0x00ae,
  'TLS_PSK_WITH_AES_128_CBC_SHA256',
  'PSK-AES128-CBC-SHA256',
  psk,
  'psk',
  AES_128_CBC_SHA256,
);
export const TLS_PSK_WITH_AES_256_CBC_SHA384: LegacySuite = /* @__PURE__ */ suite10(
  0x00af,
  'TLS_PSK_WITH_AES_256_CBC_SHA384',
  'PSK-AES256-CBC-SHA384',
  psk,
  'psk',
  AES_256_CBC_SHA384,
  'sha384',
);
export const TLS_DHE_PSK_WITH_AES_128_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0090,
  'TLS_DHE_PSK_WITH_AES_128_CBC_SHA',
  'DHE-PSK-AES128-CBC-SHA',
  dhePsk,
  'psk',
  AES_128_CBC_SHA,
);
export const TLS_DHE_PSK_WITH_AES_256_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0091,
  'TLS_DHE_PSK_WITH_AES_256_CBC_SHA',
  'DHE-PSK-AES256-CBC-SHA',
  dhePsk,
  'psk',
  AES_256_CBC_SHA,
);
export const TLS_DHE_PSK_WITH_AES_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite10(
  0x00b2,
  'TLS_DHE_PSK_WITH_AES_128_CBC_SHA256',
  'DHE-PSK-AES128-CBC-SHA256',
  dhePsk,
  'psk',
  AES_128_CBC_SHA256,
);
export const TLS_DHE_PSK_WITH_AES_256_CBC_SHA384: LegacySuite = /* @__PURE__ */ suite10(
  0x00b3,
  'TLS_DHE_PSK_WITH_AES_256_CBC_SHA384',
  'DHE-PSK-AES256-CBC-SHA384',
  dhePsk,
  'psk',
  AES_256_CBC_SHA384,
  'sha384',
);
export const TLS_RSA_PSK_WITH_AES_128_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0094,
  'TLS_RSA_PSK_WITH_AES_128_CBC_SHA',
  'RSA-PSK-AES128-CBC-SHA',
  rsaPsk,
  'rsa',
  AES_128_CBC_SHA,
);
export const TLS_RSA_PSK_WITH_AES_256_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0095,
  'TLS_RSA_PSK_WITH_AES_256_CBC_SHA',
  'RSA-PSK-AES256-CBC-SHA',
  rsaPsk,
  'rsa',
  AES_256_CBC_SHA,
);
export const TLS_RSA_PSK_WITH_AES_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite10(
  0x00b6,
  'TLS_RSA_PSK_WITH_AES_128_CBC_SHA256',
  'RSA-PSK-AES128-CBC-SHA256',
  rsaPsk,
  'rsa',
  AES_128_CBC_SHA256,
);
export const TLS_RSA_PSK_WITH_AES_256_CBC_SHA384: LegacySuite = /* @__PURE__ */ suite10(
  0x00b7,
  'TLS_RSA_PSK_WITH_AES_256_CBC_SHA384',
  'RSA-PSK-AES256-CBC-SHA384',
  rsaPsk,
  'rsa',
  AES_256_CBC_SHA384,
  'sha384',
);
export const TLS_DHE_RSA_WITH_AES_128_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0033,
  'TLS_DHE_RSA_WITH_AES_128_CBC_SHA',
  'DHE-RSA-AES128-SHA',
  dhe,
  'rsa',
  AES_128_CBC_SHA,
);
export const TLS_DHE_RSA_WITH_AES_256_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0039,
  'TLS_DHE_RSA_WITH_AES_256_CBC_SHA',
  'DHE-RSA-AES256-SHA',
  dhe,
  'rsa',
  AES_256_CBC_SHA,
);
export const TLS_DHE_RSA_WITH_AES_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x0067,
  'TLS_DHE_RSA_WITH_AES_128_CBC_SHA256',
  'DHE-RSA-AES128-SHA256',
  dhe,
  'rsa',
  AES_128_CBC_SHA256,
  'sha256',
);
export const TLS_DHE_RSA_WITH_AES_256_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x006b,
  'TLS_DHE_RSA_WITH_AES_256_CBC_SHA256',
  'DHE-RSA-AES256-SHA256',
  dhe,
  'rsa',
  AES_256_CBC_SHA256,
  'sha256',
);
export const TLS_DHE_DSS_WITH_AES_128_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0032,
  'TLS_DHE_DSS_WITH_AES_128_CBC_SHA',
  'DHE-DSS-AES128-SHA',
  dhe,
  'dss',
  AES_128_CBC_SHA,
);
export const TLS_DHE_DSS_WITH_AES_256_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0038,
  'TLS_DHE_DSS_WITH_AES_256_CBC_SHA',
  'DHE-DSS-AES256-SHA',
  dhe,
  'dss',
  AES_256_CBC_SHA,
);
export const TLS_DHE_DSS_WITH_AES_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x0040,
  'TLS_DHE_DSS_WITH_AES_128_CBC_SHA256',
  'DHE-DSS-AES128-SHA256',
  dhe,
  'dss',
  AES_128_CBC_SHA256,
  'sha256',
);
export const TLS_DHE_DSS_WITH_AES_256_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x006a,
  'TLS_DHE_DSS_WITH_AES_256_CBC_SHA256',
  'DHE-DSS-AES256-SHA256',
  dhe,
  'dss',
  AES_256_CBC_SHA256,
  'sha256',
);
export const TLS_RSA_WITH_AES_128_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x002f,
  'TLS_RSA_WITH_AES_128_CBC_SHA',
  'AES128-SHA',
  rsa,
  'rsa',
  AES_128_CBC_SHA,
);
export const TLS_RSA_WITH_AES_256_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0035,
  'TLS_RSA_WITH_AES_256_CBC_SHA',
  'AES256-SHA',
  rsa,
  'rsa',
  AES_256_CBC_SHA,
);
export const TLS_RSA_WITH_AES_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x003c,
  'TLS_RSA_WITH_AES_128_CBC_SHA256',
  'AES128-SHA256',
  rsa,
  'rsa',
  AES_128_CBC_SHA256,
  'sha256',
);
export const TLS_RSA_WITH_AES_256_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x003d,
  'TLS_RSA_WITH_AES_256_CBC_SHA256',
  'AES256-SHA256',
  rsa,
  'rsa',
  AES_256_CBC_SHA256,
  'sha256',
);
