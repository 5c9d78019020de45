/** EncryptedExtensions, RFC 9846 §4.4.1. */
import type { MaybePromise } from '../../../base/maybe-promise.ts';
import { Reader } from '../../../base/reader.ts';
import type { IncomingMessage } from '../../../record/carrier.ts';
import { IN_ENCRYPTED_EXTENSIONS } from '../../../wire/extension.ts';
import { readExtensions } from '../../../wire/extensions.ts';
import { readAnswers } from '../../extensions/blocks.ts';
import { applyRecordLimits } from '../../record-limits.ts';
import { judgeResumed } from '../../peer-auth.ts';
import type { Handshake } from '../../state.ts';

export function onEncryptedExtensions(hs: Handshake, message: IncomingMessage): MaybePromise<void> {
  const r = new Reader(message.body);
  const answers = readExtensions(r);
  r.finish();
  readAnswers(hs, answers, [...hs.context.extensions, ...hs.version.client!.extensions], IN_ENCRYPTED_EXTENSIONS);
  applyRecordLimits(hs, 1);
  if (hs.resumed !== undefined) return judgeResumed(hs, hs.resumed);
}
