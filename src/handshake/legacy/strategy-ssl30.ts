/** SSL 3.0, RFC 6101: its own MAC, PRF and Finished, no extensions. Broken (RFC 7568): for isolated old equipment only. */
import { ascii, concat, EMPTY } from '../../base/bytes.ts';
import { prfSsl3 } from '../../crypto/kdf/prf.ts';
import { ssl3HandshakeHash } from '../../crypto/kdf/ssl3.ts';
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
      ssl3HandshakeHash(crypto, 'md5', transcript.copyOf('md5'), sender, master),
      ssl3HandshakeHash(crypto, 'sha1', transcript.copyOf('sha1'), sender, master),
    );
  },
  certificateVerify: (crypto, master, transcript) =>
    concat(
      ssl3HandshakeHash(crypto, 'md5', transcript.copyOf('md5'), EMPTY, master),
      ssl3HandshakeHash(crypto, 'sha1', transcript.copyOf('sha1'), EMPTY, master),
    ),
  noCertificate: 'alert',
  extensions: false,
  exporter: false,
  noRenegotiation: 'fatal',
  shape: { wireVersion: SSL30, mac: 'ssl3', explicitIv: false },
  bareRsa: true,
};
