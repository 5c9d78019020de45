/** The engine's contexts, made of the configuration, the certificates and the registered algorithms. */
import type { CryptoProvider, HashName } from '../crypto/port.ts';
import type { CipherSuite } from '../crypto/suites/suite.ts';
import { createClientContext, createServerContext } from '../engine/context.ts';
import type { ClientContext, Credential, ServerContext } from '../handshake/context.ts';
import { maxFragmentLength } from '../handshake/extensions/max-fragment-length.ts';
import type { ExtensionModule } from '../handshake/extensions/module.ts';
import { recordSizeLimit } from '../handshake/extensions/record-size-limit.ts';
import { serverName } from '../handshake/extensions/server-name.ts';
import { signatureAlgorithms, signatureAlgorithmsCert } from '../handshake/extensions/signature-algorithms.ts';
import { supportedGroups } from '../handshake/extensions/supported-groups.ts';
import { dangersIn } from '../handshake/dangers.ts';
import { heartbeat } from '../handshake/features/heartbeat.ts';
import type { ProtocolVersion } from '../handshake/version.ts';
import { equal } from '../base/bytes.ts';
import { certificatesOf } from './certificates.ts';
import type { Transport } from './composition.ts';
import type { CertificateVerifier } from '../pki/x509/verifier.ts';
import { createMemoryStore } from '../session/cache.ts';
import { dtls10Client, dtls10Server } from '../versions/dtls10.ts';
import { dtls12Client, dtls12Server } from '../versions/dtls12.ts';
import { ssl30Client, ssl30Server } from '../versions/ssl30.ts';
import { tls10Client, tls10Server } from '../versions/tls10.ts';
import { tls11Client, tls11Server } from '../versions/tls11.ts';
import { tls12Client, tls12Server } from '../versions/tls12.ts';
import { tls13Client, tls13Server } from '../versions/tls13.ts';
import { ffdhe2048, type NamedGroup, secp256r1, secp384r1, x25519 } from '../wire/group.ts';
import * as scheme from '../wire/signature-scheme.ts';
import { psp_get_tick_count } from './psp.ts';
import type { TlsConfig } from './config.ts';
import { TLS_HASH_MD5, TLS_HASH_SHA1, TLS_SIGN_DSS, TLS_SIGN_ECC, TLS_SIGN_EDH, TLS_SIGN_RSA } from './constants.ts';
import { demandCiphers, hashOf, missing, type Registry } from './registry.ts';

export interface ContextParts {
  readonly config: Readonly<TlsConfig>;
  readonly registry: Registry;
  readonly crypto: CryptoProvider;
  readonly credentials: readonly Credential[];
  readonly verifier: CertificateVerifier;
  readonly now: () => number;
  readonly keyLog: ((line: string) => void) | undefined;
}

type Common = Pick<
  ClientContext,
  | 'crypto'
  | 'versions'
  | 'suites'
  | 'groups'
  | 'schemes'
  | 'extensions'
  | 'verifier'
  | 'now'
  | 'credentials'
  | 'minDhBits'
  | 'recordSizeLimit'
  | 'dangers'
  | 'keyLog'
  | 'heartbeat'
>;

/** Every algorithm that the configured suites and versions need must be registered. */
export function demandAlgorithms(config: Readonly<TlsConfig>, registry: Registry): void {
  const { g_tls_arr_cipher_suites: suites, TLS_MIN_VERSION, TLS_MAX_VERSION } = config;
  // Before TLS 1.2 the PRF is over MD5 and SHA-1, whatever the suite says.
  demandCiphers(suites, registry, TLS_MAX_VERSION >= 0x0303);
  for (const suite of suites) {
    const mac = suite.family === 'legacy' ? macOf(suite.protection.name) : undefined;
    if (mac !== undefined && hashOf(registry, mac) === undefined) missing(suite.name, mac);
    for (const index of signaturesOf(suite)) if (!registry.sign.has(index)) missing(suite.name, `signature algorithm ${index}`);
  }
  if (TLS_MIN_VERSION < 0x0303 && !(registry.hash.has(TLS_HASH_MD5) && registry.hash.has(TLS_HASH_SHA1)))
    missing('versions before TLS 1.2', 'MD5 or SHA-1');
}

export function clientContextOf(parts: ContextParts, transport: Transport): ClientContext {
  const { config } = parts;
  const [psk] = config.g_tls_arr_psk;
  return createClientContext({
    ...common(parts, transport, 'client'),
    maxFragmentLength: fragmentLength(config.TLS_MAX_DATA_LEN),
    resumption: true,
    ...(psk === undefined ? {} : { psk: () => ({ identity: psk.psk_identity, key: psk.psk_key }) }),
  });
}

export function serverContextOf(parts: ContextParts, transport: Transport, verify: boolean): ServerContext {
  const { config } = parts;
  const psks = config.g_tls_arr_psk;
  return createServerContext({
    ...common(parts, transport, 'server'),
    clientCertificate: verify ? 'require' : 'none',
    clientAuthorities: verify ? config.g_tls_arr_ca_cert.flatMap((entry) => certificatesOf(entry).map((one) => one.subject.der)) : [],
    sessions: createMemoryStore(parts.now, config.TLS_MAX_SES_SIZE),
    contextId: Uint8Array.of(verify ? 1 : 0, transport === 'dtls' ? 1 : 0),
    ...(psks.length === 0
      ? {}
      : {
          findPsk: (identity: Uint8Array) => {
            const found = psks.find((one) => equal(one.psk_identity, identity));
            return found === undefined ? undefined : { identity: found.psk_identity, key: found.psk_key };
          },
        }),
  });
}

