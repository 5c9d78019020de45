/** ServerKeyExchange and ClientKeyExchange on the server: RFC 5246 §7.4.3 and §7.4.7. */
import { HANDSHAKE_FAILURE, INTERNAL_ERROR } from '../../../base/alerts.ts';
import { concat } from '../../../base/bytes.ts';
import { fail } from '../../../base/errors.ts';
import { type MaybePromise, then } from '../../../base/maybe-promise.ts';
import { Reader } from '../../../base/reader.ts';
import { Writer } from '../../../base/writer.ts';
import type { KxState } from '../../../crypto/kx/kx.ts';
import type { IncomingMessage } from '../../../record/carrier.ts';
import { SERVER_KEY_EXCHANGE } from '../../../wire/handshake.ts';
import { writeDigitallySigned } from '../../../wire/messages/digitally-signed.ts';
import { unauthenticated, verifiedBySharedSecret } from '../../peer-auth.ts';
import type { Handshake } from '../../state.ts';
import { encryptsToKey, isSigned } from '../authentication.ts';
import { sign } from '../signatures.ts';
import type { Choice } from './choose-suite.ts';

/** What the key exchange sees of the handshake. */
export function createKx(hs: Handshake, choice: Choice): KxState {
  const { server } = hs;
  return {
    crypto: hs.crypto,
    groups: choice.groups,
    clientVersion: hs.clientVersion,
    minDhBits: server.minDhBits,
    bareRsa: hs.legacy.strategy.bareRsa,
    ...(choice.credential === undefined || !encryptsToKey(choice.suite) ? {} : { privateKey: choice.credential.key }),
    ...(server.pskHint === undefined ? {} : { pskHint: server.pskHint }),
    tellUnknownPsk: server.tellUnknownPsk === true,
    pickPsk: () => undefined,
    findPsk: (identity) => then(server.findPsk?.(identity), (psk) => psk?.key),
  };
}

export function sendServerKeyExchange(hs: Handshake): MaybePromise<void> {
  const { suite } = hs.legacy;
  const kx = kxOf(hs);
  const params = new Writer(160);
  suite.kx.writeServerParams(kx, params);
  hs.group = kx.group ?? 0;
  //= rfc8422#section-2.1
  //# These parameters MUST be signed with ECDSA or EdDSA using the private key corresponding to the
  //# public key in the server's Certificate.
  //= rfc8422#section-2.2
  //# the signature in the ServerKeyExchange message must be computed with the corresponding RSA private
  //# key
  //= rfc8422#section-2.3
  //# These parameters MUST NOT be signed.
  const signed = isSigned(suite) ? sign(hs, concat(hs.clientRandom, hs.serverRandom, params.view())) : undefined;
  return then(signed, (signature) =>
    hs.carrier.message(SERVER_KEY_EXCHANGE, (w) => {
      w.bytes(params.view());
      if (signature !== undefined) writeDigitallySigned(w, signature);
    }),
  );
}

export function onClientKeyExchange(hs: Handshake, message: IncomingMessage): MaybePromise<void> {
  const { legacy, server } = hs;
  // SSL 3.0 lets a client say by silence that it has none; here it shows at the latest.
  if (hs.clientCertificateRequested && server.clientCertificate === 'require' && !legacy.clientCertificateSent)
    fail(HANDSHAKE_FAILURE, 'certificate_required');
  const r = new Reader(message.body);
  return then(legacy.suite.kx.readClientParams(kxOf(hs), r), (premaster) => {
    r.finish();
    legacy.premaster = premaster;
    // With a certificate, CertificateVerify is the proof.
    if (legacy.suite.kx.usesPsk) hs.peerVerified = verifiedBySharedSecret('psk');
    else if (!legacy.clientCertificateSent) hs.peerVerified = unauthenticated(hs);
  });
}

function kxOf(hs: Handshake): KxState {
  return hs.legacy.kx ?? fail(INTERNAL_ERROR, 'internal_error', 'no key exchange');
}
