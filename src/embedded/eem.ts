/**
 * The Embedded Encryption Manager (guide 4.4): drivers are registered, which gives handles; `tls_register_bulk`, `_hash` and
 * `_sign` hand a handle and the number of one of the driver's algorithms to TLS. A driver of the caller's is really the one used.
 */
import type { Aead, BlockCipher, CryptoProvider, Hash } from '../crypto/port.ts';
import { TLS_FULL_ERR, TLS_INIT_ERR, TLS_NOT_FOUND_ERR, TLS_NULL_PTR_ERR, TLS_OK, TLS_PARAM_ERR, type t_tls_ret } from './constants.ts';
import { Slots } from './slots.ts';
import type { Ref, t_enc_ifc_hdl } from './types.ts';

/** The asymmetric half of the port, as a driver implements it. */
export type SignOperations = Pick<CryptoProvider, 'verify'> &
  Partial<Pick<CryptoProvider, 'encryptRsa' | 'startDh' | 'startKeyShare' | 'answerKeyShare' | 'importPrivateKey'>>;

/** A driver: what it can do, by the numbers of its algorithms. */
export interface t_enc_driver {
  readonly enc_name: string;
  /** The algorithm's numbers. */
  readonly enc_alg_ids: readonly number[];
  /** A cipher under a key. */
  readonly enc_bulk?: (alg_id: number, key: Uint8Array) => BlockCipher | Aead;
  readonly enc_hash?: (alg_id: number) => Hash;
  /** An HMAC that is faster than one over `enc_hash`. */
  readonly enc_hmac?: (alg_id: number, key: Uint8Array, parts: readonly Uint8Array[]) => Uint8Array;
  readonly enc_sign?: (alg_id: number) => SignOperations;
  /** An instance is taken into use, and given back. What throws makes `tls_start` or `tls_stop` fail. */
  readonly enc_start?: (alg_id: number) => void;
  readonly enc_stop?: (alg_id: number) => void;
}

const MAX_DRIVERS = 64;

let state: 'none' | 'initialized' | 'started' = 'none';
let drivers = new Slots<t_enc_driver, 'encryption'>('encryption', MAX_DRIVERS);

/** Initializes the manager. */
export function enc_init(): t_tls_ret {
  if (state !== 'none') return TLS_INIT_ERR;
  drivers = new Slots('encryption', MAX_DRIVERS);
  state = 'initialized';
  return TLS_OK;
}

/** Starts the manager: before `tls_init`. */
export function enc_start(): t_tls_ret {
  if (state !== 'initialized') return TLS_INIT_ERR;
  state = 'started';
  return TLS_OK;
}

export function enc_stop(): t_tls_ret {
  if (state !== 'started') return TLS_INIT_ERR;
  state = 'initialized';
  return TLS_OK;
}

export function enc_delete(): t_tls_ret {
  if (state !== 'initialized') return TLS_INIT_ERR;
  state = 'none';
  return TLS_OK;
}

/** Registers a driver; its handle is written to `p_ifc_hdl`. */
export function enc_driver_register(driver: t_enc_driver | null, p_ifc_hdl: Ref<t_enc_ifc_hdl> | null): t_tls_ret {
  if (driver === null || driver === undefined || p_ifc_hdl === null || p_ifc_hdl === undefined) return TLS_NULL_PTR_ERR;
  if (state === 'none') return TLS_INIT_ERR;
  if (typeof driver !== 'object' || !Array.isArray(driver.enc_alg_ids) || typeof p_ifc_hdl !== 'object') return TLS_PARAM_ERR;
  const handle = drivers.add(driver);
  if (handle === undefined) return TLS_FULL_ERR;
  p_ifc_hdl.value = handle;
  return TLS_OK;
}

export function enc_driver_deregister(ifc_hdl: t_enc_ifc_hdl): t_tls_ret {
  return drivers.remove(ifc_hdl) === undefined ? TLS_NOT_FOUND_ERR : TLS_OK;
}

export function isEncStarted(): boolean {
  return state === 'started';
}

export function findDriver(handle: t_enc_ifc_hdl): t_enc_driver | undefined {
  return drivers.get(handle);
}
