/**
 * SubjectPublicKeyInfo: what kind of key, how large, and whether it is in a form that may be used at all. Named curves only
 * (explicit parameters have cost others dearly); RSA exponents odd and at most 32 bits; moduli bounded.
 */
import type { GroupName, SignatureKeyType } from '../../crypto/port.ts';
import { malformed } from '../asn1/der-error.ts';
import { DerReader } from '../asn1/der-reader.ts';
import { algorithm, bitString, sequence } from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';
import { NULL, OBJECT_IDENTIFIER, SEQUENCE } from '../asn1/tags.ts';

/** What a SubjectPublicKeyInfo holds. */
export interface KeyInfo {
  /** Undefined for a kind of key that signs nothing here (X25519, unknown). */
  readonly type: SignatureKeyType | undefined;
  readonly algorithmOid: string;
  /** Modulus (RSA, DSA prime) or field size in bits; 0 when unknown. */
  readonly bits: number;
  readonly curve: GroupName | undefined;
  /** DSA: parameters are absent and inherited from the issuer's key (RFC 3279 §2.3.2). */
  readonly inheritsParameters: boolean;
  /** Why the key must not be used whatever the policy; undefined when it may. */
  readonly unusable: string | undefined;
  /** Content of the BIT STRING: the key itself. */
  readonly keyBits: Uint8Array;
  /** Parameters of the algorithm, whole DER; undefined when absent. */
  readonly parameters: Uint8Array | undefined;
}

const CURVES: readonly (readonly [string, GroupName, number])[] = [
  [oids.SECP256R1, 'secp256r1', 256],
  [oids.SECP384R1, 'secp384r1', 384],
  [oids.SECP521R1, 'secp521r1', 521],
  [oids.BRAINPOOLP256R1, 'brainpoolP256r1', 256],
  [oids.BRAINPOOLP384R1, 'brainpoolP384r1', 384],
  [oids.BRAINPOOLP512R1, 'brainpoolP512r1', 512],
];

const FIELD = 'subjectPublicKeyInfo';

/** AlgorithmIdentifiers of the usual keys: rsaEncryption, P-256, P-384. */
const RSA_DER: Uint8Array = /* @__PURE__ */ Uint8Array.of(0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0);
const P256_DER: Uint8Array = /* @__PURE__ */ Uint8Array.of(
  0x30,
  0x13,
  6,
  7,
  0x2a,
  0x86,
  0x48,
  0xce,
  0x3d,
  2,
  1,
  6,
  8,
  0x2a,
  0x86,
  0x48,
  0xce,
  0x3d,
  3,
  1,
  7,
);
const P384_DER: Uint8Array = /* @__PURE__ */ Uint8Array.of(
  0x30,
  0x10,
  6,
  7,
  0x2a,
  0x86,
  0x48,
  0xce,
  0x3d,
  2,
  1,
  6,
  5,
  0x2b,
  0x81,
  4,
  0,
  0x22,
);

//= rfc8422#section-5.3
//# ECC public keys MUST be encoded in certificates as described in Section 5.9.
/** Reads a SubjectPublicKeyInfo, whole DER. Throws `bad_der`. */
export function readKeyInfo(spki: Uint8Array): KeyInfo {
  return readUsual(spki) ?? readAny(spki);
}

function readUsual(spki: Uint8Array): KeyInfo | undefined {
  const body = new DerReader(spki);
  body.expect(SEQUENCE, FIELD);
  if (body.contentEnd !== spki.length) return undefined;
  const start = body.contentStart;
  const isRsa = startsWith(spki, start, RSA_DER);
  const curve = isRsa
    ? undefined
    : startsWith(spki, start, P256_DER)
      ? 'secp256r1'
      : startsWith(spki, start, P384_DER)
        ? 'secp384r1'
        : undefined;
  if (!isRsa && curve === undefined) return undefined;
  const algorithmLength = 2 + spki[start + 1]!;
  body.position = start + algorithmLength;
  const keyBits = body.bitStringBytes(FIELD);
  body.finish(FIELD);
  const rsa = isRsa ? readRsa(keyBits) : undefined;
  return {
    type: isRsa ? 'rsa' : 'ec',
    algorithmOid: isRsa ? oids.RSA_ENCRYPTION : oids.EC_PUBLIC_KEY,
    bits: rsa?.bits ?? (curve === 'secp256r1' ? 256 : 384),
    curve,
    inheritsParameters: false,
    unusable: rsa?.unusable,
    keyBits,
    parameters: isRsa ? RSA_PARAMETERS : curve === 'secp256r1' ? P256_PARAMETERS : P384_PARAMETERS,
  };
}

const RSA_PARAMETERS: Uint8Array = /* @__PURE__ */ RSA_DER.subarray(13);
const P256_PARAMETERS: Uint8Array = /* @__PURE__ */ P256_DER.subarray(11);
const P384_PARAMETERS: Uint8Array = /* @__PURE__ */ P384_DER.subarray(11);

