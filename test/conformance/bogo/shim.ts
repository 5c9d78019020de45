#!/usr/bin/env node
/**
 * The program that BoringSSL's runner judges: one process per test, one connection per `-resume-count` and one more.
 * It only uses the engine's public face. Exit codes: 0 success, 1 failure, 89 not implemented.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { alertName, DECOMPRESSION_FAILURE } from '../../../src/base/alerts.ts';
import { TlsError } from '../../../src/base/errors.ts';
import { type Connection, createClientConnection, createServerConnection } from '../../../src/engine/connection.ts';
import { createDatagramClientConnection, createDatagramServerConnection, datagramCarrier } from '../../../src/engine/datagram.ts';
import type { ConnectionEvent } from '../../../src/engine/events.ts';
import type { ConnectionInfo } from '../../../src/engine/info.ts';
import { WANTS_SEND, WANTS_WORK } from '../../../src/engine/wants.ts';
import { MAX_DATAGRAM, MAX_DATAGRAM_MESSAGE } from '../../../src/base/limits.ts';
import type { ClientContext, ClientOptions, Credential, ServerContext } from '../../../src/handshake/context.ts';
import { RAW_PUBLIC_KEY, X509 } from '../../../src/wire/certificate-type.ts';
import { datagramConfig } from '../../../src/record/datagram/config.ts';
import { readPem } from '../../../src/pki/asn1/pem.ts';
import type { Session } from '../../../src/session/session.ts';
import { type Flags, isOldRunner, parseFlags, Unimplemented } from './flags.ts';
import { ADVANCE_ACK, framePacket, type PacketOp, PacketReader, RunnerClock } from './packets.ts';
import { createShared, type Observed, rankOf, setUp } from './setup.ts';

const UNIMPLEMENTED = 89;
const RECORD_SIZES = [0, 1, 255, 256, 257, 16383, 16384, 16385, 32767, 32768, 32769];

class Failure extends Error {}

// Until the end is reached, stopping is failing.
process.exitCode = 1;

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args.includes('-is-handshaker-supported')) {
    process.stdout.write('No\n');
    return 0;
  }
  const count = Number(parseFlags(args, 0).value.get('resume-count') ?? 0) + 1;
  for (let i = 0; i < count; i++) parseFlags(args, i);
  const shared = createShared(isOldRunner(parseFlags(args, 0)));
  let session: Session | undefined;
  for (let i = 0; i < count; i++) {
    const flags = parseFlags(args, i);
    if (i > 0) shared.delay += Number(flags.value.get('resumption-delay') ?? 0);
    const made = await connectOnce(flags, setUp(flags, shared), session, i > 0);
    if (made !== undefined) session = made;
  }
  return 0;
}

/** Makes one connection and does what the flags ask; gives the session for the next. */
async function connectOnce(
  flags: Flags,
  { context, observed, credentials }: ReturnType<typeof setUp>,
  session: Session | undefined,
  resumes: boolean,
): Promise<Session | undefined> {
  const socket = await callRunner(flags);
  const hostName = flags.value.get('host-name');
  const clock = flags.on.has('dtls') ? new RunnerClock() : undefined;
  const connection = createConnection(
    flags,
    context,
    { ...(hostName === undefined ? {} : { serverName: hostName }), ...(session === undefined ? {} : { session }) },
    clock,
  );
  const fragment = flags.value.get('max-send-fragment');
  if (fragment !== undefined) connection.setMaxSendFragment(Number(fragment));
  const driver = clock === undefined ? new Driver(connection, socket) : new DatagramDriver(connection, socket, clock);
  const info = await driver.handshake();
  // Only handshakes are cut to the path.
  if (!flags.value.has('mtu')) datagramCarrier(connection)?.setMaxDatagram(MAX_DATAGRAM);
  checkHandshake(flags, info, observed, credentials, driver, resumes);
  await exchange(flags, driver, info, observed);
  if (
    context.side === 'client' &&
    rankOf(info.versionId) === 4 &&
    driver.sessions.length === 0 &&
    !flags.on.has('expect-no-session') &&
    !flags.on.has('shim-shuts-down') &&
    !flags.on.has('send-alert')
  )
    throw new Failure('no session');
  await driver.finish();
  return driver.sessions.at(-1);
}

