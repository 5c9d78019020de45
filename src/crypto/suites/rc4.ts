/** RC4 suites: RFC 5246, 8422, 4279, 5489. RFC 7465 forbids them; here for peers that have nothing else, and only with a provider that has RC4. */
import { dhePsk } from '../kx/dhe-psk.ts';
import { ecdhePsk } from '../kx/ecdhe-psk.ts';
import { ecdhe } from '../kx/ecdhe.ts';
import { psk } from '../kx/psk.ts';
import { rsaPsk } from '../kx/rsa-psk.ts';
import { rsa } from '../kx/rsa.ts';
import { RC4_128_MD5, RC4_128_SHA } from '../protect/cbc-schemes.ts';
import { suite10, suite3 } from './define.ts';
import type { LegacySuite } from './suite.ts';

export const TLS_RSA_WITH_RC4_128_MD5: LegacySuite = /* @__PURE__ */ suite3(
  0x0004,
  'TLS_RSA_WITH_RC4_128_MD5',
  'RC4-MD5',
  rsa,
  'rsa',
  RC4_128_MD5,
);
export const TLS_RSA_WITH_RC4_128_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0005,
  'TLS_RSA_WITH_RC4_128_SHA',
  'RC4-SHA',
  rsa,
  'rsa',
  RC4_128_SHA,
);
export const TLS_ECDHE_ECDSA_WITH_RC4_128_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc007,
  'TLS_ECDHE_ECDSA_WITH_RC4_128_SHA',
  'ECDHE-ECDSA-RC4-SHA',
  ecdhe,
  'ecdsa',
  RC4_128_SHA,
);
export const TLS_ECDHE_RSA_WITH_RC4_128_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc011,
  'TLS_ECDHE_RSA_WITH_RC4_128_SHA',
  'ECDHE-RSA-RC4-SHA',
  ecdhe,
  'rsa',
  RC4_128_SHA,
);
export const TLS_ECDHE_PSK_WITH_RC4_128_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc033,
  'TLS_ECDHE_PSK_WITH_RC4_128_SHA',
  'ECDHE-PSK-RC4-SHA',
  ecdhePsk,
  'psk',
  RC4_128_SHA,
);
export const TLS_PSK_WITH_RC4_128_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x008a,
  'TLS_PSK_WITH_RC4_128_SHA',
  'PSK-RC4-SHA',
  psk,
  'psk',
  RC4_128_SHA,
);
export const TLS_DHE_PSK_WITH_RC4_128_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x008e,
  'TLS_DHE_PSK_WITH_RC4_128_SHA',
  'DHE-PSK-RC4-SHA',
  dhePsk,
  'psk',
  RC4_128_SHA,
);
export const TLS_RSA_PSK_WITH_RC4_128_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0092,
  'TLS_RSA_PSK_WITH_RC4_128_SHA',
  'RSA-PSK-RC4-SHA',
  rsaPsk,
  'rsa',
  RC4_128_SHA,
);
