/**
 * The life of the module (guide 5.1). The order of the calls is enforced: enc_init, enc_start, tls_init, tls_register_…,
 * tls_start, tls_stop, tls_delete.
 */
import type { Composition, HostEntry, Running } from './composition.ts';
import { checkedConfig, type TlsConfig } from './config.ts';
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
import { findDriver, isEncStarted } from './eem.ts';
import { guarded, noteError, refuse } from './guard.ts';
import { ipBuffers } from './ip.ts';
import { oal_mutex_create, oal_mutex_delete, type oal_mutex_t } from './oal-mutex.ts';
import { BULK_COUNT, HASH_COUNT, type Registration, type Registry, SIGN_COUNT } from './registry.ts';
import type { SessionTable } from './sessions.ts';
import { Slots } from './slots.ts';
import type { UdpStack } from './stack.ts';
import type { Handle, t_enc_ifc_hdl } from './types.ts';

/** What holds a place among the TLS_MAX_CONN_SIZE connections. */
export interface Held {
  readonly kind: 'tcp' | 'socket' | 'udp' | 'dtls-socket';
  /** Ends it at once. */
  drop(): void;
}

/** Everything between `tls_init` and `tls_delete`. */
export interface Module {
  readonly composition: Composition<UdpStack>;
  readonly config: Readonly<TlsConfig>;
  readonly hosts: readonly HostEntry[];
  readonly registry: Registry;
  readonly connections: Slots<Held, 'connection'>;
  /** Absent: nothing can be resumed. */
  readonly sessions: SessionTable | undefined;
  running: Running | undefined;
  /** The network of the native interfaces, once it has been used. */
  stack: UdpStack | undefined;
  /** The last attempt to start failed, or it was stopped: it may be deleted. */
  isIdle: boolean;
}

export type Started = Module & { readonly running: Running };
export type ConnectionHandle = Handle<'connection'>;

/** The module's two mutexes (6.1). */
export const tls_mutex: oal_mutex_t = { oal_mutex_word: null };
export const tls_conn_mutex: oal_mutex_t = { oal_mutex_word: null };

let current: Module | undefined;
const stopping = new Set<() => void>();
const releasing = new Set<() => void>();

/** `tls_init` of an entry: the configuration, checked, and what the entry is composed of. */
export function initialize(options: TlsConfig, composition: Composition<UdpStack>): t_tls_ret {
  return guarded(() => {
    if (current !== undefined) return refuse(TLS_INIT_ERR, 'initialized already');
    if (!isEncStarted()) return refuse(TLS_INIT_ERR, 'enc_start');
    const config = checkedConfig(options, composition.options);
    const hosts = composition.hosts(config);
    oal_mutex_create(tls_mutex);
    oal_mutex_create(tls_conn_mutex);
    ipBuffers.configure(config.IP_BUF_COUNT, config.IP_BUF_SIZE === 0 ? config.TLS_MAX_DATA_LEN : config.IP_BUF_SIZE);
    current = {
      composition,
      config,
      hosts,
      registry: { bulk: new Map(), hash: new Map(), sign: new Map() },
      connections: new Slots('connection', config.TLS_MAX_CONN_SIZE),
      sessions: composition.sessions?.(config.TLS_MAX_SES_SIZE),
      running: undefined,
      stack: undefined,
      isIdle: false,
    };
    return TLS_OK;
  });
}

/** Registers a bulk encryption algorithm: between `tls_init` and `tls_start`. One that has this index already is replaced. */
export function tls_register_bulk(idx: t_tls_bulk_algorithm_index, ifc_hdl: t_enc_ifc_hdl, alg_id: number): t_tls_ret {
  return register('bulk', idx, BULK_COUNT, ifc_hdl, alg_id, 'TLS_MAX_BULK_ALG_SIZE');
}

/** Registers a hash algorithm: between `tls_init` and `tls_start`. One that has this index already is replaced. */
export function tls_register_hash(idx: t_tls_hash_algorithm_index, ifc_hdl: t_enc_ifc_hdl, alg_id: number): t_tls_ret {
  return register('hash', idx, HASH_COUNT, ifc_hdl, alg_id, 'TLS_MAX_HASH_ALG_SIZE');
}

/** Registers a signature algorithm: between `tls_init` and `tls_start`. One that has this index already is replaced. */
export function tls_register_sign(idx: t_tls_sign_algorithm_index, ifc_hdl: t_enc_ifc_hdl, alg_id: number): t_tls_ret {
  return register('sign', idx, SIGN_COUNT, ifc_hdl, alg_id, 'TLS_MAX_SIGN_ALG_SIZE');
}

