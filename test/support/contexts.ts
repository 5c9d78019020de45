/** Contexts for tests: everything that is implemented, trusting the test root. */
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import * as modernSuites from '../../src/crypto/suites/modern.ts';
import type { CipherSuite } from '../../src/crypto/suites/suite.ts';
import { type ClientContextInit, createClientContext, createServerContext, type ServerContextInit } from '../../src/engine/context.ts';
import { alpn } from '../../src/handshake/extensions/alpn.ts';
import { maxFragmentLength } from '../../src/handshake/extensions/max-fragment-length.ts';
import { recordSizeLimit } from '../../src/handshake/extensions/record-size-limit.ts';
import { serverName } from '../../src/handshake/extensions/server-name.ts';
import { signatureAlgorithms, signatureAlgorithmsCert } from '../../src/handshake/extensions/signature-algorithms.ts';
import { statusRequest } from '../../src/handshake/extensions/status-request.ts';
import { supportedGroups } from '../../src/handshake/extensions/supported-groups.ts';
import type { ClientContext, ServerContext } from '../../src/handshake/context.ts';
import { dangersIn } from '../../src/handshake/dangers.ts';
import type { ExtensionModule } from '../../src/handshake/extensions/module.ts';
import { createCertificateVerifier } from '../../src/pki/x509/verifier.ts';
import { createTicketKeys } from '../../src/session/ticket.ts';
import { tls13Client, tls13Server } from '../../src/versions/tls13.ts';
import { secp256r1, secp384r1, x25519 } from '../../src/wire/group.ts';
import * as s from '../../src/wire/signature-scheme.ts';
import { AUTHORITY, credential } from './certificates.ts';

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

export const MODERN_SUITES: readonly CipherSuite[] = Object.values(modernSuites);

export const testVerifier = createCertificateVerifier({ trustAnchors: [AUTHORITY.der] });

const base = {
  crypto: nodeCrypto,
  suites: MODERN_SUITES,
  groups: [x25519, secp256r1, secp384r1],
  schemes: SCHEMES,
  extensions: EXTENSIONS,
  verifier: testVerifier,
  now: Date.now,
} as const;

export function clientContext(init: Partial<ClientContextInit> = {}): ClientContext {
  return createClientContext(allowed({ ...base, versions: [tls13Client], ...init }));
}

export function serverContext(init: Partial<ServerContextInit> = {}): ServerContext {
  const context = {
    ...base,
    versions: [tls13Server],
    credentials: [credential('p256')],
    tickets: createTicketKeys(nodeCrypto),
    ...init,
  };
  return createServerContext(allowed(context));
}

/** With the switches that it needs, unless it has said which. */
function allowed<T extends ClientContextInit | ServerContextInit>(init: T): T {
  return { ...init, dangers: init.dangers ?? dangersIn(init) };
}
