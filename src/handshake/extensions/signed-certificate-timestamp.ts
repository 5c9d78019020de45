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
import type { ExtensionModule } from './module.ts';

export const signedCertificateTimestamp: ExtensionModule = {
  type: SIGNED_CERTIFICATE_TIMESTAMP,
  where: IN_CLIENT_HELLO | IN_LEGACY_SERVER_HELLO | IN_CERTIFICATE,
  offer: () => true,
  // An empty body: nothing to read.
  onOffer() {},
  answer(hs, w) {
    const { credential } = hs;
    // A resumed session shows no certificate, a raw key has none: there is nothing that they could be of.
    if (hs.resumed !== undefined || credential === undefined || shownCertificates(hs) !== credential.chain) return false;
    const list = credential.signedCertificateTimestamps;
    if (list === undefined) return false;
    w.bytes(list);
    return true;
  },
  onAnswer(hs, r) {
    const list = readTimestamps(r);
    if (hs.resumed === undefined) hs.peerTimestamps = list;
  },
};

/** Checks the list's structure; gives it whole. */
function readTimestamps(r: Reader): Uint8Array {
  const start = r.position;
  const list = r.sub(2, 1);
  while (list.remaining > 0) list.vector(2, 1);
  return r.bytes.slice(start, r.position);
}
