/** Schemes of CBC suites: MAC-then-encrypt, or encrypt-then-MAC where RFC 7366 was negotiated. */
import type { CbcName, HashName } from '../port.ts';
import { hashLength } from '../kdf/hash-length.ts';
import { CbcEtm } from './cbc-etm.ts';
import { CbcMac } from './cbc-mac.ts';
import { cbcIv } from './cbc-iv.ts';
import type { ProtectionScheme } from './protection.ts';
import { recordMac } from './record-mac.ts';

export function cbcScheme(
  name: string,
  cipher: CbcName,
  keyLength: number,
  blockLength: number,
  hash: HashName,
  recordLimit: number = Number.POSITIVE_INFINITY,
): ProtectionScheme {
  return {
    name,
    keyLength,
    ivLength: blockLength,
    macKeyLength: hashLength(hash),
    cbc: true,
    recordLimit,
    protect(crypto, keys, shape) {
      const block = crypto.cbc(cipher, keys.key);
      const mac = recordMac(crypto, hash, keys.macKey, shape);
      const iv = cbcIv(crypto, keys.iv, shape.explicitIv);
      //= rfc7366#section-2
      //# The client and server MUST NOT use encrypt-then-MAC unless both sides have successfully
      //# exchanged encrypt_then_mac extensions.
      if (shape.encryptThenMac) return new CbcEtm(crypto, block, mac, iv);
      return new CbcMac(crypto, block, mac, iv, shape.mac === 'ssl3');
    },
  };
}
