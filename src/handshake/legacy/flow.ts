/** SSL 3.0 to (D)TLS 1.2 from ServerHello on: RFC 5246 figures 1 and 2, with the messages of RFC 6066 §8 and RFC 5077 §3.1. */
import {
  CERTIFICATE,
  CERTIFICATE_REQUEST,
  CERTIFICATE_STATUS,
  CERTIFICATE_VERIFY,
  CLIENT_KEY_EXCHANGE,
  NEW_SESSION_TICKET,
  SERVER_HELLO_DONE,
  SERVER_KEY_EXCHANGE,
} from '../../wire/handshake.ts';
import type { Flow, Step } from '../flow.ts';
import type { Handshake } from '../state.ts';
import { complete } from './established.ts';
import { clientFinished, serverFinished } from './flow-ends.ts';
import * as when from './guards.ts';
import { judgeServer, verifyServer } from './client/verify-server.ts';
import { forgetMessages, makeMasterSecret, takeSessionSecret } from './secrets.ts';

// biome-ignore format: one message, one line
//= rfc5077#section-3.3
//# This message MUST be sent if the server included a SessionTicket extension in the ServerHello.
//= rfc5077#section-3.3
//# This message MUST NOT be sent if the server did not include a SessionTicket extension in the
//# ServerHello.
//= rfc5077#section-3.3
//# In the case of a full handshake, the server MUST verify the client's Finished message before sending
//# the ticket.
const newSessionTicket: Step<Handshake> =
  { kind: 'msg', from: 'server', msg: NEW_SESSION_TICKET, name: 'NewSessionTicket', sendIf: when.ticketAnnounced, expectIf: when.ticketAnnounced };

// biome-ignore format: one message, one line
//= rfc5246#section-7.4
//# The handshake protocol messages are presented below in the order they MUST be sent
//= rfc5246#section-7.3
//# If the server has sent a CertificateRequest message, the client MUST send the Certificate message.
//= rfc5246#section-7.4.2
//# The server MUST send a Certificate message whenever the agreed- upon key exchange method uses
//# certificates for authentication
//= rfc5246#section-7.4.7
//# It MUST immediately follow the client certificate message, if it is sent.
//= rfc5246#section-7.4.7
//# Otherwise, it MUST be the first message sent by the client after it receives the ServerHelloDone
//# message.
//= rfc5246#section-7.4.8
//# When sent, it MUST immediately follow the client key exchange message.
const fullHandshake: Flow<Handshake> = [
  { kind: 'msg', from: 'server', msg: CERTIFICATE, name: 'ServerCertificate', sendIf: when.certified, expectIf: when.certified },
  { kind: 'msg', from: 'server', msg: CERTIFICATE_STATUS, name: 'CertificateStatus', sendIf: when.statusSent, expectIf: when.statusExpected },
  { kind: 'act', name: 'verify server certificate', by: 'client', if: when.certified, run: verifyServer },
  { kind: 'msg', from: 'server', msg: SERVER_KEY_EXCHANGE, name: 'ServerKeyExchange', sendIf: when.serverKeyExchangeSent, expectIf: when.serverKeyExchangeExpected },
  { kind: 'msg', from: 'server', msg: CERTIFICATE_REQUEST, name: 'CertificateRequest', sendIf: when.certificateRequested, expectIf: when.certificateRequestExpected },
  { kind: 'msg', from: 'server', msg: SERVER_HELLO_DONE, name: 'ServerHelloDone' },
  { kind: 'msg', from: 'client', msg: CERTIFICATE, name: 'ClientCertificate', sendIf: when.certificateRequested, expectIf: when.clientCertificateExpected },
  { kind: 'msg', from: 'client', msg: CLIENT_KEY_EXCHANGE, name: 'ClientKeyExchange' },
  { kind: 'act', name: 'master secret', by: 'both', run: makeMasterSecret },
  { kind: 'msg', from: 'client', msg: CERTIFICATE_VERIFY, name: 'CertificateVerify', sendIf: when.clientCertificateSent, expectIf: when.clientCertificateSent },
  { kind: 'act', name: 'forget messages', by: 'both', run: forgetMessages },
  ...clientFinished,
  newSessionTicket,
  ...serverFinished,
];

//= rfc5246#section-7.3
//# At this point, both client and server MUST send ChangeCipherSpec messages and proceed directly to
//# Finished messages.
const abbreviatedHandshake: Flow<Handshake> = [
  { kind: 'act', name: 'judge resumed server', by: 'client', run: judgeServer },
  { kind: 'act', name: 'session secret', by: 'both', run: takeSessionSecret },
  { kind: 'act', name: 'forget messages', by: 'both', run: forgetMessages },
  newSessionTicket,
  ...serverFinished,
  ...clientFinished,
];

export const legacyFlow: Flow<Handshake> = [
  { kind: 'alt', name: 'resumption', if: when.resuming, then: abbreviatedHandshake, else: fullHandshake },
  { kind: 'act', name: 'complete', by: 'both', run: complete },
];
