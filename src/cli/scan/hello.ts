/**
 * A ClientHello as no client of this library sends it, and what a server says to it before it waits for more: for questions
 * about compression, fallback, downgrades and Diffie-Hellman parameters. What comes is read and never acted upon.
 */
import type { Socket } from 'node:net';
import { Reader } from '../../base/reader.ts';
import { Writer } from '../../base/writer.ts';
import { nodeCrypto } from '../../crypto/node/index.ts';
import { ALERT, HANDSHAKE } from '../../wire/content.ts';
import { EC_POINT_FORMATS, EXTENDED_MASTER_SECRET, SERVER_NAME, SIGNATURE_ALGORITHMS, SUPPORTED_GROUPS } from '../../wire/extension.ts';
import { CLIENT_HELLO, SERVER_HELLO, SERVER_HELLO_DONE } from '../../wire/handshake.ts';
import { writeClientHelloHead } from '../../wire/messages/client-hello.ts';
import { readServerHello, type ServerHello } from '../../wire/messages/server-hello.ts';
import * as catalogue from '../catalogue.ts';
import { dial, type Target } from '../dial.ts';
import { startTls } from '../starttls.ts';

export interface RawHello {
  /** On the wire; at most TLS 1.2, which is what a ClientHello without supported_versions can ask for. */
  readonly version: number;
  readonly suites: readonly number[];
  /** Null alone by default. */
  readonly compressions?: readonly number[];
  /** supported_groups goes out; true by default. */
  readonly groups?: boolean;
}

export interface RawAnswer {
  /** The description of a fatal alert. */
  readonly alert?: number;
  readonly hello?: ServerHello;
  /** Bodies of the handshake messages, by type. */
  readonly messages: ReadonlyMap<number, Uint8Array>;
}

export interface RawTarget {
  readonly target: Target;
  readonly serverName: string;
  readonly starttls: string | undefined;
  readonly timeoutMs: number;
}

const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;
/** A server's first flight, with certificates. */
const MAX_ANSWER = 200_000;
const FATAL = 2;

/** Throws where there is no connection; an answer that cannot be read is one without messages. */
export async function askRaw({ target, serverName, starttls, timeoutMs }: RawTarget, hello: RawHello): Promise<RawAnswer> {
  const { socket } = await dial(target, timeoutMs);
  try {
    if (starttls !== undefined) await startTls(socket, starttls, serverName, timeoutMs);
    socket.write(recordOf(hello, serverName));
    return await answerOf(socket, timeoutMs);
  } finally {
    socket.destroy();
  }
}

function recordOf(hello: RawHello, serverName: string): Uint8Array {
  const w = new Writer(512);
  w.u8(HANDSHAKE);
  w.u16(Math.min(hello.version, 0x0301));
  const record = w.open(2);
  w.u8(CLIENT_HELLO);
  const message = w.open(3);
  const { version, suites, compressions = [0] } = hello;
  const random = nodeCrypto.random(32);
  const empty = new Uint8Array(0);
  writeClientHelloHead(w, { version, random, sessionId: empty, cookie: empty, suites, compressions: Uint8Array.from(compressions) }, false);
  if (version > 0x0300) writeExtensions(w, hello, serverName);
  w.close(3, message);
  w.close(2, record);
  return w.copy();
}

function writeExtensions(w: Writer, hello: RawHello, serverName: string): void {
  const all = w.open(2);
  const extension = (type: number, write: () => void): void => {
    w.u16(type);
    const at = w.open(2);
    write();
    w.close(2, at);
  };
  if (/[a-z]/i.test(serverName) && !serverName.includes(':'))
    extension(SERVER_NAME, () => {
      const list = w.open(2);
      w.u8(0);
      w.vector(2, Buffer.from(serverName, 'latin1'));
      w.close(2, list);
    });
  extension(EXTENDED_MASTER_SECRET, () => {});
  const curves = catalogue.usableGroups().filter(({ kind }) => kind === 'ec');
  if (hello.groups !== false)
    extension(SUPPORTED_GROUPS, () =>
      w.u16List(
        2,
        curves.map(({ id }) => id),
      ),
    );
  extension(EC_POINT_FORMATS, () => w.vector(1, Uint8Array.of(0)));
  if (hello.version >= 0x0303) extension(SIGNATURE_ALGORITHMS, () => w.u16List(2, [...catalogue.SCHEMES, ...catalogue.OLD_SCHEMES]));
  w.close(2, all);
}

/** Until ServerHelloDone, an alert, the end, or nothing more. */
function answerOf(socket: Socket, timeoutMs: number): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let input = Buffer.alloc(0);
    const done = (): void => {
      clearTimeout(timer);
      resolve(readAnswer(input));
    };
    const timer = setTimeout(done, timeoutMs);
    socket.on('error', done).on('end', done).on('close', done);
    socket.on('data', (part: Buffer) => {
      input = Buffer.concat([input, part]);
      const { alert, messages } = readAnswer(input);
      if (alert !== undefined || messages.has(SERVER_HELLO_DONE) || input.length > MAX_ANSWER) done();
    });
  });
}

function readAnswer(input: Uint8Array): RawAnswer {
  const messages = new Map<number, Uint8Array>();
  const parts: Uint8Array[] = [];
  for (let at = 0; at + RECORD_HEADER <= input.length; ) {
    const length = (input[at + 3]! << 8) | input[at + 4]!;
    const body = input.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length);
    if (body.length < length) break;
    if (input[at] === ALERT && length === 2 && body[0] === FATAL) return { alert: body[1]!, messages };
    if (input[at] === HANDSHAKE) parts.push(body);
    at += RECORD_HEADER + length;
  }
  const all = Buffer.concat(parts);
  for (let at = 0; at + MESSAGE_HEADER <= all.length; ) {
    const length = all.readUIntBE(at + 1, 3);
    const body = all.subarray(at + MESSAGE_HEADER, at + MESSAGE_HEADER + length);
    if (body.length < length) break;
    messages.set(all[at]!, body);
    at += MESSAGE_HEADER + length;
  }
  const hello = messages.get(SERVER_HELLO);
  try {
    return hello === undefined ? { messages } : { hello: readServerHello(new Reader(hello)), messages };
  } catch {
    return { messages };
  }
}
