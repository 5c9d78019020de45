/** What a server of SSL 3.0 to (D)TLS 1.2 decides on a ClientHello: resumption, or suite, group, certificate and scheme. */
import { ILLEGAL_PARAMETER } from '../../../base/alerts.ts';
import { EMPTY } from '../../../base/bytes.ts';
import { fail } from '../../../base/errors.ts';
import { type MaybePromise, then } from '../../../base/maybe-promise.ts';
import type { LegacySuite } from '../../../crypto/suites/suite.ts';
import type { Session } from '../../../session/session.ts';
import { STATUS_REQUEST, STATUS_REQUEST_V2 } from '../../../wire/extension.ts';
import type { ClientHello } from '../../../wire/messages/client-hello.ts';
import { UNCOMPRESSED } from '../../extensions/ec-point-formats.ts';
import { shownCertificates } from '../../credentials.ts';
import { judgeResumed, verifiedBySharedSecret } from '../../peer-auth.ts';
import type { Handshake } from '../../state.ts';
import { checkPolicy, strategyOf, suiteFits } from '../roles.ts';
import { peerSchemes } from '../signatures.ts';
import { createLegacyState } from '../state.ts';
import { type Choice, chooseSuite } from './choose-suite.ts';
import { findSession, type FoundSession } from './find-session.ts';
import { createKx } from './key-exchange.ts';

const SESSION_ID_LENGTH = 32;

export function onClientHello(hs: Handshake, hello: ClientHello): MaybePromise<void> {
  const { shape } = strategyOf(hs);
  hs.carrier.setVersion(shape.wireVersion, shape.wireVersion);
  hs.carrier.setChangeCipherSpec('message');
  hs.peerSchemes = peerSchemes(hs, hs.peerSchemes);
  //= rfc5746#section-3.6
  //# When a ClientHello is received, the server MUST check if it
  //# includes the TLS_EMPTY_RENEGOTIATION_INFO_SCSV SCSV.  If it does,
  //# set the secure_renegotiation flag to TRUE.
  hs.secureRenegotiation ||= hs.renegotiationScsv;
  hs.previous?.checkHello(hs);
  checkPolicy(hs);
  checkPointFormats(hs);
  return then(findSession(hs, hello), (found) => (found === undefined ? negotiate(hs) : resume(hs, found)));
}

function checkPointFormats(hs: Handshake): void {
  //= rfc8422#section-5.1.2
  //# If the client sends the extension and the extension does not contain
  //# the uncompressed point format, and the client has used the Supported
  //# Groups extension to indicate support for any of the curves defined in
  //# this specification, then the server MUST abort the handshake and
  //# return an illegal_parameter alert.
  const curves = hs.peerGroups?.some((id) => isCurve(id)) === true;
  if (curves && hs.peerPointFormats?.includes(UNCOMPRESSED) === false) fail(ILLEGAL_PARAMETER, 'bad_extension', 'ec_point_formats');
}

/** The curves of RFC 8422 §5.1.1. */
function isCurve(id: number): boolean {
  return (id >= 23 && id <= 25) || id === 29 || id === 30;
}

function begin(hs: Handshake, suite: LegacySuite): void {
  hs.suite = suite;
  hs.legacy = createLegacyState(strategyOf(hs), suite);
  hs.transcript.start(hs.legacy.strategy.transcriptHash(suite.prfHash));
  // RFC 7366 §3: not with stream and AEAD suites.
  hs.encryptThenMac &&= suite.protection.cbc;
  hs.previous?.checkAgreed(hs);
}

function resume(hs: Handshake, found: FoundSession): MaybePromise<void> {
  const { session } = found;
  begin(hs, suiteOf(hs, session));
  hs.resumed = session;
  hs.legacy.ticketAnnounced = found.renew && hs.ticketSupported;
  hs.peerChain = session.peerChain;
  hs.peerTrusted = session.peerTrusted;
  hs.peerScheme = session.peerScheme;
  hs.peerVerified = verifiedBySharedSecret('resumption');
  return judgeResumed(hs, session);
}

function suiteOf(hs: Handshake, session: Session): LegacySuite {
  for (const suite of hs.server.suites) if (suite.id === session.suite && suiteFits(suite, hs.version)) return suite;
  fail(ILLEGAL_PARAMETER, 'session_mismatch', 'cipher suite');
}

function negotiate(hs: Handshake): MaybePromise<void> {
  return then(chooseSuite(hs), (choice: Choice) => {
    const { server } = hs;
    begin(hs, choice.suite);
    const { legacy } = hs;
    hs.credential = choice.credential;
    hs.scheme = choice.scheme;
    legacy.kx = createKx(hs, choice);
    legacy.statusAnnounced = announcedStatus(hs);
    legacy.ticketAnnounced = hs.ticketSupported && server.tickets !== undefined;
    hs.clientCertificateRequested = server.clientCertificate !== 'none' && mayAsk(hs);
    //= rfc5077#section-3.4
    //# If a server is planning on issuing a session ticket to a client that
    //# does not present one, it SHOULD include an empty Session ID in the
    //# ServerHello.
    hs.sessionId = legacy.ticketAnnounced || server.sessions === undefined ? EMPTY : hs.crypto.random(SESSION_ID_LENGTH);
  });
}

/** The extension to answer; 0 for none. A list of responses only where one does not do, as fewer clients know it. */
function announcedStatus(hs: Handshake): number {
  const { credential } = hs;
  // Beside a raw key there is nothing that a CA could say.
  if (credential === undefined || shownCertificates(hs) !== credential.chain) return 0;
  const { ocspResponse, ocspResponses } = credential;
  const above = ocspResponses?.some((response, index) => index > 0 && response !== undefined) === true;
  if (hs.statusesRequested && (above || (ocspResponse !== undefined && !hs.statusRequested))) return STATUS_REQUEST_V2;
  return hs.statusRequested && ocspResponse !== undefined ? STATUS_REQUEST : 0;
}

/** RFC 5246 §7.4.4: only a server that shows a certificate itself. */
function mayAsk(hs: Handshake): boolean {
  const { strategy, suite } = hs.legacy;
  const checked = strategy.certificateVerify === undefined || hs.crypto.verifyPrehashed !== undefined;
  return checked && suite.auth !== 'psk' && suite.auth !== 'anon';
}
