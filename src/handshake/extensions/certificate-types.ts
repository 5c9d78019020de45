/**
 * client_certificate_type and server_certificate_type, RFC 7250: raw public keys in the place of certificates. Passed to a context
 * that has one (`Credential.rawPublicKey`) or takes one (`rawKeyVerifier`); without them, and without an answer, all is X.509.
 */
import { ILLEGAL_PARAMETER, UNSUPPORTED_CERTIFICATE } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import type { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';
import { RAW_PUBLIC_KEY, X509 } from '../../wire/certificate-type.ts';
import {
  CLIENT_CERTIFICATE_TYPE,
  IN_CLIENT_HELLO,
  IN_ENCRYPTED_EXTENSIONS,
  IN_LEGACY_SERVER_HELLO,
  SERVER_CERTIFICATE_TYPE,
} from '../../wire/extension.ts';
import { certificateTypeOf, credentialTypes } from '../credentials.ts';
import { acceptedTypes } from '../peer-auth.ts';
import type { Handshake } from '../state.ts';
import type { ExtensionModule } from './module.ts';

const WHERE = IN_CLIENT_HELLO | IN_LEGACY_SERVER_HELLO | IN_ENCRYPTED_EXTENSIONS;

/** What the client proves itself with. */
export const clientCertificateType: ExtensionModule = {
  type: CLIENT_CERTIFICATE_TYPE,
  where: WHERE,
  offer: (hs, w) => offer(ownTypes(hs), w),
  onOffer(hs, r) {
    const offered = readTypes(r);
    if (hs.server.clientCertificate === 'none') return;
    // RFC 7250 §4.2: nothing in common ends the handshake.
    hs.peerCertificateType = common(offered, acceptedTypes(hs));
  },
  // RFC 7250 §4.2: a server that does not ask for a certificate leaves it out.
  answer(hs, w) {
    const asks = hs.isModern ? hs.modern.psk === undefined && hs.server.clientCertificate !== 'none' : hs.clientCertificateRequested;
    if (asks) w.u8(hs.peerCertificateType);
    return asks;
  },
  onAnswer(hs, r) {
    hs.peerTakesTypes = [chosen(r, ownTypes(hs))];
  },
};

/** What the server proves itself with. */
export const serverCertificateType: ExtensionModule = {
  type: SERVER_CERTIFICATE_TYPE,
  where: WHERE,
  offer: (hs, w) => offer(acceptedTypes(hs), w),
  onOffer(hs, r) {
    hs.peerTakesTypes = readTypes(r);
    const { credentials, selectCredential, findPsk } = hs.server;
    if (selectCredential === undefined && findPsk === undefined) common(hs.peerTakesTypes, credentials.flatMap(credentialTypes));
  },
  answer(hs, w) {
    if (hs.credential === undefined || hs.resumed !== undefined) return false;
    w.u8(certificateTypeOf(hs, hs.credential));
    return true;
  },
  onAnswer(hs, r) {
    hs.peerCertificateType = chosen(r, acceptedTypes(hs));
  },
};

/** The types that our own credentials have, ours first. */
function ownTypes(hs: Handshake): readonly number[] {
  return [...new Set(hs.context.credentials.flatMap(credentialTypes))];
}

/** RFC 7250 §4.1: who has or takes certificates only need not say so. */
function offer(types: readonly number[], w: Writer): boolean {
  if (!types.includes(RAW_PUBLIC_KEY)) return false;
  w.vector(1, Uint8Array.from(types));
  return true;
}

function readTypes(r: Reader): number[] {
  return [...r.vector(1, 1)];
}

/** The first of the client's that we can do too. */
function common(offered: readonly number[], ours: readonly number[]): number {
  //= rfc9846#section-4.5.1
  //# The OpenPGP certificate type [RFC6091] MUST NOT be used with TLS 1.3.
  const found = offered.find((type) => ours.includes(type) && (type === X509 || type === RAW_PUBLIC_KEY));
  return found ?? fail(UNSUPPORTED_CERTIFICATE, 'unsupported_certificate', 'no certificate type in common');
}

/** S31: nothing is chosen that was not offered. */
function chosen(r: Reader, offered: readonly number[]): number {
  const type = r.u8();
  if (!offered.includes(type)) fail(ILLEGAL_PARAMETER, 'bad_extension', `certificate type ${type} was not offered`);
  return type;
}
