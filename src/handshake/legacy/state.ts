/** What only the handshakes of SSL 3.0 to (D)TLS 1.2 hold. */
import type { DirectionKeys } from '../../crypto/protect/protection.ts';
import type { KxState } from '../../crypto/kx/kx.ts';
import type { LegacySuite } from '../../crypto/suites/suite.ts';

export interface LegacyState {
  suite: LegacySuite;
  kx: KxState | undefined;
  master: Uint8Array;
  /** The premaster secret, until the master secret is made. */
  premaster: Uint8Array;
  clientKeys: DirectionKeys | undefined;
  serverKeys: DirectionKeys | undefined;
  /** verify_data of both sides, for renegotiation_info and tls-unique. */
  clientVerifyData: Uint8Array;
  serverVerifyData: Uint8Array;
  /** Certificate types of a CertificateRequest. */
  certificateTypes: readonly number[];
  /** The client sent a certificate, so that CertificateVerify follows. */
  clientCertificateSent: boolean;
  /** The server announced NewSessionTicket. */
  ticketAnnounced: boolean;
  /** The server announced CertificateStatus. */
  statusAnnounced: boolean;
  /** The ticket that came, until Finished makes it good. */
  ticket: Uint8Array;
  ticketLifetimeMs: number;
}
