/**
 * Private keys as files hold them, brought to the one form that providers import: PKCS #8 (RFC 5958). PKCS #1 (RSA), SEC 1 (EC) and
 * OpenSSL's DSA form are wrapped. Encrypted ones are in `encrypted-key.ts`.
 */
import { TlsError } from '../../base/errors.ts';
import { malformed } from '../asn1/der-error.ts';
import { DerReader } from '../asn1/der-reader.ts';
import { algorithm, integer, nullValue, octetString, sequence } from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';
import { looksLikePem, type PemBlock, readPem } from '../asn1/pem.ts';
import { contextConstructed, OCTET_STRING, SEQUENCE } from '../asn1/tags.ts';

/**
 * PKCS #8 DER of an unencrypted private key: PEM (`PRIVATE KEY`, `RSA PRIVATE KEY`, `EC PRIVATE KEY`, `DSA PRIVATE KEY`; the first
 * key of the text) or DER in any of these forms. Throws `bad_key`, `bad_pem` or `bad_der`.
 */
export function privateKeyToPkcs8(key: string | Uint8Array): Uint8Array {
  if (typeof key !== 'string' && !looksLikePem(key)) return derToPkcs8(key);
  const block = findKeyBlock(readPem(key));
  if (block === undefined) badKey('no private key in the PEM text');
  if (block.headers.some((line) => /ENCRYPTED/.test(line)) || block.label === 'ENCRYPTED PRIVATE KEY') badKey('private key is encrypted');
  switch (block.label) {
    case 'RSA PRIVATE KEY':
      return wrapRsa(block.der);
    case 'EC PRIVATE KEY':
      return wrapEc(block.der);
    case 'DSA PRIVATE KEY':
      return wrapDsa(block.der);
    default:
      return checkPkcs8(block.der);
  }
}

/** The first block that holds a private key. */
export function findKeyBlock(blocks: readonly PemBlock[]): PemBlock | undefined {
  return blocks.find((block) => block.label.endsWith('PRIVATE KEY'));
}

/** Content of a PKCS #8 key: its algorithm and the octets inside. Throws `bad_der`. */
export function readPkcs8(pkcs8: Uint8Array): {
  readonly algorithm: string;
  readonly parameters: Uint8Array | undefined;
  readonly key: Uint8Array;
} {
  const outer = new DerReader(pkcs8);
  const body = outer.sequence('PKCS #8');
  outer.finish('PKCS #8');
  body.smallInteger('PKCS #8 version', 1);
  const alg = body.sequence('PKCS #8 algorithm');
  const oid = alg.oid('PKCS #8 algorithm');
  const parameters = alg.done ? undefined : alg.raw('PKCS #8 algorithm');
  alg.finish('PKCS #8 algorithm');
  const key = body.octetString('PKCS #8 key');
  if (body.peek() === contextConstructed(0)) body.header('PKCS #8 attributes');
  if (body.peek() === 0x81) body.header('PKCS #8 public key');
  body.finish('PKCS #8');
  return { algorithm: oid, parameters, key };
}

function derToPkcs8(der: Uint8Array): Uint8Array {
  const outer = new DerReader(der);
  const body = outer.sequence('private key');
  outer.finish('private key');
  const version = body.smallInteger('private key version', 3);
  const next = body.peek();
  if (next === SEQUENCE) return checkPkcs8(der);
  if (next === OCTET_STRING) return wrapEc(der);
  if (next !== 0x02 || version > 1) badKey('unknown form of private key');
  // PKCS #1 has nine integers, OpenSSL's DSA form six.
  let integers = 1;
  while (body.peek() === 0x02) {
    body.integer('private key');
    integers++;
  }
  return integers >= 9 ? wrapRsa(der) : wrapDsa(der);
}

function checkPkcs8(der: Uint8Array): Uint8Array {
  readPkcs8(der);
  return der;
}

function wrapRsa(der: Uint8Array): Uint8Array {
  const outer = new DerReader(der);
  const body = outer.sequence('RSAPrivateKey');
  outer.finish('RSAPrivateKey');
  body.smallInteger('RSAPrivateKey version', 1);
  for (let i = 0; i < 8; i++) body.integer('RSAPrivateKey');
  return sequence(integer(0), algorithm(oids.RSA_ENCRYPTION, nullValue()), octetString(der));
}

/** RFC 5915. The curve moves into the algorithm, as RFC 5958 wants it there. */
function wrapEc(der: Uint8Array): Uint8Array {
  const outer = new DerReader(der);
  const body = outer.sequence('ECPrivateKey');
  outer.finish('ECPrivateKey');
  body.smallInteger('ECPrivateKey version', 1);
  body.octetString('ECPrivateKey');
  const parameters = body.enterOptional(contextConstructed(0), 'ECPrivateKey parameters');
  if (parameters === undefined) badKey('EC key without a curve');
  const curve = parameters.raw('ECPrivateKey parameters');
  parameters.finish('ECPrivateKey parameters');
  if (body.peek() === contextConstructed(1)) body.header('ECPrivateKey public key');
  body.finish('ECPrivateKey');
  return sequence(integer(0), algorithm(oids.EC_PUBLIC_KEY, curve), octetString(der));
}

function wrapDsa(der: Uint8Array): Uint8Array {
  const outer = new DerReader(der);
  const body = outer.sequence('DSA private key');
  outer.finish('DSA private key');
  body.smallInteger('DSA private key version', 0);
  const parts: Uint8Array[] = [];
  for (let i = 0; i < 5; i++) parts.push(body.integer('DSA private key'));
  body.finish('DSA private key');
  const [p, q, g, , x] = parts;
  if (p === undefined || q === undefined || g === undefined || x === undefined) malformed('DSA private key', 0, 'too short');
  return sequence(integer(0), algorithm(oids.DSA, sequence(integer(p), integer(q), integer(g))), octetString(integer(x)));
}

function badKey(detail: string): never {
  throw new TlsError({ code: 'bad_key', origin: 'api', detail });
}
