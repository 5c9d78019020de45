/**
 * OpenSSL's cipher strings, as node:tls takes them: names, keywords joined by `+`, the operators `!`, `-` and `+`, and
 * `@STRENGTH`, `@SECLEVEL=n`. Names of TLS 1.3 suites stand apart, as there: they are taken in the order given.
 */
import type { LegacySuite, ModernSuite } from '../../crypto/suites/suite.ts';
import { codedError } from './errors.ts';
import { DEFAULT_SUITES_13, SUITES_12, SUITES_13 } from './catalogue.ts';

export interface CipherChoice {
  /** Empty when the string names suites of earlier versions only: TLS 1.3 is then off. */
  readonly modern: readonly ModernSuite[];
  readonly legacy: readonly LegacySuite[];
  /** Of `@SECLEVEL`; undefined: not said. */
  readonly level: number | undefined;
}

/** What is offered when nothing is said. */
export const DEFAULT_CIPHERS: string = [
  ...DEFAULT_SUITES_13.map((suite) => suite.openssl),
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'DHE-RSA-AES128-GCM-SHA256',
  'DHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES256-SHA384',
  'HIGH',
  '!aNULL',
  '!eNULL',
  '!EXPORT',
  '!DES',
  '!3DES',
  '!RC4',
  '!MD5',
  '!PSK',
  '!SRP',
  '!CAMELLIA',
  '!ARIA',
  '!AESCCM',
].join(':');

/** What is offered besides to whom SSL 3.0 is good enough: the suites of its time, 3DES last. */
export const OLD_CIPHERS: string = `${DEFAULT_CIPHERS.replace('!3DES:', '')}:ECDHE+AES:DHE+AES:AES:3DES`;

const parsed = new Map<string, CipherChoice>();
const MAX_PARSED = 64;

/** Throws an error with code `ERR_SSL_NO_CIPHER_MATCH` when nothing is left. */
export function parseCiphers(text: string): CipherChoice {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const choice = parse(text);
  if (choice.modern.length === 0 && choice.legacy.length === 0) throw codedError('ERR_SSL_NO_CIPHER_MATCH', 'no cipher match');
  if (parsed.size >= MAX_PARSED) parsed.clear();
  parsed.set(text, choice);
  return choice;
}

/** All names, lower case, as `tls.getCiphers` gives them. */
export function getCiphers(): string[] {
  return [...SUITES_12.map((suite) => suite.openssl), ...SUITES_13.map((suite) => suite.openssl)].map((name) => name.toLowerCase()).sort();
}

function parse(text: string): CipherChoice {
  const modern: ModernSuite[] = [];
  let legacy: LegacySuite[] = [];
  const killed = new Set<LegacySuite>();
  let level: number | undefined;
  let words = 0;
  let unknown: string | undefined;
  for (const word of text.replaceAll('@', ':@').split(/[:, ;]+/)) {
    if (word === '') continue;
    if (word.startsWith('@')) {
      const match = /^@SECLEVEL=([0-5])$/.exec(word);
      if (match !== null) level = Number(match[1]);
      else if (word === '@STRENGTH') legacy = byStrength(legacy);
      else throw codedError('ERR_SSL_INVALID_COMMAND', `invalid command ${word}`);
      continue;
    }
    if (word.startsWith('TLS_')) {
      const suite = SUITES_13.find((one) => one.openssl === word);
      if (suite !== undefined) {
        if (!modern.includes(suite)) modern.push(suite);
        continue;
      }
    }
    const operator = /^[!+-]/.exec(word)?.[0] ?? '';
    const chosen = select(operator === '' ? word : word.slice(1));
    if (operator === '') words++;
    if (chosen.length === 0) unknown = word;
    if (operator === '!') for (const suite of chosen) killed.add(suite);
    if (operator === '+') {
      const moved = legacy.filter((suite) => chosen.includes(suite));
      legacy = [...legacy.filter((suite) => !chosen.includes(suite)), ...moved];
    } else if (operator === '') legacy.push(...chosen.filter((suite) => !legacy.includes(suite) && !killed.has(suite)));
    else legacy = legacy.filter((suite) => !chosen.includes(suite));
  }
  if (words > 0 && legacy.length === 0 && modern.length === 0)
    throw codedError('ERR_SSL_NO_CIPHER_MATCH', `no cipher match for ${unknown ?? text}`);
  return { modern, legacy, level };
}

/** The suites of one word: a name, or keywords that must all apply. */
function select(word: string): readonly LegacySuite[] {
  const named = SUITES_12.filter((suite) => suite.openssl === word || suite.name === word);
  if (named.length > 0) return named;
  const tests: Keyword[] = [];
  for (const part of word.split('+')) {
    const test = KEYWORDS.get(part);
    if (test === undefined) return [];
    tests.push(test);
  }
  return SUITES_12.filter((suite) => tests.every((test) => test(suite)));
}

function byStrength(suites: readonly LegacySuite[]): LegacySuite[] {
  return suites
    .map((suite, index) => ({ suite, index }))
    .sort((a, b) => strength(b.suite) - strength(a.suite) || a.index - b.index)
    .map(({ suite }) => suite);
}

