/** The client of SSL 3.0 to (D)TLS 1.2. */
import { ecPointFormats } from '../../extensions/ec-point-formats.ts';
import { encryptThenMac } from '../../extensions/encrypt-then-mac.ts';
import { extendedMasterSecret } from '../../extensions/extended-master-secret.ts';
import { renegotiationInfo } from '../../extensions/renegotiation-info.ts';
import { sessionTicket } from '../../extensions/session-ticket.ts';
import { statusRequestV2 } from '../../extensions/status-request-v2.ts';
import type { Handlers } from '../../flow.ts';
import type { Handshake } from '../../state.ts';
import type { ClientRole } from '../../version.ts';
import { onChangeCipherSpec, sendChangeCipherSpec } from '../change-cipher-spec.ts';
import { sendFinished } from '../finished.ts';
import { legacyFlow } from '../flow.ts';
import { sendCertificateVerify, sendClientCertificate } from './client-certificate.ts';
import { sendClientKeyExchange } from './key-exchange.ts';
import { onServerHelloDone } from './key-params.ts';
import { legacyResumption } from './resumption.ts';
import { onServerHello } from './server-hello.ts';
import { onCertificateRequest, onCertificateStatus, onServerCertificate, onServerKeyExchange } from './server-messages.ts';
import { onNewSessionTicket, onServerFinished } from './session.ts';

const handlers: Handlers<Handshake> = {
  ServerCertificate: onServerCertificate,
  CertificateStatus: onCertificateStatus,
  ServerKeyExchange: onServerKeyExchange,
  CertificateRequest: onCertificateRequest,
  ServerHelloDone: onServerHelloDone,
  ClientCertificate: sendClientCertificate,
  ClientKeyExchange: sendClientKeyExchange,
  CertificateVerify: sendCertificateVerify,
  ClientChangeCipherSpec: sendChangeCipherSpec,
  ClientFinished: sendFinished,
  NewSessionTicket: onNewSessionTicket,
  ServerChangeCipherSpec: onChangeCipherSpec,
  ServerFinished: onServerFinished,
};

export const legacyClient: ClientRole = {
  flow: legacyFlow,
  handlers,
  extensions: [extendedMasterSecret, encryptThenMac, sessionTicket, renegotiationInfo, ecPointFormats, statusRequestV2],
  resumption: legacyResumption,
  onServerHello,
};

//= rfc5746#section-4.5
//# MUST accept the "renegotiation_info" extension from the server, even if the server version is {0x03,
//# 0x00}
/** SSL 3.0 has no extension but the one of RFC 5746 §4.5. */
export const ssl30ClientRole: ClientRole = { ...legacyClient, extensions: [renegotiationInfo] };
