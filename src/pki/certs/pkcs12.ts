/** PKCS #12 (RFC 7292) in password mode: keys and certificates in one file. DER only; RC2 is not supported. */
import { EMPTY, latin1 } from '../../base/bytes.ts';
import { constantTimeEqual } from '../../base/constant-time.ts';
import { misuse, TlsError } from '../../base/errors.ts';
import { MAX_PASSWORD_ITERATIONS, MAX_PKCS12_BAGS } from '../../base/limits.ts';
import type { CryptoProvider } from '../../crypto/port.ts';
import { hashByOid } from '../x509/algorithm.ts';
import { malformed } from '../asn1/der-error.ts';
import { DerReader } from '../asn1/der-reader.ts';
import * as der from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';
import { BMP_STRING, contextConstructed, contextPrimitive, SEQUENCE, SET } from '../asn1/tags.ts';
import { Certificate } from '../x509/certificate.ts';
import { decryptInfo } from './encrypted-key.ts';
import { readPkcs8 } from './key-file.ts';
import { decryptWithPassword, encryptWithPassword, encryptWithPkcs12Scheme, pkcs12Kdf, wrongPassword } from './password.ts';
import { metered } from './password-work.ts';

export interface Pkcs12Content {
  /** PKCS #8 DER of each key, with its names. */
  readonly keys: readonly {
    readonly pkcs8: Uint8Array;
    readonly friendlyName: string | undefined;
    readonly localKeyId: Uint8Array | undefined;
  }[];
  /** Certificates; the one that belongs to a key has the same `localKeyId`. */
  readonly certificates: readonly {
    readonly certificate: Certificate;
    readonly friendlyName: string | undefined;
    readonly localKeyId: Uint8Array | undefined;
  }[];
}

/** Reads a PKCS #12 file. Throws `bad_key` (wrong password), `bad_der`, or `unsupported`. */
export function readPkcs12(provider: CryptoProvider, bytes: Uint8Array, password: string): Pkcs12Content {
  const crypto = metered(provider);
  const field = 'PKCS #12';
  const outer = new DerReader(bytes);
  const body = outer.sequence(field);
  outer.finish(field);
  if (body.smallInteger(field) !== 3) malformed(field, body.position, 'version other than 3');
  const authSafe = readData(body, field);
  if (body.done) throw new TlsError({ code: 'unsupported', origin: 'api', detail: 'PKCS #12 without password integrity' });
  checkMac(crypto, body, authSafe, password);
  body.finish(field);

  const content: Mutable = { keys: [], certificates: [], bags: 0 };
  const list = new DerReader(authSafe).sequence('authenticatedSafe');
  while (!list.done) {
    const info = list.sequence('contentInfo');
    const type = info.oid('contentInfo');
    const wrapped = info.enter(contextConstructed(0), 'contentInfo');
    if (type === oids.PKCS7_DATA) readBags(crypto, wrapped.octetString('safeContents'), password, content, 0);
    else if (type === oids.PKCS7_ENCRYPTED_DATA) {
      const encrypted = wrapped.sequence('encryptedData');
      encrypted.smallInteger('encryptedData', 2);
      const inner = encrypted.sequence('encryptedContentInfo');
      inner.oid('encryptedContentInfo');
      const algorithm = new DerReader(inner.rawOf(SEQUENCE, 'encryption algorithm'));
      const cipher = inner.content(contextPrimitive(0), 'encryptedContent');
      readBags(crypto, decryptWithPassword(crypto, algorithm, cipher, password), password, content, 0);
    } else throw new TlsError({ code: 'unsupported', origin: 'api', detail: `PKCS #12 content ${type}` });
  }
  return { keys: content.keys, certificates: content.certificates };
}

/**
 * Writes a PKCS #12 file: AES-256-CBC by PBES2, HMAC-SHA-256; with `legacy` 3DES and SHA-1, for programs of before 2018. The first
 * certificate is the key's. `iterations` default 10 000.
 */
