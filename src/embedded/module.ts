/**
 * Module management (guide 5.1), and what is there between `tls_start` and `tls_stop`. The order of the calls is enforced:
 * enc_init, enc_start, tls_init, tls_register_…, tls_start, tls_stop, tls_delete.
 */
import type { CryptoProvider } from '../crypto/port.ts';
import type { ClientContext, ServerContext } from '../handshake/context.ts';
import { fromHex } from '../base/bytes.ts';
import type { Session } from '../session/session.ts';
import { type HostEntry, certificatesOf, hostEntries, verifierOf } from './certificates.ts';
import { checkedConfig, config_tls, type TlsConfig } from './config.ts';
import {
  TLS_ENCRYPTION_MODULE_ERR,
  TLS_FULL_ERR,
  TLS_INIT_ERR,
  TLS_NOT_FOUND_ERR,
  TLS_OK,
  TLS_PARAM_ERR,
  type t_tls_bulk_algorithm_index,
  type t_tls_hash_algorithm_index,
  type t_tls_ret,
  type t_tls_sign_algorithm_index,
} from './constants.ts';
import { checkAlgorithms, clientContextOf, serverContextOf, type Transport } from './contexts.ts';
import { findDriver, isEncStarted } from './eem.ts';
import { guarded, refuse } from './guard.ts';
import { ipBuffers } from './ip.ts';
import { NodeStack } from './node-stack.ts';
import { oal_mutex_create, oal_mutex_delete, type oal_mutex_t } from './oal.ts';
import { BULK_COUNT, eemProvider, HASH_COUNT, type Registration, type Registry, SIGN_COUNT } from './provider.ts';
import { psp_getcurrenttimedate } from './psp.ts';
import { Slots } from './slots.ts';
import type { IpStack } from './stack.ts';
import type { Handle, t_enc_ifc_hdl, t_tls_ticket } from './types.ts';
import { WorkerStack } from './worker-stack.ts';

/** What holds a place among the TLS_MAX_CONN_SIZE connections. */
export interface Held {
  readonly kind: 'tcp' | 'socket' | 'udp' | 'dtls-socket';
  /** Ends it at once. */
  drop(): void;
}

/** A session, and the connection that it is of. */
export interface KeptSession {
  readonly session: Session;
  readonly origin: number;
  references: number;
}

/** Everything between `tls_init` and `tls_delete`. */
export interface Module {
  readonly config: Readonly<TlsConfig>;
  readonly registry: Registry;
  readonly connections: Slots<Held, 'connection'>;
  readonly sessions: Slots<KeptSession, 'ticket'>;
  running: Running | undefined;
  /** The last attempt to start failed, or it was stopped: it may be deleted. */
  isIdle: boolean;
}

export interface Running {
  readonly crypto: CryptoProvider;
  readonly host: readonly HostEntry[];
  client(transport: Transport): ClientContext;
  server(transport: Transport, verify: boolean): ServerContext;
}

/** The module's two mutexes (6.1). */
export const tls_mutex: oal_mutex_t = { oal_mutex_word: null };
export const tls_conn_mutex: oal_mutex_t = { oal_mutex_word: null };

let current: Module | undefined;
let eventStack: IpStack | undefined;
let blockingStack: IpStack | undefined;
const stopping = new Set<() => void>();

/** Initializes the module: checks the configuration, makes the arrays of connections and sessions, creates `tls_mutex`. */
export function tls_init(): t_tls_ret {
  return guarded(() => {
    if (current !== undefined) return refuse(TLS_INIT_ERR, 'the module is initialized already');
    if (!isEncStarted()) return refuse(TLS_INIT_ERR, 'the encryption manager is not started');
    const config = checkedConfig(config_tls);
    for (const entry of [...config.g_tls_arr_ca_cert, ...config.g_tls_arr_rv_cert, ...config.g_tls_arr_host_cert]) certificatesOf(entry);
    oal_mutex_create(tls_mutex);
    oal_mutex_create(tls_conn_mutex);
    ipBuffers.configure(config.IP_BUF_COUNT, config.IP_BUF_SIZE === 0 ? config.TLS_MAX_DATA_LEN : config.IP_BUF_SIZE);
    current = {
      config,
      registry: { bulk: new Map(), hash: new Map(), sign: new Map() },
      connections: new Slots(config.TLS_MAX_CONN_SIZE),
      sessions: new Slots(config.TLS_MAX_SES_SIZE),
      running: undefined,
      isIdle: false,
    };
    return TLS_OK;
  });
}