/** The runner of 2018 does not say where it listens: on ::1 where it can. */
async function callRunner(flags: Flags): Promise<net.Socket> {
  const port = Number(flags.value.get('port'));
  if (isOldRunner(flags)) return connectTo(port, '::1').catch(() => connectTo(port, '127.0.0.1'));
  const socket = await connectTo(port, flags.on.has('ipv6') ? '::1' : '127.0.0.1');
  const id = Buffer.alloc(8);
  id.writeBigUInt64LE(BigInt(flags.value.get('shim-id')!));
  socket.write(id);
  return socket;
}

function connectTo(port: number, host: string): Promise<net.Socket> {
  const socket = net.connect({ port, host, noDelay: true, allowHalfOpen: true });
  return new Promise((resolve, reject) => socket.once('connect', () => resolve(socket)).once('error', reject));
}

/** BoringSSL's timers and limits: each flight begins with 400 ms, and is given up after the twelfth repetition. */
function createConnection(
  flags: Flags,
  context: ClientContext | ServerContext,
  options: ClientOptions,
  clock: RunnerClock | undefined,
): Connection {
  if (clock === undefined) return context.side === 'client' ? createClientConnection(context, options) : createServerConnection(context);
  const config = datagramConfig({
    clock: clock.read,
    maxDatagram: Number(flags.value.get('mtu') ?? 1472),
    initialTimeoutMs: Number(flags.value.get('initial-timeout-duration-ms') ?? 400),
    retainTimeout: false,
    maxRetransmissions: 12,
    onExhausted: 'fail',
    lastFlightIntervalMs: 0,
    maxMessage: MAX_DATAGRAM_MESSAGE,
    unprotectedAlerts: 'accept',
    strictFragments: true,
  });
  return context.side === 'client'
    ? createDatagramClientConnection(context, config, options)
    : createDatagramServerConnection(context, config);
}