export function createPkcs12(options: {
  readonly crypto: CryptoProvider;
  readonly pkcs8: Uint8Array;
  /** DER, the key's own first. */
  readonly certificates: readonly Uint8Array[];
  readonly password: string;
  readonly friendlyName?: string | undefined;
  readonly iterations?: number | undefined;
  /** Default false. */
  readonly legacy?: boolean | undefined;
}): Uint8Array {
  const { crypto, password, certificates, iterations = 10_000, legacy = false } = options;
  const encrypt = legacy ? encryptWithPkcs12Scheme : encryptWithPassword;
  if (certificates.length === 0) misuse('invalid_argument', 'no certificates');
  readPkcs8(options.pkcs8);
  const localKeyId = crypto.digest('sha1', certificates[0]!);
  const attributes = bagAttributes(localKeyId, options.friendlyName);
  const certBags = certificates.map((one, i) => {
    const bag = der.sequence(der.oid(oids.X509_CERTIFICATE), der.context(0, der.octetString(one)));
    return der.sequence(der.oid(oids.PKCS12_CERT_BAG), der.context(0, bag), ...(i === 0 ? [attributes] : []));
  });
  const { algorithm, cipher } = encrypt(crypto, der.sequence(...certBags), password, iterations);
  const encrypted = der.sequence(der.integer(0), der.sequence(der.oid(oids.PKCS7_DATA), algorithm, der.contextValue(0, cipher)));
  const key = encrypt(crypto, options.pkcs8, password, iterations);
  const shrouded = der.sequence(key.algorithm, der.octetString(key.cipher));
  const keyBag = der.sequence(der.oid(oids.PKCS12_SHROUDED_KEY_BAG), der.context(0, shrouded), attributes);
  const authSafe = der.sequence(
    der.sequence(der.oid(oids.PKCS7_ENCRYPTED_DATA), der.context(0, encrypted)),
    der.sequence(der.oid(oids.PKCS7_DATA), der.context(0, der.octetString(der.sequence(keyBag)))),
  );
  const salt = crypto.random(16);
  const [hash, hashOid, length] = legacy ? (['sha1', oids.SHA1, 20] as const) : (['sha256', oids.SHA256, 32] as const);
  const mac = crypto.hmac(hash, pkcs12Kdf(crypto, hash, password, salt, iterations, 3, length), authSafe);
  const digestInfo = der.sequence(der.algorithm(hashOid, der.nullValue()), der.octetString(mac));
  return der.sequence(
    der.integer(3),
    der.sequence(der.oid(oids.PKCS7_DATA), der.context(0, der.octetString(authSafe))),
    der.sequence(digestInfo, der.octetString(salt), der.integer(iterations)),
  );
}

interface Mutable {
  keys: { pkcs8: Uint8Array; friendlyName: string | undefined; localKeyId: Uint8Array | undefined }[];
  certificates: { certificate: Certificate; friendlyName: string | undefined; localKeyId: Uint8Array | undefined }[];
  bags: number;
}

function readData(body: DerReader, field: string): Uint8Array {
  const info = body.sequence(field);
  if (info.oid(field) !== oids.PKCS7_DATA)
    throw new TlsError({ code: 'unsupported', origin: 'api', detail: 'PKCS #12 with public-key integrity' });
  return info.enter(contextConstructed(0), field).octetString(field);
}

function checkMac(crypto: CryptoProvider, body: DerReader, authSafe: Uint8Array, password: string): void {
  const field = 'PKCS #12 macData';
  const mac = body.sequence(field);
  const digestInfo = mac.sequence(field);
  const hash = hashByOid(digestInfo.sequence(field).oid(field));
  const expected = digestInfo.octetString(field);
  const salt = mac.octetString(field);
  const iterations = mac.done ? 1 : mac.smallInteger(field, MAX_PASSWORD_ITERATIONS);
  if (hash === undefined) throw new TlsError({ code: 'unsupported', origin: 'api', detail: 'hash of the PKCS #12 MAC' });
  // As many iterations again for each hash length that is asked for.
  if (expected.length !== crypto.digest(hash, EMPTY).length) malformed(field, mac.position, 'digest of wrong length');
  const key = pkcs12Kdf(crypto, hash, password, salt, iterations, 3, expected.length);
  if (!constantTimeEqual(crypto.hmac(hash, key, authSafe), expected)) wrongPassword();
}

