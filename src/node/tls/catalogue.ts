/** Everything that a cipher string, a list of curves or of signature algorithms may name. Best first. */
import { nodeCrypto } from '../../crypto/node/index.ts';
import type { AeadName, CbcName, StreamName } from '../../crypto/port.ts';
import * as aesCbc from '../../crypto/suites/aes-cbc.ts';
import * as aesCcm from '../../crypto/suites/aes-ccm.ts';
import * as aesGcm from '../../crypto/suites/aes-gcm.ts';
import * as anon from '../../crypto/suites/anon.ts';
import * as ariaGcm from '../../crypto/suites/aria-gcm.ts';
import * as camelliaCbc from '../../crypto/suites/camellia-cbc.ts';
import * as camelliaGcm from '../../crypto/suites/camellia-gcm.ts';
import * as chacha20 from '../../crypto/suites/chacha20.ts';
import * as modern from '../../crypto/suites/modern.ts';
import * as nulls from '../../crypto/suites/null.ts';
import * as rc4 from '../../crypto/suites/rc4.ts';
import type { CipherSuite, LegacySuite, ModernSuite } from '../../crypto/suites/suite.ts';
import * as tripleDes from '../../crypto/suites/triple-des.ts';
import { alpn } from '../../handshake/extensions/alpn.ts';
import { maxFragmentLength } from '../../handshake/extensions/max-fragment-length.ts';
import type { ExtensionModule } from '../../handshake/extensions/module.ts';
import { recordSizeLimit } from '../../handshake/extensions/record-size-limit.ts';
import { serverName } from '../../handshake/extensions/server-name.ts';
import { signatureAlgorithms, signatureAlgorithmsCert } from '../../handshake/extensions/signature-algorithms.ts';
import { statusRequest } from '../../handshake/extensions/status-request.ts';
import { supportedGroups } from '../../handshake/extensions/supported-groups.ts';
import * as groups from '../../wire/group.ts';
import type { NamedGroup } from '../../wire/group.ts';
import * as s from '../../wire/signature-scheme.ts';

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

/** TLS 1.3, in the order that is offered by default. */
export const SUITES_13: readonly ModernSuite[] = [
  modern.TLS_AES_128_GCM_SHA256,
  modern.TLS_AES_256_GCM_SHA384,
  modern.TLS_CHACHA20_POLY1305_SHA256,
  modern.TLS_AES_128_CCM_SHA256,
  modern.TLS_AES_128_CCM_8_SHA256,
];

/** The first three: what is offered unless the caller names others. */
export const DEFAULT_SUITES_13: readonly ModernSuite[] = SUITES_13.slice(0, 3);

/** SSL 3.0 to TLS 1.2, as far as this runtime has the cipher: forward secrecy, AEADs and short keys first. */
export const SUITES_12: readonly LegacySuite[] = [
  aesGcm,
  chacha20,
  aesCcm,
  aesCbc,
  ariaGcm,
  camelliaGcm,
  camelliaCbc,
  tripleDes,
  rc4,
  anon,
  nulls,
]
  .flatMap((file): unknown[] => Object.values(file))
  .filter((value): value is LegacySuite => typeof value === 'object' && value !== null && (value as CipherSuite).family === 'legacy')
  .filter(isAvailable)
  .map((suite, index) => ({ suite, key: preference(suite) * 1000 + index }))
  .sort((a, b) => a.key - b.key)
  .map(({ suite }) => suite);

export const GROUPS: readonly NamedGroup[] = [
  groups.x25519mlkem768,
  groups.x25519,
  groups.secp256r1,
  groups.secp384r1,
  groups.secp521r1,
  groups.x448,
  groups.secp256r1mlkem768,
  groups.secp384r1mlkem1024,
  groups.brainpoolP256r1,
  groups.brainpoolP384r1,
  groups.brainpoolP512r1,
  groups.ffdhe2048,
  groups.ffdhe3072,
  groups.ffdhe4096,
  groups.ffdhe6144,
  groups.ffdhe8192,
].filter((group) => nodeCrypto.lacks(group.name) === undefined);

/** What `ecdhCurve: 'auto'` stands for. */
export const DEFAULT_GROUPS: readonly NamedGroup[] = [
  groups.x25519mlkem768,
  groups.x25519,
  groups.secp256r1,
  groups.secp384r1,
  groups.secp521r1,
  groups.x448,
  groups.ffdhe2048,
  groups.ffdhe3072,
].filter((group) => nodeCrypto.lacks(group.name) === undefined);

export const DEFAULT_SCHEMES: readonly number[] = [
  s.ECDSA_SECP256R1_SHA256,
  s.ED25519,
  s.RSA_PSS_RSAE_SHA256,
  s.RSA_PKCS1_SHA256,
  s.ECDSA_SECP384R1_SHA384,
  s.RSA_PSS_RSAE_SHA384,
  s.RSA_PKCS1_SHA384,
  s.ECDSA_SECP521R1_SHA512,
  s.ED448,
  s.RSA_PSS_RSAE_SHA512,
  s.RSA_PKCS1_SHA512,
  s.RSA_PSS_PSS_SHA256,
  s.RSA_PSS_PSS_SHA384,
  s.RSA_PSS_PSS_SHA512,
];

/** What TLS 1.0 and 1.1 sign with; added where they are switched on. */
export const SHA1_SCHEMES: readonly number[] = [s.ECDSA_SHA1, s.RSA_PKCS1_SHA1];

/** Added where suites with DSS keys are named. */
export const DSS_SCHEMES: readonly number[] = [s.DSA_SHA256, s.DSA_SHA1];

function isAvailable(suite: LegacySuite): boolean {
  const cipher = cipherOf(suite);
  return cipher === undefined || nodeCrypto.lacks(cipher) === undefined;
}

/** The provider's name of the cipher in a protection scheme such as `AES_128_GCM`. */
function cipherOf(suite: LegacySuite): AeadName | CbcName | StreamName | undefined {
  const { name } = suite.protection;
  if (/NULL/.test(name)) return undefined;
  if (/3DES/.test(name)) return '3des-ede-cbc';
  if (/RC4/.test(name)) return 'rc4-128';
  if (/CHACHA/.test(name)) return 'chacha20-poly1305';
  const match = /^(AES|CAMELLIA|ARIA)_(128|256)_(GCM|CCM_8|CCM|CBC)/.exec(name);
  if (match === null) return undefined;
  return `${match[1]}-${match[2]}-${match[3]}`.toLowerCase().replace('_', '-') as AeadName | CbcName;
}

/** Lower is better. */
function preference(suite: LegacySuite): number {
  const { name } = suite.protection;
  const exchange = suite.kx.name.startsWith('ECDHE') ? 0 : suite.kx.name.startsWith('DHE') ? 1 : 2;
  const cipher = /GCM|CHACHA|CCM/.test(name)
    ? /AES.*GCM/.test(name)
      ? 0
      : /CHACHA/.test(name)
        ? 1
        : /CCM_8/.test(name)
          ? 4
          : /CCM/.test(name)
            ? 2
            : 3
    : 5;
  const weak = suite.auth === 'anon' || /NULL|3DES|RC4/.test(name) ? 100 : 0;
  const psk = suite.kx.usesPsk ? 50 : 0;
  return weak + psk + exchange * 10 + cipher;
}
