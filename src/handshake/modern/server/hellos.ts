/** The server's decisions in TLS 1.3: PSK, suite, group, credential; then ServerHello or HelloRetryRequest. RFC 9846 §4.2. */
import { HANDSHAKE_FAILURE, ILLEGAL_PARAMETER, MISSING_EXTENSION } from '../../../base/alerts.ts';
import { fail } from '../../../base/errors.ts';
import { MAX_SKIPPED_EARLY_DATA } from '../../../base/limits.ts';
import { type MaybePromise, then } from '../../../base/maybe-promise.ts';
import type { ModernSuite } from '../../../crypto/suites/suite.ts';
import {
  EARLY_DATA,
  extensionName,
  IN_HELLO_RETRY_REQUEST,
  IN_SERVER_HELLO,
  KEY_SHARE,
  PRE_SHARED_KEY,
  PSK_KEY_EXCHANGE_MODES,
  SIGNATURE_ALGORITHMS,
  SUPPORTED_GROUPS,
} from '../../../wire/extension.ts';
import type { NamedGroup } from '../../../wire/group.ts';
import { SERVER_HELLO } from '../../../wire/handshake.ts';
import type { ClientHello } from '../../../wire/messages/client-hello.ts';
import { HELLO_RETRY_RANDOM, writeServerHelloHead } from '../../../wire/messages/server-hello.ts';
import { chooseCredential, chooseScheme } from '../../credentials.ts';
import { isOffered, writeAnswers } from '../../extensions/blocks.ts';
import { judgeResumed } from '../../peer-auth.ts';
import type { Handshake } from '../../state.ts';
import { KeySchedule } from '../key-schedule.ts';
import { labelPrefix, selectPsk } from '../psk.ts';
import { MODERN_SHAPE } from '../shape.ts';
import type { SelectedPsk } from '../state.ts';

export function onClientHello(hs: Handshake, hello: ClientHello): MaybePromise<void> {
  hs.carrier.setVersion(MODERN_SHAPE.wireVersion, undefined);
  hs.carrier.setChangeCipherSpec('ignore');
  checkClientHello(hs, hello);
  return decide(hs);
}

export function onSecondClientHello(hs: Handshake, _hello: ClientHello): MaybePromise<void> {
  const state = hs.modern;
  const { group } = state;
  //= rfc9846#section-4.2.2
  //# Removing the "early_data" extension (Section 4.2.10) if one was
  //# present.
  if (isOffered(hs, EARLY_DATA)) fail(ILLEGAL_PARAMETER, 'second_client_hello_changed', 'early_data');
  hs.carrier.skipEarlyData(0);
  checkClientHello(hs, _hello);
  const shares = state.peerShares ?? [];
  if (group === undefined || shares.length !== 1 || shares[0]!.group !== group.id)
    fail(ILLEGAL_PARAMETER, 'second_client_hello_changed', 'key_share');
  state.retryNeeded = false;
  return decide(hs);
}

export function sendHelloRetryRequest(hs: Handshake): void {
  const state = hs.modern;
  hs.transcript.replaceByHash(state.suite.hash);
  hs.carrier.message(SERVER_HELLO, (w) => {
    writeServerHelloHead(w, head(hs, HELLO_RETRY_RANDOM));
    const at = w.open(2);
    writeAnswers(hs, w, hs.version.server!.extensions, IN_HELLO_RETRY_REQUEST);
    w.close(2, at);
  });
  if (state.earlyDataOffered) hs.carrier.skipEarlyData(MAX_SKIPPED_EARLY_DATA);
  state.earlyDataOffered = false;
}

export function sendServerHello(hs: Handshake): void {
  const state = hs.modern;
  hs.serverRandom = hs.crypto.random(32);
  if (!hs.retried) hs.transcript.start(state.suite.hash);
  hs.carrier.message(SERVER_HELLO, (w) => {
    writeServerHelloHead(w, head(hs, hs.serverRandom));
    const at = w.open(2);
    writeAnswers(hs, w, hs.version.server!.extensions, IN_SERVER_HELLO);
    w.close(2, at);
  });
  state.schedule = new KeySchedule(hs.crypto, state.suite.hash, labelPrefix(hs), state.psk?.secret);
  state.sharedSecret = state.answer!.secret;
  state.answer = undefined;
}

function head(hs: Handshake, random: Uint8Array) {
  return { version: MODERN_SHAPE.wireVersion, random, sessionId: hs.sessionId, suite: hs.suite.id, compression: 0 };
}

