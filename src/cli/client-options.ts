/** The options by which a client connection is described, shared by the commands that make one. */
import { isIP } from 'node:net';
import { nodeCrypto } from '../crypto/node/index.ts';
import { type ClientContextInit, createClientContext } from '../engine/context.ts';
import type { ClientContext, Credential } from '../handshake/context.ts';
import { createCertificateVerifier, dangerouslyTrustAnyCertificate } from '../pki/x509/verifier.ts';
import { utf8 } from '../base/bytes.ts';
import { dangersIn } from '../handshake/dangers.ts';
import * as catalogue from './catalogue.ts';
import { openKeyLog, readCredential, readPsk, readTrust } from './files.ts';
import { listOption, type OptionSpecs, type OptionValues, UsageError } from './options.ts';
import { TrustWitness } from './trust.ts';

/** What both roles take. */
export const PROTOCOL_OPTIONS = {
  'tls1.3': { type: 'boolean', help: 'TLS 1.3 only' },
  'tls1.2': { type: 'boolean', help: 'TLS 1.2 only' },
  min: { type: 'string', value: 'VERSION', help: 'lowest version: tls1.2 by default, also tls1.3, tls1.1, tls1.0, ssl3' },
  max: { type: 'string', value: 'VERSION', help: 'highest version: tls1.3 by default' },
  suites: { type: 'string', value: 'LIST', help: 'cipher suites, best first: IANA or OpenSSL names, numbers, all, anon, null' },
  groups: { type: 'string', value: 'LIST', help: 'groups of the key exchange, best first: x25519, P-256, …, or all' },
  alpn: { type: 'string', value: 'LIST', help: 'application protocols, best first: h2,http/1.1' },
  psk: { type: 'string', value: 'HEX', help: 'a pre-shared key, in hexadecimal' },
  'psk-identity': { type: 'string', value: 'NAME', help: 'its name: Client_identity by default' },
  'psk-hash': { type: 'string', value: 'HASH', help: 'its hash in TLS 1.3: sha256 by default, or sha384' },
  cert: { type: 'string', value: 'FILE', help: 'our certificate, and those between it and its root' },
  key: { type: 'string', value: 'FILE', help: 'its private key, when it is not in the same file' },
  passphrase: { type: 'string', value: 'TEXT', help: 'for an encrypted private key; or VERITLS_PASSPHRASE in the environment' },
  keylog: { type: 'string', value: 'FILE', help: 'append the secrets to FILE, for Wireshark: whoever reads it reads everything' },
} as const satisfies OptionSpecs;

export const CLIENT_OPTIONS = {
  servername: { type: 'string', value: 'NAME', help: 'name to ask for and to check, when it is not HOST' },
  ca: { type: 'string', value: 'FILE', multiple: true, help: "trust these certificates instead of Node's" },
  insecure: { type: 'boolean', help: 'go on with a certificate that is not trusted: dangerous, and said so' },
} as const satisfies OptionSpecs;

type ProtocolValues = Partial<OptionValues<typeof PROTOCOL_OPTIONS>>;
type ClientValues = ProtocolValues & Partial<OptionValues<typeof CLIENT_OPTIONS>>;

/** Everything that a client connection is made with. */
export interface ClientSetup {
  readonly context: ClientContext;
  readonly witness: TrustWitness;
  /** Undefined where the target is an address and no name was given: the address is checked. */
  readonly serverName: string;
  /** Where trust comes from, in words. */
  readonly anchors: string;
}

/** What both contexts have in common. @throws UsageError */
export function protocolInit(
  values: ProtocolValues,
  side: 'client' | 'server',
  env: Readonly<Record<string, string | undefined>>,
): Pick<
  ClientContextInit,
  'crypto' | 'versions' | 'suites' | 'groups' | 'schemes' | 'extensions' | 'now' | 'alpn' | 'keyLog' | 'credentials' | 'dangers'
