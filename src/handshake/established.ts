/** What a connection keeps when its handshake is over: exporter, post-handshake messages, key updates. */
import type { MaybePromise } from '../base/maybe-promise.ts';
import type { Side } from './flow.ts';
import type { Carrier, IncomingMessage } from '../record/carrier.ts';
import type { Session } from '../session/session.ts';

/** The connection, as post-handshake code sees it. */
export interface EstablishedHost {
  readonly side: Side;
  readonly carrier: Carrier;
  session(session: Session): void;
  /** Sends a warning alert. */
  warn(alert: number): void;
  /** The peer changed its key; `asked`: it wants us to change ours, before the next data that we send. */
  keyUpdated(asked: boolean): void;
}

export interface Established {
  /**
   * RFC 9846 §7.5, RFC 5705. `context` undefined and empty differ before TLS 1.3.
   */
  exportKeyingMaterial(label: string, context: Uint8Array | undefined, length: number): Uint8Array;
  /** A handshake message that came after the handshake. Throws through `fail` what is not allowed. */
  onMessage(host: EstablishedHost, message: IncomingMessage): MaybePromise<void>;
  /** Changes our write key, and asks the peer to do so when `request`. Absent where the version cannot. */
  updateKeys?(host: EstablishedHost, request: boolean): void;
  /** Application data came: counters of messages without data start again. */
  onData(): void;
  /** tls-unique (RFC 5929), in versions that define it. */
  readonly finishedMessages?: { readonly client: Uint8Array; readonly server: Uint8Array } | undefined;
}
