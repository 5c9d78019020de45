/** The client's view of ServerHello and HelloRetryRequest in TLS 1.3: RFC 9846 §4.2.3, §4.2.4. */
import { ILLEGAL_PARAMETER, MISSING_EXTENSION } from '../../../base/alerts.ts';
import { fail } from '../../../base/errors.ts';
import type { ModernSuite } from '../../../crypto/suites/suite.ts';
import { COOKIE, extensionName, IN_HELLO_RETRY_REQUEST, IN_SERVER_HELLO, KEY_SHARE } from '../../../wire/extension.ts';
import type { ServerHello } from '../../../wire/messages/server-hello.ts';
import { readAnswers } from '../../extensions/blocks.ts';
import type { Handshake } from '../../state.ts';
import { KeySchedule } from '../key-schedule.ts';
import { labelPrefix } from '../psk.ts';
import { MODERN_SHAPE } from '../shape.ts';
import { replaceByHash } from '../message-hash.ts';

export function onHelloRetryRequest(hs: Handshake, hello: ServerHello): void {
  const state = hs.modern;
  takeSuite(hs, hello);
  hs.carrier.setVersion(MODERN_SHAPE.wireVersion, undefined);
  hs.carrier.setChangeCipherSpec('ignore');
  readAnswers(hs, hello.extensions, hs.version.client!.extensions, IN_HELLO_RETRY_REQUEST);
  const group = hello.extensions.some((extension) => extension.type === KEY_SHARE);
  const cookie = hello.extensions.some((extension) => extension.type === COOKIE);
  //= rfc9846#section-4.2.4
  //# Clients MUST abort the handshake with an
  //# "illegal_parameter" alert if the HelloRetryRequest would not result in
  //# any change in the ClientHello.
  if (!group && !cookie) fail(ILLEGAL_PARAMETER, 'useless_hello_retry_request');
  replaceByHash(hs.crypto, hs.transcript, state.suite.hash);
  // RFC 9846 §4.2.2: PSKs of another hash leave the second ClientHello.
  state.offeredPsks = state.offeredPsks.filter((psk) => psk.schedule.hash === state.suite.hash);
}

export function onServerHello(hs: Handshake, hello: ServerHello): void {
  const state = hs.modern;
  //= rfc9846#section-4.2.4
  //# clients MUST check that the cipher suite supplied in the ServerHello is the same as that in the
  //# HelloRetryRequest
  if (hs.retried && state.suite.id !== hello.suite) fail(ILLEGAL_PARAMETER, 'wrong_cipher', 'changed after HelloRetryRequest');
  takeSuite(hs, hello);
  hs.carrier.setVersion(MODERN_SHAPE.wireVersion, undefined);
  hs.carrier.setChangeCipherSpec('ignore');
  readAnswers(hs, hello.extensions, hs.version.client!.extensions, IN_SERVER_HELLO);
  // psk_ke is never offered: the server's share must come.
  if (state.sharedSecret === undefined) fail(MISSING_EXTENSION, 'missing_extension', extensionName(KEY_SHARE));
  const { psk, suite } = state;
  if (psk !== undefined) {
    if (psk.schedule.hash !== suite.hash) fail(ILLEGAL_PARAMETER, 'bad_psk', 'the suite has another hash');
    hs.resumed = psk.session;
    if (psk.session !== undefined) {
      hs.peerChain = psk.session.peerChain;
      hs.peerTrusted = psk.session.peerTrusted;
      hs.peerScheme = psk.session.peerScheme;
      hs.peerExpires = psk.session.created + psk.session.lifetimeMs;
    }
  }
  if (!hs.retried) hs.transcript.start(suite.hash);
  state.schedule = psk?.schedule ?? new KeySchedule(hs.crypto, suite.hash, labelPrefix(hs), undefined);
  state.offeredPsks = [];
  state.shares = [];
}

function takeSuite(hs: Handshake, hello: ServerHello): void {
  const suite = hs.context.suites.find((each): each is ModernSuite => each.id === hello.suite && each.family === 'modern');
  if (suite === undefined) fail(ILLEGAL_PARAMETER, 'wrong_cipher', 'not a suite of TLS 1.3');
  hs.suite = suite;
  hs.modern.suite = suite;
}