function startsWith(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}

function readAny(spki: Uint8Array): KeyInfo {
  const outer = new DerReader(spki);
  const body = outer.sequence(FIELD);
  outer.finish(FIELD);
  const alg = body.sequence(FIELD);
  const algorithmOid = alg.oid(FIELD);
  const parameters = alg.done ? undefined : alg.raw(FIELD);
  alg.finish(FIELD);
  const keyBits = body.bitStringBytes(FIELD);
  body.finish(FIELD);
  const base = { algorithmOid, bits: 0, curve: undefined, inheritsParameters: false, unusable: undefined, keyBits, parameters };
  switch (algorithmOid) {
    case oids.RSA_ENCRYPTION:
      return {
        ...base,
        type: 'rsa',
        ...readRsa(keyBits),
        ...(parameters?.[0] === NULL ? {} : { unusable: 'RSA key without NULL parameters' }),
      };
    case oids.RSASSA_PSS:
      return { ...base, type: 'rsa-pss', ...readRsa(keyBits) };
    case oids.EC_PUBLIC_KEY:
      return { ...base, type: 'ec', ...readCurve(parameters) };
    case oids.DSA:
      return parameters === undefined || parameters[0] === NULL
        ? { ...base, type: 'dsa', inheritsParameters: true }
        : { ...base, type: 'dsa', bits: dsaBits(parameters) };
    case oids.ED25519:
      return { ...base, type: 'ed25519', bits: 256, unusable: edwards(parameters, keyBits, 32) };
    case oids.ED448:
      return { ...base, type: 'ed448', bits: 456, unusable: edwards(parameters, keyBits, 57) };
    default:
      return { ...base, type: undefined, unusable: `unknown key algorithm ${algorithmOid}` };
  }
}

/** A DSA key with the parameters of its issuer (RFC 5280 §6.1.4 (e)). */
export function withParameters(info: KeyInfo, parameters: Uint8Array): Uint8Array {
  return sequence(algorithm(info.algorithmOid, parameters), bitString(info.keyBits));
}

function readRsa(keyBits: Uint8Array): { bits: number; unusable: string | undefined } {
  const key = new DerReader(keyBits);
  const end = key.narrow(SEQUENCE, 'RSAPublicKey');
  if (key.end !== end) malformed('RSAPublicKey', key.end, 'trailing bytes');
  key.checkInteger('RSA modulus');
  const { contentStart: start, contentEnd: behind } = key;
  key.checkInteger('RSA exponent');
  const { contentStart: exponent, contentEnd: exponentEnd } = key;
  key.finish('RSAPublicKey');
  const bits = bitLength(keyBits, start, behind);
  const exponentBits = bitLength(keyBits, exponent, exponentEnd);
  let unusable: string | undefined;
  if (keyBits[start]! >= 0x80 || (keyBits[behind - 1]! & 1) === 0) unusable = 'RSA modulus negative or even';
  else if (keyBits[exponent]! >= 0x80 || exponentBits > 32) unusable = 'RSA exponent negative or above 32 bits';
  else if ((keyBits[exponentEnd - 1]! & 1) === 0 || exponentBits < 2) unusable = 'RSA exponent even or one';
  return { bits, unusable };
}

function readCurve(parameters: Uint8Array | undefined): { bits: number; curve: GroupName | undefined; unusable: string | undefined } {
  if (parameters === undefined || parameters[0] !== OBJECT_IDENTIFIER) {
    // RFC 5480 §2.1.1: implicitCurve and specifiedCurve must not be used.
    const what = parameters?.[0] === SEQUENCE ? 'explicit curve parameters' : 'no named curve';
    return { bits: 0, curve: undefined, unusable: what };
  }
  const oid = new DerReader(parameters).oid('namedCurve');
  for (const [known, curve, bits] of CURVES) if (known === oid) return { bits, curve, unusable: undefined };
  return { bits: 0, curve: undefined, unusable: `unknown curve ${oid}` };
}

function dsaBits(parameters: Uint8Array): number {
  const outer = new DerReader(parameters);
  const body = outer.sequence('DSA parameters');
  outer.finish('DSA parameters');
  const p = body.integer('DSA p');
  body.integer('DSA q');
  body.integer('DSA g');
  body.finish('DSA parameters');
  return bitLength(p, 0, p.length);
}

function edwards(parameters: Uint8Array | undefined, keyBits: Uint8Array, length: number): string | undefined {
  if (parameters !== undefined) return 'EdDSA key with parameters';
  if (keyBits.length !== length) malformed(FIELD, 0, 'EdDSA key of wrong length');
  return undefined;
}

/** Of a non-negative INTEGER's content. */
function bitLength(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === 0) at++;
  return at === end ? 0 : 8 * (end - at) - (Math.clz32(bytes[at]!) - 24);
}
