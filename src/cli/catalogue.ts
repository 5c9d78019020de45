/**
 * Everything that the library implements, by the names that people type: the command offers all of it, and chooses a safe
 * part of it when nothing is asked.
 */
import { nodeCrypto } from '../crypto/node/index.ts';
import * as aesCbc from '../crypto/suites/aes-cbc.ts';
import * as aesCcm from '../crypto/suites/aes-ccm.ts';
import * as aesGcm from '../crypto/suites/aes-gcm.ts';
import * as anon from '../crypto/suites/anon.ts';
import * as ariaGcm from '../crypto/suites/aria-gcm.ts';
import * as camelliaCbc from '../crypto/suites/camellia-cbc.ts';
import * as camelliaGcm from '../crypto/suites/camellia-gcm.ts';
import * as chacha20 from '../crypto/suites/chacha20.ts';
import * as modern from '../crypto/suites/modern.ts';
import * as nullSuites from '../crypto/suites/null.ts';
import * as rc4 from '../crypto/suites/rc4.ts';
import * as tripleDes from '../crypto/suites/triple-des.ts';
import type { CipherSuite } from '../crypto/suites/suite.ts';
import { alpn } from '../handshake/extensions/alpn.ts';
import { maxFragmentLength } from '../handshake/extensions/max-fragment-length.ts';
import type { ExtensionModule } from '../handshake/extensions/module.ts';
import { recordSizeLimit } from '../handshake/extensions/record-size-limit.ts';
import { serverName } from '../handshake/extensions/server-name.ts';
import { signatureAlgorithms, signatureAlgorithmsCert } from '../handshake/extensions/signature-algorithms.ts';
import { statusRequest } from '../handshake/extensions/status-request.ts';
import { supportedGroups } from '../handshake/extensions/supported-groups.ts';
import type { ProtocolVersion } from '../handshake/version.ts';
import { ssl30Client, ssl30Server } from '../versions/ssl30.ts';
import { tls10Client, tls10Server } from '../versions/tls10.ts';
import { tls11Client, tls11Server } from '../versions/tls11.ts';
import { tls12Client, tls12Server } from '../versions/tls12.ts';
import { tls13Client, tls13Server } from '../versions/tls13.ts';
import * as groups from '../wire/group.ts';
import type { NamedGroup } from '../wire/group.ts';
import * as s from '../wire/signature-scheme.ts';
import { UsageError } from './options.ts';
import { clean } from './text.ts';

export const EXTENSIONS: readonly ExtensionModule[] = [
  serverName,
  maxFragmentLength,
  statusRequest,
  supportedGroups,
  signatureAlgorithms,
  signatureAlgorithmsCert,
  alpn,
  recordSizeLimit,
];

/** A version as the command line names it. */
export interface NamedVersion {
  /** As in `--min tls1.2`. */
  readonly option: string;
  readonly name: ProtocolVersion['name'];
  readonly rank: ProtocolVersion['rank'];
  readonly client: ProtocolVersion;
  readonly server: ProtocolVersion;
}

/** Best first. */
export const VERSIONS: readonly NamedVersion[] = [
  { option: 'tls1.3', name: 'TLSv1.3', rank: 4, client: tls13Client, server: tls13Server },
  { option: 'tls1.2', name: 'TLSv1.2', rank: 3, client: tls12Client, server: tls12Server },
  { option: 'tls1.1', name: 'TLSv1.1', rank: 2, client: tls11Client, server: tls11Server },
  { option: 'tls1.0', name: 'TLSv1', rank: 1, client: tls10Client, server: tls10Server },
  { option: 'ssl3', name: 'SSLv3', rank: 0, client: ssl30Client, server: ssl30Server },
];

/** In the order of preference: forward secrecy and AEADs first. */
export const SUITES: readonly CipherSuite[] = suitesOf(
  modern,
  aesGcm,
  chacha20,
  aesCcm,
  ariaGcm,
  camelliaGcm,
  aesCbc,
  camelliaCbc,
  tripleDes,
  rc4,
  nullSuites,
  anon,
);

export const GROUPS: readonly NamedGroup[] = [
  groups.x25519mlkem768,
  groups.x25519,
  groups.secp256r1,
  groups.x448,
  groups.secp384r1,
  groups.secp521r1,
  groups.secp256r1mlkem768,
  groups.secp384r1mlkem1024,
  groups.ffdhe2048,
  groups.ffdhe3072,
  groups.ffdhe4096,
  groups.ffdhe6144,
  groups.ffdhe8192,
  groups.brainpoolP256r1,
  groups.brainpoolP384r1,
  groups.brainpoolP512r1,
];

