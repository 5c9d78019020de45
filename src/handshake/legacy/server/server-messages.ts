/** What a server sends from ServerHello to ServerHelloDone: RFC 5246 §7.4.1.3 to §7.4.5, RFC 6066 §8. */
import { INTERNAL_ERROR } from '../../../base/alerts.ts';
import { fail } from '../../../base/errors.ts';
import type { SignatureKeyType } from '../../../crypto/port.ts';
import { IN_LEGACY_SERVER_HELLO, STATUS_REQUEST_V2 } from '../../../wire/extension.ts';
import { CERTIFICATE, CERTIFICATE_REQUEST, CERTIFICATE_STATUS, SERVER_HELLO, SERVER_HELLO_DONE } from '../../../wire/handshake.ts';
import { writeCertificateLegacy, writeRawPublicKeyLegacy } from '../../../wire/messages/certificate-legacy.ts';
import { DSS_SIGN, ECDSA_SIGN, RSA_SIGN, writeCertificateRequestLegacy } from '../../../wire/messages/certificate-request-legacy.ts';
import { writeCertificateStatus, writeCertificateStatuses } from '../../../wire/messages/certificate-status.ts';
import { writeServerHelloHead } from '../../../wire/messages/server-hello.ts';
import type { Credential } from '../../context.ts';
import { shownCertificates } from '../../credentials.ts';
import { writeAnswers } from '../../extensions/blocks.ts';
import { applyRecordLimits } from '../../record-limits.ts';
import { schemeFits, wireSchemes } from '../../schemes.ts';
import type { Handshake } from '../../state.ts';
import { modulesOf } from '../roles.ts';

const NULL_COMPRESSION = 0;

export function sendServerHello(hs: Handshake): void {
  const { strategy, suite } = hs.legacy;
  hs.serverRandom = makeRandom(hs);
  hs.carrier.message(SERVER_HELLO, (w) => {
    writeServerHelloHead(w, {
      version: hs.version.id,
      random: hs.serverRandom,
      sessionId: hs.sessionId,
      suite: suite.id,
      compression: NULL_COMPRESSION,
    });
    const at = w.open(2);
    writeAnswers(hs, w, modulesOf(hs), IN_LEGACY_SERVER_HELLO);
    // No extension: no block either. Old clients know of none.
    if (w.length === at + 2) w.length = at;
    else w.close(2, at);
  });
  if (hs.maxFragmentLength !== undefined && strategy.extensions) applyRecordLimits(hs, 0);
}

/** RFC 9846 §4.2.3: a server that could have done better says so where nobody can take it out. */
function makeRandom(hs: Handshake): Uint8Array {
  const random = hs.crypto.random(32);
  const best = Math.max(...hs.server.versions.map((version) => version.rank));
  const sentinel = hs.legacy.strategy.sentinel(best);
  if (sentinel !== undefined) random.set(sentinel, random.length - sentinel.length);
  return random;
}

export function sendServerCertificate(hs: Handshake): void {
  const credential = credentialOf(hs);
  const chain = shownCertificates(hs);
  hs.carrier.message(CERTIFICATE, (w) => {
    if (chain === credential.chain) writeCertificateLegacy(w, chain);
    else writeRawPublicKeyLegacy(w, chain[0]!);
  });
}

export function sendCertificateStatus(hs: Handshake): void {
  const { chain, ocspResponse, ocspResponses } = credentialOf(hs);
  if (hs.legacy.statusAnnounced === STATUS_REQUEST_V2) {
    const responses = chain.map((_, index) => (index === 0 ? ocspResponse : ocspResponses?.[index]));
    hs.carrier.message(CERTIFICATE_STATUS, (w) => writeCertificateStatuses(w, responses));
    return;
  }
  if (ocspResponse === undefined) fail(INTERNAL_ERROR, 'internal_error', 'no OCSP response');
  hs.carrier.message(CERTIFICATE_STATUS, (w) => writeCertificateStatus(w, ocspResponse));
}

export function sendCertificateRequest(hs: Handshake): void {
  const { strategy } = hs.legacy;
  const schemes = strategy.explicitSchemes ? wireSchemes(hs.context.schemes) : strategy.defaultSchemes;
  const takes = (type: SignatureKeyType): boolean => schemes.some((scheme) => schemeFits(scheme, { type }, false));
  const types: number[] = [];
  if (takes('rsa') || takes('rsa-pss')) types.push(RSA_SIGN);
  // A bare hash is signed by RSA keys only.
  const bare = strategy.certificateVerify !== undefined;
  if (!bare && takes('dsa')) types.push(DSS_SIGN);
  if (!bare && (takes('ec') || takes('ed25519') || takes('ed448'))) types.push(ECDSA_SIGN);
  const authorities = hs.server.clientAuthorities;
  const request = { types, schemes: strategy.explicitSchemes ? schemes : undefined, authorities };
  hs.carrier.message(CERTIFICATE_REQUEST, (w) => writeCertificateRequestLegacy(w, request));
}

export function sendServerHelloDone(hs: Handshake): void {
  hs.carrier.message(SERVER_HELLO_DONE, () => {});
}

function credentialOf(hs: Handshake): Credential {
  return hs.credential ?? fail(INTERNAL_ERROR, 'internal_error', 'no credential');
}
