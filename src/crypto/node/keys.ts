/**
 * Public keys over node:crypto.
 *
 * Importing a SubjectPublicKeyInfo as DER takes 140 µs on Node 20. What it holds is imported by shorter ways: RSA as PKCS #1
 * 7 µs, EdDSA as JWK 7 µs, and there P-256 as JWK 83 µs; P-384 and P-521 stay with DER, for a JWK of those costs 530 µs and more.
 * The last keys are kept, since the same issuers and servers return.
 */
import * as crypto from 'node:crypto';
import { equal } from '../../base/bytes.ts';
import type { GroupName, PublicKey, SignatureKeyType } from '../port.ts';
import { BIT_STRING, element, expect, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, stripZeros } from './der.ts';
import { base64url } from './plain.ts';

/** A key with its native object. */
export class NodePublicKey implements PublicKey {
  readonly type: SignatureKeyType;
  readonly spki: Uint8Array;
  readonly bits: number;
  readonly curve?: GroupName;
  readonly object: crypto.KeyObject;

  constructor(type: SignatureKeyType, spki: Uint8Array, bits: number, curve: GroupName | undefined, object: crypto.KeyObject) {
    this.type = type;
    this.spki = spki;
    this.bits = bits;
    if (curve !== undefined) this.curve = curve;
    this.object = object;
  }
}

export function importPublicKey(spki: Uint8Array): NodePublicKey | undefined {
  const name = hashOf(spki);
  const known = recent.get(name);
  if (known !== undefined && equal(known.spki, spki)) {
    recent.delete(name);
    recent.set(name, known);
    return known;
  }
  let key: NodePublicKey | undefined;
  try {
    key = parse(new Uint8Array(spki));
  } catch {
    return undefined;
  }
  if (key === undefined || spki.length > MAX_RECENT_BYTES) return key;
  recent.delete(name);
  if (recent.size >= MAX_RECENT_KEYS)
    for (const oldest of recent.keys()) {
      recent.delete(oldest);
      break;
    }
  recent.set(name, key);
  return key;
}

/** The native object behind a key, whoever parsed it. */
export function keyObject(key: PublicKey): crypto.KeyObject | undefined {
  return key instanceof NodePublicKey ? key.object : importPublicKey(key.spki)?.object;
}

/** Curves by the content of their OID. */
export function curveOfOid(oid: Uint8Array): GroupName | undefined {
  for (const curve of CURVES) if (equal(curve.oid, oid)) return curve.name;
  return undefined;
}

/** Curves by OpenSSL's name. */
export function curveOfOpenssl(name: string | undefined): GroupName | undefined {
  for (const curve of CURVES) if (curve.openssl === name) return curve.name;
  return undefined;
}

export function curveBits(name: GroupName): number {
  for (const curve of CURVES) if (curve.name === name) return curve.bits;
  return 0;
}

/** OpenSSL 3.0, that of Node 20, looks for a decoder in all its providers each time. */
const JWK_IS_FASTER: boolean = /* @__PURE__ */ process.versions.openssl.startsWith('3.0');

/** A key weighs about 1.5 KB here. */
const MAX_RECENT_KEYS = 128;
/** RSA of 8192 bits takes 1062; longer ones come from nobody who means well. */
const MAX_RECENT_BYTES = 1100;
const recent: Map<number, NodePublicKey> = /* @__PURE__ */ new Map();

/** FNV-1a of the end, which is the key itself. Who makes two keys of one hash gains that one is parsed again. */
function hashOf(spki: Uint8Array): number {
  let hash = spki.length;
  for (let i = Math.max(0, spki.length - HASHED_BYTES); i < spki.length; i++) hash = Math.imul(hash ^ spki[i]!, 0x01000193);
  return hash >>> 0;
}
const HASHED_BYTES = 32;

function parse(spki: Uint8Array): NodePublicKey | undefined {
  const outer = expect(SEQUENCE, spki);
  if (outer === undefined || outer.next !== spki.length) return undefined;
  const algorithm = expect(SEQUENCE, outer.content);
  if (algorithm === undefined) return undefined;
  const bits = expect(BIT_STRING, outer.content, algorithm.next);
  if (bits === undefined || bits.next !== outer.content.length || bits.content[0] !== 0) return undefined;
  const oid = expect(OBJECT_IDENTIFIER, algorithm.content);
  if (oid === undefined) return undefined;
  const value = bits.content.subarray(1);
  if (equal(oid.content, RSA_OID)) return parseRsa(spki, value);
  if (equal(oid.content, EC_OID)) return parseEc(spki, algorithm.content, oid.next, value);
  if (equal(oid.content, ED25519_OID)) return parseEd('ed25519', 'Ed25519', 32, 256, spki, algorithm.content, oid.next, value);
  if (equal(oid.content, ED448_OID)) return parseEd('ed448', 'Ed448', 57, 456, spki, algorithm.content, oid.next, value);
  if (equal(oid.content, RSA_PSS_OID)) return rsaKey('rsa-pss', spki, value, fromDer(spki));
  if (equal(oid.content, DSA_OID)) return parseDsa(spki, algorithm.content, oid.next);
  return undefined;
}

function fromDer(spki: Uint8Array): crypto.KeyObject {
  return crypto.createPublicKey({ key: buffer(spki), format: 'der', type: 'spki' });
}

