/**
 * Contexts: what connections are made with, checked once as a whole, frozen and shared. There are no defaults for
 * algorithms: who wants a ready set takes a preset.
 */
import { EMPTY, equal } from '../base/bytes.ts';
import { misuse } from '../base/errors.ts';
import type { ClientContext, Credential, ServerContext } from '../handshake/context.ts';
import { messageKinds } from '../handshake/message-kinds.ts';
import { parseCertificate } from '../pki/x509/certificate.ts';
import {
  checkCommon,
  type ClientContextInit,
  clientParts,
  COMMON,
  dangersOf,
  extensionsOf,
  type ServerContextInit,
  wrong,
} from './context-parts.ts';

export type { ClientContextInit, ServerContextInit } from './context-parts.ts';

const SESSION_LIFETIME_MS = 7_200_000;

/**
 * A context for client connections.
 *
 * Defaults: no credentials, ALPN or PSK; one key share; resumption on; RFC 5746 demanded; middlebox compatibility on.
 * @throws TlsError `invalid_configuration` when the parts do not fit each other; `unsupported` when the provider lacks one.
 */
export function createClientContext(init: ClientContextInit): ClientContext {
  checkCredentials(init.credentials);
  const context: ClientContext = { ...clientParts(init), messages: messageKinds, extensions: extensionsOf(init), dangers: dangersOf(init) };
  checkCommon(context);
  if (context.versions.some((version) => version.client === undefined)) wrong('a version without its client role');
  if (context.keyShares < 1) wrong('keyShares must be at least 1');
  return Object.freeze(context);
}

/**
 * A context for server connections.
 *
 * Defaults: no client certificates; our order of suites; no tickets and no session store; two tickets where there are
 * keys for them; sessions live two hours.
 * @throws TlsError as `createClientContext`, and `no_credentials` without a certificate or a PSK look-up.
 */
export function createServerContext(init: ServerContextInit): ServerContext {
  checkCredentials(init.credentials);
  const context: ServerContext = {
    ...COMMON,
    ...init,
    messages: messageKinds,
    extensions: extensionsOf(init),
    dangers: dangersOf(init),
    side: 'server',
    verifyResumed: init.verifyResumed ?? true,
    clientCertificate: init.clientCertificate ?? 'none',
    clientAuthorities: init.clientAuthorities ?? [],
    preferServerOrder: init.preferServerOrder ?? true,
    ticketCount: init.ticketCount ?? 2,
    sessionLifetimeMs: init.sessionLifetimeMs ?? SESSION_LIFETIME_MS,
    contextId: init.contextId ?? EMPTY,
  };
  checkCommon(context);
  if (context.versions.some((version) => version.server === undefined)) wrong('a version without its server role');
  if (
    context.credentials.length === 0 &&
    context.selectCredential === undefined &&
    context.findPsk === undefined &&
    context.selectContext === undefined
  )
    misuse('no_credentials', 'a server needs a certificate or a PSK');
  return Object.freeze(context);
}

function checkCredentials(credentials: readonly Credential[] = []): void {
  for (const credential of credentials) checkCredential(credential);
}

/** The key is the certificate's: found out here, not by the first peer. */
function checkCredential(credential: Credential): void {
  const [leaf] = credential.chain;
  const { rawPublicKey } = credential;
  if (leaf === undefined && rawPublicKey === undefined) return misuse('no_credentials', 'an empty certificate chain');
  const { spki } = credential.key;
  if (spki !== undefined && rawPublicKey !== undefined && !equal(rawPublicKey, spki))
    misuse('certificate_key_mismatch', 'the key is not that of the raw public key');
  if (leaf === undefined) return;
  if (spki !== undefined && !equal(parseCertificate(leaf).spki, spki))
    misuse('certificate_key_mismatch', 'the key is not that of the certificate');
}
