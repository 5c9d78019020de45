/** Options and helpers that the `cert` commands share: keys, names, dates, issuers, output. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { nodeCrypto } from '../../../crypto/node/index.ts';
import type { PrivateKeyHandle } from '../../../crypto/port.ts';
import { writePem } from '../../../pki/asn1/pem.ts';
import type { CertificateFields, CertificateIssuer } from '../../../pki/certs/create.ts';
import { encryptPrivateKeyPem } from '../../../pki/certs/encrypted-key.ts';
import type { GeneralNameInput } from '../../../pki/certs/fields.ts';
import { ipAddressBytes } from '../../../pki/x509/ip-address.ts';
import { PURPOSES } from '../../certificate-view.ts';
import { CliError } from '../../errors.ts';
import { readCertificates, readKey, readPkcs8 } from '../../files.ts';
import type { Io } from '../../io.ts';
import { integerOption, listOption, type OptionSpecs, type OptionValues, UsageError } from '../../options.ts';
import { clean } from '../../text.ts';

/** What a certificate shall say, for certificates and requests alike. */
export const FIELD_OPTIONS = {
  subject: { type: 'string', value: 'NAME', help: 'the whole name instead of CN=: CN=example.com,O=Example,C=CH' },
  ca: { type: 'boolean', help: 'a certificate authority' },
  'path-length': { type: 'string', value: 'N', help: 'with --ca: how many authorities may stand below it' },
  purpose: {
    type: 'string',
    value: 'LIST',
    help: `purposes, serverAuth,clientAuth by default: ${PURPOSES.map(([name]) => name).join(', ')}, identifiers, or none`,
  },
  'crl-uri': { type: 'string', value: 'URI', multiple: true, help: 'where its revocation list is' },
  'ocsp-uri': { type: 'string', value: 'URI', multiple: true, help: 'where its OCSP responder is' },
  'must-staple': { type: 'boolean', help: 'the server must staple an OCSP response (RFC 7633)' },
} as const satisfies OptionSpecs;

export const KEY_OPTIONS = {
  key: { type: 'string', value: 'FILE', help: 'the private key to use; a new one is made without it' },
  type: { type: 'string', value: 'TYPE', help: 'of a new key: p256 by default, p384, p521, rsa2048, rsa3072, rsa4096, ed25519, ed448' },
  passphrase: { type: 'string', value: 'TEXT', help: 'for the private key, read or written; or VERITLS_PASSPHRASE in the environment' },
} as const satisfies OptionSpecs;

export const ISSUER_OPTIONS = {
  issuer: { type: 'string', value: 'FILE', help: 'the certificate of the authority that signs' },
  'issuer-key': { type: 'string', value: 'FILE', help: 'its private key, when it is not in the same file' },
  'issuer-passphrase': { type: 'string', value: 'TEXT', help: 'for that private key' },
} as const satisfies OptionSpecs;

export const OUTPUT_OPTIONS = {
  out: { type: 'string', short: 'o', value: 'FILE', help: 'write there instead of to standard output' },
  der: { type: 'boolean', help: 'DER instead of PEM' },
  force: { type: 'boolean', short: 'f', help: 'write over files that exist' },
} as const satisfies OptionSpecs;

type FieldValues = OptionValues<typeof FIELD_OPTIONS>;
type KeyValues = OptionValues<typeof KEY_OPTIONS>;

const DAY = 86_400_000;
/** Clocks differ. */
const BACKDATE = 3_600_000;
const MAX_COMMON_NAME = 64;

/** @throws UsageError */
export function fieldsOf(values: FieldValues, names: readonly string[]): Omit<CertificateFields, 'notBefore' | 'notAfter'> {
  const isCa = values.ca === true;
  const pathLength = integerOption('path-length', values['path-length'], 0, 100);
  if (pathLength !== undefined && !isCa) throw new UsageError('--path-length is for --ca');
  const [first] = names;
  if (first === undefined && values.subject === undefined) throw new UsageError('a name is missing');
  const commonName = first !== undefined && first.length <= MAX_COMMON_NAME && !first.includes('://') ? ([['CN', first]] as const) : [];
  const purposes = values.purpose === undefined ? undefined : purposesOf(values.purpose);
  return {
    subject: values.subject ?? commonName,
    // The name of an authority is a name for people.
    subjectAltNames: isCa ? names.filter((name) => !/\s/.test(name) && name !== first).map(nameOf) : names.map(nameOf),
    ca: isCa ? { pathLength } : false,
    extendedKeyUsage: purposes,
    crlUris: values['crl-uri'],
    ocspUris: values['ocsp-uri'],
    mustStaple: values['must-staple'],
  };
}

