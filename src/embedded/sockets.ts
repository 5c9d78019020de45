/**
 * BSD-shaped sockets under the TLS and DTLS socket interfaces. OAL_PREEMPTIVE 0: calls that cannot go on give -1 with
 * EWOULDBLOCK, and the event loop moves the bytes. OAL_PREEMPTIVE 1: calls block the thread.
 */
import { config_tls } from './config-tls.ts';
import { TLS_TIMEOUT_ERR, TLS_WAIT, type t_tls_ret } from './constants.ts';
import { DtlsSharedPort } from './dtls-shared-port.ts';
import { initialized, type Started } from './module.ts';
import type { IpStack, StackListener, StackStream, StackUdp } from './stack.ts';
import { socketStack } from './stacks.ts';
import type { TlsLink } from './tls-link.ts';
import type { Ref } from './types.ts';

export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const IN_ADDR_ANY = '0.0.0.0';
export const SOL_SOCKET = 1;
export const SO_RCVTIMEO = 20;
export const SOCKET_EBADF = 9;
export const SOCKET_EWOULDBLOCK = 11;
export const SOCKET_EINVAL = 22;
export const SOCKET_EADDRINUSE = 98;
export const SOCKET_ENOTCONN = 107;
export const SOCKET_ETIMEDOUT = 110;
export const SOCKET_ECONNREFUSED = 111;

export interface sockaddr_in {
  sin_family: number;
  sin_addr: { s_addr: string };
  sin_port: number;
}

export interface SocketEntry {
  readonly fd: number;
  readonly type: number;
  address: string;
  port: number;
  listener: StackListener | undefined;
  stream: StackStream | undefined;
  udp: StackUdp | undefined;
  /** TLS or DTLS on it. */
  link: TlsLink | undefined;
  dtls: DtlsSharedPort | undefined;
  /** Where a datagram socket is connected to. */
  peer: { address: string; port: number } | undefined;
  rest: Uint8Array | undefined;
  /** SO_RCVTIMEO in ms; 0: none. */
  timeout: number;
}

const MAX_SOCKETS = 4096;
const sockets = new Map<number, SocketEntry>();
let nextFd = 3;
let errno = 0;

/** Why the last socket call gave -1. */
export function socket_errno(): number {
  return errno;
}

/** A new socket, or -1. */
export function socket(af: number, type: number, _protocol: number): number {
  if ((af !== AF_INET && af !== AF_INET6) || (type !== SOCK_STREAM && type !== SOCK_DGRAM) || sockets.size >= MAX_SOCKETS)
    return failed(SOCKET_EINVAL);
  // Descriptors are not used twice: one that was closed is none.
  const fd = nextFd++;
  sockets.set(fd, {
    fd,
    type,
    address: af === AF_INET ? IN_ADDR_ANY : '::',
    port: 0,
    listener: undefined,
    stream: undefined,
    udp: undefined,
    link: undefined,
    dtls: undefined,
    peer: undefined,
    rest: undefined,
    timeout: 0,
  });
  return fd;
}

export function bind(fd: number, addr: sockaddr_in | null, _len?: number): number {
  const entry = sockets.get(fd);
  if (entry === undefined) return failed(SOCKET_EBADF);
  const to = addressOf(addr, 0);
  if (to === undefined || entry.listener !== undefined || entry.udp !== undefined) return failed(SOCKET_EINVAL);
  entry.address = to.address;
  entry.port = to.port;
  if (entry.type === SOCK_DGRAM) {
    const udp = socketStack().udp(to.address, to.port);
    entry.udp = udp;
    if (isBlocking()) block(() => udp.port !== 0 || udp.failed, entry.timeout);
    if (udp.failed) return failed(SOCKET_EADDRINUSE);
  }
  return 0;
}

export function listen(fd: number, backlog: number): number {
  const entry = sockets.get(fd);
  if (entry === undefined) return failed(SOCKET_EBADF);
  if (entry.type !== SOCK_STREAM || entry.listener !== undefined || entry.stream !== undefined || !Number.isInteger(backlog))
    return failed(SOCKET_EINVAL);
  const listener = socketStack().listen(entry.address, entry.port, Math.max(1, backlog));
  entry.listener = listener;
  if (isBlocking()) block(() => listener.port !== 0 || listener.failed, entry.timeout);
  return listener.failed ? failed(SOCKET_EADDRINUSE) : 0;
}

