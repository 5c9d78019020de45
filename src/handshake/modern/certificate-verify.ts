/** CertificateVerify, RFC 9846 §4.5.2: a signature over the transcript hash, by either side. */
import { ILLEGAL_PARAMETER, INTERNAL_ERROR } from '../../base/alerts.ts';
import { ascii } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import { type MaybePromise, then } from '../../base/maybe-promise.ts';
import { Reader } from '../../base/reader.ts';
import type { IncomingMessage } from '../../record/carrier.ts';
import { CERTIFICATE_VERIFY } from '../../wire/handshake.ts';
import { readDigitallySigned, writeDigitallySigned } from '../../wire/messages/certificate-verify.ts';
import { schemeName } from '../../wire/signature-scheme.ts';
import type { Side } from '../flow.ts';
import { verifiedBySignature } from '../peer-auth.ts';
import { isModernScheme } from '../schemes.ts';
import type { Handshake } from '../state.ts';

export function sendCertificateVerify(hs: Handshake): MaybePromise<void> {
  const { credential, scheme } = hs;
  if (credential === undefined) fail(INTERNAL_ERROR, 'no_credentials');
  return then(credential.key.sign(scheme, signedContent(hs, hs.side)), (signature) =>
    hs.carrier.message(CERTIFICATE_VERIFY, (w) => writeDigitallySigned(w, scheme, signature)),
  );
}

export function onCertificateVerify(hs: Handshake, message: IncomingMessage): MaybePromise<void> {
  const r = new Reader(message.body);
  const { scheme, signature } = readDigitallySigned(r);
  r.finish();
  //= rfc9846#section-4.5.2
  //# If the CertificateVerify message is sent by a server, the signature
  //# algorithm MUST be one offered in the client's "signature_algorithms"
  //# extension
  //= rfc9846#section-4.5.2
  //# If sent by a client, the signature algorithm used in the signature MUST be one of those present in
  //# the supported_signature_algorithms field of the "signature_algorithms" extension in the
  //# CertificateRequest message.
  if (!hs.context.schemes.includes(scheme) || !isModernScheme(scheme)) fail(ILLEGAL_PARAMETER, 'wrong_scheme', schemeName(scheme));
  const content = signedContent(hs, hs.side === 'client' ? 'server' : 'client');
  return then(verifiedBySignature(hs, scheme, content, signature), (verified) => {
    hs.peerVerified = verified;
  });
}

const SERVER_CONTEXT = /* @__PURE__ */ ascii('TLS 1.3, server CertificateVerify');
const CLIENT_CONTEXT = /* @__PURE__ */ ascii('TLS 1.3, client CertificateVerify');
const PADDING_LENGTH = 64;

/** 64 spaces, the context string, a zero, the transcript hash. */
function signedContent(hs: Handshake, signer: Side): Uint8Array {
  const context = signer === 'server' ? SERVER_CONTEXT : CLIENT_CONTEXT;
  const hash = hs.transcript.digest();
  const content = new Uint8Array(PADDING_LENGTH + context.length + 1 + hash.length);
  content.fill(0x20, 0, PADDING_LENGTH);
  content.set(context, PADDING_LENGTH);
  content.set(hash, PADDING_LENGTH + context.length + 1);
  return content;
}
