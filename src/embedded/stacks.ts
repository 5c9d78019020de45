/** The networks of the complete entry: one of the event loop, one that blocks its callers, or one of the program's. */
import { config_tls } from './config-tls.ts';
import { TLS_OK, TLS_PARAM_ERR, type t_tls_ret } from './constants.ts';
import { initialized, onDelete, stackOf } from './module.ts';
import { NodeStack } from './node-stack.ts';
import type { IpStack } from './stack.ts';
import { WorkerStack } from './worker-stack.ts';

let installedNative: IpStack | undefined;
let installedSockets: IpStack | undefined;
let blocking: WorkerStack | undefined;

/** The network of the native interfaces, for the composition. */
export function newNativeStack(): IpStack {
  const stack = installedNative ?? new NodeStack();
  installedNative = undefined;
  return stack;
}

/** The network of the native interfaces: the module is initialized. */
export function nativeStack(): IpStack {
  return stackOf(initialized()!) as IpStack;
}

let polled: NodeStack | undefined;

/** The network of the socket interfaces: one that blocks where the configuration says so. */
export function socketStack(): IpStack {
  if (installedSockets !== undefined) return installedSockets;
  if ((initialized()?.config ?? config_tls).OAL_PREEMPTIVE === 1) {
    if (blocking === undefined) onDelete(closeBlocking);
    blocking ??= new WorkerStack();
    return blocking;
  }
  if (polled === undefined) onDelete(closePolled);
  polled ??= new NodeStack();
  return polled;
}

/** Another network instead of node:net and node:dgram, until `tls_delete`. Beyond the guide. */
export function tls_install_ip_stack(stack: IpStack, kind: 'native' | 'socket' = 'native'): t_tls_ret {
  if (typeof stack !== 'object' || stack === null || typeof stack.connect !== 'function') return TLS_PARAM_ERR;
  if (kind === 'native') {
    installedNative = stack;
    const module = initialized();
    if (module !== undefined) module.stack = newNativeStack();
  } else {
    installedSockets = stack;
    onDelete(closeInstalled);
  }
  return TLS_OK;
}

function closeBlocking(): void {
  blocking?.close();
  blocking = undefined;
}

function closePolled(): void {
  polled?.close();
  polled = undefined;
}

function closeInstalled(): void {
  installedSockets?.close();
  installedSockets = undefined;
}
