/**
 * A TLS connection as a stream, client or server, with the members of node:tls's TLSSocket and of net.Socket. It drives
 * an engine connection over any Duplex; what is small is written together, what is large as it is.
 */
import type { X509Certificate } from 'node:crypto';
import { Socket } from 'node:net';
import { addAbortSignal, type Duplex } from 'node:stream';
import type * as nodeTls from 'node:tls';
import { NO_RENEGOTIATION } from '../../base/alerts.ts';
import { TlsError } from '../../base/errors.ts';
import { MAX_PLAINTEXT } from '../../base/limits.ts';
import type { Connection } from '../../engine/connection.ts';
import type { ConnectionInfo } from '../../engine/info.ts';
import { WANTS_INPUT } from '../../engine/wants.ts';
import type { HeartbeatRequest } from '../../handshake/features/heartbeat.ts';
import type { TraceEntry } from '../../handshake/flow.ts';
import { encodeSession } from '../../session/codec.ts';
import type { Session } from '../../session/session.ts';
import { Driver, type DriverEvent, type DriverHost, REST_MS, SLICE } from '../driver.ts';
import type { Watchers } from './client.ts';
import { argumentError, codedError, connectionError, trustError } from './errors.ts';
import { altNameError, reasonOf } from './identity.ts';
import { cipherOf, ephemeralKeyInfo, peerCertificateOf, sigalgsOf } from './negotiated.ts';
import { type Opener, openerOf } from './open.ts';
import { type Done, Outbox } from './outbox.ts';
import { certificateObject, x509 } from './peer.ts';
import type { SecureContext, SecureContextOptions } from './secure-context.ts';
import { NetMembers } from './socket-net.ts';
import type { RenegotiateRequest, TLSSocketOptions } from './socket-options.ts';
import { TRANSPORT } from './socket-shape.ts';
import { awaitConnect, letGo, listenTo, takeOver } from './transport.ts';

/** A Buffer over memory of its own. */
type Bytes = Buffer<ArrayBuffer>;

const MIN_FRAGMENT = 512;

export class TLSSocket extends NetMembers implements DriverHost {
  #driver: Driver | undefined;
  /** Makes the connection; undefined once it did. */
  #opener: Opener | undefined;
  #info: ConnectionInfo | undefined;
  #session: Session | undefined;
  readonly #trust: SecureContext;
  #secure = false;
  #readEnded = false;
  readonly #outbox = new Outbox(this);
  #handshakeTimer: NodeJS.Timeout | undefined;
  /** When the handshake's time began to run, where there is no timer for it yet. */
  readonly #began: number = 0;
  #attached = false;
  #trace = false;
  #hadError = false;
  /** Waits for the end of a renegotiation. */
  #renegotiating: ((error: Error | null) => void) | undefined;

  override readonly encrypted: true = true;
  override authorized = false;
  /** A code, as text, or null: node's types say Error. */
  override authorizationError: Error = null as unknown as Error;
  override alpnProtocol: string | false | null = null;
  override servername: string | false | null = null;
  secureConnecting = true;
  /** The peer ended without close_notify: what it sent may not be all, unless the application's protocol says so. */
  truncated = false;
  /** The server that accepted it. */
  server: import('node:net').Server | undefined;

  /**
   * TLS over `socket`, which may be any Duplex. The handshake begins in the next tick, so that listeners can be set.
   * Without `isServer` as a client.
   */
  constructor(socket?: Duplex | null, options: TLSSocketOptions = {}) {
    super({
      allowHalfOpen: options.allowHalfOpen ?? socket?.allowHalfOpen ?? false,
      emitClose: false,
      // A batch’s worth: fewer turns for the same bytes. Reading is no faster by it.
      writableHighWaterMark: options.highWaterMark ?? SLICE,
      readableHighWaterMark: options.highWaterMark,
    });
    if (options.server !== undefined) this.server = options.server;
    this.#opener = openerOf(options);
    this.#trust = this.#opener.secure;
    this.#trace = options.enableTrace === true;
    const limit = this.#opener.handshakeTimeout;
    // Few handshakes need a timer, which costs 5 µs: a long one waits until the driver finds the handshake slow.
    if (limit > 2 * REST_MS && socket instanceof Socket && !socket.connecting) this.#began = performance.now();
    else if (limit > 0) this.#handshakeTimer = setTimeout(onHandshakeTimeout, limit, this);
    if (socket !== undefined && socket !== null) this._attach(socket, false);
    if (options.signal !== undefined) addAbortSignal(options.signal, this as unknown as Duplex);
  }

