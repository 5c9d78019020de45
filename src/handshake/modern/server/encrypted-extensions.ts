/** EncryptedExtensions, RFC 9846 §4.4.1. */
import { ENCRYPTED_EXTENSIONS } from '../../../wire/handshake.ts';
import { IN_ENCRYPTED_EXTENSIONS } from '../../../wire/extension.ts';
import { writeAnswers } from '../../extensions/blocks.ts';
import type { Handshake } from '../../state.ts';

export function sendEncryptedExtensions(hs: Handshake): void {
  hs.carrier.message(ENCRYPTED_EXTENSIONS, (w) => {
    const at = w.open(2);
    writeAnswers(hs, w, [...hs.context.extensions, ...hs.version.server!.extensions], IN_ENCRYPTED_EXTENSIONS);
    w.close(2, at);
  });
}
