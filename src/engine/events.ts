/** What a connection tells, in one ordered queue. */
import type { TlsError } from '../base/errors.ts';
import type { HeartbeatReport } from '../handshake/features/heartbeat.ts';
import type { Session } from '../session/session.ts';
import type { ConnectionInfo } from './info.ts';

export type ConnectionEvent =
  /** The handshake is over: data may be sent. */
  | { readonly type: 'handshake'; readonly info: ConnectionInfo }
  /** Application data; the bytes are the receiver's. */
  | { readonly type: 'data'; readonly data: Uint8Array }
  /** A session that a later connection may resume (client). */
  | { readonly type: 'session'; readonly session: Session }
  /** The peer's stapled OCSP response, DER. */
  | { readonly type: 'ocsp'; readonly response: Uint8Array }
  /** The peer changed its key (TLS 1.3). */
  | { readonly type: 'keyUpdate' }
  /** Another handshake on the connection is over: what was negotiated may have changed, the peer's certificate has not. */
  | { readonly type: 'renegotiated'; readonly info: ConnectionInfo }
  /** The server wants to renegotiate, and the context leaves it to the caller. */
  | { readonly type: 'renegotiationRequest' }
  /** What became of a heartbeat request of ours. */
  | ({ readonly type: 'heartbeat' } & HeartbeatReport)
  /** A warning of the peer, other than close_notify. */
  | { readonly type: 'alert'; readonly description: number }
  /** Any content type beside the core protocol that the context allows (heartbeat). */
  | { readonly type: 'other'; readonly contentType: number; readonly content: Uint8Array }
  /** Datagrams: a flight of the handshake went out again; `exhausted`: more often than the configuration thinks useful. */
  | { readonly type: 'retransmission'; readonly attempts: number; readonly exhausted: boolean }
  /** close_notify of the peer: no more data will come. */
  | { readonly type: 'end' }
  /** Final: nothing follows but `closed`. */
  | { readonly type: 'error'; readonly error: TlsError }
  /** Both directions are closed. */
  | { readonly type: 'closed' };
