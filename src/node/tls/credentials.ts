/** `cert`, `key` and `pfx`: chains and keys, brought together by their public keys. */
import { createPrivateKey, KeyObject } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { equal } from '../../base/bytes.ts';
import { TlsError } from '../../base/errors.ts';
import { nodeCrypto, privateKeyFromKeyObject } from '../../crypto/node/index.ts';
import type { PrivateKeyHandle } from '../../crypto/port.ts';
import type { Credential } from '../../handshake/context.ts';
import { readPkcs12 } from '../../pki/certs/pkcs12.ts';
import { type Certificate, parseCertificates } from '../../pki/x509/certificate.ts';
import { argumentError, codedError } from './errors.ts';

/** What may stand for a private key: besides what node:tls takes, a KeyObject, or a handle to a key that is elsewhere. */
export type KeyInput =
  | string
  | NodeJS.ArrayBufferView
  | KeyObject
  | PrivateKeyHandle
  | { readonly pem: string | Buffer; readonly passphrase?: string | undefined };

export type CredentialOptions = Pick<SecureContextOptions, 'cert' | 'pfx' | 'passphrase'> & {
  readonly key?: KeyInput | readonly KeyInput[] | undefined;
};

/** The credentials of the options, in their order. `extra`: certificates that may complete a chain. */
export function readCredentials(options: CredentialOptions, extra: readonly Certificate[]): Credential[] {
  const credentials: Credential[] = listOf(options.pfx).map((pfx) => readPfx(pfx, options.passphrase));
  const chains = listOf(options.cert).map((cert) => parseCertificates(bytesOf('options.cert', cert)));
  const keys = listOf(options.key).map((key) => readKey(key, options.passphrase));
  for (const chain of chains) if (chain.length === 0) throw codedError('ERR_OSSL_PEM_NO_START_LINE', 'no certificate in options.cert');
  for (const key of keys) {
    const chain = chains.find(([leaf]) => key.spki === undefined || equal(leaf!.spki, key.spki));
    if (chain !== undefined) credentials.push({ chain: complete(chain, extra).map((one) => one.der), key });
    else if (chains.length > 0) {
      const cause = new TlsError({ code: 'certificate_key_mismatch', origin: 'api', detail: 'no certificate is for this key' });
      throw codedError('ERR_OSSL_X509_KEY_VALUES_MISMATCH', 'key values mismatch', cause);
    }
  }
  return credentials;
}

export function listOf<T>(value: T | readonly T[] | null | undefined): readonly T[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** Text or bytes, as the parsers take them. */
export function bytesOf(name: string, value: unknown): string | Uint8Array {
  if (typeof value === 'string') return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw argumentError(name, 'of type string or an instance of Buffer, TypedArray, or DataView', value);
}

function readKey(input: KeyInput, passphrase: string | undefined): PrivateKeyHandle {
  if (input instanceof KeyObject) return privateKeyFromKeyObject(input);
  if (typeof input === 'object' && 'sign' in input && 'schemes' in input) return input;
  const wrapped = typeof input === 'object' && 'pem' in input;
  const key = bytesOf('options.key', wrapped ? input.pem : input);
  const secret = (wrapped ? input.passphrase : undefined) ?? passphrase;
  const pem = typeof key === 'string' ? key : Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  let object: KeyObject;
  try {
    object = createPrivateKey({ key: pem, format: 'pem', ...(secret === undefined ? {} : { passphrase: secret }) });
  } catch (error) {
    // OpenSSL's code is what users match; its words may quote the input.
    const code = (error as { code?: unknown }).code;
    throw codedError(
      typeof code === 'string' ? code : 'ERR_OSSL_PEM_NO_START_LINE',
      'options.key: malformed, or the passphrase is wrong or missing',
    );
  }
  return privateKeyFromKeyObject(object);
}

type PfxInput = string | Buffer | { readonly buf: string | Buffer; readonly passphrase?: string | undefined };

function readPfx(input: PfxInput, passphrase: string | undefined): Credential {
  const wrapped = typeof input === 'object' && 'buf' in input;
  const given = bytesOf('options.pfx', wrapped ? input.buf : input);
  const bytes = typeof given === 'string' ? new Uint8Array(Buffer.from(given, 'latin1')) : given;
  const content = readPkcs12(nodeCrypto, bytes, (wrapped ? input.passphrase : undefined) ?? passphrase ?? '');
  const [first] = content.keys;
  if (first === undefined) throw codedError('ERR_OSSL_PKCS12_NO_KEY', 'no private key in options.pfx');
  const key = nodeCrypto.importPrivateKey(first.pkcs8);
  const certificates = content.certificates.map((one) => one.certificate);
  const leaf = certificates.find((one) => key.spki !== undefined && equal(one.spki, key.spki));
  if (leaf === undefined) throw codedError('ERR_OSSL_X509_KEY_VALUES_MISMATCH', 'no certificate in options.pfx is for its key');
  return { chain: complete([leaf], certificates).map((one) => one.der), key };
}

const MAX_COMPLETED = 8;

/** A chain of nothing but the leaf gets the certificates of `extra` that lead upwards, without the root. */
function complete(chain: readonly Certificate[], extra: readonly Certificate[]): readonly Certificate[] {
  if (chain.length > 1 || extra.length === 0) return chain;
  const out = [...chain];
  for (let last = chain[0]!; out.length < MAX_COMPLETED && !last.isSelfIssued; last = out[out.length - 1]!) {
    const issuer = extra.find((one) => one.subject.equals(last.issuer) && !out.includes(one));
    if (issuer === undefined || issuer.isSelfIssued) break;
    out.push(issuer);
  }
  return out;
}
