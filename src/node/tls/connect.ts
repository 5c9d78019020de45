/** `connect`, in every form of node:tls. */
import { type BlockList, connect as connectNet, type NetConnectOpts } from 'node:net';
import type * as nodeTls from 'node:tls';
import { argumentError } from './errors.ts';
import type { KeyInput } from './credentials.ts';
import type { SecureContextOptions } from './secure-context.ts';
import { TLSSocket } from './socket.ts';
import type { TLSSocketOptions } from './socket-options.ts';

/** As of node:tls, and what this library adds. */
export interface ConnectionOptions
  extends Omit<nodeTls.ConnectionOptions, 'key' | 'pskCallback' | 'ALPNProtocols' | keyof TLSSocketOptions>,
    Omit<TLSSocketOptions, 'isServer' | 'server' | 'SNICallback' | 'ALPNCallback'> {
  readonly key?: KeyInput | readonly KeyInput[] | undefined;
  /** What `net.connect` takes besides. */
  readonly family?: number | undefined;
  readonly hints?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly noDelay?: boolean | undefined;
  readonly keepAlive?: boolean | undefined;
  readonly keepAliveInitialDelay?: number | undefined;
  readonly autoSelectFamily?: boolean | undefined;
  readonly autoSelectFamilyAttemptTimeout?: number | undefined;
  readonly blockList?: BlockList | undefined;
}

type Listener = () => void;

/** Opens a connection, or speaks TLS over `options.socket`, which may be any Duplex. `secureConnect` when it is set up. */
export function connect(port: number, host?: string, options?: ConnectionOptions, secureConnectListener?: Listener): TLSSocket;
export function connect(port: number, options?: ConnectionOptions, secureConnectListener?: Listener): TLSSocket;
export function connect(options: ConnectionOptions, secureConnectListener?: Listener): TLSSocket;
export function connect(...args: unknown[]): TLSSocket {
  const [options, listener] = normalize(args);
  const { socket } = options;
  const host = options.host ?? (socket as { _host?: string } | undefined)?._host;
  const { isServer } = options as TLSSocketOptions;
  const same = host === options.host && isServer !== true;
  const tls = new TLSSocket(socket ?? null, same ? options : { ...options, host, isServer: false });
  if (listener !== undefined) tls.once('secureConnect', listener);
  if (options.timeout !== undefined && options.timeout > 0) tls.setTimeout(options.timeout);
  if ((socket === undefined || socket === null) && !tls.destroyed) tls._attach(connectNet(netOptions(options)), true);
  return tls;
}

/** What `net.connect` takes; `signal` and `timeout` are the TLSSocket's. */
const NET_OPTIONS = [
  ...['port', 'host', 'path', 'family', 'hints', 'lookup', 'localAddress', 'localPort', 'blockList', 'highWaterMark'],
  ...['noDelay', 'keepAlive', 'keepAliveInitialDelay', 'autoSelectFamily', 'autoSelectFamilyAttemptTimeout'],
] as (keyof ConnectionOptions)[];

/** net.Socket copies its options: it takes 6 µs for those with a prototype, these 1. */
function netOptions(options: ConnectionOptions): NetConnectOpts {
  const own: Record<string, unknown> = { __proto__: null, allowHalfOpen: true };
  for (const name of NET_OPTIONS) if (options[name] !== undefined) own[name] = options[name];
  return own as unknown as NetConnectOpts;
}

/** Options that are an object alone are the caller's own: they are read, and never written. */
function normalize(args: readonly unknown[]): [ConnectionOptions, Listener | undefined] {
  let options: Record<string, unknown> = {};
  const [first] = args;
  if (typeof first === 'object' && first !== null) options = first as Record<string, unknown>;
  else if (typeof first === 'string' && !/^\d+$/.test(first.trim())) options['path'] = first;
  else options['port'] = first;
  if (typeof args[1] === 'string') options = { ...options, host: args[1] };
  for (const argument of args.slice(1, 3)) if (typeof argument === 'object' && argument !== null) options = { ...options, ...argument };
  const last = args[args.length - 1];
  const { socket } = options;
  if (socket !== undefined && socket !== null && typeof socket !== 'object')
    throw argumentError('options.socket', 'an instance of stream.Duplex', socket);
  return [options, typeof last === 'function' ? (last as Listener) : undefined];
}

export type { SecureContextOptions };
