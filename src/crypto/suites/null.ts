/** Suites that authenticate and do not encrypt: RFC 5246, 8422, 4785, 5487, 5489. Never in a preset. */
import { dhePsk } from '../kx/dhe-psk.ts';
import { ecdhePsk } from '../kx/ecdhe-psk.ts';
import { ecdhe } from '../kx/ecdhe.ts';
import { psk } from '../kx/psk.ts';
import { rsaPsk } from '../kx/rsa-psk.ts';
import { rsa } from '../kx/rsa.ts';
import { NULL_MD5, NULL_SHA, NULL_SHA256, NULL_SHA384 } from '../protect/cbc-schemes.ts';
import { suite10, suite12, suite3 } from './define.ts';
import type { LegacySuite } from './suite.ts';

//= rfc5246#appendix-A.5
//= type=implication
//# MUST NOT be negotiated, as it provides no more protection than an unsecured connection
export const TLS_RSA_WITH_NULL_MD5: LegacySuite = /* @__PURE__ */ suite3(0x0001, 'TLS_RSA_WITH_NULL_MD5', 'NULL-MD5', rsa, 'rsa', NULL_MD5);
export const TLS_RSA_WITH_NULL_SHA: LegacySuite = /* @__PURE__ */ suite3(0x0002, 'TLS_RSA_WITH_NULL_SHA', 'NULL-SHA', rsa, 'rsa', NULL_SHA);
export const TLS_RSA_WITH_NULL_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x003b,
  'TLS_RSA_WITH_NULL_SHA256',
  'NULL-SHA256',
  rsa,
  'rsa',
  NULL_SHA256,
  'sha256',
);
export const TLS_ECDHE_ECDSA_WITH_NULL_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc006,
  'TLS_ECDHE_ECDSA_WITH_NULL_SHA',
  'ECDHE-ECDSA-NULL-SHA',
  ecdhe,
  'ecdsa',
  NULL_SHA,
);
export const TLS_ECDHE_RSA_WITH_NULL_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc010,
  'TLS_ECDHE_RSA_WITH_NULL_SHA',
  'ECDHE-RSA-NULL-SHA',
  ecdhe,
  'rsa',
  NULL_SHA,
);
export const TLS_ECDHE_PSK_WITH_NULL_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc039,
  'TLS_ECDHE_PSK_WITH_NULL_SHA',
  'ECDHE-PSK-NULL-SHA',
  ecdhePsk,
  'psk',
  NULL_SHA,
);
export const TLS_ECDHE_PSK_WITH_NULL_SHA256: LegacySuite = /* @__PURE__ */ suite10(
  0xc03a,
  'TLS_ECDHE_PSK_WITH_NULL_SHA256',
  'ECDHE-PSK-NULL-SHA256',
  ecdhePsk,
  'psk',
  NULL_SHA256,
);
export const TLS_ECDHE_PSK_WITH_NULL_SHA384: LegacySuite = /* @__PURE__ */ suite10(
  0xc03b,
  'TLS_ECDHE_PSK_WITH_NULL_SHA384',
  'ECDHE-PSK-NULL-SHA384',
  ecdhePsk,
  'psk',
  NULL_SHA384,
  'sha384',
);
export const TLS_PSK_WITH_NULL_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x002c,
  'TLS_PSK_WITH_NULL_SHA',
  'PSK-NULL-SHA',
  psk,
  'psk',
  NULL_SHA,
);
export const TLS_PSK_WITH_NULL_SHA256: LegacySuite = /* @__PURE__ */ suite10(
  0x00b0,
  'TLS_PSK_WITH_NULL_SHA256',
  'PSK-NULL-SHA256',
  psk,
  'psk',
  NULL_SHA256,
);
export const TLS_PSK_WITH_NULL_SHA384: LegacySuite = /* @__PURE__ */ suite10(
  0x00b1,
  'TLS_PSK_WITH_NULL_SHA384',
  'PSK-NULL-SHA384',
  psk,
  'psk',
  NULL_SHA384,
  'sha384',
);
export const TLS_DHE_PSK_WITH_NULL_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x002d,
  'TLS_DHE_PSK_WITH_NULL_SHA',
  'DHE-PSK-NULL-SHA',
  dhePsk,
  'psk',
  NULL_SHA,
);
export const TLS_DHE_PSK_WITH_NULL_SHA256: LegacySuite = /* @__PURE__ */ suite10(
  0x00b4,
  'TLS_DHE_PSK_WITH_NULL_SHA256',
  'DHE-PSK-NULL-SHA256',
  dhePsk,
  'psk',
  NULL_SHA256,
);
export const TLS_DHE_PSK_WITH_NULL_SHA384: LegacySuite = /* @__PURE__ */ suite10(
  0x00b5,
  'TLS_DHE_PSK_WITH_NULL_SHA384',
  'DHE-PSK-NULL-SHA384',
  dhePsk,
  'psk',
  NULL_SHA384,
  'sha384',
);
export const TLS_RSA_PSK_WITH_NULL_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x002e,
  'TLS_RSA_PSK_WITH_NULL_SHA',
  'RSA-PSK-NULL-SHA',
  rsaPsk,
  'rsa',
  NULL_SHA,
);
export const TLS_RSA_PSK_WITH_NULL_SHA256: LegacySuite = /* @__PURE__ */ suite10(
  0x00b8,
  'TLS_RSA_PSK_WITH_NULL_SHA256',
  'RSA-PSK-NULL-SHA256',
  rsaPsk,
  'rsa',
  NULL_SHA256,
);
export const TLS_RSA_PSK_WITH_NULL_SHA384: LegacySuite = /* @__PURE__ */ suite10(
  0x00b9,
  'TLS_RSA_PSK_WITH_NULL_SHA384',
  'RSA-PSK-NULL-SHA384',
  rsaPsk,
  'rsa',
  NULL_SHA384,
  'sha384',
);
