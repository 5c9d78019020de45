/** What a server sends between ServerHello and ServerHelloDone, as the client takes it in: RFC 5246 §7.4.2 to §7.4.5. */
import { DECODE_ERROR, HANDSHAKE_FAILURE, ILLEGAL_PARAMETER } from '../../../base/alerts.ts';
import { concat } from '../../../base/bytes.ts';
import { fail } from '../../../base/errors.ts';
import type { MaybePromise } from '../../../base/maybe-promise.ts';
import { Reader } from '../../../base/reader.ts';
import type { IncomingMessage } from '../../../record/carrier.ts';
import { STATUS_REQUEST_V2 } from '../../../wire/extension.ts';
import { RAW_PUBLIC_KEY } from '../../../wire/certificate-type.ts';
import { readCertificateLegacy, readRawPublicKeyLegacy } from '../../../wire/messages/certificate-legacy.ts';
import { readCertificateRequestLegacy } from '../../../wire/messages/certificate-request-legacy.ts';
import { readCertificateStatus } from '../../../wire/messages/certificate-status.ts';
import type { Handshake } from '../../state.ts';
import { isSigned } from '../authentication.ts';
import { peerSchemes, verifySigned } from '../signatures.ts';
import { readServerParams } from './key-params.ts';

/** Judged in the step behind CertificateStatus. */
export function onServerCertificate(hs: Handshake, message: IncomingMessage): void {
  if (hs.peerCertificateType === RAW_PUBLIC_KEY) {
    const key = readRawPublicKeyLegacy(new Reader(message.body));
    if (key.length === 0) fail(DECODE_ERROR, 'bad_certificate', 'the server has none');
    hs.peerRawKey = key;
    return;
  }
  const chain = readCertificateLegacy(new Reader(message.body));
  if (chain.length === 0) fail(DECODE_ERROR, 'bad_certificate', 'the server has none');
  hs.peerChain = chain;
  hs.previous?.checkPeer(hs);
}

export function onCertificateStatus(hs: Handshake, message: IncomingMessage): void {
  const responses = readCertificateStatus(new Reader(message.body), hs.legacy.statusAnnounced === STATUS_REQUEST_V2);
  // RFC 6961 §2.2: "there MUST NOT be more responses than there were certificates in the list."
  if (responses.length > hs.peerChain.length) fail(ILLEGAL_PARAMETER, 'bad_certificate_status', 'more responses than certificates');
  hs.peerOcsp = responses[0];
  if (responses.length > 1) hs.peerOcsps = responses;
}

/** The server's parameters, and the signature that binds them to its key and to this handshake. */
export function onServerKeyExchange(hs: Handshake, message: IncomingMessage): MaybePromise<void> {
  const r = readServerParams(hs, message);
  if (!isSigned(hs.legacy.suite)) {
    r.finish();
    return;
  }
  const params = message.body.subarray(0, r.position);
  return verifySigned(hs, r, concat(hs.clientRandom, hs.serverRandom, params));
}

export function onCertificateRequest(hs: Handshake, message: IncomingMessage): void {
  const { legacy } = hs;
  //= rfc5246#section-7.4.4
  //# Note: It is a fatal handshake_failure alert for an anonymous server
  //# to request client authentication.
  if (legacy.suite.auth === 'anon') fail(HANDSHAKE_FAILURE, 'unexpected_message', 'CertificateRequest of an anonymous server');
  const request = readCertificateRequestLegacy(new Reader(message.body), legacy.strategy.explicitSchemes);
  hs.clientCertificateRequested = true;
  legacy.certificateTypes = request.types;
  hs.peerSchemes = peerSchemes(hs, request.schemes);
  hs.peerAuthorities = request.authorities;
}
