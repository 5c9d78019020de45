/** max_fragment_length, RFC 6066 §4. Set aside where record_size_limit is used (RFC 8449 §5). */
import { ILLEGAL_PARAMETER } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import {
  IN_CLIENT_HELLO,
  IN_ENCRYPTED_EXTENSIONS,
  IN_LEGACY_SERVER_HELLO,
  MAX_FRAGMENT_LENGTH,
  RECORD_SIZE_LIMIT,
} from '../../wire/extension.ts';
import { isOffered } from './blocks.ts';
import type { ExtensionModule } from './module.ts';

export const maxFragmentLength: ExtensionModule = {
  type: MAX_FRAGMENT_LENGTH,
  where: IN_CLIENT_HELLO | IN_LEGACY_SERVER_HELLO | IN_ENCRYPTED_EXTENSIONS,
  offer(hs, w) {
    const length = hs.client.maxFragmentLength;
    if (length === undefined) return false;
    //= rfc6066#section-4
    //# The "extension_data" field of this extension SHALL contain:
    w.u8(Math.log2(length) - 8);
    return true;
  },
  onOffer(hs, r) {
    const code = r.u8();
    //= rfc6066#section-4
    //# If a server receives a maximum fragment length negotiation request
    //# for a value other than the allowed values, it MUST abort the
    //# handshake with an "illegal_parameter" alert.
    if (code < 1 || code > 4) fail(ILLEGAL_PARAMETER, 'bad_extension', 'max_fragment_length');
    hs.maxFragmentLength = 2 ** (code + 8);
  },
  answer(hs, w) {
    //= rfc8449-record-size-limit-draft#section-5
    //# A server that supports the "record_size_limit" extension MUST ignore a
    //# "max_fragment_length" that appears in a ClientHello if both extensions appear.
    if (hs.maxFragmentLength === undefined) return false;
    if (hs.context.recordSizeLimit !== undefined && isOffered(hs, RECORD_SIZE_LIMIT)) {
      hs.maxFragmentLength = undefined;
      return false;
    }
    //= rfc6066#section-4
    //# The "extension_data" field of this extension SHALL contain a "MaxFragmentLength" whose value is
    //# the same as the requested maximum fragment length.
    w.u8(Math.log2(hs.maxFragmentLength) - 8);
    return true;
  },
  onAnswer(hs, r) {
    //= rfc6066#section-4
    //# Similarly, if a client
    //# receives a maximum fragment length negotiation response that differs
    //# from the length it requested, it MUST also abort the handshake with
    //# an "illegal_parameter" alert.
    const length = 2 ** (r.u8() + 8);
    if (length !== hs.client.maxFragmentLength) fail(ILLEGAL_PARAMETER, 'bad_extension', 'max_fragment_length');
    hs.maxFragmentLength = length;
  },
};