function common(parts: ContextParts, transport: Transport, side: 'client' | 'server'): Common {
  const { config, registry, crypto } = parts;
  const versions = versionsOf(config, transport, side);
  const suites = config.g_tls_arr_cipher_suites.filter(
    (suite) => suite.family === 'legacy' || versions.some((version) => version.family === 'modern'),
  );
  const minDhBits = 8 * config.TLS_MIN_KEY_EX_SIZE;
  const { credentials } = parts;
  return {
    crypto,
    versions,
    suites,
    groups: groupsOf(config, registry),
    schemes: schemesOf(registry),
    extensions: EXTENSIONS,
    verifier: parts.verifier,
    now: parts.now,
    credentials,
    minDhBits,
    recordSizeLimit: config.TLS_MAX_DATA_LEN >= 16_384 ? undefined : config.TLS_MAX_DATA_LEN,
    keyLog: parts.keyLog,
    heartbeat: heartbeat({
      clock: psp_get_tick_count,
      allowRequests: config.TLS_HB_ALLOW_PEER_REQ === 1,
      timeoutMs: 1_000 * config.TLS_HB_TIME,
    }),
    // The configuration names them one by one: that is the switch here.
    dangers: [
      ...dangersIn({ versions, suites, minDhBits, credentials }),
      ...(config.TLS_TRUST_ALL_CERT === 1 ? ['TLS_TRUST_ALL_CERT'] : []),
      ...(config.TLS_CHECK_CERT_EXP === 0 ? ['TLS_CHECK_CERT_EXP = 0'] : []),
    ],
  };
}

const EXTENSIONS: readonly ExtensionModule[] = [
  serverName,
  supportedGroups,
  signatureAlgorithms,
  signatureAlgorithmsCert,
  recordSizeLimit,
  maxFragmentLength,
];

function versionsOf(config: Readonly<TlsConfig>, transport: Transport, side: 'client' | 'server'): readonly ProtocolVersion[] {
  const isClient = side === 'client';
  const all: readonly (readonly [number, ProtocolVersion])[] =
    transport === 'dtls'
      ? [
          [0x0303, isClient ? dtls12Client : dtls12Server],
          [0x0302, isClient ? dtls10Client : dtls10Server],
        ]
      : [
          [0x0304, isClient ? tls13Client : tls13Server],
          [0x0303, isClient ? tls12Client : tls12Server],
          [0x0302, isClient ? tls11Client : tls11Server],
          [0x0301, isClient ? tls10Client : tls10Server],
          [0x0300, isClient ? ssl30Client : ssl30Server],
        ];
  return all.filter(([id]) => id >= config.TLS_MIN_VERSION && id <= config.TLS_MAX_VERSION).map(([, version]) => version);
}

function groupsOf(config: Readonly<TlsConfig>, registry: Registry): NamedGroup[] {
  const groups: NamedGroup[] = [];
  if (registry.sign.has(TLS_SIGN_ECC)) groups.push(x25519, secp256r1, secp384r1);
  if (registry.sign.has(TLS_SIGN_EDH) && config.TLS_PRE_MASTER_SECRET_SIZE >= 256) groups.push(ffdhe2048);
  return groups;
}

/** Scheme, what signs, and with which hash. */
const SCHEMES: readonly (readonly [number, number, HashName])[] = [
  [scheme.ECDSA_SECP256R1_SHA256, TLS_SIGN_ECC, 'sha256'],
  [scheme.ECDSA_SECP384R1_SHA384, TLS_SIGN_ECC, 'sha384'],
  [scheme.RSA_PSS_RSAE_SHA256, TLS_SIGN_RSA, 'sha256'],
  [scheme.RSA_PSS_RSAE_SHA384, TLS_SIGN_RSA, 'sha384'],
  [scheme.RSA_PSS_RSAE_SHA512, TLS_SIGN_RSA, 'sha512'],
  [scheme.RSA_PKCS1_SHA256, TLS_SIGN_RSA, 'sha256'],
  [scheme.RSA_PKCS1_SHA384, TLS_SIGN_RSA, 'sha384'],
  [scheme.RSA_PKCS1_SHA512, TLS_SIGN_RSA, 'sha512'],
  [scheme.DSA_SHA256, TLS_SIGN_DSS, 'sha256'],
];

function schemesOf(registry: Registry): number[] {
  return SCHEMES.filter(([, sign, hash]) => registry.sign.has(sign) && hashOf(registry, hash) !== undefined).map(([number]) => number);
}

/** RFC 6066 §4: the largest that holds no more than the buffer. */
function fragmentLength(size: number): 512 | 1024 | 2048 | 4096 | undefined {
  if (size >= 16_384) return undefined;
  return size >= 4096 ? 4096 : size >= 2048 ? 2048 : size >= 1024 ? 1024 : 512;
}

function macOf(protection: string): HashName | undefined {
  if (!protection.includes('CBC') && !protection.startsWith('NULL')) return undefined;
  const name = protection.slice(protection.lastIndexOf('_') + 1);
  return name === 'SHA' ? 'sha1' : name === 'SHA256' ? 'sha256' : name === 'SHA384' ? 'sha384' : 'md5';
}

function signaturesOf(suite: CipherSuite): number[] {
  if (suite.family === 'modern') return [TLS_SIGN_ECC];
  const { kx, auth } = suite;
  const needed: number[] = [];
  if (kx.name.startsWith('DHE')) needed.push(TLS_SIGN_EDH);
  if (kx.name.startsWith('ECDHE') || auth === 'ecdsa') needed.push(TLS_SIGN_ECC);
  if (auth === 'rsa' || kx.name === 'RSA_PSK') needed.push(TLS_SIGN_RSA);
  if (auth === 'dss') needed.push(TLS_SIGN_DSS);
  return needed;
}
