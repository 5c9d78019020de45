/** ServerHello as a client takes it in, once it chose a version up to (D)TLS 1.2: RFC 5246 §7.4.1.3. */
import { HANDSHAKE_FAILURE, ILLEGAL_PARAMETER } from '../../../base/alerts.ts';
import { equal } from '../../../base/bytes.ts';
import { fail } from '../../../base/errors.ts';
import type { MaybePromise } from '../../../base/maybe-promise.ts';
import type { LegacySuite } from '../../../crypto/suites/suite.ts';
import type { Session } from '../../../session/session.ts';
import { IN_LEGACY_SERVER_HELLO, STATUS_REQUEST } from '../../../wire/extension.ts';
import type { ServerHello } from '../../../wire/messages/server-hello.ts';
import { readAnswers } from '../../extensions/blocks.ts';
import { applyRecordLimits } from '../../extensions/record-size-limit.ts';
import { judgeResumed, PeerVerified } from '../../peer-auth.ts';
import type { Handshake } from '../../state.ts';
import { checkPolicy, modulesOf, strategyOf, suiteFits } from '../roles.ts';
import { createLegacyState } from '../state.ts';
import { offeredSession } from './offered-session.ts';

export function onServerHello(hs: Handshake, hello: ServerHello): MaybePromise<void> {
  const strategy = strategyOf(hs);
  const suite = chosenSuite(hs, hello.suite);
  hs.suite = suite;
  hs.legacy = createLegacyState(strategy, suite);
  hs.transcript.start(strategy.transcriptHash(suite.prfHash));
  hs.carrier.setVersion(strategy.shape.wireVersion, strategy.shape.wireVersion);
  hs.carrier.setChangeCipherSpec('message');

  const session = resumedSession(hs, hello);
  hs.resumed = session;
  hs.sessionId = hello.sessionId.slice();
  readAnswers(hs, hello.extensions, modulesOf(hs), IN_LEGACY_SERVER_HELLO);
  hs.legacy.statusAnnounced = hello.extensions.some((extension) => extension.type === STATUS_REQUEST);
  checkAnswers(hs, suite);
  if (hs.maxFragmentLength !== undefined) applyRecordLimits(hs, 0);
  if (session !== undefined) return resume(hs, session);
}

function chosenSuite(hs: Handshake, id: number): LegacySuite {
  for (const suite of hs.client.suites) if (suite.id === id && suiteFits(suite, hs.version)) return suite;
  // S31: that it was among those offered does not make it one of this version.
  fail(ILLEGAL_PARAMETER, 'wrong_cipher', `0x${id.toString(16)} in ${hs.version.name}`);
}

/** The session that the server resumes: it does so by repeating our session ID. */
function resumedSession(hs: Handshake, hello: ServerHello): Session | undefined {
  if (hello.sessionId.length === 0 || !equal(hello.sessionId, hs.sessionId)) return undefined;
  const session = offeredSession(hs);
  // The ID was there for a middlebox only: RFC 9846 Appendix E.4.
  if (session === undefined) fail(ILLEGAL_PARAMETER, 'wrong_session_id', 'a session that was not offered');
  //= rfc5246#section-7.4.1.3
  //# For resumed sessions, this field is
  //# the value from the state of the session being resumed.
  if (session.suite !== hello.suite) fail(ILLEGAL_PARAMETER, 'session_mismatch', 'cipher suite');
  if (session.version !== hs.version.id) fail(ILLEGAL_PARAMETER, 'session_mismatch', 'version');
  return session;
}

function checkAnswers(hs: Handshake, suite: LegacySuite): void {
  //= rfc5746#section-4.1
  //# Such clients MUST
  //# generate a fatal "handshake_failure" alert prior to terminating the
  //# connection.
  if (hs.previous === undefined && hs.client.requireSecureRenegotiation && !hs.secureRenegotiation)
    fail(HANDSHAKE_FAILURE, 'unsafe_legacy_renegotiation');
  //= rfc7366#section-3
  //# If a
  //# server receives an encrypt-then-MAC request extension from a client
  //# and then selects a stream or Authenticated Encryption with Associated
  //# Data (AEAD) ciphersuite, it MUST NOT send an encrypt-then-MAC
  //# response extension back to the client.
  if (hs.encryptThenMac && !suite.protection.cbc) fail(ILLEGAL_PARAMETER, 'bad_extension', 'encrypt_then_mac without CBC');
  checkPolicy(hs);
  hs.previous?.checkAgreed(hs);
}

function resume(hs: Handshake, session: Session): MaybePromise<void> {
  //= rfc7627#section-5.3
  //# If the original session did not use the "extended_master_secret"
  //# extension but the new ServerHello contains the extension, the
  //# client MUST abort the handshake.
  //= rfc7627#section-5.3
  //# If the original session used the extension but the new ServerHello
  //# does not contain the extension, the client MUST abort the
  //# handshake.
  if (session.extendedMasterSecret !== hs.extendedMasterSecret) fail(HANDSHAKE_FAILURE, 'session_mismatch', 'extended_master_secret');
  // RFC 7366 §3.1 forbids the way back within a connection; we do not take it between two of one session either.
  if (session.encryptThenMac && !hs.encryptThenMac) fail(HANDSHAKE_FAILURE, 'session_mismatch', 'encrypt_then_mac');
  hs.peerChain = session.peerChain;
  hs.peerTrusted = session.peerTrusted;
  hs.peerScheme = session.peerScheme;
  hs.peerVerified = PeerVerified.bySharedSecret('resumption');
  return judgeResumed(hs, session);
}