function checkHandshake(
  flags: Flags,
  info: ConnectionInfo,
  observed: Observed,
  credentials: readonly Credential[],
  driver: Driver,
  resumes: boolean,
): void {
  const expectNumber = (flag: string, got: number) => {
    const want = flags.value.get(flag);
    if (want !== undefined && Number(want) !== got) throw new Failure(`${flag}: want ${want}, got ${got}`);
  };
  expectNumber('expect-version', info.versionId);
  expectNumber('expect-curve-id', info.group);
  // Before TLS 1.2 there are no schemes to report.
  expectNumber('expect-peer-signature-algorithm', rankOf(info.versionId) < 3 ? 0 : info.peerScheme);
  expectNumber('expect-cipher', info.suiteId);
  expectNumber('expect-cipher-aes', info.suiteId);
  const resume = resumes && !flags.on.has('expect-session-miss');
  if (info.resumed !== resume) throw new Failure(`session unexpectedly was ${info.resumed ? '' : 'not '}reused`);
  if (info.side === 'client' && rankOf(info.versionId) < 4) {
    const expectNew = !flags.on.has('expect-no-session') && (!info.resumed || flags.on.has('expect-ticket-renewal'));
    if (expectNew !== driver.sessions.length > 0) throw new Failure(`a new session was ${expectNew ? 'not ' : ''}cached`);
  }
  const expectText = (flag: string, got: string) => {
    const want = flags.value.get(flag);
    if (want !== undefined && want !== got) throw new Failure(`${flag}: want ${want}, got ${got}`);
  };
  expectText('expect-server-name', observed.serverName);
  if (flags.on.has('expect-no-server-name') && observed.serverName !== '') throw new Failure('unexpected server name');
  expectText('expect-advertised-alpn', observed.advertisedAlpn.map((name) => String.fromCharCode(name.length) + name).join(''));
  checkRequest(flags, observed);
  checkPeer(flags, info, observed);
  if (flags.on.has('expect-session-id') && !resumes && !observed.stored) throw new Failure('session was not cached on the server');
  if (flags.on.has('expect-no-session-id') && observed.stored) throw new Failure('session was cached on the server');
  const alpn = flags.value.get(info.side === 'server' ? 'select-alpn' : 'expect-alpn') ?? '';
  if (alpn !== info.alpn) throw new Failure(`alpn: want ${alpn}, got ${info.alpn}`);
  if (flags.on.has('expect-extended-master-secret') && !info.extendedMasterSecret) throw new Failure('no extended master secret');
  if (flags.on.has('expect-no-peer-cert') && info.peerChain.length > 0) throw new Failure('unexpected peer certificate');
  const selected = flags.value.get('expect-selected-credential');
  if (selected !== undefined && !info.resumed) {
    const index = info.credential === undefined ? -1 : credentials.indexOf(info.credential);
    const want = Number(selected) === -1 && flags.base.certFile !== undefined ? flags.credentials.length : Number(selected);
    if (index !== want) throw new Failure(`selected credential: want ${selected}, got ${index}`);
  }
  if (
    (flags.on.has('expect-secure-renegotiation') && !info.secureRenegotiation) ||
    (flags.on.has('expect-no-secure-renegotiation') && info.secureRenegotiation)
  )
    throw new Failure('secure renegotiation');
  const ocsp = flags.value.get('expect-ocsp-response');
  if (ocsp !== undefined && !info.resumed && (driver.ocsp === undefined || Buffer.compare(driver.ocsp, Buffer.from(ocsp, 'base64')) !== 0))
    throw new Failure('ocsp response');
  for (const flag of ['verify-fail', 'expect-hrr', 'expect-no-hrr'] as const)
    if (flag !== 'verify-fail' && flags.on.has(flag)) checkRetry(flag, info);
}

/** What the peer said of the certificates that it takes. */
function checkRequest(flags: Flags, { request }: Observed): void {
  const authorities = flags.value.get('expect-client-ca-list');
  const named = request?.authorities.map((name) => Buffer.from(name).toString('hex')).join(',') ?? '';
  if (authorities !== undefined && named !== authorities) throw new Failure(`authorities: want ${authorities}, got ${named}`);
  const schemes = flags.lists.get('expect-peer-verify-pref');
  if (schemes !== undefined && String(request?.schemes) !== String(schemes))
    throw new Failure(`peer's schemes: want ${schemes}, got ${request?.schemes}`);
}

/** Who the peer is. */
function checkPeer(flags: Flags, info: ConnectionInfo, observed: Observed): void {
  if (flags.on.has('expect-verify-result') && !info.resumed && info.peerChain.length > 0 && !observed.verified)
    throw new Failure('the chain was not verified');
  const file = flags.value.get('expect-peer-cert-file');
  if (file !== undefined) {
    const chain = readPem(readFileSync(file, 'utf8')).map((block) => Buffer.from(block.der));
    if (!chain.every((der, index) => der.equals(info.peerChain[index] ?? Buffer.alloc(0))) || chain.length !== info.peerChain.length)
      throw new Failure('peer certificates');
  }
  const type = flags.value.get('expect-peer-certificate-type');
  if (type !== undefined && Number(type) !== (info.peerRawKey === undefined ? X509 : RAW_PUBLIC_KEY))
    throw new Failure(`certificate type: want ${type}`);
  const hash = flags.value.get('expect-peer-rpk-sha256');
  if (
    hash !== undefined &&
    createHash('sha256')
      .update(info.peerRawKey ?? '')
      .digest('base64') !== hash
  )
    throw new Failure('raw public key');
  const timestamps = flags.value.get('expect-signed-cert-timestamps');
  if (timestamps !== undefined && !info.resumed && Buffer.from(info.peerTimestamps ?? []).toString('base64') !== timestamps)
    throw new Failure('signed certificate timestamps');
}

