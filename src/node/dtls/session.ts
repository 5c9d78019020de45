/** One DTLS association as programs see it, shaped like node:dtls. */
import type { X509Certificate } from 'node:crypto';
import { TlsError } from '../../base/errors.ts';
import type { Association, PeerAddress } from '../../engine/association.ts';
import { datagramCarrier } from '../../engine/datagram.ts';
import type { ConnectionEvent } from '../../engine/events.ts';
import type { ConnectionInfo } from '../../engine/info.ts';
import { encodeSession } from '../../session/codec.ts';
import { argumentError, connectionError, nodeErrorCode } from '../tls/errors.ts';
import { x509 } from '../tls/peer.ts';
import type { DTLSEndpoint } from './endpoint.ts';
import { srtpName } from './srtp.ts';

/** What of the peer's datagrams waits for a reader of the async iterator; beyond, the oldest go: they are datagrams. */
const MAX_WAITING = 1_024;

export interface DTLSSessionStats {
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly messagesReceived: number;
  readonly messagesSent: number;
  /** Flights of the handshake that went out again. */
  readonly retransmitCount: number;
  /** Datagrams that came while nobody took them, and were let go. */
  readonly messagesDropped: number;
}

export interface Opened {
  readonly protocol: string;
}

export class DTLSSession {
  /** Takes datagrams as they come. While it is not set, they wait for `for await (const data of session)`. */
  onmessage: ((data: Buffer) => void) | undefined;
  onhandshake: ((protocol: string) => void) | undefined;
  onerror: ((error: Error) => void) | undefined;
  /** A flight of the handshake went out again. */
  onretransmit: ((attempts: number) => void) | undefined;
  /** Fulfilled when the handshake is over; rejected when it fails or the session ends before. */
  readonly opened: Promise<Opened>;
  /** Fulfilled when the session has ended; rejected when it ended by an error. */
  readonly closed: Promise<void>;
  readonly endpoint: DTLSEndpoint;
  readonly #association: Association;
  #info: ConnectionInfo | undefined;
  #resolveOpened!: (value: Opened) => void;
  #rejectOpened!: (error: Error) => void;
  #resolveClosed!: () => void;
  #rejectClosed!: (error: Error) => void;
  #error: Error | undefined;
  #ended = false;
  #session: Buffer | undefined;
  readonly #waiting: Buffer[] = [];
  #reader: ((result: IteratorResult<Buffer, undefined>) => void) | undefined;
  #bytesReceived = 0;
  #bytesSent = 0;
  #messagesReceived = 0;
  #messagesSent = 0;
  #messagesDropped = 0;

  /** @internal */
  constructor(endpoint: DTLSEndpoint, association: Association) {
    this.endpoint = endpoint;
    this.#association = association;
    this.opened = new Promise((resolve, reject) => {
      this.#resolveOpened = resolve;
      this.#rejectOpened = reject;
    });
    this.closed = new Promise((resolve, reject) => {
      this.#resolveClosed = resolve;
      this.#rejectClosed = reject;
    });
    // Who does not await them has chosen to be told by `onerror`, or not at all.
    this.opened.catch(() => {});
    this.closed.catch(() => {});
  }

