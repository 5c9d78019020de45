/** Certificate, RFC 9846 §4.5.1, sent and received by either side. */
import { BAD_CERTIFICATE_STATUS_RESPONSE, CERTIFICATE_REQUIRED, DECODE_ERROR, ILLEGAL_PARAMETER, UNSUPPORTED_EXTENSION } from '../../base/alerts.ts';
import { EMPTY, equal } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import { type MaybePromise, then } from '../../base/maybe-promise.ts';
import { Reader } from '../../base/reader.ts';
import type { IncomingMessage } from '../../record/carrier.ts';
import { extensionName, SIGNED_CERTIFICATE_TIMESTAMP, STATUS_REQUEST } from '../../wire/extension.ts';
import { CERTIFICATE } from '../../wire/handshake.ts';
import { type CertificateEntry, readCertificate, writeCertificate } from '../../wire/messages/certificate.ts';
import { append } from '../extensions/blocks.ts';
import { OCSP } from '../extensions/status-request.ts';
import { verifyChain } from '../peer-auth.ts';
import type { Handshake } from '../state.ts';

export function sendCertificate(hs: Handshake): void {
  const { credential } = hs;
  const ocsp = hs.side === 'server' && hs.statusRequested ? credential?.ocspResponse : undefined;
  hs.carrier.message(CERTIFICATE, (w) =>
    writeCertificate(w, hs.modern.certificateRequestContext ?? EMPTY, credential?.chain ?? [], (entry) => {
      if (ocsp === undefined) return;
      append(entry, STATUS_REQUEST, () => {
        entry.u8(OCSP);
        entry.vector(3, ocsp);
        return true;
      });
    }),
  );
}

export function onCertificate(hs: Handshake, message: IncomingMessage): MaybePromise<void> {
  const { context, entries } = readCertificate(new Reader(message.body));
  //= rfc9846#section-4.5.1
  //# Otherwise (in the case of server
  //# authentication), this field SHALL be zero length.
  if (!equal(context, hs.side === 'client' ? EMPTY : (hs.modern.certificateRequestContext ?? EMPTY)))
    fail(ILLEGAL_PARAMETER, 'decode_error', 'certificate_request_context');
  entries.forEach((entry, index) => readEntryExtensions(hs, entry, index));
  hs.peerChain = entries.map((entry) => entry.der);
  if (entries.length > 0) return then(verifyChain(hs), () => {});
  //= rfc9846#section-4.5.1.3
  //# If the server supplies an empty Certificate message, the client
  //# MUST abort the handshake with a "decode_error" alert.
  if (hs.side === 'client') fail(DECODE_ERROR, 'certificate_required', 'the server sent no certificate');
  if (hs.server.clientCertificate === 'require') fail(CERTIFICATE_REQUIRED, 'certificate_required');
}

function readEntryExtensions(hs: Handshake, entry: CertificateEntry, index: number): void {
  for (const extension of entry.extensions) {
    //= rfc9846#section-4.5.1
    //# Extensions in the Certificate message from the server MUST
    //# correspond to ones from the ClientHello message.
    const asked = hs.side === 'client' && hs.offered.includes(extension.type);
    if (!asked || (extension.type !== STATUS_REQUEST && extension.type !== SIGNED_CERTIFICATE_TIMESTAMP))
      fail(UNSUPPORTED_EXTENSION, 'unsolicited_extension', extensionName(extension.type));
    if (extension.type !== STATUS_REQUEST) continue;
    const r = new Reader(extension.body);
    if (r.u8() !== OCSP) fail(BAD_CERTIFICATE_STATUS_RESPONSE, 'bad_certificate_status');
    const response = r.vector(3, 1);
    r.finish();
    if (index > 0) continue;
    hs.peerOcsp = response;
    hs.host.ocspResponse(response);
  }
}
