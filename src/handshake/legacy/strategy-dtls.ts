/** DTLS 1.2 (RFC 6347) and 1.0 (RFC 4347): TLS 1.2 and 1.1 but for the number in their records. */
import { DTLS10, DTLS12 } from '../../wire/version.ts';
import type { LegacyStrategy } from './strategy.ts';
import { strategyTls11 } from './strategy-tls11.ts';
import { strategyTls12 } from './strategy-tls12.ts';

export const strategyDtls12: LegacyStrategy = /* @__PURE__ */ overDatagrams(strategyTls12, DTLS12);
export const strategyDtls10: LegacyStrategy = /* @__PURE__ */ overDatagrams(strategyTls11, DTLS10);

function overDatagrams(strategy: LegacyStrategy, wireVersion: number): LegacyStrategy {
  return { ...strategy, shape: { ...strategy.shape, wireVersion } };
}
