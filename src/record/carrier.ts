/**
 * The seam: what a handshake sees of the records below it. A stream, datagrams and the datagrams of DTLS 1.3 implement
 * it; above it nothing knows which it is.
 */
import type { ErrorCode } from '../base/errors.ts';
import type { Writer } from '../base/writer.ts';
import type { Protection } from '../crypto/protect/protection.ts';

/** A whole handshake message, or ChangeCipherSpec as the pseudo-message `CCS_MESSAGE`. */
export interface IncomingMessage {
  readonly type: number;
  /** Without its header. Stays valid. */
  readonly body: Uint8Array;
  /** As the transcript wants it; empty for ChangeCipherSpec. */
  readonly raw: Uint8Array;
}

/** Why the connection has to end, found in a record. The record layer returns it: it never throws. */
export interface RecordFault {
  readonly alert: number;
  readonly code: ErrorCode;
  readonly detail?: string;
}

/** What every handshake message is told to, in the form that the version hashes. */
export interface TranscriptSink {
  add(raw: Uint8Array): void;
}

/** Where a carrier puts what is not for the handshake. */
export interface CarrierSink {
  /** Application data, authenticated and in order; empty only where a datagram was. */
  data(content: Uint8Array): void;
  /** An alert record. */
  alert(level: number, description: number): void;
  /** Any other content type that the context allows (heartbeat). */
  other(type: number, content: Uint8Array): void;
}

/** What happens to a change_cipher_spec record: part of the handshake, dropped (RFC 9846 §5), or refused. */
export type CcsPolicy = 'message' | 'ignore' | 'refuse';

export interface Carrier {
  /** Appends a handshake message to the flight; `build` writes its body. */
  message(type: number, build: (w: Writer) => void): void;
  changeCipherSpec(): void;
  /** Our flight is complete: it goes out. */
  endFlight(): void;
  /** The peer's answer to our last flight is complete. */
  answered(): void;
  /** The handshake is over; application data may flow. */
  finished(): void;
  setRead(epoch: number, protection: Protection): void;
  setWrite(epoch: number, protection: Protection): void;
  /**
   * The next message, taken from the input record by record; undefined when there is none yet, or a fault. `wanted` is the
   * one that the flow would take: ChangeCipherSpec has no place of its own among datagrams, so there it comes when wanted.
   */
  next(wanted?: number): IncomingMessage | undefined;

  /** The version on records from now on, and the one demanded of the peer's (undefined: any of the family). */
  setVersion(write: number, read: number | undefined): void;
  setChangeCipherSpec(policy: CcsPolicy): void;
  /** Longest content of a record that the peer takes, and the longest that we take. */
  setLimits(write: number, read: number): void;
  /** CBC records of TLS 1.0 and SSL 3.0: the first byte goes alone (BEAST). Datagrams have no such versions. */
  setSplitRecords(split: boolean): void;
  /** Heartbeat was negotiated (RFC 6520): its records may come. */
  allowHeartbeats(): void;
  /** Records that do not authenticate are dropped, up to so many bytes: early data that was not accepted. */
  skipEarlyData(bytes: number): void;
  /** Why the connection has to end: set once, never cleared. */
  readonly fault: RecordFault | undefined;
  /** Whether bytes of a handshake message stand behind the one that was taken. */
  readonly hasPartialMessage: boolean;
  /** What messages are told to; undefined after the handshake. */
  transcript: TranscriptSink | undefined;
}
