/**
 * AlgorithmIdentifiers of signatures and hashes (RFC 3279, 4055, 5758, 8410) as TLS SignatureSchemes. Parameters are checked:
 * an algorithm is known only in the exact form that its RFC gives.
 */
import type { HashName, SignatureKeyType } from '../../crypto/port.ts';
import * as scheme from '../../wire/signature-scheme.ts';
import { DerReader } from '../asn1/der-reader.ts';
import { algorithm, nullValue } from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';
import { contextConstructed, NULL } from '../asn1/tags.ts';

/** A signature algorithm that can be verified. */
export interface SignatureAlgorithm {
  readonly oid: string;
  /** The kind of key that makes such signatures; `rsa-pss` signatures also come from plain RSA keys. */
  readonly key: SignatureKeyType;
  readonly hash: HashName | undefined;
  /** TLS SignatureScheme for a key of that kind. */
  readonly scheme: number;
  /** For RSASSA-PSS: the scheme for a key whose SubjectPublicKeyInfo says rsaEncryption. */
  readonly rsaeScheme: number | undefined;
  /** RSASSA-PSS with a salt that is not as long as the hash. */
  readonly saltLength?: number | undefined;
  /** Parameters are in the form that the RFC says they MUST have (tolerated otherwise: RSA without NULL, a salt of another length). */
  readonly exact: boolean;
}

interface Known {
  readonly oid: string;
  readonly key: SignatureKeyType;
  readonly hash: HashName | undefined;
  readonly scheme: number;
}

const KNOWN: readonly Known[] = /* @__PURE__ */ [
  { oid: oids.SHA256_WITH_RSA, key: 'rsa', hash: 'sha256', scheme: scheme.RSA_PKCS1_SHA256 },
  { oid: oids.ECDSA_WITH_SHA256, key: 'ec', hash: 'sha256', scheme: scheme.ECDSA_SECP256R1_SHA256 },
  { oid: oids.ECDSA_WITH_SHA384, key: 'ec', hash: 'sha384', scheme: scheme.ECDSA_SECP384R1_SHA384 },
  { oid: oids.SHA384_WITH_RSA, key: 'rsa', hash: 'sha384', scheme: scheme.RSA_PKCS1_SHA384 },
  { oid: oids.SHA512_WITH_RSA, key: 'rsa', hash: 'sha512', scheme: scheme.RSA_PKCS1_SHA512 },
  { oid: oids.ECDSA_WITH_SHA512, key: 'ec', hash: 'sha512', scheme: scheme.ECDSA_SECP521R1_SHA512 },
  { oid: oids.ED25519, key: 'ed25519', hash: undefined, scheme: scheme.ED25519 },
  { oid: oids.ED448, key: 'ed448', hash: undefined, scheme: scheme.ED448 },
  { oid: oids.SHA1_WITH_RSA, key: 'rsa', hash: 'sha1', scheme: scheme.RSA_PKCS1_SHA1 },
  { oid: oids.ECDSA_WITH_SHA1, key: 'ec', hash: 'sha1', scheme: scheme.ECDSA_SHA1 },
  { oid: oids.SHA224_WITH_RSA, key: 'rsa', hash: 'sha224', scheme: scheme.RSA_PKCS1_SHA224 },
  { oid: oids.ECDSA_WITH_SHA224, key: 'ec', hash: 'sha224', scheme: scheme.ECDSA_SHA224 },
  { oid: oids.DSA_WITH_SHA1, key: 'dsa', hash: 'sha1', scheme: scheme.DSA_SHA1 },
  { oid: oids.DSA_WITH_SHA224, key: 'dsa', hash: 'sha224', scheme: scheme.DSA_SHA224 },
  { oid: oids.DSA_WITH_SHA256, key: 'dsa', hash: 'sha256', scheme: scheme.DSA_SHA256 },
  { oid: oids.MD5_WITH_RSA, key: 'rsa', hash: 'md5', scheme: scheme.RSA_PKCS1_MD5 },
];

