/** Certificate, RFC 9846 §4.5.1, sent and received by either side. */
import {
  BAD_CERTIFICATE_STATUS_RESPONSE,
  CERTIFICATE_REQUIRED,
  DECODE_ERROR,
  ILLEGAL_PARAMETER,
  UNSUPPORTED_EXTENSION,
} from '../../base/alerts.ts';
import { EMPTY, equal } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import { type MaybePromise, then } from '../../base/maybe-promise.ts';
import { Reader } from '../../base/reader.ts';
import type { IncomingMessage } from '../../record/carrier.ts';
import { extensionName, IN_CERTIFICATE, STATUS_REQUEST } from '../../wire/extension.ts';
import { RAW_PUBLIC_KEY } from '../../wire/certificate-type.ts';
import { CERTIFICATE } from '../../wire/handshake.ts';
import { OCSP } from '../../wire/messages/certificate-status.ts';
import { type CertificateEntry, readCertificate, writeCertificate } from '../../wire/messages/certificate.ts';
import { shownCertificates } from '../credentials.ts';
import { append, findModule, writeAnswers } from '../extensions/blocks.ts';
import type { ExtensionModule } from '../extensions/module.ts';
import { verifyChain } from '../peer-auth.ts';
import type { Handshake } from '../state.ts';

export function sendCertificate(hs: Handshake): void {
  const { credential } = hs;
  //= rfc9846#section-4.5.1
  //# the client MUST send a Certificate message containing no certificates
  //= rfc9846#section-4.5.1
  //# The sender's certificate MUST come in the first CertificateEntry in the list.
  const chain = shownCertificates(hs);
  // Beside a raw key there is nothing that a CA could say.
  const staples = hs.side === 'server' && hs.statusRequested && chain === credential?.chain;
  hs.carrier.message(CERTIFICATE, (w) =>
    writeCertificate(w, hs.modern.certificateRequestContext ?? EMPTY, chain, (entry, index) => {
      const ocsp = !staples ? undefined : index === 0 ? credential.ocspResponse : credential.ocspResponses?.[index];
      if (ocsp !== undefined) {
        append(entry, STATUS_REQUEST, () => {
          //= rfc9846#section-4.5.1.1
          //# the body of the "status_request" extension from the server MUST be a CertificateStatus
          //# structure
          entry.u8(OCSP);
          entry.vector(3, ocsp);
          return true;
        });
      }
      if (index === 0 && hs.side === 'server') writeAnswers(hs, entry, others(hs), IN_CERTIFICATE);
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
  const staples = entries.map((entry, index) => readEntryExtensions(hs, entry, index === 0));
  const [first] = staples;
  if (first !== undefined) {
    hs.peerOcsp = first;
    hs.host.ocspResponse(first);
  }
  if (staples.some((staple, index) => index > 0 && staple !== undefined)) hs.peerOcsps = staples;
  if (hs.peerCertificateType === RAW_PUBLIC_KEY) {
    //= rfc9846#section-4.5.1
    //# If the RawPublicKey certificate type was negotiated, then the
    //# certificate_list MUST contain no more than one CertificateEntry
    if (entries.length > 1) fail(ILLEGAL_PARAMETER, 'bad_certificate', 'more than one raw public key');
    hs.peerRawKey = entries[0]?.der;
    //= rfc9846#section-4.5.1
    //# with the exception of the end-entity certificate which MUST be first
  } else hs.peerChain = entries.map((entry) => entry.der);
  if (entries.length > 0) return then(verifyChain(hs), () => {});
  //= rfc9846#section-4.5.1.3
  //# If the server supplies an empty Certificate message, the client
  //# MUST abort the handshake with a "decode_error" alert.
  if (hs.side === 'client') fail(DECODE_ERROR, 'certificate_required', 'the server sent no certificate');
  if (hs.server.clientCertificate === 'require') fail(CERTIFICATE_REQUIRED, 'certificate_required');
}

/** The modules with a part beside the leaf; status_request has one beside every certificate. */
function others(hs: Handshake): ExtensionModule[] {
  return hs.context.extensions.filter(({ where, type }) => (where & IN_CERTIFICATE) !== 0 && type !== STATUS_REQUEST);
}

/** The OCSP response that stands beside a certificate; what else stands beside the leaf goes to its module. */
function readEntryExtensions(hs: Handshake, entry: CertificateEntry, isLeaf: boolean): Uint8Array | undefined {
  let staple: Uint8Array | undefined;
  for (const extension of entry.extensions) {
    //= rfc9846#section-4.5.1
    //# Extensions in the Certificate message from the server MUST
    //# correspond to ones from the ClientHello message.
    const asked = hs.side === 'client' && hs.offered.includes(extension.type);
    //= rfc9846#section-4.5.1
    //# Extensions in the Certificate message from the client MUST correspond to extensions in the
    //# CertificateRequest message
    const module = extension.type === STATUS_REQUEST ? undefined : findModule(extension.type, others(hs));
    if (!asked || (extension.type !== STATUS_REQUEST && module === undefined))
      fail(UNSUPPORTED_EXTENSION, 'unsolicited_extension', extensionName(extension.type));
    const r = new Reader(extension.body);
    if (module !== undefined) {
      // What the certificates above the leaf bring is nobody's affair.
      if (isLeaf) module.onAnswer?.(hs, r, IN_CERTIFICATE);
      else r.rest();
    } else {
      if (r.u8() !== OCSP) fail(BAD_CERTIFICATE_STATUS_RESPONSE, 'bad_certificate_status');
      staple = r.vector(3, 1);
    }
    r.finish();
  }
  return staple;
}
