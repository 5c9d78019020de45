/** Contexts of clients that have a pre-shared key and no certificates. */
import { UNSUPPORTED_CERTIFICATE } from '../base/alerts.ts';
import { fail } from '../base/errors.ts';
import type { CipherSuite } from '../crypto/suites/suite.ts';
import type { ClientContext } from '../handshake/context.ts';
import type { CertificateVerifier } from '../pki/x509/verifier.ts';
import { type ClientContextInit, clientParts, extensionsOf, wrong } from './context-parts.ts';

export type PskClientContextInit = Pick<ClientContextInit, 'crypto' | 'versions' | 'suites' | 'now' | 'psk'> &
  Partial<
    Pick<ClientContextInit, 'extensions' | 'heartbeat' | 'keyLog' | 'maxFragmentLength' | 'recordSizeLimit' | 'resumption' | 'offerTickets'>
  >;

/**
 * A context for client connections without certificates; defaults as for `createClientContext`. Its versions know no
 * certificates (`dtls12PskClient`), so that their code is in no bundle.
 * @throws TlsError `invalid_configuration` for another version, and for suites that need a certificate, a group or no encryption.
 */
export function createPskClientContext(init: PskClientContextInit): ClientContext {
  const whole = { groups: [], schemes: [], extensions: [], ...init, verifier: nobody };
  const context: ClientContext = { ...clientParts(whole), extensions: extensionsOf(whole), dangers: [] };
  const { versions, suites } = context;
  if (versions.length === 0 || versions.some(({ client }) => client?.certificates !== false))
    wrong('a version that is not of pre-shared keys');
  if (suites.length === 0 || !suites.every(isPlainPsk)) wrong('a suite that needs more than a pre-shared key');
  return Object.freeze(context);
}

function isPlainPsk(suite: CipherSuite): boolean {
  return suite.family === 'legacy' && suite.auth === 'psk' && suite.kx.needsGroup === 'none' && suite.protection.keyLength > 0;
}

/** Trusts no certificate whatever. */
const nobody: CertificateVerifier = {
  verify: () => fail(UNSUPPORTED_CERTIFICATE, 'unsupported_certificate', 'no certificates here'),
};
