/** TLS 1.1 and DTLS 1.0, RFC 4346: MD5 and SHA-1 side by side, with the record IV that TLS 1.0 lacks. */
import { prfTls10 } from '../../crypto/kdf/prf.ts';
import { DOWNGRADE_TLS11 } from '../../wire/messages/server-hello.ts';
import { DSA_SHA1, ECDSA_SHA1, RSA_PKCS1_MD5_SHA1 } from '../../wire/signature-scheme.ts';
import { TLS11 } from '../../wire/version.ts';
import type { LegacyStrategy } from './strategy.ts';

const VERIFY_DATA_LENGTH = 12;
const RANK_TLS12 = 3;

export const strategyTls11: LegacyStrategy = {
  transcriptHash: () => 'md5-sha1',
  prf: prfTls10,
  finished: (crypto, prfHash, master, from, transcript) =>
    prfTls10(crypto, prfHash, master, `${from} finished`, transcript.digest(), VERIFY_DATA_LENGTH),
  explicitSchemes: false,
  defaultSchemes: [RSA_PKCS1_MD5_SHA1, DSA_SHA1, ECDSA_SHA1],
  noCertificate: 'message',
  extensions: true,
  exporter: true,
  noRenegotiation: 'warning',
  shape: { wireVersion: TLS11, mac: 'hmac', explicitIv: true },
  bareRsa: false,
  splitRecords: false,
  sentinel: (bestRank) => (bestRank >= RANK_TLS12 ? DOWNGRADE_TLS11 : undefined),
};
