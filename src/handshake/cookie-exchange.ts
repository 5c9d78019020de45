/**
 * HelloVerifyRequest, RFC 6347 §4.2.1: a server of datagrams makes the client show that it can be reached at its address.
 *
 * struct {
 *     ProtocolVersion server_version;
 *     opaque cookie<0..2^8-1>;
 * } HelloVerifyRequest;
 *
 * Ours sends it without having a connection yet (engine/endpoint.ts), so here the server's part is only drawn.
 */
import { UNEXPECTED_MESSAGE } from '../base/alerts.ts';
import { fail } from '../base/errors.ts';
import { MAX_HELLO_VERIFY_REQUESTS } from '../base/limits.ts';
import { Reader } from '../base/reader.ts';
import type { IncomingMessage } from '../record/carrier.ts';
import { CLIENT_HELLO, HELLO_VERIFY_REQUEST } from '../wire/handshake.ts';
import type { Flow, Guard, Handlers, Step } from './flow.ts';
import { clientHello, enterVersion, serverHello } from './front.ts';
import { onLegacyServerHello, sendClientHello } from './front-client.ts';
import { onClientHello, serverFront } from './front-server.ts';
import type { Handshake } from './state.ts';

const addressUnproven: Guard<Handshake> = { label: 'address not proven', test: () => false };

function helloVerifyRequest(times: number): Step<Handshake> {
  const body: Step<Handshake>[] = [
    { kind: 'msg', from: 'server', msg: HELLO_VERIFY_REQUEST, name: 'HelloVerifyRequest' },
    { kind: 'act', name: 'forget the first ClientHello', by: 'both', run: forgetHello },
    { kind: 'msg', from: 'client', msg: CLIENT_HELLO, name: 'ClientHelloWithCookie' },
  ];
  // A secret that has just rotated may ask a second time; a server that never has enough is no server (D19).
  if (times > 1) body.push(helloVerifyRequest(times - 1));
  return { kind: 'opt', name: 'HelloVerifyRequest', from: 'server', sendIf: addressUnproven, body };
}

/** `ClientHello -> [HelloVerifyRequest -> ClientHello ->] ServerHello -> version` */
export const legacyDatagramFront: Flow<Handshake> = [clientHello, helloVerifyRequest(MAX_HELLO_VERIFY_REQUESTS), serverHello, enterVersion];

export const datagramClientFront: Handlers<Handshake> = {
  ClientHello: sendClientHello,
  HelloVerifyRequest: onHelloVerifyRequest,
  ClientHelloWithCookie: sendClientHello,
  ServerHello: onLegacyServerHello,
};

export const datagramServerFront: Handlers<Handshake> = /* @__PURE__ */ Object.assign({}, serverFront, {
  HelloVerifyRequest: () => fail(UNEXPECTED_MESSAGE, 'internal_error', 'cookies are the endpoint’s'),
  ClientHelloWithCookie: onClientHello,
});

function onHelloVerifyRequest(hs: Handshake, message: IncomingMessage): void {
  const r = new Reader(message.body);
  // RFC 6347 §4.2.1: server_version says nothing of the version to come (S74).
  r.u16();
  hs.helloCookie = r.vector(1);
  r.finish();
}

// RFC 6347 §4.2.1: neither the first ClientHello nor HelloVerifyRequest counts in CertificateVerify or Finished.
function forgetHello(hs: Handshake): void {
  hs.transcript.restart();
}
