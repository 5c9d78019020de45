/** What a program may ask beyond the structures: properties of connections, hash algorithms, sessions; and a sign of life. */
import {
  TLS_FOUND,
  TLS_HASH_MD5,
  TLS_HASH_SHA1,
  TLS_HASH_SHA256,
  TLS_HASH_SHA384,
  TLS_HASH_SHA512,
  TLS_NOT_FOUND_ERR,
  TLS_NOT_SET,
  TLS_OK,
  TLS_PARAM_ERR,
  TLS_SET,
  TLS_WAIT,
  type t_tls_hash_algorithm_index,
  type t_tls_ret,
} from './constants.ts';
import { type AnyHandle, linkOf } from './find-link.ts';
import { guarded } from './guard.ts';
import { running } from './module.ts';
import type { t_tls_hash_alg_attr } from './structures.ts';
import type { t_tls_ticket } from './types.ts';

/** A hash algorithm that is registered; undefined: it is not. */
export function tls_get_hash_alg_attr(idx: t_tls_hash_algorithm_index): t_tls_hash_alg_attr | undefined {
  const module = running();
  const attributes = HASHES[idx];
  if (module === undefined || attributes === undefined || !module.registry.hash.has(idx)) return undefined;
  const [prefix, block_len, digest_len] = attributes;
  const digest_prefix = new Uint8Array(module.config.TLS_DIGEST_PREFIX_LEN);
  digest_prefix.set(prefix);
  return { digest_prefix, digest_prefix_len: prefix.length, block_len, key_len: digest_len, digest_len };
}

/** Whether a connection has a property: TLS_SET or TLS_NOT_SET. */
export function tls_get_flag(handle: AnyHandle, flag: 'resumed' | 'client' | 'verified' | 'extended_master_secret'): t_tls_ret {
  const link = linkOf(handle);
  if (link === undefined) return TLS_NOT_FOUND_ERR;
  const { info } = link;
  switch (flag) {
    case 'resumed':
      return info?.resumed === true ? TLS_SET : TLS_NOT_SET;
    case 'client':
      return link.engine?.side === 'client' ? TLS_SET : TLS_NOT_SET;
    case 'verified':
      return info?.peerTrusted === true ? TLS_SET : TLS_NOT_SET;
    case 'extended_master_secret':
      return info?.extendedMasterSecret === true ? TLS_SET : TLS_NOT_SET;
    default:
      return TLS_PARAM_ERR;
  }
}

/**
 * Sends a heartbeat request with TLS_EXT_HB_PAYLOAD_SIZE bytes. No answer within TLS_HB_TIME: a receive gives
 * TLS_HEARTBEAT_TIMEOUT_ERR, or TLS_TIMEOUT_ERR over DTLS sockets. Beyond the guide, which has no call for it.
 */
export function tls_send_heartbeat(handle: AnyHandle): t_tls_ret {
  return guarded(() => {
    const link = linkOf(handle);
    if (link === undefined) return TLS_NOT_FOUND_ERR;
    if (link.info === undefined) return TLS_WAIT;
    link.heartbeat(link.module.running.crypto.random(link.module.config.TLS_EXT_HB_PAYLOAD_SIZE));
    return TLS_OK;
  });
}

/** Whether a ticket still names a session: TLS_FOUND or TLS_NOT_FOUND_ERR. */
export function tls_find_session(conn_ticket: t_tls_ticket): t_tls_ret {
  return running()?.sessions?.get(conn_ticket) === undefined ? TLS_NOT_FOUND_ERR : TLS_FOUND;
}

/** RFC 8017 §9.2: what stands before a digest in a signature. */
function prefixOf(oid: readonly number[], length: number): Uint8Array {
  const algorithm = [0x06, oid.length, ...oid, 0x05, 0x00];
  const sequence = [0x30, algorithm.length, ...algorithm];
  return Uint8Array.of(0x30, sequence.length + 2 + length, ...sequence, 0x04, length);
}
const SHA2 = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];
const HASHES: Readonly<Record<number, readonly [Uint8Array, number, number]>> = {
  [TLS_HASH_MD5]: [prefixOf([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05], 16), 64, 16],
  [TLS_HASH_SHA1]: [prefixOf([0x2b, 0x0e, 0x03, 0x02, 0x1a], 20), 64, 20],
  [TLS_HASH_SHA256]: [prefixOf([...SHA2, 0x01], 32), 64, 32],
  [TLS_HASH_SHA384]: [prefixOf([...SHA2, 0x02], 48), 128, 48],
  [TLS_HASH_SHA512]: [prefixOf([...SHA2, 0x03], 64), 128, 64],
};
