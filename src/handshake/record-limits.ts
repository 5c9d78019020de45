/** Record sizes as max_fragment_length (RFC 6066 §4) or record_size_limit (RFC 8449) have agreed on them. */
import { MAX_PLAINTEXT } from '../base/limits.ts';
import type { Handshake } from './state.ts';

/** Tells the carrier what was agreed; in TLS 1.3 the limit counts the content type too (`inner` = 1). */
export function applyRecordLimits(hs: Handshake, inner: 0 | 1): void {
  if (hs.maxFragmentLength !== undefined) {
    //= rfc6066#section-4
    //# the client and server MUST immediately begin fragmenting messages (including handshake messages)
    hs.carrier.setLimits(hs.maxFragmentLength, hs.maxFragmentLength);
    return;
  }
  if (hs.peerRecordSizeLimit === undefined || hs.context.recordSizeLimit === undefined) return;
  const write = Math.min(MAX_PLAINTEXT, hs.peerRecordSizeLimit - inner);
  hs.carrier.setLimits(write, Math.min(MAX_PLAINTEXT, hs.context.recordSizeLimit - inner));
}
