/**
 * signed_certificate_timestamp, RFC 6962 §3.3.1: the certificate's entries in public logs come with it. Whoever passes this
 * module asks for them as a client, and hands out those of its credential as a server.
 *
 * opaque SerializedSCT<1..2^16-1>;
 * struct { SerializedSCT sct_list <1..2^16-1>; } SignedCertificateTimestampList;
 */
import type { Reader } from '../../base/reader.ts';
import { IN_CERTIFICATE, IN_CLIENT_HELLO, IN_LEGACY_SERVER_HELLO, SIGNED_CERTIFICATE_TIMESTAMP } from '../../wire/extension.ts';
import { shownCertificates } from '../credentials.ts';
import type { Handshake } from '../state.ts';
import type { ExtensionModule } from './module.ts';

export const signedCertificateTimestamp: ExtensionModule = {
  type: SIGNED_CERTIFICATE_TIMESTAMP,
  where: IN_CLIENT_HELLO | IN_LEGACY_SERVER_HELLO | IN_CERTIFICATE,
  offer: () => true,
  onOffer(hs) {
    hs.timestampsRequested = true;
  },
  answer(hs, w) {
    const list = hs.resumed === undefined ? timestampsOf(hs) : undefined;
    if (list === undefined) return false;
    w.bytes(list);
    return true;
  },
  onAnswer(hs, r) {
    const list = readTimestamps(r);
    // A resumed session shows no certificate that they could be of.
    if (hs.resumed === undefined) hs.peerTimestamps = list;
  },
};

/** The list that goes out beside our certificate: only where the peer asked for it and sees a certificate at all. */
export function timestampsOf(hs: Handshake): Uint8Array | undefined {
  const { credential } = hs;
  if (!hs.timestampsRequested || credential === undefined || shownCertificates(hs) !== credential.chain) return undefined;
  return credential.signedCertificateTimestamps;
}

/** Checks the list's structure; gives it whole. */
export function readTimestamps(r: Reader): Uint8Array {
  const start = r.position;
  const list = r.sub(2, 1);
  while (list.remaining > 0) list.vector(2, 1);
  return r.bytes.slice(start, r.position);
}