/** Registers a bulk encryption algorithm: between `tls_init` and `tls_start`. */
export function tls_register_bulk(idx: t_tls_bulk_algorithm_index, ifc_hdl: t_enc_ifc_hdl, alg_id: number): t_tls_ret {
  return register('bulk', idx, BULK_COUNT, ifc_hdl, alg_id, 'TLS_MAX_BULK_ALG_SIZE');
}

/** Registers a hash algorithm. */
export function tls_register_hash(idx: t_tls_hash_algorithm_index, ifc_hdl: t_enc_ifc_hdl, alg_id: number): t_tls_ret {
  return register('hash', idx, HASH_COUNT, ifc_hdl, alg_id, 'TLS_MAX_HASH_ALG_SIZE');
}

/** Registers a signature algorithm; one that has this index already is replaced. */
export function tls_register_sign(idx: t_tls_sign_algorithm_index, ifc_hdl: t_enc_ifc_hdl, alg_id: number): t_tls_ret {
  return register('sign', idx, SIGN_COUNT, ifc_hdl, alg_id, 'TLS_MAX_SIGN_ALG_SIZE');
}

/** Starts the module: takes the registered algorithms into use. */
export function tls_start(): t_tls_ret {
  return guarded(() => {
    const module = current;
    if (module === undefined) return refuse(TLS_INIT_ERR, 'tls_init has not been called');
    if (module.running !== undefined) return refuse(TLS_INIT_ERR, 'the module is started already');
    module.isIdle = true;
    const { config, registry } = module;
    const problem = checkAlgorithms(config, registry);
    if (problem !== undefined) return refuse(TLS_INIT_ERR, problem);
    const started: Registration[] = [];
    try {
      for (const each of registrations(registry)) {
        each.driver.enc_start?.(each.alg_id);
        started.push(each);
      }
    } catch (error) {
      for (const each of started) quietly(() => each.driver.enc_stop?.(each.alg_id));
      return refuse(TLS_INIT_ERR, `a driver did not start: ${error instanceof Error ? error.message : ''}`);
    }
    const crypto = eemProvider(registry, config);
    const host = hostEntries(config, crypto);
    const verifier = verifierOf(config);
    const made = new Map<string, ClientContext | ServerContext>();
    const once = <T extends ClientContext | ServerContext>(key: string, make: () => T): T => {
      let context = made.get(key);
      if (context === undefined) {
        context = make();
        made.set(key, context);
      }
      return context as T;
    };
    const keyLog = config.TLS_DEBUG_SECRETS === 1 ? noteSecret : undefined;
    const parts = { config, registry, crypto, host, verifier, now: psp_getcurrenttimedate, keyLog };
    module.running = {
      crypto,
      host,
      client: (transport) => once(`client ${transport}`, () => clientContextOf(parts, transport)),
      server: (transport, verify) => once(`server ${transport} ${verify}`, () => serverContextOf(parts, transport, verify)),
    };
    return TLS_OK;
  });
}

/** Stops the instances of the algorithms. Fails while there are connections: close them first. */
export function tls_stop(): t_tls_ret {
  return guarded(() => {
    const module = current;
    if (module?.running === undefined) return refuse(TLS_INIT_ERR, 'the module is not started');
    if (module.connections.size > 0) return refuse(TLS_INIT_ERR, `${module.connections.size} connections are open`);
    let failed = false;
    for (const each of registrations(module.registry)) if (!quietly(() => each.driver.enc_stop?.(each.alg_id))) failed = true;
    for (const stop of [...stopping]) quietly(stop);
    module.running = undefined;
    module.isIdle = true;
    return failed ? refuse(TLS_INIT_ERR, 'a driver did not stop') : TLS_OK;
  });
}

/** Releases everything. Only after `tls_stop`. */
export function tls_delete(): t_tls_ret {
  return guarded(() => {
    if (current === undefined) return refuse(TLS_INIT_ERR, 'the module is not initialized');
    if (current.running !== undefined || !current.isIdle) return refuse(TLS_INIT_ERR, 'tls_stop has not been called');
    current = undefined;
    secrets.clear();
    ipBuffers.clear();
    oal_mutex_delete(tls_mutex);
    oal_mutex_delete(tls_conn_mutex);
    eventStack?.close();
    blockingStack?.close();
    eventStack = undefined;
    blockingStack = undefined;
    return TLS_OK;
  });
}

/** The module, where it is started. */
export function running(): (Module & { running: Running }) | undefined {
  return current?.running === undefined ? undefined : (current as Module & { running: Running });
}

export function initialized(): Module | undefined {
  return current;
}

