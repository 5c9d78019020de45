/** TLS 1.0, RFC 2246: TLS 1.1 but for the IV of CBC records, which is the end of the record before (S7). */
import { TLS10 } from '../../wire/version.ts';
import type { LegacyStrategy } from './strategy.ts';
import { strategyTls11 } from './strategy-tls11.ts';

export const strategyTls10: LegacyStrategy = {
  ...strategyTls11,
  shape: { wireVersion: TLS10, mac: 'hmac', explicitIv: false },
  splitRecords: true,
};
