/**
 * What the types of the engine allow and forbid. Nothing here runs: `npm run types` compiles it, and an expected error that
 * does not come is an error.
 */
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import type { FinishedVerified } from '../../src/handshake/legacy/finished.ts';
import { PeerVerified } from '../../src/handshake/peer-auth.ts';
import {
  type CertificateVerifier,
  type ConnectionEvent,
  createClientConnection,
  createClientContext,
  createServerContext,
  TlsError,
  type ServerContext,
} from '../../src/index.ts';
import { modernClient, modernServer } from '../../src/presets/modern.ts';

declare const verifier: CertificateVerifier;
declare const serverContext: ServerContext;

export function contexts(): void {
  const now = (): number => 0;
  createClientContext({ ...modernClient(nodeCrypto), verifier, now });
  createServerContext({ ...modernServer(nodeCrypto), verifier, now, ticketCount: 0 });

  // @ts-expect-error nobody is verified without a verifier
  createClientContext({ ...modernClient(nodeCrypto), now });
  // @ts-expect-error the engine has no clock
  createClientContext({ ...modernClient(nodeCrypto), verifier });
  // @ts-expect-error nor cryptography
  createClientContext({ verifier, now });
  // @ts-expect-error an option that is not one
  createClientContext({ ...modernClient(nodeCrypto), verifier, now, rejectUnauthorized: false });
  // @ts-expect-error a server's context does not make a client
  createClientConnection(serverContext);
  // @ts-expect-error contexts are shared by all connections, so they do not change
  serverContext.ticketCount = 3;
}

export function proofs(): void {
  // @ts-expect-error only a check makes the proof
  new PeerVerified('certificate');
  // @ts-expect-error what looks like it is not it
  const forged: PeerVerified = { proof: 'certificate' };
  // @ts-expect-error nor that of Finished
  const finished: FinishedVerified = { from: 'server' };
  void [forged, finished];
}

export function errors(error: unknown): string {
  if (!(error instanceof TlsError)) return '';
  // @ts-expect-error codes are a closed list
  if (error.code === 'no_such_code') return 'never';
  // @ts-expect-error and do not change
  error.code = 'closed';
  return error.alert === undefined ? error.code : `${error.code} ${error.alert.toFixed()}`;
}

/** Every event is known by its `type`. */
export function events(event: ConnectionEvent): string {
  return event.type;
}
