/** The server of SSL 3.0 to (D)TLS 1.2. */
import { certificateAuthorities } from '../../extensions/certificate-authorities.ts';
import { ecPointFormats } from '../../extensions/ec-point-formats.ts';
import { encryptThenMac } from '../../extensions/encrypt-then-mac.ts';
import { extendedMasterSecret } from '../../extensions/extended-master-secret.ts';
import { renegotiationInfo } from '../../extensions/renegotiation-info.ts';
import { sessionTicket } from '../../extensions/session-ticket.ts';
import { statusRequestV2 } from '../../extensions/status-request-v2.ts';
import type { Handlers } from '../../flow.ts';
import type { Handshake } from '../../state.ts';
import type { ServerRole } from '../../version.ts';
import { onChangeCipherSpec, sendChangeCipherSpec } from '../change-cipher-spec.ts';
import { onFinished } from '../finished.ts';
import { legacyFlow } from '../flow.ts';
import { onCertificateVerify, onClientCertificate } from './client-certificate.ts';
import { onClientHello } from './client-hello.ts';
import { onClientKeyExchange, sendServerKeyExchange } from './key-exchange.ts';
import {
  sendCertificateRequest,
  sendCertificateStatus,
  sendServerCertificate,
  sendServerHello,
  sendServerHelloDone,
} from './server-messages.ts';
import { sendNewSessionTicket, sendServerFinished } from './session.ts';

const handlers: Handlers<Handshake> = {
  ServerCertificate: sendServerCertificate,
  CertificateStatus: sendCertificateStatus,
  ServerKeyExchange: sendServerKeyExchange,
  CertificateRequest: sendCertificateRequest,
  ServerHelloDone: sendServerHelloDone,
  ClientCertificate: onClientCertificate,
  ClientKeyExchange: onClientKeyExchange,
  CertificateVerify: onCertificateVerify,
  ClientChangeCipherSpec: onChangeCipherSpec,
  ClientFinished: onFinished,
  NewSessionTicket: sendNewSessionTicket,
  ServerChangeCipherSpec: sendChangeCipherSpec,
  ServerFinished: sendServerFinished,
};

export const legacyServer: ServerRole = {
  flow: legacyFlow,
  handlers,
  //= rfc5746#section-4.3
  //# even servers that do not support renegotiation MUST implement the minimal version of the extension
  //# described in this document for initial handshakes
  extensions: [
    extendedMasterSecret,
    encryptThenMac,
    sessionTicket,
    renegotiationInfo,
    ecPointFormats,
    statusRequestV2,
    certificateAuthorities,
  ],
  onClientHello,
  sendServerHello,
};

//= rfc5746#section-4.5
//# MUST accept SCSV or the "renegotiation_info" extension and respond as described in this
//# specification even if the offered client version is {0x03, 0x00}
/** SSL 3.0 has no extension but the one of RFC 5746 §4.5. */
export const ssl30ServerRole: ServerRole = { ...legacyServer, extensions: [renegotiationInfo] };
