/** 3DES-CBC suites: RFC 5246, 8422, 4279, 5489. 64-bit blocks: each key ends after 2^20 records (SWEET32). */
import { dhePsk } from '../kx/dhe-psk.ts';
import { dhe } from '../kx/dhe.ts';
import { ecdhePsk } from '../kx/ecdhe-psk.ts';
import { ecdhe } from '../kx/ecdhe.ts';
import { psk } from '../kx/psk.ts';
import { rsaPsk } from '../kx/rsa-psk.ts';
import { rsa } from '../kx/rsa.ts';
import { TRIPLE_DES_EDE_CBC_SHA } from '../protect/cbc-schemes.ts';
import { suite10, suite3 } from './define.ts';
import type { LegacySuite } from './suite.ts';

//= rfc9846#appendix-E.5
//= type=implication
//# Ciphers with a strength less than 112 bits MUST NOT be offered or negotiated for any version of TLS
//# for any reason.
export const TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc008,
  'TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA',
  'ECDHE-ECDSA-DES-CBC3-SHA',
  ecdhe,
  'ecdsa',
  TRIPLE_DES_EDE_CBC_SHA,
);
export const TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc012,
  'TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA',
  'ECDHE-RSA-DES-CBC3-SHA',
  ecdhe,
  'rsa',
  TRIPLE_DES_EDE_CBC_SHA,
);
export const TLS_ECDHE_PSK_WITH_3DES_EDE_CBC_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc034,
  'TLS_ECDHE_PSK_WITH_3DES_EDE_CBC_SHA',
  'ECDHE-PSK-3DES-EDE-CBC-SHA',
  ecdhePsk,
  'psk',
  TRIPLE_DES_EDE_CBC_SHA,
);
export const TLS_PSK_WITH_3DES_EDE_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x008b,
  'TLS_PSK_WITH_3DES_EDE_CBC_SHA',
  'PSK-3DES-EDE-CBC-SHA',
  psk,
  'psk',
  TRIPLE_DES_EDE_CBC_SHA,
);
export const TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0016,
  'TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA',
  'DHE-RSA-DES-CBC3-SHA',
  dhe,
  'rsa',
  TRIPLE_DES_EDE_CBC_SHA,
);
export const TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0013,
  'TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA',
  'DHE-DSS-DES-CBC3-SHA',
  dhe,
  'dss',
  TRIPLE_DES_EDE_CBC_SHA,
);
export const TLS_DHE_PSK_WITH_3DES_EDE_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x008f,
  'TLS_DHE_PSK_WITH_3DES_EDE_CBC_SHA',
  'DHE-PSK-3DES-EDE-CBC-SHA',
  dhePsk,
  'psk',
  TRIPLE_DES_EDE_CBC_SHA,
);
export const TLS_RSA_PSK_WITH_3DES_EDE_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0093,
  'TLS_RSA_PSK_WITH_3DES_EDE_CBC_SHA',
  'RSA-PSK-3DES-EDE-CBC-SHA',
  rsaPsk,
  'rsa',
  TRIPLE_DES_EDE_CBC_SHA,
);
export const TLS_RSA_WITH_3DES_EDE_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x000a,
  'TLS_RSA_WITH_3DES_EDE_CBC_SHA',
  'DES-CBC3-SHA',
  rsa,
  'rsa',
  TRIPLE_DES_EDE_CBC_SHA,
);