/** RFC 9846 §9.2: what a ClientHello must bring. */
function checkClientHello(hs: Handshake, hello: ClientHello): void {
  if (hello.compressions.length !== 1) fail(ILLEGAL_PARAMETER, 'wrong_compression', 'more than null');
  const psk = isOffered(hs, PRE_SHARED_KEY);
  if (psk && !isOffered(hs, PSK_KEY_EXCHANGE_MODES)) missing(PSK_KEY_EXCHANGE_MODES);
  if (!psk && !isOffered(hs, SIGNATURE_ALGORITHMS)) missing(SIGNATURE_ALGORITHMS);
  if (isOffered(hs, SUPPORTED_GROUPS) !== isOffered(hs, KEY_SHARE)) missing(isOffered(hs, KEY_SHARE) ? SUPPORTED_GROUPS : KEY_SHARE);
  if (!isOffered(hs, SUPPORTED_GROUPS)) missing(SUPPORTED_GROUPS);
  for (const share of hs.modern.peerShares ?? []) {
    //= rfc9846#section-4.3.8
    //# Clients MUST NOT offer any KeyShareEntry values
    //# for groups not listed in the client's "supported_groups" extension.
    if (!hs.peerGroups!.includes(share.group)) fail(ILLEGAL_PARAMETER, 'wrong_group', 'a share of a group that is not supported');
  }
}

function missing(type: number): never {
  fail(MISSING_EXTENSION, 'missing_extension', extensionName(type));
}

/** All choices of the ServerHello. The second time, after HelloRetryRequest, suite and group stand. */
function decide(hs: Handshake): MaybePromise<void> {
  const state = hs.modern;
  const suites = commonSuites(hs);
  const retried = state.hasSuite ? state.suite : undefined;
  const candidates = retried === undefined ? suites : suites.filter((suite) => suite === retried);
  if (candidates.length === 0) fail(HANDSHAKE_FAILURE, 'no_shared_cipher');
  // The suite comes first: a PSK that is bound to another hash is not used.
  const suite = candidates[0]!;
  return then(selectPsk(hs, suite.hash), (psk) => {
    hs.suite = suite;
    state.suite = suite;
    chooseGroup(hs);
    if (state.retryNeeded) {
      state.pskBeforeRetry = psk !== undefined;
      return;
    }
    //= rfc9846#section-4.2.2
    //# Updating the "pre_shared_key" extension if present
    if (state.pskBeforeRetry && psk === undefined) missing(PRE_SHARED_KEY);
    answerShare(hs);
    if (psk !== undefined) return usePsk(hs, psk);
    return takeCredential(hs);
  });
}

function usePsk(hs: Handshake, psk: SelectedPsk): MaybePromise<void> {
  hs.modern.psk = psk;
  const { session } = psk;
  if (session === undefined) return;
  hs.resumed = session;
  hs.peerChain = session.peerChain;
  hs.peerTrusted = session.peerTrusted;
  hs.peerScheme = session.peerScheme;
  if (session.peerChain.length > 0) hs.peerExpires = session.created + session.lifetimeMs;
  return judgeResumed(hs, session);
}

function commonSuites(hs: Handshake): ModernSuite[] {
  const { suites, preferServerOrder } = hs.server;
  const ours = suites.filter((suite): suite is ModernSuite => suite.family === 'modern' && hs.peerSuites.includes(suite.id));
  if (preferServerOrder) return ours;
  return ours.sort((a, b) => hs.peerSuites.indexOf(a.id) - hs.peerSuites.indexOf(b.id));
}

/** The best common group, even where that costs a HelloRetryRequest: what a client predicts must not lower the choice. */
function chooseGroup(hs: Handshake): void {
  const state = hs.modern;
  const common = hs.context.groups.filter((group) => hs.peerGroups!.includes(group.id));
  if (common.length === 0) fail(HANDSHAKE_FAILURE, 'no_shared_group');
  const best = common[0]!;
  state.group = best;
  state.retryNeeded = !state.peerShares!.some((share) => share.group === best.id);
}

function answerShare(hs: Handshake): void {
  const state = hs.modern;
  const group = state.group as NamedGroup;
  const peer = state.peerShares!.find((share) => share.group === group.id)!;
  state.answer = hs.crypto.answerKeyShare(group.name, peer.share);
  if (state.answer === undefined) fail(ILLEGAL_PARAMETER, 'bad_key_share', group.name);
  hs.group = group.id;
}

function takeCredential(hs: Handshake): MaybePromise<void> {
  return then(chooseCredential(hs, true), (credential) => {
    if (credential === undefined) fail(HANDSHAKE_FAILURE, 'no_credentials', 'no certificate that the client can verify');
    const scheme = chooseScheme(hs, credential, true);
    if (scheme === undefined) fail(HANDSHAKE_FAILURE, 'no_shared_scheme');
    hs.credential = credential;
    hs.scheme = scheme;
  });
}