function parseRsa(spki: Uint8Array, value: Uint8Array): NodePublicKey | undefined {
  return rsaKey('rsa', spki, value, crypto.createPublicKey({ key: buffer(value), format: 'der', type: 'pkcs1' }));
}

function rsaKey(type: 'rsa' | 'rsa-pss', spki: Uint8Array, value: Uint8Array, object: crypto.KeyObject): NodePublicKey | undefined {
  const pair = expect(SEQUENCE, value);
  if (pair === undefined || pair.next !== value.length) return undefined;
  const n = expect(INTEGER, pair.content);
  if (n === undefined) return undefined;
  const e = expect(INTEGER, pair.content, n.next);
  if (e === undefined || e.next !== pair.content.length || !isExponent(e.content)) return undefined;
  if (n.content.length === 0 || n.content[0]! > 0x7f || (n.content[n.content.length - 1]! & 1) === 0) return undefined;
  return new NodePublicKey(type, spki, bitLength(n.content), undefined, object);
}

/** Odd, 3 or more, at most 33 bits: larger exponents only make the verifier work. */
function isExponent(e: Uint8Array): boolean {
  if (e.length === 0 || e[0]! > 0x7f) return false;
  const digits = stripZeros(e);
  if (digits.length === 0 || digits.length > 5 || (digits.length === 5 && digits[0]! > 1)) return false;
  return (digits[digits.length - 1]! & 1) === 1 && (digits.length > 1 || digits[0]! > 1);
}

function parseEc(spki: Uint8Array, algorithm: Uint8Array, at: number, point: Uint8Array): NodePublicKey | undefined {
  // RFC 8422 §5.4, RFC 5480 §2.1.1: named curves only, never parameters written out.
  const parameters = expect(OBJECT_IDENTIFIER, algorithm, at);
  if (parameters === undefined || parameters.next !== algorithm.length) return undefined;
  const curve = curveOfOid(parameters.content);
  if (curve === undefined) return undefined;
  const bits = curveBits(curve);
  if (JWK_IS_FASTER && curve === 'secp256r1' && point.length === 65 && point[0] === 4) {
    const jwk = { kty: 'EC', crv: 'P-256', x: base64url(point.subarray(1, 33)), y: base64url(point.subarray(33)) };
    return new NodePublicKey('ec', spki, bits, curve, crypto.createPublicKey({ key: jwk, format: 'jwk' }));
  }
  return new NodePublicKey('ec', spki, bits, curve, fromDer(spki));
}

function parseEd(
  type: 'ed25519' | 'ed448',
  crv: string,
  length: number,
  bits: number,
  spki: Uint8Array,
  algorithm: Uint8Array,
  at: number,
  value: Uint8Array,
): NodePublicKey | undefined {
  // RFC 8410 §3: "For all of the OIDs, the parameters MUST be absent."
  if (at !== algorithm.length || value.length !== length) return undefined;
  const object = crypto.createPublicKey({ key: { kty: 'OKP', crv, x: base64url(value) }, format: 'jwk' });
  return new NodePublicKey(type, spki, bits, undefined, object);
}

function parseDsa(spki: Uint8Array, algorithm: Uint8Array, at: number): NodePublicKey | undefined {
  const parameters = element(algorithm, at);
  if (parameters === undefined) return undefined;
  const p = expect(INTEGER, parameters.content);
  return p === undefined ? undefined : new NodePublicKey('dsa', spki, bitLength(p.content), undefined, fromDer(spki));
}

function bitLength(integer: Uint8Array): number {
  const digits = stripZeros(integer);
  return digits.length === 0 ? 0 : 8 * digits.length - Math.clz32(digits[0]!) + 24;
}

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const RSA_OID = /* @__PURE__ */ Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1);
const RSA_PSS_OID = /* @__PURE__ */ Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10);
const EC_OID = /* @__PURE__ */ Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1);
const DSA_OID = /* @__PURE__ */ Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1);
const ED25519_OID = /* @__PURE__ */ Uint8Array.of(0x2b, 0x65, 0x70);
const ED448_OID = /* @__PURE__ */ Uint8Array.of(0x2b, 0x65, 0x71);

interface Curve {
  readonly name: GroupName;
  readonly openssl: string;
  readonly bits: number;
  readonly oid: Uint8Array;
}
const CURVES: readonly Curve[] = /* @__PURE__ */ [
  { name: 'secp256r1', openssl: 'prime256v1', bits: 256, oid: Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7) },
  { name: 'secp384r1', openssl: 'secp384r1', bits: 384, oid: Uint8Array.of(0x2b, 0x81, 4, 0, 0x22) },
  { name: 'secp521r1', openssl: 'secp521r1', bits: 521, oid: Uint8Array.of(0x2b, 0x81, 4, 0, 0x23) },
  { name: 'brainpoolP256r1', openssl: 'brainpoolP256r1', bits: 256, oid: Uint8Array.of(0x2b, 0x24, 3, 3, 2, 8, 1, 1, 7) },
  { name: 'brainpoolP384r1', openssl: 'brainpoolP384r1', bits: 384, oid: Uint8Array.of(0x2b, 0x24, 3, 3, 2, 8, 1, 1, 11) },
  { name: 'brainpoolP512r1', openssl: 'brainpoolP512r1', bits: 512, oid: Uint8Array.of(0x2b, 0x24, 3, 3, 2, 8, 1, 1, 13) },
];
