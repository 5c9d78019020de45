/** What each SignatureScheme means to node:crypto: digest, padding, and the type of key it goes with. */
import * as crypto from 'node:crypto';
import type { GroupName, SignatureKeyType } from '../port.ts';
import * as scheme from '../../wire/signature-scheme.ts';

export interface SchemeUse {
  readonly scheme: number;
  readonly keyType: SignatureKeyType;
  /** OpenSSL's digest; null where the algorithm has its own. */
  readonly digest: string | null;
  readonly digestLength: number;
  /** RSASSA-PSS with a salt as long as the digest. */
  readonly pss: boolean;
}

export function schemeUse(number: number): SchemeUse | undefined {
  return byNumber.get(number);
}

/** Options of crypto.sign and crypto.verify. */
export function keyOptions(
  use: SchemeUse,
  key: crypto.KeyObject,
  //= rfc9846#section-4.3.3
  //# The length of the Salt MUST be equal to the length of the output of the digest algorithm.
  //= rfc9846#section-4.3.3
  //# The length of the Salt MUST be equal to the length of the digest algorithm.
  saltLength: number = use.digestLength,
): crypto.KeyObject | crypto.SignKeyObjectInput {
  return use.pss ? { key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength } : key;
}

/** What a private key can sign, best first. `digest` is the only one that an RSA-PSS key allows, where it names one. */
export function schemesOf(type: SignatureKeyType, bits: number, curve?: GroupName, digest?: string): readonly number[] {
  const first = FIRST_OF_CURVE.get(curve);
  const usable = USES.filter((use) => use.keyType === type && fits(use, bits) && (digest === undefined || use.digest === digest)).map(
    (use) => use.scheme,
  );
  return first === undefined ? usable : [first, ...usable.filter((one) => one !== first)];
}

/** RFC 8017 §9.1.1 and §9.2: the smallest modulus that holds the encoded digest. */
function fits(use: SchemeUse, bits: number): boolean {
  if (use.keyType !== 'rsa' && use.keyType !== 'rsa-pss') return true;
  return use.pss ? Math.ceil((bits - 1) / 8) >= 2 * use.digestLength + 2 : bits / 8 >= use.digestLength + 19 + 11;
}

const DIGEST_LENGTHS: Readonly<Record<string, number>> = {
  md5: 16,
  sha1: 20,
  'md5-sha1': 36,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

function use(number: number, keyType: SignatureKeyType, digest: string | null, pss = false): SchemeUse {
  return { scheme: number, keyType, digest, digestLength: digest === null ? 0 : DIGEST_LENGTHS[digest]!, pss };
}

/** In order of preference within a key type. */
const USES: readonly SchemeUse[] = /* @__PURE__ */ [
  use(scheme.ED25519, 'ed25519', null),
  use(scheme.ED448, 'ed448', null),
  use(scheme.ECDSA_SECP256R1_SHA256, 'ec', 'sha256'),
  use(scheme.ECDSA_SECP384R1_SHA384, 'ec', 'sha384'),
  use(scheme.ECDSA_SECP521R1_SHA512, 'ec', 'sha512'),
  use(scheme.ECDSA_BRAINPOOLP256R1TLS13_SHA256, 'ec', 'sha256'),
  use(scheme.ECDSA_BRAINPOOLP384R1TLS13_SHA384, 'ec', 'sha384'),
  use(scheme.ECDSA_BRAINPOOLP512R1TLS13_SHA512, 'ec', 'sha512'),
  use(scheme.ECDSA_SHA224, 'ec', 'sha224'),
  use(scheme.ECDSA_SHA1, 'ec', 'sha1'),
  use(scheme.RSA_PSS_PSS_SHA256, 'rsa-pss', 'sha256', true),
  use(scheme.RSA_PSS_PSS_SHA384, 'rsa-pss', 'sha384', true),
  use(scheme.RSA_PSS_PSS_SHA512, 'rsa-pss', 'sha512', true),
  use(scheme.RSA_PSS_RSAE_SHA256, 'rsa', 'sha256', true),
  use(scheme.RSA_PSS_RSAE_SHA384, 'rsa', 'sha384', true),
  use(scheme.RSA_PSS_RSAE_SHA512, 'rsa', 'sha512', true),
  use(scheme.RSA_PKCS1_SHA256, 'rsa', 'sha256'),
  use(scheme.RSA_PKCS1_SHA384, 'rsa', 'sha384'),
  use(scheme.RSA_PKCS1_SHA512, 'rsa', 'sha512'),
  use(scheme.RSA_PKCS1_SHA224, 'rsa', 'sha224'),
  use(scheme.RSA_PKCS1_SHA1, 'rsa', 'sha1'),
  use(scheme.RSA_PKCS1_MD5_SHA1, 'rsa', 'md5-sha1'),
  use(scheme.RSA_PKCS1_MD5, 'rsa', 'md5'),
  use(scheme.DSA_SHA256, 'dsa', 'sha256'),
  use(scheme.DSA_SHA224, 'dsa', 'sha224'),
  use(scheme.DSA_SHA1, 'dsa', 'sha1'),
];

const byNumber: ReadonlyMap<number, SchemeUse> = /* @__PURE__ */ new Map(USES.map((one) => [one.scheme, one]));

/** TLS 1.3 binds the curve to the hash; earlier versions do not, but a hash as long as the curve is the natural choice. */
const FIRST_OF_CURVE: ReadonlyMap<GroupName | undefined, number> = /* @__PURE__ */ new Map<GroupName | undefined, number>([
  ['secp256r1', scheme.ECDSA_SECP256R1_SHA256],
  ['secp384r1', scheme.ECDSA_SECP384R1_SHA384],
  ['secp521r1', scheme.ECDSA_SECP521R1_SHA512],
  ['brainpoolP256r1', scheme.ECDSA_BRAINPOOLP256R1TLS13_SHA256],
  ['brainpoolP384r1', scheme.ECDSA_BRAINPOOLP384R1TLS13_SHA384],
  ['brainpoolP512r1', scheme.ECDSA_BRAINPOOLP512R1TLS13_SHA512],
]);
