/** The client's handlers of TLS 1.3, by the names of the flow. */
import type { Handlers } from '../../flow.ts';
import type { Handshake } from '../../state.ts';
import { onCertificate, sendCertificate } from '../certificate.ts';
import { onCertificateVerify, sendCertificateVerify } from '../certificate-verify.ts';
import { onFinished, sendFinished } from '../finished.ts';
import { onCertificateRequest } from './certificate-request.ts';
import { onEncryptedExtensions } from './encrypted-extensions.ts';

export const modernClientHandlers: Handlers<Handshake> = {
  EncryptedExtensions: onEncryptedExtensions,
  CertificateRequest: onCertificateRequest,
  ServerCertificate: onCertificate,
  ServerCertificateVerify: onCertificateVerify,
  ServerFinished: onFinished,
  ClientCertificate: sendCertificate,
  ClientCertificateVerify: sendCertificateVerify,
  ClientFinished: sendFinished,
};
