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
import { clientFinished, completion, serverFinished } from './flow-ends.ts';
import * as when from './guards.ts';
import { judgeServer, verifyServer } from './client/verify-server.ts';
import { forgetMessages, makeMasterSecret, takeSessionSecret } from './secrets.ts';

// biome-ignore format: one message, one line
const newSessionTicket: Step<Handshake> =
  { kind: 'msg', from: 'server', msg: NEW_SESSION_TICKET, name: 'NewSessionTicket', sendIf: when.ticketAnnounced, expectIf: when.ticketAnnounced };

// biome-ignore format: one message, one line
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
  completion,
];
