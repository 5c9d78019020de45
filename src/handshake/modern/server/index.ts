/** The server's handlers of TLS 1.3, by the names of the flow. */
import type { Handlers } from '../../flow.ts';
import type { Handshake } from '../../state.ts';
import { onCertificate, sendCertificate } from '../certificate.ts';
import { onCertificateVerify, sendCertificateVerify } from '../certificate-verify.ts';
import { onFinished, sendFinished } from '../finished.ts';
import { sendCertificateRequest } from './certificate-request.ts';
import { sendEncryptedExtensions } from './encrypted-extensions.ts';

export const modernServerHandlers: Handlers<Handshake> = {
  EncryptedExtensions: sendEncryptedExtensions,
  CertificateRequest: sendCertificateRequest,
  ServerCertificate: sendCertificate,
  ServerCertificateVerify: sendCertificateVerify,
  ServerFinished: sendFinished,
  ClientCertificate: onCertificate,
  ClientCertificateVerify: onCertificateVerify,
  ClientFinished: onFinished,
};
