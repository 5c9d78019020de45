/** Encryption of DTLS 1.3 record numbers, RFC 9147 §4.2.3: a mask from the first bytes of the ciphertext. */
import { misuse } from '../../base/errors.ts';
import type { CryptoProvider } from '../port.ts';
import type { ProtectionScheme } from './protection.ts';

/** Bytes of ciphertext that a mask is made of. Records are padded to have them. */
export const RECORD_NUMBER_SAMPLE = 16;

export interface RecordNumberMask {
  /** At least two bytes to xor the record number with. `sample` is the first 16 bytes of the ciphertext. */
  mask(sample: Uint8Array): Uint8Array;
  /** Drops what is held only for speed. */
  rest(): void;
}

/** `key` is `sn_key`, as long as the suite's key. */
export function recordNumberMask(crypto: CryptoProvider, scheme: ProtectionScheme, key: Uint8Array): RecordNumberMask {
  if (scheme.name.startsWith('CHACHA20')) {
    const { chachaMask } = crypto;
    if (chachaMask === undefined) misuse('unsupported', `${crypto.name} has no ChaCha20 for record numbers`);
    return { mask: (sample) => chachaMask(key, sample), rest() {} };
  }
  const block = crypto.blockMask?.(key) ?? misuse('unsupported', `${crypto.name} has no AES for record numbers`);
  return { mask: (sample) => block.mask(sample), rest: () => block.rest?.() };
}
