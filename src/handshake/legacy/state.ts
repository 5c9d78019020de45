/** What only the handshakes of SSL 3.0 to (D)TLS 1.2 hold. */
import { EMPTY } from '../../base/bytes.ts';
import type { KxState } from '../../crypto/kx/kx.ts';
import type { DirectionKeys } from '../../crypto/protect/protection.ts';
import type { LegacySuite } from '../../crypto/suites/suite.ts';
import type { FinishedVerified } from './finished.ts';
import type { LegacyStrategy } from './strategy.ts';

export interface LegacyState {
  readonly strategy: LegacyStrategy;
  readonly suite: LegacySuite;
  kx: KxState | undefined;
  /** The premaster secret, until the master secret is made. */
  premaster: Uint8Array;
  master: Uint8Array;
  clientKeys: DirectionKeys | undefined;
  serverKeys: DirectionKeys | undefined;
  /** verify_data of both sides, for renegotiation_info and tls-unique. */
  clientVerifyData: Uint8Array;
  serverVerifyData: Uint8Array;
  /** The peer's Finished was right. */
  finished: FinishedVerified | undefined;
  /** Certificate types of a CertificateRequest. */
  certificateTypes: readonly number[];
  /** The client sent a certificate, so that CertificateVerify follows. */
  clientCertificateSent: boolean;
  /** The server announced NewSessionTicket. */
  ticketAnnounced: boolean;
  /** The extension by which the server announced CertificateStatus: status_request, status_request_v2; 0: it did not. */
  statusAnnounced: number;
  /** The ticket that came, until Finished makes it good. */
  ticket: Uint8Array;
  ticketLifetimeMs: number;
}

export function createLegacyState(strategy: LegacyStrategy, suite: LegacySuite): LegacyState {
  return {
    strategy,
    suite,
    kx: undefined,
    premaster: EMPTY,
    master: EMPTY,
    clientKeys: undefined,
    serverKeys: undefined,
    clientVerifyData: EMPTY,
    serverVerifyData: EMPTY,
    finished: undefined,
    certificateTypes: [],
    clientCertificateSent: false,
    ticketAnnounced: false,
    statusAnnounced: 0,
    ticket: EMPTY,
    ticketLifetimeMs: 0,
  };
}