/** Names of signature algorithms in RFC 3279, 4055, 5758 and 8410, with their object identifiers. */
export const signatureAlgorithmNames: readonly (readonly [name: string, oid: string])[] = /* @__PURE__ */ [
  ['sha256WithRSAEncryption', oids.SHA256_WITH_RSA],
  ['sha384WithRSAEncryption', oids.SHA384_WITH_RSA],
  ['sha512WithRSAEncryption', oids.SHA512_WITH_RSA],
  ['sha224WithRSAEncryption', oids.SHA224_WITH_RSA],
  ['sha1WithRSAEncryption', oids.SHA1_WITH_RSA],
  ['md5WithRSAEncryption', oids.MD5_WITH_RSA],
  ['id-RSASSA-PSS', oids.RSASSA_PSS],
  ['ecdsa-with-SHA256', oids.ECDSA_WITH_SHA256],
  ['ecdsa-with-SHA384', oids.ECDSA_WITH_SHA384],
  ['ecdsa-with-SHA512', oids.ECDSA_WITH_SHA512],
  ['ecdsa-with-SHA224', oids.ECDSA_WITH_SHA224],
  ['ecdsa-with-SHA1', oids.ECDSA_WITH_SHA1],
  ['id-dsa-with-sha256', oids.DSA_WITH_SHA256],
  ['id-dsa-with-sha224', oids.DSA_WITH_SHA224],
  ['id-dsa-with-sha1', oids.DSA_WITH_SHA1],
  ['id-Ed25519', oids.ED25519],
  ['id-Ed448', oids.ED448],
];

/** The object identifier of a signature algorithm by its name, whatever the case; an object identifier is itself. */
export function signatureAlgorithmOid(name: string): string | undefined {
  if (/^\d+(\.\d+)+$/.test(name)) return name;
  const wanted = name.toLowerCase();
  return signatureAlgorithmNames.find(([known]) => known.toLowerCase() === wanted)?.[1];
}

/** Exact encodings of the known algorithms, made at the first use: most certificates have one of them, and comparing is cheap. */
let encodings: readonly { readonly der: Uint8Array; readonly algorithm: SignatureAlgorithm }[] | undefined;

function exactEncodings(): NonNullable<typeof encodings> {
  return (encodings ??= KNOWN.map((known) => ({
    der: known.key === 'rsa' ? algorithm(known.oid, nullValue()) : algorithm(known.oid),
    algorithm: { ...known, rsaeScheme: undefined, exact: true },
  })));
}

/** The algorithm whose exact encoding stands at `start` to `end`. */
export function usualAlgorithm(bytes: Uint8Array, start: number, end: number): SignatureAlgorithm | undefined {
  for (const { der, algorithm: found } of exactEncodings()) {
    if (der.length !== end - start) continue;
    let i = der.length - 1;
    // From the end, where they differ.
    while (i >= 0 && der[i] === bytes[start + i]) i--;
    if (i < 0) return found;
  }
  return undefined;
}

/** The algorithm that an AlgorithmIdentifier (whole DER) names; undefined when it is unknown or has wrong parameters. */
export function signatureAlgorithm(der: Uint8Array): SignatureAlgorithm | undefined {
  const usual = usualAlgorithm(der, 0, der.length);
  if (usual !== undefined) return usual;
  const outer = new DerReader(der);
  const body = outer.sequence('signatureAlgorithm');
  outer.finish('signatureAlgorithm');
  const oid = body.oid('signatureAlgorithm');
  if (oid === oids.RSASSA_PSS) return pssAlgorithm(body);
  for (const known of KNOWN) {
    if (known.oid !== oid) continue;
    const absent = body.done;
    let isNull = false;
    if (!absent) {
      if (body.peek() !== NULL) return undefined;
      body.null('signatureAlgorithm');
      body.finish('signatureAlgorithm');
      isNull = true;
    }
    // RFC 4055 §5: NULL for RSA, absent to be accepted; RFC 5758 §3 and RFC 8410 §3: absent for the others.
    //= rfc8422#section-5.9
    //# X.509 certificates containing ECC public keys or signed using ECDSA MUST comply with [RFC3279]
    //# or another RFC that replaces or extends it.
    //= rfc8422#section-5.9
    //# X.509 certificates containing ECC public keys or signed using EdDSA MUST comply with [RFC8410].
    if (known.key !== 'rsa' && isNull) return undefined;
    return { ...known, rsaeScheme: undefined, exact: known.key === 'rsa' ? isNull : true };
  }
  return undefined;
}

