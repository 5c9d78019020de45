/** One buffer for what the kernel delivers, in place of 64 KB that node:net allocates for each read. */
import type { Socket } from 'node:net';

/**
 * All sockets read into this one: what is read is used up before the next read. Half of it costs a receiver a tenth more, twice
 * of it no less. On Windows, where reads are posted ahead, they have buffers of their own.
 */
export const sharedReadBuffer: Uint8Array | undefined = process.platform === 'win32' ? undefined : new Uint8Array(131_072);

/** Takes `length` bytes at the start of `buffer`. False to read no more for now. */
export type OnRead = (this: Socket, length: number, buffer: Uint8Array) => boolean;

/** What `onread` of net.Socket's constructor sets. */
interface Reading {
  [field: symbol]: unknown;
  readonly _handle?: { useUserBuffer?(buffer: Uint8Array): void } | null;
}

/** The newest Node on which the tests have seen this work: any other reads as it always does. */
const KNOWN_MAJOR = 26;

interface Fields {
  readonly buffer: symbol;
  readonly callback: symbol;
}
/** Undefined: not looked for yet. Null: node:net is another here. */
let known: Fields | null | undefined;

function fieldsOf(socket: Socket): Fields | null {
  if (Number.parseInt(process.versions.node, 10) > KNOWN_MAJOR) return null;
  const named = (name: string): symbol | undefined => Object.getOwnPropertySymbols(socket).find(({ description }) => description === name);
  const buffer = named('kBuffer');
  const callback = named('kBufferCb');
  return buffer === undefined || callback === undefined ? null : { buffer, callback };
}

/**
 * From now on `socket` reads into the shared buffer and emits no `data`, as in node:tls: what `onread` does for a socket that its
 * user opens, and accepted ones have no option for (ADR 3). False: somebody read it before or listens to it, or the runtime is
 * another, and nothing changed.
 */
export function readInto(socket: Socket, onRead: OnRead): boolean {
  const reading = socket as unknown as Reading;
  if (known === undefined) known = fieldsOf(socket);
  if (sharedReadBuffer === undefined || known === null || reading[known.buffer] !== null) return false;
  if (socket.bytesRead > 0 || socket.readableLength > 0) return false;
  if (socket.listenerCount('data') > 0 || socket.listenerCount('readable') > 0) return false;
  const { _handle: handle } = reading;
  if (typeof handle?.useUserBuffer !== 'function') return false;
  handle.useUserBuffer(sharedReadBuffer);
  reading[known.buffer] = sharedReadBuffer;
  reading[known.callback] = onRead;
  return true;
}