> {
  if (values['tls1.2'] === true && values['tls1.3'] === true)
    throw new UsageError('--tls1.2 and --tls1.3 exclude each other: use --min and --max');
  const only = values['tls1.3'] === true ? 'tls1.3' : values['tls1.2'] === true ? 'tls1.2' : undefined;
  if (only !== undefined && (values.min !== undefined || values.max !== undefined))
    throw new UsageError(`--${only} excludes --min and --max`);
  const versions = catalogue.pickVersions(only ?? values.min, only ?? values.max);
  const named = listOption(values.suites);
  const usesPsk = values.psk !== undefined;
  const wanted =
    named === undefined
      ? catalogue.SUITES.filter(
          (suite) => catalogue.isSafe(suite) || (usesPsk && catalogue.isSafePsk(suite)) || catalogue.isForOld(suite, versions),
        )
      : catalogue.pickSuites(named);
  const suites = wanted.filter((suite) => catalogue.fits(suite, versions, usesPsk));
  if (suites.length === 0) throw new UsageError('none of these cipher suites is of a version that is allowed');
  // TLS 1.3 has suites of its own: who names only others does not want it.
  if (versions.some(({ rank }) => rank === 4) && !suites.some((suite) => suite.family === 'modern')) {
    if (versions.length === 1) throw new UsageError('none of these cipher suites is for TLS 1.3');
    versions.shift();
  }
  const usable = versions.filter((version) => suites.some((suite) => catalogue.fits(suite, [version], usesPsk)));
  const groups = listOption(values.groups);
  const old = versions.some(({ rank }) => rank < 3);
  const credential = readCredential(values.cert, values.key, values.passphrase ?? env['VERITLS_PASSPHRASE']);
  return {
    crypto: nodeCrypto,
    versions: usable.map((version) => version[side]),
    suites,
    groups: groups === undefined ? catalogue.defaultGroups() : catalogue.pickGroups(groups),
    schemes: old ? [...catalogue.SCHEMES, ...catalogue.OLD_SCHEMES] : catalogue.SCHEMES,
    extensions: catalogue.EXTENSIONS,
    now: Date.now,
    alpn: values.alpn?.split(',').filter((protocol) => protocol !== '') ?? [],
    ...(values.keylog === undefined ? {} : { keyLog: openKeyLog(values.keylog) }),
    credentials: credential === undefined ? [] : [old ? credential : withSchemes(credential, catalogue.SCHEMES)],
    dangers: dangersIn({ versions: usable, suites, credentials: credential === undefined ? [] : [credential] }),
  };
}

/** A credential that signs with these schemes only: a key may know SHA-1, and a peer may ask for nothing else. */
export function withSchemes(credential: Credential, allowed: readonly number[]): Credential {
  const { key } = credential;
  const decryptRaw = key.decryptRaw?.bind(key);
  return {
    ...credential,
    key: {
      type: key.type,
      ...(key.curve === undefined ? {} : { curve: key.curve }),
      ...(key.bits === undefined ? {} : { bits: key.bits }),
      ...(key.spki === undefined ? {} : { spki: key.spki }),
      schemes: key.schemes.filter((scheme) => allowed.includes(scheme)),
      sign: (scheme, tbs) => key.sign(scheme, tbs),
      ...(decryptRaw === undefined ? {} : { decryptRaw }),
    },
  };
}

/** @throws UsageError, and what files throw. */
export function clientSetup(values: ClientValues, host: string, env: Readonly<Record<string, string | undefined>>): ClientSetup {
  const init = protocolInit(values, 'client', env);
  const trust = readTrust(values.ca);
  const verifier = createCertificateVerifier({ trustAnchors: trust.store });
  const insecure = values.insecure === true;
  const witness = new TrustWitness(insecure ? dangerouslyTrustAnyCertificate(verifier) : verifier);
  const psk = pskOf(values);
  const context = createClientContext({
    ...init,
    verifier: witness,
    requestOcsp: true,
    // The hybrid alone would cost every server without it a round trip.
    keyShares: init.groups[0]?.kind === 'kem' && init.groups.length > 1 ? 2 : 1,
    requireSecureRenegotiation: !insecure,
    dangers: [...init.dangers!, ...(insecure ? ['dangerouslyTrustAnyCertificate'] : [])],
    ...(psk === undefined ? {} : { psk: () => psk }),
  });
  const serverName = values.servername ?? host.replace(/%.*$/, '').replace(/\.$/, '');
  if (values.servername !== undefined && isIP(values.servername) === 0 && !/^[\w.*-]+$/.test(values.servername))
    throw new UsageError('--servername is not a name');
  return { context, witness, serverName, anchors: trust.source };
}

/** The PSK of the options. @throws UsageError */
export function pskOf(values: ProtocolValues): { identity: Uint8Array; key: Uint8Array; hash: 'sha256' | 'sha384' } | undefined {
  if (values.psk === undefined) {
    if (values['psk-identity'] !== undefined || values['psk-hash'] !== undefined) throw new UsageError('--psk is missing');
    return undefined;
  }
  return {
    identity: utf8(values['psk-identity'] ?? 'Client_identity'),
    key: readPsk(values.psk),
    hash: catalogue.pskHash(values['psk-hash']),
  };
}
