/** ChaCha20-Poly1305 suites of (D)TLS 1.2: RFC 7905. */
import { dhePsk } from '../kx/dhe-psk.ts';
import { dhe } from '../kx/dhe.ts';
import { ecdhePsk } from '../kx/ecdhe-psk.ts';
import { ecdhe } from '../kx/ecdhe.ts';
import { psk } from '../kx/psk.ts';
import { rsaPsk } from '../kx/rsa-psk.ts';
import { CHACHA20_POLY1305 } from '../protect/legacy-schemes.ts';
import { suite12 } from './define.ts';
import type { LegacySuite } from './suite.ts';

export const TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xcca9,
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  ecdhe,
  'ecdsa',
  CHACHA20_POLY1305,
  'sha256',
);
export const TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xcca8,
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  'ECDHE-RSA-CHACHA20-POLY1305',
  ecdhe,
  'rsa',
  CHACHA20_POLY1305,
  'sha256',
);
export const TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xccac,
  'TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256',
  'ECDHE-PSK-CHACHA20-POLY1305',
  ecdhePsk,
  'psk',
  CHACHA20_POLY1305,
  'sha256',
);
export const TLS_PSK_WITH_CHACHA20_POLY1305_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xccab,
  'TLS_PSK_WITH_CHACHA20_POLY1305_SHA256',
  'PSK-CHACHA20-POLY1305',
  psk,
  'psk',
  CHACHA20_POLY1305,
  'sha256',
);
export const TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xccaa,
  'TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  'DHE-RSA-CHACHA20-POLY1305',
  dhe,
  'rsa',
  CHACHA20_POLY1305,
  'sha256',
);
export const TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xccad,
  'TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256',
  'DHE-PSK-CHACHA20-POLY1305',
  dhePsk,
  'psk',
  CHACHA20_POLY1305,
  'sha256',
);
export const TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256: LegacySuite = /* @__PURE__ */ suite12(
  0xccae,
  'TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256',
  'RSA-PSK-CHACHA20-POLY1305',
  rsaPsk,
  'rsa',
  CHACHA20_POLY1305,
  'sha256',
);
