/** SSL 3.0, RFC 6101: its own MAC, PRF and Finished, no extensions. Broken (RFC 7568): for isolated old equipment only. */
import { ascii, concat, EMPTY } from '../../base/bytes.ts';
import { prfSsl3 } from '../../crypto/kdf/prf.ts';
import { ssl3HandshakeHash, ssl3HandshakeInput } from '../../crypto/kdf/ssl3.ts';
import { integer, sequence } from '../../pki/asn1/der-writer.ts';
import { SSL30 } from '../../wire/version.ts';
import type { LegacyStrategy } from './strategy.ts';
import { strategyTls10 } from './strategy-tls10.ts';

const CLIENT: Uint8Array = /* @__PURE__ */ ascii('CLNT');
const SERVER: Uint8Array = /* @__PURE__ */ ascii('SRVR');

export const strategySsl30: LegacyStrategy = {
  ...strategyTls10,
  prf: prfSsl3,
  finished(crypto, _prfHash, master, from, transcript) {
    const sender = from === 'client' ? CLIENT : SERVER;
    return concat(
      ssl3HandshakeHash(crypto, 'md5', transcript.copies()[0]!, sender, master),
      ssl3HandshakeHash(crypto, 'sha1', transcript.copies()[1]!, sender, master),
    );
  },
  certificateVerify: {
    hashes: (crypto, master, transcript) =>
      concat(
        ssl3HandshakeHash(crypto, 'md5', transcript.copies()[0]!, EMPTY, master),
        ssl3HandshakeHash(crypto, 'sha1', transcript.copies()[1]!, EMPTY, master),
      ),
    sha1Input: (master, transcript) => ssl3HandshakeInput('sha1', transcript.copies()[1]!, EMPTY, master),
    dssSignature,
  },
  noCertificate: 'alert',
  extensions: false,
  exporter: false,
  noRenegotiation: 'fatal',
  shape: { wireVersion: SSL30, mac: 'ssl3', explicitIv: false },
  bareRsa: true,
};

/** NSS writes r and s side by side; RFC 6101 §4.7 and everybody else an ASN.1 sequence of both. */
function dssSignature(signature: Uint8Array): Uint8Array {
  const { length } = signature;
  if (!DSS_PAIRS.includes(length) || (signature[0] === 0x30 && signature[1] === length - 2)) return signature;
  return sequence(integer(signature.subarray(0, length / 2)), integer(signature.subarray(length / 2)));
}

/** Twice the length of q: 160, 224 and 256 bits (FIPS 186-4). */
const DSS_PAIRS: readonly number[] = [40, 56, 64];