function checkRetry(flag: 'expect-hrr' | 'expect-no-hrr', info: ConnectionInfo): void {
  if (info.helloRetried !== (flag === 'expect-hrr')) throw new Failure(flag);
}

async function exchange(flags: Flags, driver: Driver, info: ConnectionInfo, observed: Observed): Promise<void> {
  const { connection } = driver;
  driver.exporting = flags.on.has('use-exporter-between-reads');
  const exported = Number(flags.value.get('export-keying-material') ?? 0);
  if (exported > 0) {
    const context = flags.on.has('use-export-context') ? Buffer.from(flags.value.get('export-context') ?? '', 'latin1') : undefined;
    driver.write(connection.exportKeyingMaterial(exported, flags.value.get('export-label') ?? '', context));
  }
  if (flags.on.has('tls-unique')) {
    const finished = connection.finishedMessages;
    if (finished === undefined) throw new Failure('no tls-unique');
    driver.write(info.resumed ? finished.server : finished.client);
  }
  if (flags.on.has('export-traffic-secrets')) driver.write(trafficSecrets(info, observed));
  if (flags.on.has('send-alert')) {
    connection.abort(new TlsError({ code: 'aborted', origin: 'api', alert: DECOMPRESSION_FAILURE }));
    driver.flush();
    return;
  }
  const sizes = flags.on.has('write-different-record-sizes');
  if (sizes) for (const size of RECORD_SIZES) driver.write(new Uint8Array(size).fill(0x42));
  if (flags.on.has('shim-writes-first')) {
    const text = Buffer.from(flags.value.get('shim-initial-write') ?? 'hello', 'latin1');
    for (let i = 0; i < Number(flags.value.get('repeat-shim-initial-write') ?? 1); i++) driver.write(text);
  }
  if (!flags.on.has('shim-shuts-down') && !sizes) {
    for (;;) {
      if (flags.on.has('key-update-before-read')) driver.updateKeys();
      const data = await driver.read();
      if (data === undefined) break;
      if (flags.on.has('key-update')) driver.updateKeys();
      driver.write(data.map((byte) => byte ^ 0xff));
    }
  }
  await driver.sent();
  const renegotiations = flags.value.get('expect-total-renegotiations');
  if (renegotiations !== undefined && Number(renegotiations) !== connection.info?.renegotiations)
    throw new Failure(`renegotiations: want ${renegotiations}, got ${connection.info?.renegotiations}`);
  connection.close();
  driver.flush();
  if (flags.on.has('check-close-notify')) await driver.closeNotify();
}

/** Their length in the host's order, what we read with, what we write with. */
function trafficSecrets(info: ConnectionInfo, { secrets }: Observed): Uint8Array {
  const client = secrets.get('CLIENT_TRAFFIC_SECRET_0');
  const server = secrets.get('SERVER_TRAFFIC_SECRET_0');
  if (client === undefined || server === undefined) throw new Failure('no traffic secrets');
  const length = Buffer.alloc(2);
  length.writeUInt16LE(client.length);
  return Buffer.concat(info.side === 'client' ? [length, server, client] : [length, client, server]);
}

/** Connection and socket, with promises for what the shim waits for. */
class Driver {
  readonly connection: Connection;
  readonly sessions: Session[] = [];
  ocsp: Uint8Array | undefined;
  /** -use-exporter-between-reads */
  exporting = false;
  protected readonly socket: net.Socket;
  readonly #data: Uint8Array[] = [];
  readonly #unsent: Uint8Array[] = [];
  #info: ConnectionInfo | undefined;
  #error: Error | undefined;
  #ended = false;
  #socketEnded = false;
  #closeNotify = false;
  #wake: (() => void) | undefined;