  // --- starting ---

  /** Takes the transport. `own`: made by this library, so its events are ours. @internal */
  _attach(transport: Duplex, own: boolean): void {
    if (typeof transport !== 'object' || typeof transport.pipe !== 'function')
      throw argumentError('socket', 'an instance of stream.Duplex', transport);
    this[TRANSPORT] = transport;
    this.#attached = own;
    listenTo(transport, this);
    if (transport instanceof Socket && transport.connecting) awaitConnect(transport, own);
    else {
      takeOver(transport);
      process.nextTick(startLater, this);
    }
  }

  /** @internal */
  _connected(): void {
    if (this.#attached) this.emit('connect');
    this._start();
    if (this.#attached) this.emit('ready');
  }

  /** @internal */
  _start(): void {
    if (this.#driver === undefined) this.#start();
  }

  #start(): void {
    const opener = this.#opener;
    const transport = this[TRANSPORT];
    if (opener === undefined || transport === undefined || this.destroyed) return;
    if (transport.destroyed) {
      this.#fail(new TlsError({ code: 'truncated', origin: 'transport', detail: 'the transport is closed' }));
      return;
    }
    let connection: Connection;
    try {
      connection = opener.open(this, this.#watchers(opener));
    } catch (error) {
      this.destroy(error as Error);
      return;
    }
    if (!this.#attached) takeOver(transport);
    this.#driver = new Driver(connection, transport, this, opener.lenient);
    letGo(transport);
    this.#driver.start();
  }

  #watchers(opener: Opener): Watchers {
    const { server } = this;
    const listened = this.listenerCount('keylog') > 0 || (opener.isServer && server !== undefined && server.listenerCount('keylog') > 0);
    return { keyLog: listened ? this.#keyLog(opener) : undefined, trace: this.#trace ? writeTrace : undefined };
  }

  #keyLog(opener: Opener): (line: string) => void {
    return (line) => {
      const bytes = Buffer.from(`${line}\n`, 'latin1');
      this.emit('keylog', bytes);
      if (opener.isServer) this.server?.emit('keylog', bytes, this);
    };
  }

  // --- what the driver tells ---

  /** @internal */
  driverData(data: Uint8Array): boolean {
    if (this.destroyed || this.#readEnded) return true;
    this._touch();
    return this.push(data);
  }

  /** @internal */
  driverEvent(event: DriverEvent): void {
    switch (event.type) {
      case 'handshake':
        this.#onSecure(event.info);
        break;
      case 'session':
        this.#session = event.session;
        if (this.listenerCount('session') > 0) this.emit('session', this.getSession()!);
        break;
      case 'ocsp':
        this.emit('OCSPResponse', Buffer.from(event.response));
        break;
      case 'renegotiated':
        this.#onRenegotiated(event.info);
        break;
      case 'alert':
        if (event.description === NO_RENEGOTIATION)
          this.#renegotiated(codedError('ERR_SSL_NO_RENEGOTIATION', 'the peer refuses to renegotiate'));
        break;
      case 'heartbeat': {
        const { type: _type, ...report } = event;
        this.emit('heartbeat', report);
        break;
      }
      case 'end':
        if (this.#readEnded) break;
        this.#readEnded = true;
        this.truncated = ((this.#driver?.connection.wants ?? 0) & WANTS_INPUT) !== 0;
        this.push(null);
        // Nobody may be reading: the end has to be seen all the same, or the connection would stay half open.
        if (this.readableLength === 0) this.read(0);
        break;
      case 'error':
        this.#fail(event.error);
        break;
      default:
        break;
    }
  }

  /** @internal */
  driverLost(error: Error | undefined): void {
    if (error !== undefined) {
      if (!this.#readEnded || !this.writableFinished) this.destroy(error);
      return;
    }
    if (!this.#readEnded) this.#fail(new TlsError({ code: 'truncated', origin: 'transport' }));
    else if (this.#outbox.isBusy) this.destroy(codedError('EPIPE', 'This socket has been ended by the other party'));
  }

  /** @internal */
  driverSlow(): void {
    const limit = this.#opener?.handshakeTimeout ?? 0;
    if (limit === 0 || this.#handshakeTimer !== undefined || this.destroyed) return;
    this.#handshakeTimer = setTimeout(onHandshakeTimeout, this.#began + limit - performance.now(), this);
  }

  #onSecure(info: ConnectionInfo): void {
    const client = info.side === 'client';
    this.#info = info;
    this.#secure = true;
    if (this.#driver !== undefined) this.#outbox.open(this.#driver);
    this.secureConnecting = false;
    clearTimeout(this.#handshakeTimer);
    this.#handshakeTimer = undefined;
    this.alpnProtocol = info.alpn === '' ? false : Buffer.from(info.alpn, 'latin1').toString('utf8');
    this.servername = info.serverName === '' ? false : info.serverName;
    const opener = this.#opener;
    this.#opener = undefined;
    this.authorized = info.peerTrusted || (client && info.peerProof === 'psk');
    if (!this.authorized && (client || opener?.requestCert === true)) {
      const why = info.trustError === undefined ? undefined : this.#named(trustError(info.trustError, this.#trust), info, opener);
      this.authorizationError = ((why as { code?: string } | undefined)?.code ??
        why?.message ??
        'UNABLE_TO_GET_ISSUER_CERT') as unknown as Error;
    }
    this.emit('secure');
    if (this.destroyed) return;
    if (client) this.emit('secureConnect');
    else opener?.accepted?.(this);
    this.#outbox.goOn();
  }

  #onRenegotiated(info: ConnectionInfo): void {
    this.#info = info;
    this.authorized = info.peerTrusted;
    this.authorizationError = null as unknown as Error;
    if (info.trustError !== undefined) {
      const why = trustError(info.trustError, this.#trust);
      this.authorizationError = ((why as { code?: string }).code ?? why.message) as unknown as Error;
    }
    this.emit('secure');
    this.#renegotiated(null);
  }

  #fail(error: TlsError): void {
    if (this.destroyed) return;
    this.#hadError = true;
    const info = this.#driver?.connection.info;
    const coded = this.#named(connectionError(error, !this.#secure, this.#opener?.isServer === true, this.#trust), info, this.#opener);
    const opener = this.#opener;
    if (this.#secure || opener === undefined || !opener.isServer) {
      this.destroy(coded);
      return;
    }
    // A server's handshake that fails is no error of the stream: nobody has the stream yet.
    this.emit('_tlsError', coded);
    if (opener.refused !== undefined) {
      opener.refused(coded, this);
      this.destroy();
    } else this.destroy(this.listenerCount('error') > 0 ? coded : undefined);
  }

  /** Fills in what the error of a wrong name says of host and certificate. */
  #named(error: Error, info: ConnectionInfo | undefined, opener: Opener | undefined): Error {
    if ((error as { code?: string }).code !== 'ERR_TLS_CERT_ALTNAME_INVALID' || !(error.cause instanceof TlsError)) return error;
    const path = (error.cause.cause as { path?: readonly { der: Uint8Array }[] } | undefined)?.path;
    const leaf = path?.[0]?.der ?? info?.peerChain[0];
    if (leaf === undefined || opener?.checkName === undefined) return error;
    const cert = certificateObject(leaf);
    return altNameError(opener.checkName, cert, reasonOf(opener.checkName, cert), error.cause);
  }

  // --- the stream ---

  override _read(): void {
    this.#driver?.resume();
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: Done): void {
    this.#outbox.take([chunk], chunk.length, done);
  }

  override _writev(chunks: readonly { chunk: Uint8Array; encoding: BufferEncoding }[], done: Done): void {
    let bytes = 0;
    const list = chunks.map(({ chunk }) => {
      bytes += chunk.length;
      return chunk;
    });
    this.#outbox.take(list, bytes, done);
  }

  override _final(done: Done): void {
    this.#outbox.end(done);
  }

  override _destroy(error: Error | null, done: Done): void {
    this._stopTimer();
    clearTimeout(this.#handshakeTimer);
    this.#handshakeTimer = undefined;
    this.#opener = undefined;
    if (this.#renegotiating !== undefined) this.#renegotiated(error ?? codedError('ECONNRESET', 'the connection ended'));
    this.#outbox.flushLast();
    this.secureConnecting = false;
    this.#readEnded = true;
    const driver = this.#driver;
    const transport = this[TRANSPORT];
    if (driver !== undefined) driver.close();
    else transport?.destroy();
    const hadError = error !== null || this.#hadError;
    done(error);
    this.#outbox.failPending(error);
    // After the error, which the stream emits in the next tick, and when the transport is gone too.
    const closed = (): void => void process.nextTick(emitClose, this, hadError);
    if (this.#attached && transport !== undefined && !transport.closed && error === null && !this.#hadError)
      transport.once('close', closed);
    else closed();
  }

  // --- what was negotiated ---

  override getProtocol(): string | null {
    return this.destroyed ? null : (this.#info?.version ?? null);
  }

  override getCipher(): nodeTls.CipherNameAndProtocol {
    return this.#info === undefined ? (undefined as unknown as nodeTls.CipherNameAndProtocol) : cipherOf(this.#info);
  }

  override getPeerCertificate(detailed: true): nodeTls.DetailedPeerCertificate;
  override getPeerCertificate(detailed?: false): nodeTls.PeerCertificate;
  override getPeerCertificate(detailed?: boolean): nodeTls.PeerCertificate | nodeTls.DetailedPeerCertificate;
  override getPeerCertificate(detailed?: boolean): nodeTls.PeerCertificate | nodeTls.DetailedPeerCertificate {
    return peerCertificateOf(this.#info, this.#trust, detailed === true);
  }

  override getPeerX509Certificate(): X509Certificate | undefined {
    const leaf = this.#info?.peerChain[0];
    return leaf === undefined ? undefined : x509(leaf);
  }

  override getCertificate(): nodeTls.PeerCertificate | object | null {
    const leaf = this.#info?.credential?.chain[0];
    return this.#info === undefined ? null : leaf === undefined ? {} : certificateObject(leaf);
  }

  override getX509Certificate(): X509Certificate | undefined {
    const leaf = this.#info?.credential?.chain[0];
    return leaf === undefined ? undefined : x509(leaf);
  }

  override getEphemeralKeyInfo(): nodeTls.EphemeralKeyInfo | object | null {
    return this.#info === undefined ? null : ephemeralKeyInfo(this.#info);
  }

  /** The algorithm that signed, where one did: the list of both sides is not kept. */
  override getSharedSigalgs(): string[] {
    return this.#info === undefined ? [] : sigalgsOf(this.#info);
  }

  /** Undefined in TLS 1.3, which keeps no Finished for this. */
  override getFinished(): Bytes | undefined {
    return this.#finished(true);
  }

  override getPeerFinished(): Bytes | undefined {
    return this.#finished(false);
  }

  #finished(own: boolean): Bytes | undefined {
    const both = this.#driver?.connection.finishedMessages;
    if (both === undefined) return undefined;
    return Buffer.from(own === (this.#info?.side === 'client') ? both.client : both.server);
  }

  /** The last session that the server gave, for the `session` option of the next connection; a secret. */
  override getSession(): Bytes | undefined {
    return this.#session === undefined ? undefined : Buffer.from(encodeSession(this.#session));
  }

  override getTLSTicket(): Bytes | undefined {
    const ticket = this.#session?.ticket;
    return ticket === undefined || ticket.length === 0 ? undefined : Buffer.from(ticket);
  }

  override isSessionReused(): boolean {
    return this.#info?.resumed ?? false;
  }

  override exportKeyingMaterial(length: number, label: string, context?: NodeJS.ArrayBufferView): Bytes {
    if (!Number.isInteger(length) || length <= 0) throw argumentError('length', 'a positive whole number', length);
    if (typeof label !== 'string') throw argumentError('label', 'of type string', label);
    if (this.#driver === undefined || !this.#secure || this.destroyed)
      throw codedError('ERR_TLS_INVALID_STATE', 'TLS socket connection must be securely established');
    const value = context === undefined ? undefined : new Uint8Array(context.buffer, context.byteOffset, context.byteLength);
    return Buffer.from(this.#driver.connection.exportKeyingMaterial(length, label, value));
  }

  /** Everything that the engine tells of the connection; undefined before the handshake is over. */
  get connectionInfo(): ConnectionInfo | undefined {
    return this.#info;
  }

  // --- what can be asked of it ---

  /** Longest content of the records that are sent, 512 to 16384 bytes. */
  override setMaxSendFragment(size: number): boolean {
    if (!Number.isInteger(size) || size < MIN_FRAGMENT || size > MAX_PLAINTEXT) return false;
    this.#outbox.fragment = size === MAX_PLAINTEXT ? 0 : size;
    return true;
  }

  /** Server: the certificate to use, from an ALPNCallback. */
  override setKeyCert(context: nodeTls.SecureContext | SecureContextOptions): void {
    this.#opener?.setKeyCert(context);
  }

  /** From now on the peer's wish for another handshake is refused, whatever `renegotiation` allowed. */
  override disableRenegotiation(): void {
    this.#driver?.connection.disableRenegotiation();
  }

  /**
   * Another handshake on the connection, where its context has `renegotiation`: SSL 3.0 to TLS 1.2. A server asks its client for
   * it, and for a certificate with `requestCert`. The callback is called when it is over, with an error when it cannot be or the
   * peer refuses. Returns whether it began.
   */
  override renegotiate(options: RenegotiateRequest, callback?: (error: Error | null) => void): undefined | boolean {
    const { connection } = this.#driver ?? {};
    try {
      if (connection === undefined) throw codedError('ERR_TLS_INVALID_STATE', 'TLS socket connection must be securely established');
      const { requestCert, rejectUnauthorized } = options;
      connection.renegotiate(requestCert === true ? { clientCertificate: rejectUnauthorized === false ? 'request' : 'require' } : {});
    } catch (error) {
      const refused = codedError('ERR_TLS_RENEGOTIATION_DISABLED', 'TLS session renegotiation disabled for this socket', error);
      if (callback !== undefined) process.nextTick(callback, refused);
      return false;
    }
    this.#renegotiating = callback;
    this.#driver!.flush();
    return true;
  }

  /**
   * Asks the peer for a sign of life, where its context has `heartbeat` and the peer takes requests (RFC 6520). The event
   * `heartbeat` brings the report: `{ outcome: 'answered' | 'timeout' | 'stopped', payload, elapsedMs, … }`.
   * @throws TlsError `unsupported` where it was not agreed on; `invalid_state` in a handshake, and while a request is in flight.
   */
  heartbeat(request: HeartbeatRequest = {}): void {
    if (this.#driver === undefined) throw codedError('ERR_TLS_INVALID_STATE', 'TLS socket connection must be securely established');
    this.#driver.connection.heartbeat(request);
    this.#driver.flush();
  }

  #renegotiated(error: Error | null): void {
    const callback = this.#renegotiating;
    this.#renegotiating = undefined;
    callback?.(error);
  }

  /** Prints the handshake's steps to standard error; before it begins. */
  override enableTrace(): void {
    this.#trace = true;
  }

  /** Client: the name to ask for; before the handshake begins. */
  setServername(name: string): void {
    if (typeof name !== 'string') throw argumentError('name', 'of type string', name);
    if (this.#opener === undefined || this.#driver !== undefined || this.#opener.isServer)
      throw codedError('ERR_TLS_SNI_FROM_SERVER', 'Cannot issue SNI from a TLS server-side socket');
    this.#opener.setServername(name);
  }

  /** Client: the session to resume; before the handshake begins. */
  setSession(session: Buffer | string): void {
    this.#opener?.setSession(typeof session === 'string' ? Buffer.from(session, 'latin1') : session);
  }

  /** TLS 1.3: changes our key, and asks the peer to change its own when `request`. */
  updateKeys(request = false): void {
    if (this.#driver === undefined) throw codedError('ERR_TLS_INVALID_STATE', 'TLS socket connection must be securely established');
    this.#driver.connection.updateKeys(request);
    this.#driver.flush();
  }

  /** @internal */
  _onHandshakeTimeout(): void {
    this.#handshakeTimer = undefined;
    this.#fail(new TlsError({ code: 'handshake_timeout', origin: 'local', detail: 'TLS handshake timeout' }));
  }
}

function startLater(socket: TLSSocket): void {
  socket._start();
}
function onHandshakeTimeout(socket: TLSSocket): void {
  socket._onHandshakeTimeout();
}
function emitClose(socket: TLSSocket, hadError: boolean): void {
  socket.emit('close', hadError);
}

function writeTrace(entry: TraceEntry): void {
  process.stderr.write(`TLS ${entry.from} ${entry.kind === 'message' ? `${entry.name} (${entry.length} bytes)` : entry.name}\n`);
}
