/** Encrypted private keys: PKCS #8 `EncryptedPrivateKeyInfo` (RFC 5958 §3), and OpenSSL's old PEM encryption. */
import { concat, fromHex, utf8 } from '../../base/bytes.ts';
import { TlsError } from '../../base/errors.ts';
import type { CbcName, CryptoProvider } from '../../crypto/port.ts';
import { DerReader } from '../asn1/der-reader.ts';
import * as der from '../asn1/der-writer.ts';
import { looksLikePem, type PemBlock, readPem, writePem } from '../asn1/pem.ts';
import { OCTET_STRING, SEQUENCE } from '../asn1/tags.ts';
import { findKeyBlock, privateKeyToPkcs8, readPkcs8 } from './key-file.ts';
import { decryptWithPassword, encryptWithPassword, unpad, wrongPassword } from './password.ts';

/**
 * PKCS #8 DER of a private key in PEM or DER, encrypted or not. Throws `bad_key` (wrong password), `bad_pem`, `bad_der`, or
 * `unsupported` for an encryption that is not known.
 */
export function decryptPrivateKey(crypto: CryptoProvider, key: string | Uint8Array, password: string): Uint8Array {
  if (typeof key !== 'string' && !looksLikePem(key)) return isEncrypted(key) ? decryptInfo(crypto, key, password) : privateKeyToPkcs8(key);
  const block = findKeyBlock(readPem(key));
  if (block?.label === 'ENCRYPTED PRIVATE KEY') return decryptInfo(crypto, block.der, password);
  const info = block?.headers.find((line) => line.startsWith('DEK-Info:'));
  if (block !== undefined && info !== undefined) return decryptOldPem(crypto, block, info, password);
  return privateKeyToPkcs8(key);
}

/** `EncryptedPrivateKeyInfo` DER of a PKCS #8 key: PBES2, AES-256-CBC. `iterations` default 600 000. */
export function encryptPrivateKey(crypto: CryptoProvider, pkcs8: Uint8Array, password: string, iterations = 600_000): Uint8Array {
  readPkcs8(pkcs8);
  const { algorithm, cipher } = encryptWithPassword(crypto, pkcs8, password, iterations);
  return der.sequence(algorithm, der.octetString(cipher));
}

/** As `encryptPrivateKey`, in PEM. */
export function encryptPrivateKeyPem(crypto: CryptoProvider, pkcs8: Uint8Array, password: string, iterations?: number): string {
  return writePem('ENCRYPTED PRIVATE KEY', encryptPrivateKey(crypto, pkcs8, password, iterations));
}

/** Decrypts an `EncryptedPrivateKeyInfo`. */
export function decryptInfo(crypto: CryptoProvider, info: Uint8Array, password: string): Uint8Array {
  const outer = new DerReader(info);
  const body = outer.sequence('EncryptedPrivateKeyInfo');
  outer.finish('EncryptedPrivateKeyInfo');
  const algorithm = new DerReader(body.rawOf(SEQUENCE, 'encryption algorithm'));
  const cipher = body.content(OCTET_STRING, 'encrypted key');
  body.finish('EncryptedPrivateKeyInfo');
  return checked(decryptWithPassword(crypto, algorithm, cipher, password));
}

function isEncrypted(bytes: Uint8Array): boolean {
  const outer = new DerReader(bytes);
  const body = outer.sequence('private key');
  return body.peek() === SEQUENCE;
}

/** EVP_BytesToKey with MD5 and one round: weak, so only read. */
function decryptOldPem(crypto: CryptoProvider, block: PemBlock, info: string, password: string): Uint8Array {
  const match = /^DEK-Info:\s*([A-Z0-9-]+)\s*,\s*([0-9A-Fa-f]+)$/.exec(info);
  const cipher = OLD_CIPHERS.find(([name]) => name === match?.[1]);
  if (match === null || cipher === undefined)
    throw new TlsError({ code: 'unsupported', origin: 'api', detail: 'encryption of this PEM key' });
  const [, cbc, keyLength, ivLength] = cipher;
  const iv = fromHex(match[2]!);
  if (iv.length !== ivLength) wrongPassword();
  const secret = utf8(password);
  let key: Uint8Array = new Uint8Array(0);
  let last: Uint8Array = new Uint8Array(0);
  while (key.length < keyLength) {
    last = crypto.digest('md5', concat(last, secret, iv.subarray(0, 8)));
    key = concat(key, last);
  }
  const plain = unpad(crypto, cbc, key.subarray(0, keyLength), iv, block.der);
  try {
    return privateKeyToPkcs8(plain);
  } catch {
    return wrongPassword();
  }
}

const OLD_CIPHERS: readonly (readonly [string, CbcName, number, number])[] = [
  ['AES-256-CBC', 'aes-256-cbc', 32, 16],
  ['AES-128-CBC', 'aes-128-cbc', 16, 16],
  ['DES-EDE3-CBC', '3des-ede-cbc', 24, 8],
];

function checked(pkcs8: Uint8Array): Uint8Array {
  try {
    readPkcs8(pkcs8);
    return pkcs8;
  } catch {
    return wrongPassword();
  }
}