/** The descriptor of a connection that has come; the peer is written to `addr`. */
export function accept(fd: number, addr: sockaddr_in | null, _len?: Ref<number> | null): number {
  const entry = sockets.get(fd);
  if (entry === undefined) return failed(SOCKET_EBADF);
  const { listener } = entry;
  if (listener === undefined) return failed(SOCKET_EINVAL);
  let stream = listener.accept();
  if (stream === undefined && isBlocking()) {
    block(() => {
      stream = listener.accept();
      return stream !== undefined || !sockets.has(fd);
    }, entry.timeout);
  }
  if (stream === undefined) return failed(listener.failed ? SOCKET_EADDRINUSE : SOCKET_EWOULDBLOCK);
  const made = socket(AF_INET, SOCK_STREAM, 0);
  if (made < 0) {
    stream.destroy();
    return -1;
  }
  sockets.get(made)!.stream = stream;
  if (addr !== null && addr !== undefined) {
    addr.sin_family = AF_INET;
    addr.sin_addr = { s_addr: stream.remoteAddress };
    addr.sin_port = stream.remotePort;
  }
  return made;
}

/** Connects. Polled: 0 at once, the connection may still be under way; TLS waits for it. */
export function connect(fd: number, addr: sockaddr_in | null, _len?: number): number {
  const entry = sockets.get(fd);
  if (entry === undefined) return failed(SOCKET_EBADF);
  const to = addressOf(addr, 1);
  if (to === undefined || entry.stream !== undefined || entry.listener !== undefined) return failed(SOCKET_EINVAL);
  if (entry.type === SOCK_DGRAM) {
    entry.peer = to;
    return 0;
  }
  const stream = socketStack().connect(to.address, to.port);
  entry.stream = stream;
  if (!isBlocking()) return 0;
  const done = block(() => stream.state !== 'connecting', entry.timeout);
  if (!done) return failed(SOCKET_ETIMEDOUT);
  return stream.state === 'closed' ? failed(SOCKET_ECONNREFUSED) : 0;
}

/** Sends bytes without TLS; how many were taken. */
export function send(fd: number, data: Uint8Array | null, length: number, _flags = 0): number {
  const entry = sockets.get(fd);
  if (entry === undefined) return failed(SOCKET_EBADF);
  if (!(data instanceof Uint8Array) || !Number.isInteger(length) || length < 0 || length > data.length || entry.link !== undefined)
    return failed(SOCKET_EINVAL);
  if (entry.type === SOCK_DGRAM) {
    if (entry.peer === undefined) return failed(SOCKET_ENOTCONN);
    udpOf(entry).send(entry.peer.address, entry.peer.port, data.slice(0, length));
    return length;
  }
  const { stream } = entry;
  if (stream === undefined || stream.state === 'closed') return failed(SOCKET_ENOTCONN);
  if (stream.state === 'connecting') return failed(SOCKET_EWOULDBLOCK);
  stream.write(data.slice(0, length));
  return length;
}

/** Bytes as they came, without TLS; 0: the peer has ended. */
export function recv(fd: number, buffer: Uint8Array | null, length: number, _flags = 0): number {
  const entry = sockets.get(fd);
  if (entry === undefined) return failed(SOCKET_EBADF);
  if (!(buffer instanceof Uint8Array) || !Number.isInteger(length) || length < 1 || length > buffer.length || entry.link !== undefined)
    return failed(SOCKET_EINVAL);
  const { stream } = entry;
  const next = (): Uint8Array | undefined => entry.rest ?? (entry.type === SOCK_DGRAM ? udpOf(entry).receive()?.bytes : stream?.read());
  let bytes = next();
  const ended = (): boolean => stream !== undefined && (stream.state === 'ended' || stream.state === 'closed');
  if (bytes === undefined && isBlocking()) {
    block(() => {
      bytes = next();
      return bytes !== undefined || ended();
    }, entry.timeout);
  }
  if (bytes === undefined)
    return ended() ? 0 : failed(stream === undefined && entry.type === SOCK_STREAM ? SOCKET_ENOTCONN : SOCKET_EWOULDBLOCK);
  const part = bytes.subarray(0, length);
  buffer.set(part);
  entry.rest = part.length < bytes.length && entry.type === SOCK_STREAM ? bytes.subarray(length) : undefined;
  return part.length;
}

