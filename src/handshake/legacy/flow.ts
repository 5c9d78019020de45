/**
 * SSL 3.0 to (D)TLS 1.2 from ServerHello on: RFC 5246 figures 1 and 2, with the messages of RFC 6066 §8 and RFC 5077 §3.1.
 *
 * A direction has its new keys right behind its ChangeCipherSpec, and nothing but Finished follows under them in the
 * handshake. Application data flows only behind `complete`, which demands proof of the peer and of its Finished.
 */
import {
  CCS_MESSAGE,
  CERTIFICATE,
  CERTIFICATE_REQUEST,
  CERTIFICATE_STATUS,
  CERTIFICATE_VERIFY,
  CLIENT_KEY_EXCHANGE,
  FINISHED,
  NEW_SESSION_TICKET,
  SERVER_HELLO_DONE,
  SERVER_KEY_EXCHANGE,
} from '../../wire/handshake.ts';
import type { Flow, Step } from '../flow.ts';
import type { Handshake } from '../state.ts';
import { complete } from './established.ts';
import * as when from './guards.ts';
import { verifyServer } from './client/verify-server.ts';
import { forgetMessages, makeMasterSecret, takeSessionSecret, useClientKeys, useServerKeys } from './secrets.ts';

// biome-ignore format: one message, one line
const newSessionTicket: Step<Handshake> =
  { kind: 'msg', from: 'server', msg: NEW_SESSION_TICKET, name: 'NewSessionTicket', sendIf: when.ticketAnnounced, expectIf: when.ticketAnnounced };

const clientFinished: Flow<Handshake> = [
  { kind: 'msg', from: 'client', msg: CCS_MESSAGE, name: 'ClientChangeCipherSpec' },
  { kind: 'act', name: 'client keys', by: 'both', run: useClientKeys },
  { kind: 'msg', from: 'client', msg: FINISHED, name: 'ClientFinished' },
];

const serverFinished: Flow<Handshake> = [
  newSessionTicket,
  { kind: 'msg', from: 'server', msg: CCS_MESSAGE, name: 'ServerChangeCipherSpec' },
  { kind: 'act', name: 'server keys', by: 'both', run: useServerKeys },
  { kind: 'msg', from: 'server', msg: FINISHED, name: 'ServerFinished' },
];

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
  ...serverFinished,
];

const abbreviatedHandshake: Flow<Handshake> = [
  { kind: 'act', name: 'session secret', by: 'both', run: takeSessionSecret },
  { kind: 'act', name: 'forget messages', by: 'both', run: forgetMessages },
  ...serverFinished,
  ...clientFinished,
];

export const legacyFlow: Flow<Handshake> = [
  { kind: 'alt', name: 'resumption', if: when.resuming, then: abbreviatedHandshake, else: fullHandshake },
  { kind: 'act', name: 'complete', by: 'both', run: complete },
];
