/** `connect --dtls`: one DTLS connection with everything about it recorded, then a pipe of datagrams. */
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionInfo } from '../engine/info.ts';
import type { ClientContext } from '../handshake/context.ts';
import { DTLSEndpoint } from '../node/dtls/endpoint.ts';
import { tuning } from '../node/dtls/options.ts';
import type { DTLSSession } from '../node/dtls/session.ts';
import { UdpTransport } from '../node/dtls/transport.ts';
import { decodeSession } from '../session/codec.ts';
import type { Session } from '../session/session.ts';
import type { ClientRequest } from './client.ts';
import { HandshakeLog, type HandshakeStep } from './handshake-log.ts';
import type { Io } from './io.ts';

export interface DatagramRequest extends Pick<ClientRequest, 'target' | 'witness' | 'serverName' | 'session' | 'timeoutMs'> {
  readonly context: ClientContext;
  readonly mtu?: number | undefined;
  readonly lossyLink?: boolean | undefined;
  readonly retransmitInitial?: number | undefined;
  readonly onStep?: ((step: HandshakeStep) => void) | undefined;
}

export class DatagramRun {
  readonly request: DatagramRequest;
  readonly log: HandshakeLog;
  readonly timings: { dns: number | undefined; tcp: undefined; starttls: undefined; handshake: number | undefined };
  readonly sessions: Session[] = [];
  address: string | undefined;
  info: ConnectionInfo | undefined;
  error: unknown;
  session: DTLSSession | undefined;

  constructor(request: DatagramRequest) {
    this.request = request;
    this.log = new HandshakeLog(() => performance.now(), request.onStep);
    this.timings = { dns: undefined, tcp: undefined, starttls: undefined, handshake: undefined };
  }

  /** The failure is in `error`. */
  async connect(): Promise<void> {
    const { target, context, serverName, timeoutMs } = this.request;
    try {
      const family = isIP(target.host);
      const started = performance.now();
      const found = family === 0 ? await lookup(target.host) : { address: target.host, family };
      if (family === 0) this.timings.dns = performance.now() - started;
      this.address = found.address;
      const began = performance.now();
      this.log.restart();
      const endpoint = new DTLSEndpoint(
        new UdpTransport(createSocket(found.family === 6 ? 'udp6' : 'udp4'), {
          owned: true,
          bind: { port: 0, address: undefined, exclusive: true },
        }),
        { config: tuning(this.request), handshakeTimeoutMs: timeoutMs, idleTimeoutMs: 0 },
        undefined,
        true,
      );
      const session = endpoint._connect({ address: found.address, port: target.port }, context, {
        ...(serverName === undefined ? {} : { serverName }),
        ...(this.request.session === undefined ? {} : { session: this.request.session }),
        trace: this.log.trace,
      });
      this.session = session;
      session.onretransmit = (attempts) => this.log.note('client', `no answer: sent again (${attempts})`);
      await session.opened;
      this.info = session.info;
      this.timings.handshake = performance.now() - began;
      const resumable = session.session === undefined ? undefined : decodeSession(session.session);
      if (resumable !== undefined) this.sessions.push(resumable);
    } catch (error) {
      const { cause } = error as { cause?: unknown };
      this.error = cause instanceof Error ? cause : error;
    }
  }

  /** Each chunk of standard input is a datagram, or as many as it needs; what comes is printed. */
  async pipe(io: Io, lingerMs: number): Promise<void> {
    const { session } = this;
    if (session === undefined) return;
    let over = false;
    let lastData = performance.now();
    session.onmessage = (data) => {
      lastData = performance.now();
      io.stdout.write(data);
    };
    const ended = session.closed.then(
      () => {
        over = true;
      },
      (error: unknown) => {
        over = true;
        this.error ??= error;
      },
    );
    let sent = false;
    const inputOver = new Promise<void>((resolve) => io.stdin.once('end', resolve).once('error', () => resolve()));
    io.stdin.on('data', (chunk: Buffer) => {
      sent = true;
      for (let at = 0; at < chunk.length && !over; at += session.maxPayload) session.send(chunk.subarray(at, at + session.maxPayload));
    });
    await Promise.race([inputOver, ended]);
    if (!over && sent) {
      lastData = performance.now();
      while (!over && performance.now() - lastData < lingerMs) await Promise.race([ended, sleep(Math.min(50, lingerMs))]);
    }
    io.stdin.destroy();
  }

  async close(): Promise<void> {
    await this.session?.close();
  }
}