/** `days` from now; a little before now, since clocks differ. @throws UsageError */
export function validity(days: string | undefined, otherwise: number, now: number): { notBefore: number; notAfter: number } {
  const count = integerOption('days', days, 1, 36_500) ?? otherwise;
  const notBefore = Math.floor((now - BACKDATE) / 1000) * 1000;
  return { notBefore, notAfter: notBefore + count * DAY };
}

/** A DNS name, IP address, email address or URI by its look. @throws UsageError */
export function nameOf(text: string): GeneralNameInput {
  if (ipAddressBytes(text) !== undefined) return text;
  if (text.includes('://')) return { kind: 'uri', value: text };
  if (text.includes('@')) return { kind: 'email', value: text };
  if (!/^(\*\.)?[A-Za-z0-9_]([\w-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([\w-]*[A-Za-z0-9_])?)*$/.test(text) || text.length > 253)
    throw new UsageError(`not a host name, address or URI: ${clean(text)}`);
  return { kind: 'dns', value: text };
}

/** @throws UsageError */
export function purposesOf(text: string): string[] {
  return (text === 'none' ? [] : (listOption(text) ?? [])).map((name) => {
    const known = PURPOSES.find(([short]) => short.toLowerCase() === name.toLowerCase());
    if (known === undefined && !/^\d+(\.\d+)+$/.test(name)) throw new UsageError(`unknown purpose ${clean(name)}`);
    return known?.[1] ?? name;
  });
}

export interface OwnKey {
  readonly key: PrivateKeyHandle;
  /** PKCS #8 of a new key; undefined for one that is in a file already. */
  readonly made: Uint8Array | undefined;
}

/** The key that `--key` names, or a new one. @throws UsageError */
export function ownKey(values: KeyValues, env: Io['env']): OwnKey {
  if (values.key !== undefined) {
    if (values.type !== undefined) throw new UsageError('--type is for new keys');
    return { key: readKey(values.key, passphraseOf(values, env)), made: undefined };
  }
  const made = new Uint8Array(makeKey(values.type ?? 'p256').export({ type: 'pkcs8', format: 'der' }));
  return { key: nodeCrypto.importPrivateKey(made), made };
}

export function passphraseOf(values: { readonly passphrase?: string | undefined }, env: Io['env']): string | undefined {
  return values.passphrase ?? env['VERITLS_PASSPHRASE'];
}

/** PEM of a key, encrypted where there is a passphrase. */
export function keyPem(pkcs8: Uint8Array, passphrase: string | undefined): string {
  return passphrase === undefined ? writePem('PRIVATE KEY', pkcs8) : encryptPrivateKeyPem(nodeCrypto, pkcs8, passphrase);
}

/** @throws UsageError */
export function readIssuer(
  values: OptionValues<typeof ISSUER_OPTIONS>,
): (CertificateIssuer & { readonly chain: readonly Uint8Array[] }) | undefined {
  if (values.issuer === undefined) {
    if (values['issuer-key'] !== undefined) throw new UsageError('--issuer-key needs --issuer');
    return undefined;
  }
  const chain = readCertificates(values.issuer);
  const certificate = chain[0]!;
  const key = nodeCrypto.importPrivateKey(readPkcs8(values['issuer-key'] ?? values.issuer, values['issuer-passphrase']));
  if (key.spki !== undefined && Buffer.compare(key.spki, certificate.spki) !== 0)
    throw new CliError('certificate_key_mismatch', 'the issuer’s key is not that of its certificate');
  if (certificate.basicConstraints?.ca !== true)
    throw new CliError('certificate_purpose', 'the issuer is no certificate authority: make it with --ca');
  return { certificate, key, chain: chain.map((one) => one.der) };
}

/** Writes a file, or standard output. Files with keys are their owner's only. */
export function output(
  io: Io,
  path: string | undefined,
  content: string | Uint8Array,
  options: { readonly force: boolean; readonly secret: boolean },
): void {
  if (path === undefined || path === '-') {
    io.stdout.write(content);
    return;
  }
  refuseToOverwrite(path, options.force);
  writeFileSync(path, content, options.secret ? { mode: 0o600 } : {});
}

/** Said before anything is made. */
export function refuseToOverwrite(path: string | undefined, force: boolean): void {
  if (path !== undefined && path !== '-' && !force && existsSync(path))
    throw new CliError('EEXIST', `${path} exists: --force writes over it`);
}

function makeKey(type: string): KeyObject {
  switch (type.toLowerCase()) {
    case 'p256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    case 'p384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    case 'p521':
      return generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey;
    case 'rsa2048':
    case 'rsa3072':
    case 'rsa4096':
      return generateKeyPairSync('rsa', { modulusLength: Number(type.slice(3)) }).privateKey;
    case 'ed25519':
      return generateKeyPairSync('ed25519').privateKey;
    case 'ed448':
      return generateKeyPairSync('ed448').privateKey;
    default:
      throw new UsageError(`unknown type of key ${clean(type)}`);
  }
}
