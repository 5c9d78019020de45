/** `ecdhCurve` and `sigalgs`: lists of names as OpenSSL knows them. */
import type { NamedGroup } from '../../wire/group.ts';
import * as s from '../../wire/signature-scheme.ts';
import { DEFAULT_GROUPS, GROUPS } from './catalogue.ts';
import { codedError } from './errors.ts';

/** `auto`, or names between colons, best first. Throws `ERR_CRYPTO_OPERATION_FAILED`, as node:tls does. */
export function parseGroups(text: string): readonly NamedGroup[] {
  if (text === 'auto') return DEFAULT_GROUPS;
  return text.split(':').map((name) => {
    const wanted = (CURVE_ALIASES.get(name.toLowerCase()) ?? name).toLowerCase();
    const group = GROUPS.find((one) => one.name.toLowerCase() === wanted);
    if (group === undefined) throw codedError('ERR_CRYPTO_OPERATION_FAILED', 'Failed to set ECDH curve');
    return group;
  });
}

const CURVE_ALIASES: ReadonlyMap<string, string> = new Map([
  ['p-256', 'secp256r1'],
  ['prime256v1', 'secp256r1'],
  ['p-384', 'secp384r1'],
  ['p-521', 'secp521r1'],
]);

/** `RSA-PSS+SHA256:ECDSA+SHA384:ed25519`, or names of the registry. Throws an error with OpenSSL's wording. */
export function parseSigalgs(text: string): readonly number[] {
  const schemes: number[] = [];
  for (const name of text.split(':')) {
    const found = SIGALGS.filter(
      ([openssl, registered]) => openssl.toLowerCase() === name.toLowerCase() || registered === name.toLowerCase(),
    );
    if (found.length === 0) throw codedError('ERR_OSSL_UNSUPPORTED_ALGORITHM', `unknown signature algorithm ${name}`);
    for (const [, , scheme] of found) if (!schemes.includes(scheme)) schemes.push(scheme);
  }
  return schemes;
}

/** As OpenSSL's `SSL_get_shared_sigalgs` names it. */
export function sigalgName(scheme: number): string {
  return SIGALGS.find(([, , one]) => one === scheme)?.[0] ?? s.schemeName(scheme);
}

/** OpenSSL's name, the registry's, and the number. One of OpenSSL's names may stand for two schemes. */
const SIGALGS: readonly (readonly [string, string, number])[] = [
  ['ECDSA+SHA256', 'ecdsa_secp256r1_sha256', s.ECDSA_SECP256R1_SHA256],
  ['ECDSA+SHA384', 'ecdsa_secp384r1_sha384', s.ECDSA_SECP384R1_SHA384],
  ['ECDSA+SHA512', 'ecdsa_secp521r1_sha512', s.ECDSA_SECP521R1_SHA512],
  ['ECDSA+SHA224', 'ecdsa_sha224', s.ECDSA_SHA224],
  ['ECDSA+SHA1', 'ecdsa_sha1', s.ECDSA_SHA1],
  ['Ed25519', 'ed25519', s.ED25519],
  ['Ed448', 'ed448', s.ED448],
  ['RSA-PSS+SHA256', 'rsa_pss_rsae_sha256', s.RSA_PSS_RSAE_SHA256],
  ['RSA-PSS+SHA384', 'rsa_pss_rsae_sha384', s.RSA_PSS_RSAE_SHA384],
  ['RSA-PSS+SHA512', 'rsa_pss_rsae_sha512', s.RSA_PSS_RSAE_SHA512],
  ['RSA-PSS+SHA256', 'rsa_pss_pss_sha256', s.RSA_PSS_PSS_SHA256],
  ['RSA-PSS+SHA384', 'rsa_pss_pss_sha384', s.RSA_PSS_PSS_SHA384],
  ['RSA-PSS+SHA512', 'rsa_pss_pss_sha512', s.RSA_PSS_PSS_SHA512],
  ['RSA+SHA256', 'rsa_pkcs1_sha256', s.RSA_PKCS1_SHA256],
  ['RSA+SHA384', 'rsa_pkcs1_sha384', s.RSA_PKCS1_SHA384],
  ['RSA+SHA512', 'rsa_pkcs1_sha512', s.RSA_PKCS1_SHA512],
  ['RSA+SHA224', 'rsa_pkcs1_sha224', s.RSA_PKCS1_SHA224],
  ['RSA+SHA1', 'rsa_pkcs1_sha1', s.RSA_PKCS1_SHA1],
  ['DSA+SHA256', 'dsa_sha256', s.DSA_SHA256],
  ['DSA+SHA224', 'dsa_sha224', s.DSA_SHA224],
  ['DSA+SHA1', 'dsa_sha1', s.DSA_SHA1],
];
