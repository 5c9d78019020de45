/**
 * The front of every handshake: the version is not known before ServerHello, so the hellos are one flow for all of them,
 * and the last step goes over to the flow of the version that was chosen.
 */
import { CLIENT_HELLO, HELLO_RETRY_REQUEST, SERVER_HELLO } from '../wire/handshake.ts';
import type { Binding, Flow, Guard, Step } from './flow.ts';
import type { Handshake } from './state.ts';
import { bestOf, type ProtocolVersion } from './version.ts';

const retryNeeded: Guard<Handshake> = { label: 'no usable key share', test: (hs) => hs.isModern && hs.modern.retryNeeded };
const compatible: Guard<Handshake> = {
  label: 'middlebox compatibility',
  test: (hs) => hs.context.middleboxCompatibility && hs.sessionId.length > 0,
};

/** RFC 9846 §4.2.4; the change_cipher_spec records are those of its Appendix E.4. */
export const helloRetryRequest: Step<Handshake> = {
  kind: 'opt',
  name: 'HelloRetryRequest',
  from: 'server',
  sendIf: retryNeeded,
  body: [
    { kind: 'msg', from: 'server', msg: HELLO_RETRY_REQUEST, name: 'HelloRetryRequest' },
    //= rfc9846#appendix-E.4
    //# if the client sends a non-empty session ID, the server MUST send the change_cipher_spec
    { kind: 'act', name: 'dummy change_cipher_spec', by: 'server', if: compatible, sends: true, run: sendDummyCcs },
    { kind: 'act', name: 'dummy change_cipher_spec', by: 'client', if: compatible, sends: true, run: sendDummyCcs },
    //= rfc9846#section-4.2.4
    //# the client MUST process all extensions in the HelloRetryRequest and send a second updated
    //# ClientHello
    { kind: 'msg', from: 'client', msg: CLIENT_HELLO, name: 'SecondClientHello' },
  ],
};

export const clientHello: Step<Handshake> = { kind: 'msg', from: 'client', msg: CLIENT_HELLO, name: 'ClientHello' };
export const serverHello: Step<Handshake> = { kind: 'msg', from: 'server', msg: SERVER_HELLO, name: 'ServerHello' };
export const enterVersion: Step<Handshake> = {
  kind: 'goto',
  name: 'the flow of the version',
  pick: (hs) => roleOf(hs.version, hs),
};

//= rfc9846#section-4.2.4
//# If a client receives a second HelloRetryRequest in the same connection (i.e., where the ClientHello
//# was itself in response to a HelloRetryRequest), it MUST abort the handshake with an
//# "unexpected_message" alert
/** `ClientHello -> [HelloRetryRequest ->] ServerHello -> version` */
export const streamFront: Flow<Handshake> = [clientHello, helloRetryRequest, serverHello, enterVersion];
/** Where no version has a HelloRetryRequest. */
export const legacyStreamFront: Flow<Handshake> = [clientHello, serverHello, enterVersion];

/** Sends the record that makes a middlebox believe in a resumed TLS 1.2 session, once. */
export function sendDummyCcs(hs: Handshake): void {
  if (hs.dummyCcsSent) return;
  hs.dummyCcsSent = true;
  hs.carrier.changeCipherSpec();
}

export const middleboxCompatible: Guard<Handshake> = compatible;

/** The flow that fits the versions of a context. */
export function frontFlow(versions: readonly ProtocolVersion[]): Flow<Handshake> {
  return bestOf(versions, 'modern') !== undefined ? streamFront : legacyStreamFront;
}

function roleOf(version: ProtocolVersion, hs: Handshake): Binding<Handshake> {
  const role = hs.side === 'client' ? version.client : version.server;
  if (role === undefined) throw new RangeError(`${version.name} has no ${hs.side} role`);
  return role;
}
