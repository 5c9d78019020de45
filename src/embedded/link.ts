/** What TLS and DTLS connections have in common: how they stand, what they tell, the session that they use. */
import { MAX_PLAINTEXT } from '../base/limits.ts';
import type { ConnectionEvent } from '../engine/events.ts';
import type { ConnectionInfo } from '../engine/info.ts';
import type { ClientOptions } from '../handshake/context.ts';
import {
  DTLS_RP_HDR_LEN,
  IP_NTF_CLOSED,
  IP_NTF_TX_RDY,
  TLS_CERTIFICATE_ERR,
  TLS_CONNST_CLOSED,
  TLS_CONNST_HANDSHAKE,
  TLS_CONNST_OPERATING,
  TLS_HEARTBEAT_TIMEOUT_ERR,
  TLS_IO_ERR,
  TLS_NOT_FOUND_ERR,
  TLS_NTF_HANDSHAKE_DONE,
  TLS_NTF_HANDSHAKE_FAILED,
  TLS_OK,
  TLS_PARAM_ERR,
  TLS_WAIT,
  type t_tls_conn_status,
  type t_tls_ret,
} from './constants.ts';
import type { Engine } from './composition.ts';
import { codeOf, noteError, refuse } from './guard.ts';
import { notify } from './ip.ts';
import type { ConnectionHandle, Held, Started } from './module.ts';
import type { RecordWatch } from './record-watch.ts';
import type { KeptSession } from './sessions.ts';
import type { t_ip_ntf, t_tls_ticket } from './types.ts';

/** Header of a record over datagrams, explicit IV, the shortest padding of a block cipher. */
const RECORD_EXTRA: number = DTLS_RP_HDR_LEN + 16 + 16;

export abstract class Link implements Held {
  readonly kind: Held['kind'];
  readonly module: Started;
  readonly handle: ConnectionHandle;
  /** What has passed, where somebody looks at it. */
  readonly sent: RecordWatch | undefined;
  readonly received: RecordWatch | undefined;
  ntf: t_ip_ntf | null = null;
  /** Undefined before the handshake is started. */
  engine: Engine | undefined;
  /** TLS_OK while all is well; then why not. */
  result: t_tls_ret = TLS_OK;
  info: ConnectionInfo | undefined;
  peerName = '';
  /** Whether a server demands its client's certificate. */
  verifies = false;
  /** The peer has closed. */
  protected ended = false;
  /** A heartbeat was not answered, and nobody has been told yet. */
  protected heartbeatLost = false;
  #session: KeptSession | undefined;

  /** Takes one of the TLS_MAX_CONN_SIZE places; the caller has seen that there is one. */
  constructor(module: Started, kind: Held['kind']) {
    this.module = module;
    this.kind = kind;
    this.handle = module.connections.add(this)!;
    this.sent = module.composition.watch?.();
    this.received = module.composition.watch?.();
  }

  /** Lets the engine's output out. */
  protected abstract flush(): void;
  abstract close(): void;
  abstract drop(): void;
  /** Decoded bytes that wait for the user. */
  abstract readonly waitingBytes: number;
  protected abstract arrived(data: Uint8Array): void;

  get started(): boolean {
    return this.engine !== undefined;
  }

  get status(): t_tls_conn_status {
    if (!this.started || this.result !== TLS_OK || this.ended) return TLS_CONNST_CLOSED;
    return this.info === undefined ? TLS_CONNST_HANDSHAKE : TLS_CONNST_OPERATING;
  }

  /** What a poll of the handshake gives. */
  get handshakeResult(): t_tls_ret {
    if (this.result !== TLS_OK) return this.result;
    return this.info === undefined ? TLS_WAIT : TLS_OK;
  }

  /** What a receive gives when nothing is there. */
  get idleResult(): t_tls_ret {
    if (this.heartbeatLost) {
      this.heartbeatLost = false;
      return refuse(TLS_HEARTBEAT_TIMEOUT_ERR, 'heartbeat');
    }
    if (this.result !== TLS_OK) return this.result;
    return this.ended ? refuse(TLS_IO_ERR, 'closed') : TLS_WAIT;
  }

