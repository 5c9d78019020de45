/**
 * The key schedule of TLS 1.3 and DTLS 1.3, RFC 9846 §7.1: one function per arrow of its figure. Nothing is kept between calls;
 * the handshake holds the secrets it still needs and no others.
 */
import { EMPTY } from '../../base/bytes.ts';
import type { CryptoProvider, HashName } from '../port.ts';
import { hashLength } from './hash-length.ts';
import { hkdfExpandLabel, hkdfExtract, type LabelPrefix } from './hkdf.ts';

/** What stays the same through a connection. */
export interface Schedule13 {
  readonly crypto: CryptoProvider;
  readonly hash: HashName;
  readonly prefix: LabelPrefix;
}

/** `HKDF-Extract(0, PSK)`; without a PSK its place is taken by zeros. */
export function earlySecret(s: Schedule13, psk?: Uint8Array): Uint8Array {
  const zeros = new Uint8Array(hashLength(s.hash));
  return hkdfExtract(s.crypto, s.hash, zeros, psk ?? zeros);
}

/** `psk_ke` has no shared secret: zeros take its place. */
export function handshakeSecret(s: Schedule13, early: Uint8Array, shared?: Uint8Array): Uint8Array {
  return hkdfExtract(s.crypto, s.hash, derived(s, early), shared ?? new Uint8Array(hashLength(s.hash)));
}

export function mainSecret(s: Schedule13, handshake: Uint8Array): Uint8Array {
  return hkdfExtract(s.crypto, s.hash, derived(s, handshake), new Uint8Array(hashLength(s.hash)));
}

/** `Derive-Secret`, with the transcript hash already made. */
export function deriveSecret(s: Schedule13, secret: Uint8Array, label: Label13, transcriptHash: Uint8Array): Uint8Array {
  return hkdfExpandLabel(s.crypto, s.hash, s.prefix, secret, label, transcriptHash, hashLength(s.hash));
}

export type Label13 =
  | 'ext binder'
  | 'res binder'
  | 'imp binder'
  | 'c e traffic'
  | 'e exp master'
  | 'c hs traffic'
  | 's hs traffic'
  | 'c ap traffic'
  | 's ap traffic'
  | 'exp master'
  | 'res master';

/** `binder_key` of a PSK from outside, of a session, or imported (RFC 9258). */
export function binderKey(s: Schedule13, early: Uint8Array, kind: 'ext' | 'res' | 'imp'): Uint8Array {
  return deriveSecret(s, early, `${kind} binder`, emptyHash(s));
}

/** RFC 9846 §7.3: key and IV of one direction and epoch. */
export function trafficKeys(s: Schedule13, secret: Uint8Array, keyLength: number): { key: Uint8Array; iv: Uint8Array } {
  return { key: label(s, secret, 'key', keyLength), iv: label(s, secret, 'iv', 12) };
}

/** RFC 9147 §4.2.3: the key that masks record numbers. */
export function recordNumberKey(s: Schedule13, secret: Uint8Array, keyLength: number): Uint8Array {
  return label(s, secret, 'sn', keyLength);
}

/** RFC 9846 §4.5.3: the key of a Finished, and of a PSK binder. */
export function finishedKey(s: Schedule13, baseKey: Uint8Array): Uint8Array {
  return label(s, baseKey, 'finished', hashLength(s.hash));
}

/** `verify_data` of a Finished, or a binder. */
export function finishedMac(s: Schedule13, baseKey: Uint8Array, transcriptHash: Uint8Array): Uint8Array {
  return s.crypto.hmac(s.hash, finishedKey(s, baseKey), transcriptHash);
}

/** RFC 9846 §7.2: `application_traffic_secret_N+1`. */
export function nextTrafficSecret(s: Schedule13, secret: Uint8Array): Uint8Array {
  return label(s, secret, 'traffic upd', hashLength(s.hash));
}

/** RFC 9846 §4.7.1: the PSK that a ticket stands for. */
export function resumptionPsk(s: Schedule13, resumptionSecret: Uint8Array, nonce: Uint8Array): Uint8Array {
  return hkdfExpandLabel(s.crypto, s.hash, s.prefix, resumptionSecret, 'resumption', nonce, hashLength(s.hash));
}

/** RFC 9846 §7.5: `TLS-Exporter`, from the exporter secret or the early one. */
export function exportKeyingMaterial13(
  s: Schedule13,
  exporterSecret: Uint8Array,
  name: string,
  context: Uint8Array,
  length: number,
): Uint8Array {
  const own = hkdfExpandLabel(s.crypto, s.hash, s.prefix, exporterSecret, name, emptyHash(s), hashLength(s.hash));
  return hkdfExpandLabel(s.crypto, s.hash, s.prefix, own, 'exporter', s.crypto.digest(s.hash, context), length);
}

function derived(s: Schedule13, secret: Uint8Array): Uint8Array {
  return hkdfExpandLabel(s.crypto, s.hash, s.prefix, secret, 'derived', emptyHash(s), hashLength(s.hash));
}

function label(s: Schedule13, secret: Uint8Array, name: string, length: number): Uint8Array {
  return hkdfExpandLabel(s.crypto, s.hash, s.prefix, secret, name, EMPTY, length);
}

/** Of nothing, whoever computes it: a handshake asks for it three times on each side. */
function emptyHash(s: Schedule13): Uint8Array {
  let hash = emptyHashes.get(s.hash);
  if (hash === undefined) {
    hash = s.crypto.digest(s.hash, EMPTY);
    emptyHashes.set(s.hash, hash);
  }
  return hash;
}
const emptyHashes: Map<HashName, Uint8Array> = /* @__PURE__ */ new Map();
