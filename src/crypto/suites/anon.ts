/** Suites without authentication: RFC 5246, 5288, 8422. Open to anyone in the middle; never in a preset. */
import { dhe } from '../kx/dhe.ts';
import { ecdhe } from '../kx/ecdhe.ts';
import {
  AES_128_CBC_SHA,
  AES_128_CBC_SHA256,
  AES_256_CBC_SHA,
  AES_256_CBC_SHA256,
  NULL_SHA,
  TRIPLE_DES_EDE_CBC_SHA,
} from '../protect/cbc-schemes.ts';
import { AES_128_GCM, AES_256_GCM } from '../protect/legacy-schemes.ts';
import { suite10, suite12, suite3 } from './define.ts';
import type { LegacySuite } from './suite.ts';

export const TLS_DH_anon_WITH_AES_128_GCM_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x00a6,
  'TLS_DH_anon_WITH_AES_128_GCM_SHA256',
  'ADH-AES128-GCM-SHA256',
  dhe,
  'anon',
  AES_128_GCM,
  'sha256',
);
export const TLS_DH_anon_WITH_AES_256_GCM_SHA384: LegacySuite = /* @__PURE__ */ suite12(
  0x00a7,
  'TLS_DH_anon_WITH_AES_256_GCM_SHA384',
  'ADH-AES256-GCM-SHA384',
  dhe,
  'anon',
  AES_256_GCM,
  'sha384',
);
export const TLS_DH_anon_WITH_AES_128_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x0034,
  'TLS_DH_anon_WITH_AES_128_CBC_SHA',
  'ADH-AES128-SHA',
  dhe,
  'anon',
  AES_128_CBC_SHA,
);
export const TLS_DH_anon_WITH_AES_256_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x003a,
  'TLS_DH_anon_WITH_AES_256_CBC_SHA',
  'ADH-AES256-SHA',
  dhe,
  'anon',
  AES_256_CBC_SHA,
);
export const TLS_DH_anon_WITH_AES_128_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x006c,
  'TLS_DH_anon_WITH_AES_128_CBC_SHA256',
  'ADH-AES128-SHA256',
  dhe,
  'anon',
  AES_128_CBC_SHA256,
  'sha256',
);
export const TLS_DH_anon_WITH_AES_256_CBC_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0x006d,
  'TLS_DH_anon_WITH_AES_256_CBC_SHA256',
  'ADH-AES256-SHA256',
  dhe,
  'anon',
  AES_256_CBC_SHA256,
  'sha256',
);
export const TLS_DH_anon_WITH_3DES_EDE_CBC_SHA: LegacySuite = /* @__PURE__ */ suite3(
  0x001b,
  'TLS_DH_anon_WITH_3DES_EDE_CBC_SHA',
  'ADH-DES-CBC3-SHA',
  dhe,
  'anon',
  TRIPLE_DES_EDE_CBC_SHA,
);
export const TLS_ECDH_anon_WITH_NULL_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc015,
  'TLS_ECDH_anon_WITH_NULL_SHA',
  'AECDH-NULL-SHA',
  ecdhe,
  'anon',
  NULL_SHA,
);
export const TLS_ECDH_anon_WITH_3DES_EDE_CBC_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc017,
  'TLS_ECDH_anon_WITH_3DES_EDE_CBC_SHA',
  'AECDH-DES-CBC3-SHA',
  ecdhe,
  'anon',
  TRIPLE_DES_EDE_CBC_SHA,
);
export const TLS_ECDH_anon_WITH_AES_128_CBC_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc018,
  'TLS_ECDH_anon_WITH_AES_128_CBC_SHA',
  'AECDH-AES128-SHA',
  ecdhe,
  'anon',
  AES_128_CBC_SHA,
);
export const TLS_ECDH_anon_WITH_AES_256_CBC_SHA: LegacySuite = /* @__PURE__ */ suite10(
  0xc019,
  'TLS_ECDH_anon_WITH_AES_256_CBC_SHA',
  'AECDH-AES256-SHA',
  ecdhe,
  'anon',
  AES_256_CBC_SHA,
);
