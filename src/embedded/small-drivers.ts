/** Drivers over node:crypto for the smallest programs: one cipher, one hash, and none of the fast paths of the large ones. */
import { createHash, createHmac, type Hash as NodeHash, randomBytes } from 'node:crypto';
import { aes128Ccm8 } from '../crypto/node/aead.ts';
import { timingSafeEqual } from '../crypto/node/compare.ts';
import { plain } from '../crypto/node/plain.ts';
import type { Hash } from '../crypto/port.ts';
import { ENC_ALG_AES_128_CCM_8, ENC_ALG_SHA256 } from './algorithms.ts';
import type { t_enc_driver } from './eem.ts';
import type { Platform } from './symmetric.ts';

/** AES-128 in CCM with tags of eight bytes. */
export const enc_aes_ccm_driver: t_enc_driver = {
  enc_name: 'aes-ccm',
  enc_alg_ids: [ENC_ALG_AES_128_CCM_8],
  enc_bulk: (_id, key) => aes128Ccm8(key),
};

/** SHA-256. */
export const enc_sha256_driver: t_enc_driver = {
  enc_name: 'sha256',
  enc_alg_ids: [ENC_ALG_SHA256],
  enc_hash: () => running(createHash(SHA256)),
  enc_hmac(_id, key, parts) {
    const mac = createHmac(SHA256, key);
    for (const part of parts) mac.update(part);
    return plain(mac.digest());
  },
};

const SHA256 = 'sha256';

function running(hash: NodeHash): Hash {
  return {
    update: (data) => void hash.update(data),
    copy: () => running(hash.copy()),
    digest: () => plain(hash.digest()),
  };
}

export const smallPlatform: Platform = { random: (length) => plain(randomBytes(length)), timingSafeEqual };