  /**
   * Sends one datagram. Throws before the handshake is over, after the end, and for data that one datagram does not hold.
   * @returns bytes sent: all of them, or 0 when too much waits already.
   */
  send(data: string | NodeJS.ArrayBufferView): number {
    const bytes = bytesOf(data);
    if (!this.#association.send(bytes) && bytes.length > 0) return 0;
    this.#messagesSent++;
    this.#bytesSent += bytes.length;
    return bytes.length;
  }

  /** The longest data that `send` takes. */
  get maxPayload(): number {
    return this.#association.maxPayload;
  }

  /** Sends close_notify; fulfilled when the session has ended, with the peer's or without. */
  close(): Promise<void> {
    if (this.#ended) return Promise.resolve();
    this.#association.close();
    return this.closed.catch(() => {});
  }

  /** Ends it at once, without close_notify. */
  destroy(error?: Error): void {
    if (this.#ended) return;
    this.#error ??= error;
    this.#association.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get destroyed(): boolean {
    return this.#ended;
  }

  get remoteAddress(): PeerAddress & { readonly family: 'IPv4' | 'IPv6' } {
    const { address, port } = this.#association.peer;
    return { address, port, family: address.includes(':') ? 'IPv6' : 'IPv4' };
  }

  get servername(): string | undefined {
    return this.#info === undefined || this.#info.serverName === '' ? undefined : this.#info.serverName;
  }

  get protocol(): string | undefined {
    return this.#info?.version;
  }

  get cipher(): { readonly name: string; readonly standardName: string; readonly version: string } | undefined {
    const info = this.#info;
    return info === undefined ? undefined : { name: info.opensslSuite, standardName: info.suite, version: info.version };
  }

  /** PEM. */
  get peerCertificate(): string | undefined {
    return this.peerX509Certificate?.toString();
  }

  get peerX509Certificate(): X509Certificate | undefined {
    const leaf = this.#info?.peerChain[0];
    return leaf === undefined ? undefined : x509(leaf);
  }

  /** Client: what `connect` takes as `session` to resume this one. */
  get session(): Buffer | undefined {
    return this.#session;
  }

  get reused(): boolean {
    return this.#info?.resumed ?? false;
  }

  get authorized(): boolean {
    return this.#info?.peerTrusted ?? false;
  }

  /** The short code of why the peer is not trusted. */
  get authorizationError(): string | undefined {
    const info = this.#info;
    if (info === undefined || info.peerTrusted) return undefined;
    return info.trustError === undefined ? 'UNABLE_TO_GET_ISSUER_CERT' : nodeErrorCode(info.trustError);
  }

  get alpnProtocol(): string | undefined {
    return this.#info === undefined || this.#info.alpn === '' ? undefined : this.#info.alpn;
  }

  get srtpProfile(): string | undefined {
    return this.#info === undefined ? undefined : srtpName(this.#info.srtpProfile);
  }

  /** All that was negotiated. */
  get info(): ConnectionInfo | undefined {
    return this.#info;
  }

  get stats(): DTLSSessionStats {
    return {
      bytesReceived: this.#bytesReceived,
      bytesSent: this.#bytesSent,
      messagesReceived: this.#messagesReceived,
      messagesSent: this.#messagesSent,
      messagesDropped: this.#messagesDropped,
      retransmitCount: datagramCarrier(this.#association.connection)?.retransmissions ?? 0,
    };
  }

  /** RFC 5705. */
  exportKeyingMaterial(length: number, label: string, context?: NodeJS.ArrayBufferView): Buffer {
    return Buffer.from(
      this.#association.connection.exportKeyingMaterial(length, label, context === undefined ? undefined : bytesOf(context)),
    );
  }

  /** The peer's datagrams, until the session ends; throws when it ends by an error. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, undefined, undefined> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        yield next;
        continue;
      }
      if (this.#ended) {
        if (this.#error !== undefined) throw this.#error;
        return undefined;
      }
      const result = await new Promise<IteratorResult<Buffer, undefined>>((resolve) => {
        this.#reader = resolve;
      });
      if (result.done !== true) yield result.value;
    }
  }

  /** @internal */
  _open(info: ConnectionInfo): void {
    this.#info = info;
  }

  /** @internal What the engine tells of the association. */
  _event(event: ConnectionEvent): void {
    switch (event.type) {
      case 'handshake':
        this.#info = event.info;
        this.#resolveOpened({ protocol: event.info.version });
        this.onhandshake?.(event.info.version);
        return;
      case 'data':
        this.#message(event.data);
        return;
      case 'session':
        this.#session = Buffer.from(encodeSession(event.session));
        return;
      case 'retransmission':
        this.onretransmit?.(event.attempts);
        return;
      case 'error':
        // What its owner ended is no error but the one that the owner gave.
        if (event.error.code !== 'aborted') this.#error ??= connectionError(event.error, this.#info === undefined);
        return;
      case 'closed':
        this._end(undefined);
        return;
      default:
    }
  }

  /** @internal */
  _end(error: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error ??= error;
    this.#rejectOpened(this.#error ?? new TlsError({ code: 'closed', origin: 'api', detail: 'the session ended in its handshake' }));
    if (this.#error === undefined) this.#resolveClosed();
    else {
      this.#rejectClosed(this.#error);
      this.onerror?.(this.#error);
    }
    this.#reader?.({ done: true, value: undefined });
    this.#reader = undefined;
  }

  #message(data: Uint8Array): void {
    this.#messagesReceived++;
    this.#bytesReceived += data.length;
    const buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    if (this.onmessage !== undefined) this.onmessage(buffer);
    else if (this.#reader !== undefined) {
      const reader = this.#reader;
      this.#reader = undefined;
      reader({ done: false, value: buffer });
    } else {
      if (this.#waiting.length >= MAX_WAITING) {
        this.#waiting.shift();
        this.#messagesDropped++;
      }
      this.#waiting.push(buffer);
    }
  }
}

export function bytesOf(data: unknown): Uint8Array {
  if (typeof data === 'string') return new Uint8Array(Buffer.from(data));
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw argumentError('data', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
}