/** SO_RCVTIMEO, in ms. */
export function setsockopt(fd: number, level: number, option: number, value: number): number {
  const entry = sockets.get(fd);
  if (entry === undefined) return failed(SOCKET_EBADF);
  if (level !== SOL_SOCKET || option !== SO_RCVTIMEO || !Number.isInteger(value) || value < 0) return failed(SOCKET_EINVAL);
  entry.timeout = value;
  return 0;
}

/** The local port; polled: it may not be known yet. */
export function getsockname(fd: number, addr: sockaddr_in | null, _len?: Ref<number> | null): number {
  const entry = sockets.get(fd);
  if (entry === undefined) return failed(SOCKET_EBADF);
  if (addr === null || typeof addr !== 'object') return failed(SOCKET_EINVAL);
  const port = entry.listener?.port ?? entry.udp?.port ?? entry.port;
  addr.sin_family = AF_INET;
  addr.sin_addr = { s_addr: entry.address };
  addr.sin_port = port;
  return port === 0 ? failed(SOCKET_EWOULDBLOCK) : 0;
}

/** Closes a socket, and what of TLS is still on it. */
export function close(fd: number): number {
  const entry = sockets.get(fd);
  if (entry === undefined) return failed(SOCKET_EBADF);
  sockets.delete(fd);
  entry.link?.drop();
  entry.listener?.close();
  const { stream } = entry;
  if (stream !== undefined) {
    const wasOpen = stream.state !== 'closed';
    let gone = !wasOpen;
    const drain = (): void => {
      while (stream.read() !== undefined);
      gone = stream.state === 'closed';
    };
    stream.onchange = drain;
    stream.end();
    stream.destroy();
    if (isBlocking() && wasOpen) block(() => gone, 200);
  }
  if (entry.dtls !== undefined) entry.dtls.destroy();
  else entry.udp?.close();
  return 0;
}

/** The names that the guide's samples use as well. */
export const socket_open: typeof socket = socket;
export const socket_bind: typeof bind = bind;
export const socket_close: typeof close = close;

// --- for the TLS and DTLS functions ---

export function findSocket(fd: number): SocketEntry | undefined {
  return sockets.get(fd);
}

export function isBlocking(): boolean {
  return (initialized()?.config ?? config_tls).OAL_PREEMPTIVE === 1 && socketStack().wait !== undefined;
}

/** Blocks until `test` holds; `due` says when it must be looked at again. False: `timeout` ms have passed. */
export function block(test: () => boolean, timeout: number, due: () => number = () => Number.POSITIVE_INFINITY): boolean {
  const stack: IpStack = socketStack();
  const until = timeout === 0 ? Number.POSITIVE_INFINITY : performance.now() + timeout;
  for (;;) {
    if (test()) return true;
    const now = performance.now();
    if (now >= until) return false;
    stack.wait!(Math.max(0, Math.min(until, due(), now + 60_000) - now));
  }
}

/** What `test` gives; where calls block, what it gives when it is no longer TLS_WAIT, or TLS_TIMEOUT_ERR after SO_RCVTIMEO. */
export function waitFor(entry: SocketEntry, test: () => t_tls_ret, due?: () => number): t_tls_ret {
  let ret = test();
  if (ret !== TLS_WAIT || !isBlocking()) return ret;
  const look = (): boolean => {
    ret = test();
    return ret !== TLS_WAIT;
  };
  return block(look, entry.timeout, due) ? ret : TLS_TIMEOUT_ERR;
}

/** The UDP port of a datagram socket, bound to any where it is not yet. */
export function udpOf(entry: SocketEntry): StackUdp {
  entry.udp ??= socketStack().udp(entry.address, entry.port);
  return entry.udp;
}

/** DTLS on a datagram socket. */
export function dtlsOf(module: Started, entry: SocketEntry): DtlsSharedPort {
  entry.dtls ??= new DtlsSharedPort(module, 'dtls-socket', udpOf(entry));
  return entry.dtls;
}

function addressOf(addr: sockaddr_in | null, least: number): { address: string; port: number } | undefined {
  if (addr === null || typeof addr !== 'object' || typeof addr.sin_addr?.s_addr !== 'string') return undefined;
  const { sin_port: port } = addr;
  if (!Number.isInteger(port) || port < least || port > 65_535) return undefined;
  return { address: addr.sin_addr.s_addr, port };
}

function failed(reason: number): -1 {
  errno = reason;
  return -1;
}