  constructor(connection: Connection, socket: net.Socket) {
    this.connection = connection;
    this.socket = socket;
    connection.onWake = () => this.flush();
    socket.on('data', (chunk: Buffer) => this.onBytes(chunk));
    socket.on('end', () => this.onSocketEnd());
    socket.on('error', () => this.onSocketEnd());
    this.flush();
  }

  protected onBytes(chunk: Uint8Array): void {
    this.connection.receive(chunk);
    this.flush();
  }

  protected sendOutput(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  protected fail(error: Error): void {
    this.#error ??= error;
    this.#wake?.();
  }

  flush(): void {
    try {
      if (this.exporting && this.#error === undefined) this.connection.exportKeyingMaterial(1, '');
    } catch (error) {
      this.#error = error as Error;
    }
    for (let event = this.connection.poll(); event !== undefined; event = this.connection.poll()) this.#onEvent(event);
    this.#send();
    this.#flushOutput();
    this.#wake?.();
  }

  write(data: Uint8Array): void {
    this.#throwError();
    this.#unsent.push(data);
    this.flush();
  }

  /** Data waits while the connection renegotiates. */
  #send(): void {
    for (let data = this.#unsent[0]; data !== undefined && (this.connection.wants & WANTS_SEND) !== 0; data = this.#unsent[0]) {
      const accepted = this.connection.send(data);
      if (accepted < data.length) this.#unsent[0] = data.subarray(accepted);
      else this.#unsent.shift();
      this.#flushOutput();
    }
  }

  #flushOutput(): void {
    for (let out = this.connection.takeOutput(); out !== undefined; out = this.connection.takeOutput()) this.sendOutput(out);
  }

  /** All that was written is on its way. */
  async sent(): Promise<void> {
    await this.#until(() => this.#unsent.length === 0 || this.#socketEnded);
  }

  updateKeys(): void {
    this.connection.updateKeys(false);
    this.flush();
  }

  async handshake(): Promise<ConnectionInfo> {
    await this.#until(() => this.#info !== undefined);
    return this.#info!;
  }

  /** The next data, or undefined at the end, clean or not. */
  async read(): Promise<Uint8Array | undefined> {
    await this.#until(() => this.#data.length > 0 || this.#ended);
    return this.#data.shift();
  }