/** The hash that an AlgorithmIdentifier names, its parameters absent or NULL; undefined when unknown. */
export function hashAlgorithm(body: DerReader, field: string): HashName | undefined {
  const identifier = body.sequence(field);
  const oid = identifier.oid(field);
  if (!identifier.done) identifier.null(field);
  identifier.finish(field);
  return hashByOid(oid);
}

export function hashByOid(oid: string): HashName | undefined {
  switch (oid) {
    case oids.SHA256:
      return 'sha256';
    case oids.SHA384:
      return 'sha384';
    case oids.SHA512:
      return 'sha512';
    case oids.SHA1:
      return 'sha1';
    case oids.SHA224:
      return 'sha224';
    default:
      return undefined;
  }
}

/** RFC 4055 §3.1, with SHA-2 and MGF1 of the same hash, as other forms are nobody's. */
function pssAlgorithm(body: DerReader): SignatureAlgorithm | undefined {
  const field = 'RSASSA-PSS parameters';
  if (body.done) return undefined;
  //= rfc9846#section-4.3.3
  //# When used in certificate signatures, the algorithm parameters MUST be DER encoded.
  const parameters = body.sequence(field);
  body.finish(field);
  const hashPart = parameters.enterOptional(contextConstructed(0), field);
  const hash = hashPart === undefined ? 'sha1' : hashAlgorithm(hashPart, field);
  const maskPart = parameters.enterOptional(contextConstructed(1), field);
  let maskHash: HashName | undefined = 'sha1';
  if (maskPart !== undefined) {
    const mask = maskPart.sequence(field);
    maskPart.finish(field);
    maskHash = mask.oid(field) === oids.MGF1 ? hashAlgorithm(mask, field) : undefined;
  }
  const saltPart = parameters.enterOptional(contextConstructed(2), field);
  const salt = saltPart === undefined ? 20 : saltPart.smallInteger(field, 1024);
  const trailerPart = parameters.enterOptional(contextConstructed(3), field);
  if (trailerPart !== undefined && trailerPart.smallInteger(field) !== 1) return undefined;
  parameters.finish(field);
  if (hash === undefined || hash !== maskHash) return undefined;
  const known = PSS.find((one) => one.hash === hash);
  if (known === undefined) return undefined;
  const exact = salt === known.length;
  const found = { oid: oids.RSASSA_PSS, key: 'rsa-pss', hash, scheme: known.scheme, rsaeScheme: known.rsaeScheme, exact } as const;
  return exact ? found : { ...found, saltLength: salt };
}

const PSS: readonly { readonly hash: HashName; readonly length: number; readonly scheme: number; readonly rsaeScheme: number }[] =
  /* @__PURE__ */ [
    { hash: 'sha256', length: 32, scheme: scheme.RSA_PSS_PSS_SHA256, rsaeScheme: scheme.RSA_PSS_RSAE_SHA256 },
    { hash: 'sha384', length: 48, scheme: scheme.RSA_PSS_PSS_SHA384, rsaeScheme: scheme.RSA_PSS_RSAE_SHA384 },
    { hash: 'sha512', length: 64, scheme: scheme.RSA_PSS_PSS_SHA512, rsaeScheme: scheme.RSA_PSS_RSAE_SHA512 },
  ];
