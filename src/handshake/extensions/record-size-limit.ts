/** record_size_limit, RFC 8449: each side says the longest record content that it takes. */
import { ILLEGAL_PARAMETER } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import type { Reader } from '../../base/reader.ts';
import { IN_CLIENT_HELLO, IN_ENCRYPTED_EXTENSIONS, IN_LEGACY_SERVER_HELLO, RECORD_SIZE_LIMIT } from '../../wire/extension.ts';
import type { Handshake } from '../state.ts';
import type { ExtensionModule } from './module.ts';

const SMALLEST = 64;

export const recordSizeLimit: ExtensionModule = {
  type: RECORD_SIZE_LIMIT,
  where: IN_CLIENT_HELLO | IN_LEGACY_SERVER_HELLO | IN_ENCRYPTED_EXTENSIONS,
  offer(hs, w) {
    if (hs.context.recordSizeLimit === undefined) return false;
    w.u16(hs.context.recordSizeLimit);
    return true;
  },
  onOffer: readLimit,
  answer(hs, w) {
    if (hs.context.recordSizeLimit === undefined) return false;
    w.u16(hs.context.recordSizeLimit);
    return true;
  },
  onAnswer(hs, r) {
    if (hs.maxFragmentLength !== undefined) fail(ILLEGAL_PARAMETER, 'bad_extension', 'record_size_limit beside max_fragment_length');
    readLimit(hs, r);
  },
};

function readLimit(hs: Handshake, r: Reader): void {
  const limit = r.u16();
  if (limit < SMALLEST) fail(ILLEGAL_PARAMETER, 'bad_extension', 'record_size_limit');
  hs.peerRecordSizeLimit = limit;
}
