/** ServerHello as a client takes it in, once it chose a version up to (D)TLS 1.2: RFC 5246 §7.4.1.3. */
import { HANDSHAKE_FAILURE, ILLEGAL_PARAMETER } from '../../../base/alerts.ts';
import { fail } from '../../../base/errors.ts';
import type { LegacySuite } from '../../../crypto/suites/suite.ts';
import { IN_LEGACY_SERVER_HELLO, STATUS_REQUEST, STATUS_REQUEST_V2 } from '../../../wire/extension.ts';
import type { ServerHello } from '../../../wire/messages/server-hello.ts';
import { readAnswers } from '../../extensions/blocks.ts';
import { applyRecordLimits } from '../../record-limits.ts';
import type { Handshake } from '../../state.ts';
import { checkPolicy, modulesOf, strategyOf, suiteFits } from '../roles.ts';
import { createLegacyState } from '../state.ts';

export function onServerHello(hs: Handshake, hello: ServerHello): void {
  const strategy = strategyOf(hs);
  const suite = chosenSuite(hs, hello.suite);
  hs.suite = suite;
  hs.legacy = createLegacyState(strategy, suite);
  hs.transcript.start(strategy.transcriptHash(suite.prfHash));
  hs.carrier.setVersion(strategy.shape.wireVersion, strategy.shape.wireVersion);
  hs.carrier.setChangeCipherSpec('message');

  const resumption = hs.version.client?.resumption;
  //= rfc5246#section-7.4.1.3
  //# Clients MUST be prepared to do a full negotiation -- including negotiating new cipher suites --
  //# during any handshake.
  const session = resumption?.accepted(hs, hello);
  hs.resumed = session;
  hs.sessionId = hello.sessionId.slice();
  readAnswers(hs, hello.extensions, modulesOf(hs), IN_LEGACY_SERVER_HELLO);
  for (const type of [STATUS_REQUEST, STATUS_REQUEST_V2]) if (hello.extensions.some((one) => one.type === type)) announce(hs, type);
  checkAnswers(hs, suite);
  if (hs.maxFragmentLength !== undefined) applyRecordLimits(hs, 0);
  if (session !== undefined) resumption?.resume(hs, session);
}

function chosenSuite(hs: Handshake, id: number): LegacySuite {
  for (const suite of hs.client.suites) if (suite.id === id && suiteFits(suite, hs.version)) return suite;
  // S31: that it was among those offered does not make it one of this version.
  fail(ILLEGAL_PARAMETER, 'wrong_cipher', `0x${id.toString(16)} in ${hs.version.name}`);
}

function announce(hs: Handshake, type: number): void {
  if (hs.legacy.statusAnnounced !== 0) fail(ILLEGAL_PARAMETER, 'misplaced_extension', 'status_request beside status_request_v2');
  hs.legacy.statusAnnounced = type;
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
