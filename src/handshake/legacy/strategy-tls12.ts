/** TLS 1.2 and DTLS 1.2, RFC 5246: one PRF, by the suite's hash; signatures name their scheme; CBC records have an IV of their own. */
import { prfTls12 } from '../../crypto/kdf/prf.ts';
import { DOWNGRADE_TLS12 } from '../../wire/messages/server-hello.ts';
import { DSA_SHA1, ECDSA_SHA1, RSA_PKCS1_SHA1 } from '../../wire/signature-scheme.ts';
import { TLS12 } from '../../wire/version.ts';
import type { LegacyStrategy } from './strategy.ts';

const VERIFY_DATA_LENGTH = 12;
const RANK_TLS13 = 4;

export const strategyTls12: LegacyStrategy = {
  //= rfc5246#section-7.4.9
  //# For the PRF defined in Section 5, the Hash MUST be the Hash used as the basis for the PRF.
  transcriptHash: (prfHash) => prfHash,
  prf: prfTls12,
  //= rfc5246#section-7.4.9
  //# PRF(master_secret, finished_label, Hash(handshake_messages))
  finished: (crypto, prfHash, master, from, transcript) =>
    prfTls12(crypto, prfHash, master, `${from} finished`, transcript.digest(), VERIFY_DATA_LENGTH),
  explicitSchemes: true,
  defaultSchemes: [RSA_PKCS1_SHA1, DSA_SHA1, ECDSA_SHA1],
  noCertificate: 'message',
  extensions: true,
  exporter: true,
  noRenegotiation: 'warning',
  shape: { wireVersion: TLS12, mac: 'hmac', explicitIv: true },
  bareRsa: false,
  splitRecords: false,
  sentinel: (bestRank) => (bestRank >= RANK_TLS13 ? DOWNGRADE_TLS12 : undefined),
};