/** The stack of the event-driven interfaces. */
export function nativeStack(): IpStack {
  eventStack ??= new NodeStack();
  return eventStack;
}

/** The stack of the socket interfaces: one that blocks where the configuration says so. */
export function socketStack(): IpStack {
  if (config_tls.OAL_PREEMPTIVE !== 1 && current?.config.OAL_PREEMPTIVE !== 1) return nativeStack();
  blockingStack ??= new WorkerStack();
  return blockingStack;
}

/** Another network stack instead of node:net and node:dgram: before the first connection. Beyond the guide. */
export function tls_install_ip_stack(stack: IpStack, kind: 'native' | 'socket' = 'native'): t_tls_ret {
  if (typeof stack !== 'object' || stack === null || typeof stack.connect !== 'function') return TLS_PARAM_ERR;
  if (kind === 'native') eventStack = stack;
  else blockingStack = stack;
  return TLS_OK;
}

/** Called at `tls_stop`. */
export function onStop(stop: () => void): () => void {
  stopping.add(stop);
  return () => stopping.delete(stop);
}

/** Keeps a session of a client; the oldest that nobody uses gives way. */
export function keepSession(module: Module, session: Session, origin: number): t_tls_ticket | undefined {
  for (const kept of module.sessions) if (kept.origin === origin) module.sessions.remove(ticketOf(module, kept));
  if (module.sessions.isFull) {
    for (const kept of module.sessions) {
      if (kept.references > 0) continue;
      module.sessions.remove(ticketOf(module, kept));
      break;
    }
  }
  const kept: KeptSession = { session, origin, references: 0 };
  const ticket = module.sessions.add(kept);
  if (ticket !== undefined) tickets.set(kept, ticket);
  return ticket;
}

/** The ticket of the session that a connection has got. */
export function ticketOfConnection(module: Module, connection: number): t_tls_ticket | undefined {
  for (const kept of module.sessions) if (kept.origin === connection) return ticketOf(module, kept);
  return undefined;
}

const tickets = new WeakMap<KeptSession, t_tls_ticket>();

function ticketOf(_module: Module, kept: KeptSession): t_tls_ticket {
  return tickets.get(kept)!;
}

/** With TLS_DEBUG_SECRETS: master secrets by the client's random value. */
const secrets = new Map<string, string>();
const MAX_SECRETS = 256;

function noteSecret(line: string): void {
  const [label, random, secret] = line.split(' ');
  if (label !== 'CLIENT_RANDOM' || random === undefined || secret === undefined) return;
  secrets.set(random, secret);
  if (secrets.size <= MAX_SECRETS) return;
  const oldest = secrets.keys().next();
  if (oldest.done !== true) secrets.delete(oldest.value);
}

export function masterSecretOf(clientRandom: string): Uint8Array | undefined {
  const secret = secrets.get(clientRandom);
  return secret === undefined ? undefined : fromHex(secret);
}

export type ConnectionHandle = Handle<'connection'>;

function register(
  kind: 'bulk' | 'hash' | 'sign',
  idx: number,
  count: number,
  handle: t_enc_ifc_hdl,
  alg_id: number,
  limit: 'TLS_MAX_BULK_ALG_SIZE' | 'TLS_MAX_HASH_ALG_SIZE' | 'TLS_MAX_SIGN_ALG_SIZE',
): t_tls_ret {
  const module = current;
  if (module === undefined) return refuse(TLS_INIT_ERR, 'tls_init has not been called');
  if (module.running !== undefined) return refuse(TLS_INIT_ERR, 'the module is started already');
  if (!Number.isInteger(idx) || idx < 0 || idx >= count) return refuse(TLS_PARAM_ERR, `no algorithm has the index ${String(idx)}`);
  if (!Number.isInteger(alg_id) || alg_id < 0 || alg_id > 0xffff) return refuse(TLS_PARAM_ERR, 'alg_id');
  const driver = findDriver(handle);
  if (driver === undefined) return refuse(TLS_NOT_FOUND_ERR, 'no driver has this handle');
  if (!driver.enc_alg_ids.includes(alg_id)) return refuse(TLS_ENCRYPTION_MODULE_ERR, `the driver has no algorithm ${alg_id}`);
  const registered = module.registry[kind];
  if (!registered.has(idx) && registered.size >= module.config[limit]) return refuse(TLS_FULL_ERR, limit);
  registered.set(idx, { driver, alg_id });
  return TLS_OK;
}

function* registrations(registry: Registry): IterableIterator<Registration> {
  yield* registry.bulk.values();
  yield* registry.hash.values();
  yield* registry.sign.values();
}

function quietly(run: () => void): boolean {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}