/** Starts the module: the drivers of the registered algorithms, then what uses them. Whatever goes wrong is TLS_INIT_ERR. */
export function tls_start(): t_tls_ret {
  const module = current;
  if (module === undefined) return refuse(TLS_INIT_ERR, 'tls_init');
  if (module.running !== undefined) return refuse(TLS_INIT_ERR, 'started already');
  module.isIdle = true;
  const started: Registration[] = [];
  try {
    for (const each of registrations(module.registry)) {
      each.driver.enc_start?.(each.alg_id);
      started.push(each);
    }
    module.running = module.composition.start(module.config, module.registry, module.hosts);
    return TLS_OK;
  } catch (error) {
    stopAll(started);
    return refuse(TLS_INIT_ERR, error instanceof Error ? error.message : 'driver');
  }
}

/** Stops the instances of the algorithms. Fails while there are connections: close them first. */
export function tls_stop(): t_tls_ret {
  const module = current;
  if (module?.running === undefined) return refuse(TLS_INIT_ERR, 'not started');
  if (module.connections.size > 0) return refuse(TLS_INIT_ERR, 'connections are open');
  for (const stop of stopping) quietly(stop);
  module.running = undefined;
  module.isIdle = true;
  return stopAll([...registrations(module.registry)]) ? TLS_OK : refuse(TLS_INIT_ERR, 'driver');
}

/** Deletes the mutexes and releases everything. Only after `tls_stop`. */
export function tls_delete(): t_tls_ret {
  if (current === undefined) return refuse(TLS_INIT_ERR, 'tls_init');
  if (current.running !== undefined || !current.isIdle) return refuse(TLS_INIT_ERR, 'tls_stop');
  quietly(() => current!.stack?.close());
  current = undefined;
  for (const release of releasing) quietly(release);
  releasing.clear();
  ipBuffers.clear();
  oal_mutex_delete(tls_mutex);
  oal_mutex_delete(tls_conn_mutex);
  return TLS_OK;
}

/** The module, where it is started. */
export function running(): Started | undefined {
  return current?.running === undefined ? undefined : (current as Started);
}

/** The module, between `tls_init` and `tls_delete`. */
export function initialized(): Module | undefined {
  return current;
}

/** The network of the native interfaces, as the entry has it. */
export function stackOf(module: Module): UdpStack {
  module.stack ??= module.composition.stack();
  return module.stack;
}

/** Called once, at `tls_delete`. */
export function onDelete(release: () => void): void {
  releasing.add(release);
}

/** Called at `tls_stop`. */
export function onStop(stop: () => void): () => void {
  stopping.add(stop);
  return () => stopping.delete(stop);
}

function register(
  kind: 'bulk' | 'hash' | 'sign',
  idx: number,
  count: number,
  handle: t_enc_ifc_hdl,
  alg_id: number,
  limit: 'TLS_MAX_BULK_ALG_SIZE' | 'TLS_MAX_HASH_ALG_SIZE' | 'TLS_MAX_SIGN_ALG_SIZE',
): t_tls_ret {
  const module = current;
  if (module === undefined || module.running !== undefined) return refuse(TLS_INIT_ERR, 'before tls_init or after tls_start');
  if (!Number.isInteger(idx) || idx < 0 || idx >= count) return refuse(TLS_PARAM_ERR, 'idx');
  if (!Number.isInteger(alg_id) || alg_id < 0 || alg_id > 0xffff) return refuse(TLS_PARAM_ERR, 'alg_id');
  const driver = findDriver(handle);
  if (driver === undefined) return refuse(TLS_NOT_FOUND_ERR, 'ifc_hdl');
  if (!driver.enc_alg_ids.includes(alg_id)) return refuse(TLS_ENCRYPTION_MODULE_ERR, 'alg_id');
  const registered = module.registry[kind];
  if (!registered.has(idx) && registered.size >= module.config[limit]) return refuse(TLS_FULL_ERR, limit);
  registered.set(idx, { driver, alg_id });
  return TLS_OK;
}

function* registrations(registry: Registry): IterableIterator<Registration> {
  for (const each of [registry.bulk, registry.hash, registry.sign]) yield* each.values();
}

function stopAll(started: readonly Registration[]): boolean {
  let stopped = true;
  for (const { driver, alg_id } of started) stopped = quietly(() => driver.enc_stop?.(alg_id)) && stopped;
  return stopped;
}

function quietly(run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    noteError(error instanceof Error ? error.message : '');
    return false;
  }
}