  /** Why nothing can be sent now; TLS_OK: it can. */
  protected mayNotSend(data: Uint8Array): t_tls_ret {
    if (this.result !== TLS_OK) return this.result;
    if (data.length > this.module.config.TLS_MAX_DATA_LEN) return refuse(TLS_PARAM_ERR, 'TLS_MAX_DATA_LEN');
    if (this.started && this.info === undefined) return TLS_WAIT;
    return this.ended ? refuse(TLS_IO_ERR, 'closed') : TLS_OK;
  }

  /** A client's options: its server's name, and the session that a ticket names. Undefined: there is no such session. */
  protected clientOptions(peerName: string, ticket: t_tls_ticket): ClientOptions | undefined {
    const kept = this.module.sessions?.get(ticket);
    if (ticket !== 0 && kept === undefined) return undefined;
    this.peerName = peerName;
    this.#session = kept;
    if (kept !== undefined) kept.references++;
    return {
      ...(peerName === '' ? { checkName: false } : { serverName: peerName }),
      ...(kept === undefined ? {} : { session: kept.session }),
    };
  }

  onEvent(event: ConnectionEvent): void {
    switch (event.type) {
      case 'handshake':
        this.onHandshake(event.info);
        return;
      case 'session':
        this.module.sessions?.keep(event.session, this.handle);
        return;
      case 'data':
        this.arrived(event.data);
        return;
      case 'heartbeat':
        if (event.outcome === 'timeout') this.onHeartbeatLost(event.payload);
        return;
      case 'end':
        this.ended = true;
        notify(this.ntf, IP_NTF_CLOSED);
        return;
      case 'error':
        this.fail(codeOf(event.error));
        return;
      default:
    }
  }

  protected onHandshake(info: ConnectionInfo): void {
    if (!this.isExpected(info)) {
      noteError('p_peer_name');
      this.engine?.abort();
      this.flush();
      this.fail(TLS_CERTIFICATE_ERR);
      return;
    }
    this.info = info;
    this.limitRecords();
    notify(this.ntf, TLS_NTF_HANDSHAKE_DONE);
  }

  /** TLS_DATA_BUF_SIZE: header, IV, MAC and padding beside the data. */
  protected limitRecords(): void {
    const { TLS_DATA_BUF_SIZE, TLS_MAX_HMAC_LEN } = this.module.config;
    this.engine?.setMaxSendFragment(Math.min(MAX_PLAINTEXT, TLS_DATA_BUF_SIZE - TLS_MAX_HMAC_LEN - RECORD_EXTRA));
  }

  /** Whether a client that is verified has the name that it should have. */
  protected isExpected(_info: ConnectionInfo): boolean {
    return true;
  }

  /** Asks the peer for a sign of life: TLS_EXT_HB_PAYLOAD_SIZE bytes that it sends back. */
  heartbeat(payload: Uint8Array): void {
    this.engine?.heartbeat?.({ payload });
    this.flush();
  }

  /** The user is told, and decides; the request goes out again. */
  protected onHeartbeatLost(payload: Uint8Array): void {
    this.heartbeatLost = true;
    notify(this.ntf, IP_NTF_TX_RDY);
    if (this.status === TLS_CONNST_OPERATING) this.heartbeat(payload);
  }

  fail(ret: t_tls_ret): void {
    if (this.result !== TLS_OK) return;
    this.result = ret === TLS_OK ? TLS_IO_ERR : ret;
    notify(this.ntf, this.info === undefined ? TLS_NTF_HANDSHAKE_FAILED : IP_NTF_CLOSED);
  }

  /** Gives the place back. */
  protected release(): void {
    if (this.#session !== undefined) this.#session.references--;
    this.#session = undefined;
    this.module.connections.remove(this.handle);
  }
}

/** No session has the ticket of the caller's. */
export function staleTicket(): t_tls_ret {
  return refuse(TLS_NOT_FOUND_ERR, 'conn_ticket');
}
