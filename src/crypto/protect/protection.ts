/** One direction of record protection, as every carrier uses it. Made by a suite, used record by record. */
import type { Counter } from '../../base/counter.ts';
import type { Writer } from '../../base/writer.ts';
import type { CryptoProvider } from '../port.ts';

/** One received record. A carrier keeps a single one and fills it in again; `open` may change `type` (TLS 1.3). */
export interface RecordView {
  type: number;
  /** The version on the wire. */
  version: number;
  /** What stands behind the header: a view of the input. */
  fragment: Uint8Array;
}

export interface Protection {
  /** The content type that stands on the wire for all records, where the true one is inside (TLS 1.3: 23); else undefined. */
  readonly outerType: number | undefined;
  /** Most bytes by which a fragment is longer than its content. */
  readonly overhead: number;
  /** Appends the protected fragment of `plain` (at most 2^14 bytes); the header is the carrier's. */
  seal(out: Writer, type: number, seq: Counter, plain: Uint8Array): void;
  /**
   * The content, or undefined for a record that does not authenticate. Never throws. May be a view of the input. A TLS 1.3
   * record of zeros alone authenticates with type 0 and no content: `unexpected_message` (RFC 9846 §5.4).
   */
  open(record: RecordView, seq: Counter): Uint8Array | undefined;
  /** `seal` with additional data of the caller's: DTLS 1.3 (the header as sent) and connection IDs (RFC 9146 §5). AEADs only. */
  sealWith?(out: Writer, type: number, seq: Counter, plain: Uint8Array, aad: Uint8Array): void;
  /** `open` with additional data of the caller's. */
  openWith?(record: RecordView, seq: Counter, aad: Uint8Array): Uint8Array | undefined;
  /** Drops what is held only for speed: the connection is idle. */
  rest(): void;
}

/** Keys of one direction, as the key block (RFC 5246 §6.3) or the traffic secret (RFC 9846 §7.3) gives them. */
export interface DirectionKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  /** Empty for AEAD. */
  readonly macKey: Uint8Array;
}

/** How the version and the extensions shape the records of a suite. A value of the version's strategy. */
export interface RecordShape {
  /** The version in the header, and in the MAC or additional data of SSL 3.0 to (D)TLS 1.2. */
  readonly wireVersion: number;
  /** Which MAC CBC and NULL suites compute: SSL 3.0's own or HMAC. */
  readonly mac: 'ssl3' | 'hmac';
  /** TLS 1.1 and up put a random IV before each CBC record; earlier versions chain from record to record. */
  readonly explicitIv: boolean;
  /** RFC 7366, for CBC suites. */
  readonly encryptThenMac: boolean;
}

/** The record protection of a suite: a cipher, and for legacy suites its MAC. */
export interface ProtectionScheme {
  /** As in the suite's name: `AES_128_GCM`. */
  readonly name: string;
  readonly keyLength: number;
  readonly ivLength: number;
  readonly macKeyLength: number;
  /** Whether it is CBC, to which encrypt_then_mac applies and which datagrams avoid. */
  readonly cbc: boolean;
  /** Records under one key before it must be changed (RFC 9846 §5.5, SWEET32); Infinity where sequence numbers end first. */
  readonly recordLimit: number;
  /** `direction` matters only to chained CBC and stream ciphers. */
  protect(crypto: CryptoProvider, keys: DirectionKeys, shape: RecordShape, direction: 'read' | 'write'): Protection;
}