  async closeNotify(): Promise<void> {
    await this.#until(() => this.#closeNotify || this.#data.length > 0 || this.#socketEnded);
    if (this.#data.length > 0) throw new Failure('application data on shutdown');
    if (!this.#closeNotify) throw new Failure('no close_notify');
  }

  async finish(): Promise<void> {
    this.socket.end();
    this.socket.resume();
    if (!this.#socketEnded && !this.socket.readableEnded && !this.socket.destroyed)
      await new Promise<void>((resolve) => this.socket.once('close', () => resolve()).once('end', () => resolve()));
    this.socket.destroy();
  }

  async drain(): Promise<void> {
    this.flush();
    await Promise.race([this.finish(), new Promise((resolve) => setTimeout(resolve, 2000))]);
  }

  #onEvent(event: ConnectionEvent): void {
    if (event.type === 'handshake') this.#info = event.info;
    else if (event.type === 'data') this.#data.push(event.data);
    else if (event.type === 'session') this.sessions.push(event.session);
    else if (event.type === 'ocsp') this.ocsp = event.response;
    else if (event.type === 'end') this.#ended = this.#closeNotify = true;
    else if (event.type === 'renegotiationRequest') this.connection.renegotiate();
    else if (event.type === 'error') this.#error = event.error;
  }

  protected onSocketEnd(): void {
    this.#socketEnded = true;
    if (this.#info === undefined) {
      this.connection.receiveEnd();
      this.flush();
    } else if (this.#data.length === 0) this.#ended ||= this.#error === undefined;
    this.#wake?.();
  }

  async #until(ready: () => boolean): Promise<void> {
    while (!ready()) {
      this.#throwError();
      if (this.#socketEnded) {
        if (this.#info !== undefined) {
          this.#ended = true;
          continue;
        }
        throw new Failure('the runner hung up');
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#data.length === 0) this.#throwError();
  }

  #throwError(): void {
    if (this.#error === undefined) return;
    lastDriver = this;
    throw this.#error;
  }
}

/** Within so many ms a timer counts as run out. */
const TIMER_RESOLUTION = 15;

/** The same over datagrams: the runner's orders are carried out one by one, each when all that came of the last is done. */
class DatagramDriver extends Driver {
  readonly #clock: RunnerClock;
  readonly #reader = new PacketReader();
  #busy = false;
  #ended = false;

  constructor(connection: Connection, socket: net.Socket, clock: RunnerClock) {
    super(connection, socket);
    this.#clock = clock;
    connection.onWake = () => {
      this.flush();
      this.#pump();
    };
  }

  protected override onBytes(chunk: Uint8Array): void {
    this.#reader.push(chunk);
    this.#pump();
  }

  protected override sendOutput(datagram: Uint8Array): void {
    this.socket.write(framePacket(datagram));
  }

  protected override onSocketEnd(): void {
    this.#ended = true;
    this.#pump();
  }

  #pump(): void {
    if (this.#busy || (this.connection.wants & WANTS_WORK) !== 0) return;
    const op = this.#reader.next();
    if (op === undefined) {
      if (this.#ended) super.onSocketEnd();
      return;
    }
    this.#busy = true;
    this.#obey(op);
    this.flush();
    setImmediate(() => {
      this.#busy = false;
      this.#pump();
    });
  }

  #obey(op: PacketOp): void {
    const { connection } = this;
    const carrier = datagramCarrier(connection)!;
    switch (op.type) {
      case 'packet':
        connection.receive(op.datagram);
        return;
      case 'advance':
        this.socket.write(ADVANCE_ACK);
        this.#clock.now += op.ms;
        if (connection.nextTimeout - this.#clock.now <= TIMER_RESOLUTION)
          connection.tick(Math.max(this.#clock.now, connection.nextTimeout));
        return;
      case 'mtu':
        carrier.setMaxDatagram(op.bytes);
        return;
      case 'expectTimeout': {
        // That a flight is kept is no timeout.
        const due = carrier.isLingering ? Number.POSITIVE_INFINITY : Math.max(0, connection.nextTimeout - this.#clock.now);
        if (due !== op.ms && !(Math.abs(due - op.ms) < 0.001)) this.fail(new Failure(`timeout: want ${op.ms}, got ${due}`));
        return;
      }
      case 'initialTimeout':
        carrier.setInitialTimeout(op.ms);
    }
  }
}

/** The runner of 2018 takes one text for an error: where an error map is named, its translations are printed too. */
function translate(text: string): string {
  const file = process.env['SHIM_ERRORS'];
  if (file === undefined) return '';
  const { ErrorMap } = JSON.parse(readFileSync(file, 'utf8')) as { ErrorMap: Record<string, string[]> };
  const names = Object.entries(ErrorMap).filter(([, ours]) => ours.some((each) => text.includes(each)));
  return names.map(([name]) => `${name}\n`).join('');
}

let lastDriver: Driver | undefined;

main()
  .then((code) => {
    process.exitCode = code;
  })
  .catch(async (error: unknown) => {
    if (error instanceof Unimplemented) {
      process.stderr.write(`unimplemented: ${error.message}\n`);
      const reasons = process.env['SHIM_REASONS'];
      if (reasons !== undefined) appendFileSync(reasons, `${error.message}\n`);
      process.exit(UNIMPLEMENTED);
    }
    const text =
      error instanceof TlsError
        ? `${error.code} ${error.origin} ${error.alert === undefined ? '-' : alertName(error.alert)} ${error.detail ?? ''}`
        : String((error as Error).stack);
    process.stderr.write(`veritls: ${text}\n${translate(text)}`);
    if (process.env['SHIM_STACK'] !== undefined) process.stderr.write(`${(error as Error).stack}\n`);
    await lastDriver?.drain();
    process.exit(1);
  })
  .finally(() => process.exit());
