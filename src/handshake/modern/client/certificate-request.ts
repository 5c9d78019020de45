/** CertificateRequest, RFC 9846 §4.4.2: the client decides here what it will answer with. */
import { ILLEGAL_PARAMETER, MISSING_EXTENSION } from '../../../base/alerts.ts';
import { fail } from '../../../base/errors.ts';
import { type MaybePromise, then } from '../../../base/maybe-promise.ts';
import { Reader } from '../../../base/reader.ts';
import type { IncomingMessage } from '../../../record/carrier.ts';
import { CERTIFICATE_AUTHORITIES, extensionName, SIGNATURE_ALGORITHMS } from '../../../wire/extension.ts';
import { findExtension } from '../../../wire/extensions.ts';
import { readAuthorities, readCertificateRequest } from '../../../wire/messages/certificate-request.ts';
import { chooseCredential, chooseScheme } from '../../credentials.ts';
import { wireSchemes } from '../../schemes.ts';
import type { Handshake } from '../../state.ts';

export function onCertificateRequest(hs: Handshake, message: IncomingMessage): MaybePromise<void> {
  const { context, extensions } = readCertificateRequest(new Reader(message.body));
  //= rfc9846#section-4.4.2
  //# This field SHALL be zero
  //# length unless used for the post-handshake authentication exchanges
  //# described in Section 4.6.2.
  if (context.length > 0) fail(ILLEGAL_PARAMETER, 'decode_error', 'certificate_request_context');
  const schemes = findExtension(extensions, SIGNATURE_ALGORITHMS);
  //= rfc9846#section-4.4.2
  //# The "signature_algorithms"
  //# extension MUST be specified
  if (schemes === undefined) fail(MISSING_EXTENSION, 'missing_extension', extensionName(SIGNATURE_ALGORITHMS));
  hs.peerSchemes = wireSchemes(schemes.u16List(2, 2));
  schemes.finish();
  //= rfc9846#section-4.4.2
  //# Clients MUST ignore unrecognized extensions.
  //= rfc9846#section-9.3
  //# a client receiving a CertificateRequest or NewSessionTicket MUST also ignore all unrecognized
  //# extensions
  const authorities = findExtension(extensions, CERTIFICATE_AUTHORITIES);
  if (authorities !== undefined) {
    hs.peerAuthorities = readAuthorities(authorities, 3);
    authorities.finish();
  }
  hs.clientCertificateRequested = true;
  return then(chooseCredential(hs, true), (credential) => {
    const scheme = credential === undefined ? undefined : chooseScheme(hs, credential, true);
    if (credential === undefined || scheme === undefined) return;
    hs.credential = credential;
    hs.scheme = scheme;
  });
}
