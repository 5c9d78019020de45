/** What the connection sees of a carrier: bytes in and out, data, alerts, time. Streams and datagrams share it. */
import type { Carrier } from './carrier.ts';

export interface RecordLayer extends Carrier {
  /** Bytes from the peer: a stream in any split, or exactly one datagram. */
  push(bytes: Uint8Array): void;
  /** The array given to `push` may be reused by its owner from now on. */
  keep(): void;
  /** Sends content under the current key: in as many records as it needs, or in one datagram. */
  writeData(type: number, content: Uint8Array): void;
  alert(level: number, description: number): void;
  /** What is sent arrives, and in order. */
  readonly isReliable: boolean;
  /** Datagrams: the content with which a record fills a datagram of this size, whatever has been found out about the path; 0: none does. */
  probeLimit?(datagramSize: number): number;
  /** Datagrams: sends content of that length. */
  writeProbe?(type: number, content: Uint8Array): void;
  /** Datagrams: one of this size has arrived. */
  pathTakes?(datagramSize: number): void;
  /** Everything sealed since the last call, or the next datagram. */
  takeOutput(): Uint8Array | undefined;
  /** Bytes of `takeOutput` that their taker has no more use for: their memory may be written to again. */
  giveBack?(output: Uint8Array): void;
  readonly hasOutput: boolean;
  /** Bytes wait to be sent. */
  readonly outputLength: number;
  /** A record or a message has come in part. */
  readonly hasPartialInput: boolean;
  /** Most bytes of one record's content. */
  readonly writeLimit: number;
  /** Our own wish for it; the peer's limit holds too. */
  limitWrites(size: number): void;
  /** Records sealed under the current key. */
  readonly sealedRecords: number;
  /** On the caller's monotonic clock, ms; Infinity: none. */
  readonly nextTimeout: number;
  tick(now: number): void;
  /** Drops what is held only for speed: the connection is idle. */
  rest(): void;
}