/** Signature schemes that are safe, best first. */
export const SCHEMES: readonly number[] = [
  s.ECDSA_SECP256R1_SHA256,
  s.ED25519,
  s.RSA_PSS_RSAE_SHA256,
  s.ECDSA_SECP384R1_SHA384,
  s.ECDSA_SECP521R1_SHA512,
  s.ED448,
  s.RSA_PSS_RSAE_SHA384,
  s.RSA_PSS_RSAE_SHA512,
  s.RSA_PSS_PSS_SHA256,
  s.RSA_PSS_PSS_SHA384,
  s.RSA_PSS_PSS_SHA512,
  s.RSA_PKCS1_SHA256,
  s.RSA_PKCS1_SHA384,
  s.RSA_PKCS1_SHA512,
];

/** What versions before TLS 1.2 sign with, and old certificates. */
export const OLD_SCHEMES: readonly number[] = [s.ECDSA_SHA1, s.RSA_PKCS1_SHA1, s.DSA_SHA256, s.DSA_SHA1];

/** Suites with forward secrecy, authentication and an AEAD. */
export function isSafe(suite: CipherSuite): boolean {
  if (suite.family === 'modern') return !suite.name.includes('CCM');
  return suite.kx.name.startsWith('ECDHE') && suite.auth !== 'anon' && /_AES_\d+_GCM|CHACHA20/.test(suite.name);
}

/** Suites that a pre-shared key is for, with forward secrecy and an AEAD. */
export function isSafePsk(suite: CipherSuite): boolean {
  return suite.family === 'legacy' && suite.kx.usesPsk && !/NULL|RC4|3DES|RSA_PSK/.test(suite.name);
}

/** Suites without which versions before TLS 1.2 have nothing: CBC with certificates. */
export function isForOld(suite: CipherSuite, versions: readonly NamedVersion[]): boolean {
  if (suite.family === 'modern' || !versions.some(({ rank }) => rank < 3)) return false;
  return suite.minVersion < 0x0303 && !suite.kx.usesPsk && suite.auth !== 'anon' && !/NULL|RC4|MD5/.test(suite.name);
}

/** Whether one of the versions can use a suite, and its key exchange has what it needs. */
export function fits(suite: CipherSuite, versions: readonly NamedVersion[], hasPsk: boolean): boolean {
  if (suite.family === 'modern') return versions.some(({ rank }) => rank === 4);
  if (suite.kx.usesPsk && !hasPsk) return false;
  return versions.some(({ rank }) => rank < 4 && suite.minVersion - 0x0300 <= rank);
}

/** All groups that this runtime has. */
export function usableGroups(): NamedGroup[] {
  return GROUPS.filter((group) => nodeCrypto.lacks(group.name) === undefined);
}

/** Groups that this runtime has, of those that are offered when none are named. */
export function defaultGroups(): NamedGroup[] {
  const wanted = [
    groups.x25519mlkem768,
    groups.x25519,
    groups.secp256r1,
    groups.x448,
    groups.secp384r1,
    groups.secp521r1,
    groups.ffdhe2048,
    groups.ffdhe3072,
  ];
  return wanted.filter((group) => nodeCrypto.lacks(group.name) === undefined);
}

/** The range of versions that options ask for, best first. Default: TLS 1.2 and 1.3. @throws UsageError */
export function pickVersions(min: string | undefined, max: string | undefined): NamedVersion[] {
  const lowest = min === undefined ? undefined : findVersion(min).rank;
  const highest = max === undefined ? 4 : findVersion(max).rank;
  const chosen = VERSIONS.filter(({ rank }) => rank <= highest && rank >= (lowest ?? Math.min(3, highest)));
  if (chosen.length === 0) throw new UsageError('--min is above --max');
  return chosen;
}

/** @throws UsageError */
export function findVersion(text: string): NamedVersion {
  const wanted = text
    .toLowerCase()
    .replace(/^(tls|ssl)v/, '$1')
    .replace(/^ssl3(\.0)?$/, 'ssl3')
    .replace(/^tls1$/, 'tls1.0')
    .replace(/^1\./, 'tls1.');
  const found = VERSIONS.find(({ option }) => option === wanted);
  if (found === undefined)
    throw new UsageError(`unknown version ${clean(text)}: one of ${VERSIONS.map(({ option }) => option).join(', ')}`);
  return found;
}

/**
 * Suites by IANA name, OpenSSL name or number; `all` that the runtime has, except those that do not authenticate or do not
 * encrypt: these are named, or asked for as `anon` and `null`. @throws UsageError
 */
export function pickSuites(names: readonly string[]): CipherSuite[] {
  return unique(
    names.flatMap((name) => {
      const set = SETS[name.toLowerCase()];
      if (set !== undefined) return SUITES.filter((suite) => set(suite) && suiteLacks(suite) === undefined);
      const suite = findSuite(name);
      const reason = suiteLacks(suite);
      if (reason !== undefined) throw new UsageError(`${suite.name}: ${reason}`);
      return [suite];
    }),
  );
}