/** Bits of the cipher's key as they count. */
export function strength(suite: LegacySuite | ModernSuite): number {
  const { name } = suite.protection;
  if (/NULL/.test(name)) return 0;
  if (/3DES/.test(name)) return 112;
  return 8 * suite.protection.keyLength;
}

type Keyword = (suite: LegacySuite) => boolean;

const kx =
  (...names: readonly string[]): Keyword =>
  (suite) =>
    names.includes(suite.kx.name);
const auth =
  (...names: readonly string[]): Keyword =>
  (suite) =>
    names.includes(suite.auth);
const cipher =
  (pattern: RegExp): Keyword =>
  (suite) =>
    pattern.test(suite.protection.name);
const mac =
  (pattern: RegExp): Keyword =>
  (suite) =>
    pattern.test(suite.name);
const isNull = cipher(/NULL/);
const isAnonymous = auth('anon');
const isMedium = cipher(/3DES|RC4/);

const KEYWORDS: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ['ALL', (suite) => !isNull(suite)],
  ['COMPLEMENTOFALL', isNull],
  ['DEFAULT', (suite) => !isNull(suite) && !isAnonymous(suite) && !isMedium(suite) && !suite.kx.usesPsk],
  ['COMPLEMENTOFDEFAULT', (suite) => isAnonymous(suite) && !isNull(suite)],
  ['HIGH', (suite) => !isNull(suite) && !isMedium(suite)],
  ['MEDIUM', isMedium],
  ['LOW', () => false],
  ['EXP', () => false],
  ['EXPORT', () => false],
  ['eNULL', isNull],
  ['NULL', isNull],
  ['aNULL', isAnonymous],
  ['kRSA', kx('RSA')],
  ['RSA', kx('RSA')],
  ['aRSA', auth('rsa')],
  ['kDHE', kx('DHE')],
  ['kEDH', kx('DHE')],
  ['DH', kx('DHE')],
  ['DHE', (suite) => suite.kx.name === 'DHE' && suite.auth !== 'anon'],
  ['EDH', (suite) => suite.kx.name === 'DHE' && suite.auth !== 'anon'],
  ['ADH', (suite) => suite.kx.name === 'DHE' && suite.auth === 'anon'],
  ['kECDHE', kx('ECDHE')],
  ['kEECDH', kx('ECDHE')],
  ['ECDH', kx('ECDHE')],
  ['ECDHE', (suite) => suite.kx.name === 'ECDHE' && suite.auth !== 'anon'],
  ['EECDH', (suite) => suite.kx.name === 'ECDHE' && suite.auth !== 'anon'],
  ['AECDH', (suite) => suite.kx.name === 'ECDHE' && suite.auth === 'anon'],
  ['aDSS', auth('dss')],
  ['DSS', auth('dss')],
  ['aECDSA', auth('ecdsa')],
  ['ECDSA', auth('ecdsa')],
  ['aPSK', auth('psk')],
  ['PSK', (suite) => suite.kx.usesPsk],
  ['kPSK', kx('PSK')],
  ['kECDHEPSK', kx('ECDHE_PSK')],
  ['kDHEPSK', kx('DHE_PSK')],
  ['kRSAPSK', kx('RSA_PSK')],
  ['SRP', () => false],
  ['GOST', () => false],
  ['IDEA', () => false],
  ['SEED', () => false],
  ['RC2', () => false],
  ['DES', () => false],
  ['AES', cipher(/^AES/)],
  ['AES128', cipher(/^AES_128/)],
  ['AES256', cipher(/^AES_256/)],
  ['AESGCM', cipher(/^AES.*GCM/)],
  ['AESCCM', cipher(/^AES.*CCM/)],
  ['AESCCM8', cipher(/^AES.*CCM_8/)],
  ['CHACHA20', cipher(/CHACHA/)],
  ['CAMELLIA', cipher(/CAMELLIA/)],
  ['CAMELLIA128', cipher(/CAMELLIA_128/)],
  ['CAMELLIA256', cipher(/CAMELLIA_256/)],
  ['ARIA', cipher(/ARIA/)],
  ['ARIA128', cipher(/ARIA_128/)],
  ['ARIA256', cipher(/ARIA_256/)],
  ['ARIAGCM', cipher(/ARIA/)],
  ['3DES', cipher(/3DES/)],
  ['RC4', cipher(/RC4/)],
  ['CBC', cipher(/CBC/)],
  ['MD5', mac(/_MD5$/)],
  ['SHA', (suite) => suite.protection.macKeyLength > 0 && /_SHA$/.test(suite.name)],
  ['SHA1', (suite) => suite.protection.macKeyLength > 0 && /_SHA$/.test(suite.name)],
  ['SHA256', (suite) => suite.protection.macKeyLength > 0 && /_SHA256$/.test(suite.name)],
  ['SHA384', (suite) => suite.protection.macKeyLength > 0 && /_SHA384$/.test(suite.name)],
  ['TLSv1.2', (suite) => suite.minVersion === 0x0303],
  ['TLSv1', (suite) => suite.minVersion === 0x0301],
  ['TLSv1.0', (suite) => suite.minVersion === 0x0301],
  ['SSLv3', (suite) => suite.minVersion === 0x0300],
]);