function readBags(crypto: CryptoProvider, bytes: Uint8Array, password: string, content: Mutable, depth: number): void {
  const list = new DerReader(bytes).sequence('safeContents');
  while (!list.done) {
    if (++content.bags > MAX_PKCS12_BAGS || depth > 4) malformed('safeContents', list.position, 'too many bags');
    const bag = list.sequence('safeBag');
    const type = bag.oid('safeBag');
    const value = bag.enter(contextConstructed(0), 'safeBag');
    const names = bag.done ? { friendlyName: undefined, localKeyId: undefined } : readAttributes(bag.enter(SET, 'bag attributes'));
    bag.finish('safeBag');
    switch (type) {
      case oids.PKCS12_KEY_BAG:
        content.keys.push({ pkcs8: value.raw('keyBag'), ...names });
        break;
      case oids.PKCS12_SHROUDED_KEY_BAG:
        content.keys.push({ pkcs8: decryptInfo(crypto, value.raw('shroudedKeyBag'), password), ...names });
        break;
      case oids.PKCS12_CERT_BAG: {
        const cert = value.sequence('certBag');
        if (cert.oid('certBag') === oids.X509_CERTIFICATE) {
          const der509 = cert.enter(contextConstructed(0), 'certBag').octetString('certBag');
          content.certificates.push({ certificate: new Certificate(der509), ...names });
        }
        break;
      }
      case SAFE_CONTENTS_BAG:
        readBags(crypto, value.raw('safeContentsBag'), password, content, depth + 1);
        break;
      default:
        break;
    }
  }
}

const SAFE_CONTENTS_BAG = '1.2.840.113549.1.12.10.1.6';

function readAttributes(list: DerReader): { friendlyName: string | undefined; localKeyId: Uint8Array | undefined } {
  let friendlyName: string | undefined;
  let localKeyId: Uint8Array | undefined;
  while (!list.done) {
    const attribute = list.sequence('bag attribute');
    const oid = attribute.oid('bag attribute');
    const values = attribute.enter(SET, 'bag attribute');
    if (oid === oids.LOCAL_KEY_ID) localKeyId = values.octetString('localKeyId');
    if (oid === oids.FRIENDLY_NAME) {
      const text = values.content(BMP_STRING, 'friendlyName');
      friendlyName = '';
      for (let i = 0; i + 1 < text.length; i += 2) friendlyName += String.fromCharCode((text[i]! << 8) | text[i + 1]!);
    }
  }
  return { friendlyName, localKeyId };
}

function bagAttributes(localKeyId: Uint8Array, friendlyName: string | undefined): Uint8Array {
  const list = [der.sequence(der.oid(oids.LOCAL_KEY_ID), der.setOf(der.octetString(localKeyId)))];
  if (friendlyName !== undefined) {
    const text = new Uint8Array(2 * friendlyName.length);
    for (let i = 0; i < friendlyName.length; i++) {
      text[2 * i] = friendlyName.charCodeAt(i) >> 8;
      text[2 * i + 1] = friendlyName.charCodeAt(i);
    }
    list.push(der.sequence(der.oid(oids.FRIENDLY_NAME), der.setOf(der.element(BMP_STRING, text))));
  }
  return der.setOf(...list);
}

/** The certificate that belongs to a key: by `localKeyId`, else the first. */
export function certificateOfKey(content: Pkcs12Content, key: Pkcs12Content['keys'][number]): Certificate | undefined {
  const { localKeyId } = key;
  if (localKeyId !== undefined) {
    for (const one of content.certificates)
      if (one.localKeyId !== undefined && latin1(one.localKeyId) === latin1(localKeyId)) return one.certificate;
  }
  return content.certificates[0]?.certificate;
}