/** Whoever is at the other end: nobody proves anything. */
export function isAnonymous(suite: CipherSuite): boolean {
  return suite.family === 'legacy' && suite.auth === 'anon';
}

export function isPlain(suite: CipherSuite): boolean {
  return suite.name.includes('_WITH_NULL_');
}

const SETS: Readonly<Record<string, ((suite: CipherSuite) => boolean) | undefined>> = {
  all: (suite) => !isAnonymous(suite) && !isPlain(suite),
  anon: isAnonymous,
  null: isPlain,
};

/** The cipher in a suite's name, such as `AES_128_GCM`, and its MAC; `AEAD` for ciphers that have their own. */
export function cipherAndMac(suite: CipherSuite): { readonly cipher: string; readonly mac: string } {
  const tail = suite.name.replace(/^.*_WITH_/, '').replace(/^TLS_/, '');
  if (suite.family === 'modern' || /GCM|CCM|POLY1305/.test(tail)) return { cipher: tail.replace(/_SHA\d+$/, ''), mac: 'AEAD' };
  const match = /^(.*)_(MD5|SHA\d*)$/.exec(tail);
  return { cipher: match?.[1] ?? tail, mac: match?.[2] === 'SHA' ? 'SHA1' : (match?.[2] ?? '?') };
}

/** Why this runtime cannot do a suite; undefined: it can. */
export function suiteLacks(suite: CipherSuite): string | undefined {
  const { cipher } = cipherAndMac(suite);
  return cipher === 'NULL'
    ? undefined
    : nodeCrypto.lacks(cipher.toLowerCase().replaceAll('_', '-') as Parameters<typeof nodeCrypto.lacks>[0]);
}

/** Groups by name (`x25519`, `P-256`, `secp256r1`) or number; `all` that the runtime has. @throws UsageError */
export function pickGroups(names: readonly string[]): NamedGroup[] {
  return unique(
    names.flatMap((name) => {
      if (name.toLowerCase() === 'all') return GROUPS.filter((group) => nodeCrypto.lacks(group.name) === undefined);
      const group = findGroup(name);
      const reason = nodeCrypto.lacks(group.name);
      if (reason !== undefined) throw new UsageError(`${group.name}: ${reason}`);
      return [group];
    }),
  );
}

/** `hash` of an external PSK in TLS 1.3. @throws UsageError */
export function pskHash(text: string | undefined): 'sha256' | 'sha384' {
  if (text === undefined || text === 'sha256') return 'sha256';
  if (text === 'sha384') return 'sha384';
  throw new UsageError('--psk-hash is sha256 or sha384');
}

/** What files of suites export, best first; files earlier in the list win where nothing else decides. */
function suitesOf(...files: readonly Readonly<Record<string, CipherSuite>>[]): CipherSuite[] {
  return files
    .flatMap((file) => Object.values(file))
    .map((suite, i) => ({ suite, i }))
    .sort((a, b) => preference(b.suite) - preference(a.suite) || a.i - b.i)
    .map(({ suite }) => suite);
}

function findSuite(name: string): CipherSuite {
  const wanted = name.toUpperCase();
  const found = SUITES.find((suite) => suite.name === wanted || suite.openssl.toUpperCase() === wanted || suite.id === Number(name));
  if (found === undefined) throw new UsageError(`unknown cipher suite ${clean(name)}: see veritls suites`);
  return found;
}

const GROUP_ALIASES: Readonly<Record<string, string>> = {
  'p-256': 'secp256r1',
  prime256v1: 'secp256r1',
  p256: 'secp256r1',
  'p-384': 'secp384r1',
  p384: 'secp384r1',
  'p-521': 'secp521r1',
  p521: 'secp521r1',
};

function findGroup(name: string): NamedGroup {
  const wanted = GROUP_ALIASES[name.toLowerCase()] ?? name.toLowerCase();
  const found = GROUPS.find((group) => group.name.toLowerCase() === wanted || group.id === Number(name));
  if (found === undefined) throw new UsageError(`unknown group ${clean(name)}: one of ${GROUPS.map((group) => group.name).join(', ')}`);
  return found;
}

function preference(suite: CipherSuite): number {
  const short = suite.name.includes('CCM_8') ? 1 : 0;
  if (suite.family === 'modern') return 100 - (suite.name.includes('CCM') ? 10 + short : 0);
  const kx = suite.kx.name === 'ECDHE' ? 50 : suite.kx.name === 'ECDHE_PSK' ? 45 : suite.kx.name.startsWith('DHE') ? 30 : 10;
  const cipher = /_AES_\d+_GCM|CHACHA20/.test(suite.name) ? 9 : /GCM|CCM/.test(suite.name) ? 6 - short : /CBC/.test(suite.name) ? 3 : 0;
  const weak = /NULL|RC4|3DES|MD5/.test(suite.name) || suite.auth === 'anon' ? -60 : 0;
  return kx + cipher + weak;
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
