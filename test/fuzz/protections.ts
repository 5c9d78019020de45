/** Record protection with fixed keys, both directions of one key. */
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import type { Protection, RecordShape } from '../../src/crypto/protect/protection.ts';
import type { CipherSuite } from '../../src/crypto/suites/suite.ts';

const SHAPE: RecordShape = { wireVersion: 0x0303, mac: 'hmac', explicitIv: true, encryptThenMac: false };

export function protectionPair(
  { protection: scheme }: CipherSuite,
  wireVersion: number = SHAPE.wireVersion,
): { readonly seal: Protection; readonly open: Protection } {
  const keys = {
    key: new Uint8Array(scheme.keyLength).fill(1),
    iv: new Uint8Array(scheme.ivLength).fill(2),
    macKey: new Uint8Array(scheme.macKeyLength).fill(3),
  };
  const shape = { ...SHAPE, wireVersion };
  return { seal: scheme.protect(nodeCrypto, keys, shape, 'write'), open: scheme.protect(nodeCrypto, keys, shape, 'read') };
}
