/** What two ends say to each other, message by message and record by record; and ClientHellos with a change. */
import { Reader } from '../../src/base/reader.ts';
import { Writer } from '../../src/base/writer.ts';
import type { RawExtension } from '../../src/wire/extensions.ts';
import * as h from '../../src/wire/handshake.ts';
import { type ClientHello, readClientHello, writeClientHelloHead } from '../../src/wire/messages/client-hello.ts';
import { isHelloRetryRequest, readServerHello, type ServerHello } from '../../src/wire/messages/server-hello.ts';
import { pairOf, type Setup, type Version } from '../negative/lying-pair.ts';
import { type Hand, type Outgoing, untouched } from '../negative/tamper-carrier.ts';
import type { Pair } from '../support/pair.ts';

type Side = 'client' | 'server';

export interface WireRecord {
  readonly type: number;
  readonly version: number;
  readonly length: number;
}

export interface Watched {
  readonly pair: Pair;
  readonly sent: Readonly<Record<Side, Outgoing[]>>;
  readonly records: Readonly<Record<Side, WireRecord[]>>;
}

/** Plays a handshake and keeps what was sent. */
export function watch(version: Version, setup: Setup = {}): Watched {
  const sent: Record<Side, Outgoing[]> = { client: [], server: [] };
  const records: Record<Side, WireRecord[]> = { client: [], server: [] };
  const noting =
    (side: Side, hand: Hand = untouched): Hand =>
    (message, position) => {
      const out = hand(message, position);
      sent[side].push(...out);
      return out;
    };
  const pair = pairOf(version, {
    ...setup,
    clientHand: noting('client', setup.clientHand),
    serverHand: noting('server', setup.serverHand),
  });
  pair.wire = (from, bytes) => {
    records[from].push(...recordsIn(bytes));
    return [bytes];
  };
  pair.pump();
  return { pair, sent, records };
}

function recordsIn(bytes: Uint8Array): WireRecord[] {
  const found: WireRecord[] = [];
  for (const r = new Reader(bytes); r.remaining > 0; ) {
    const type = r.u8();
    const version = r.u16();
    found.push({ type, version, length: r.vector(2).length });
  }
  return found;
}

export function clientHellos({ sent }: Watched): ClientHello[] {
  return sent.client.filter(({ type }) => type === h.CLIENT_HELLO).map(({ body }) => readClientHello(new Reader(body), false));
}

/** Without HelloRetryRequests, or those alone. */
export function serverHellos({ sent }: Watched, retries = false): ServerHello[] {
  return sent.server
    .filter(({ type, body }) => type === h.SERVER_HELLO && isHelloRetryRequest(body) === retries)
    .map(({ body }) => readServerHello(new Reader(body)));
}

/** The body of an extension. */
export function bodyOf(hello: { readonly extensions: readonly RawExtension[] }, type: number): Uint8Array | undefined {
  return hello.extensions.find((each) => each.type === type)?.body;
}

/** The types of the messages that a side sent, tickets apart. */
export function typesOf({ sent }: Watched, side: Side): number[] {
  return sent[side].map(({ type }) => type).filter((type) => type !== h.NEW_SESSION_TICKET && type !== h.CCS_MESSAGE);
}

/** A hand that changes the client's hellos; `behind` follows the last byte of the message. */
export function alteringClientHello(change: (hello: ClientHello) => Partial<ClientHello>, behind: readonly number[] = []): Hand {
  return (message) => {
    if (message.type !== h.CLIENT_HELLO) return [message];
    const hello = readClientHello(new Reader(message.body), false);
    return [{ ...message, body: write({ ...hello, ...change(hello) }, behind) }];
  };
}

function write(hello: ClientHello, behind: readonly number[]): Uint8Array {
  const w = new Writer();
  writeClientHelloHead(w, hello, false);
  if (hello.hasExtensions) writeExtensions(w, hello.extensions);
  w.bytes(Uint8Array.from(behind));
  return w.copy();
}

export function writeExtensions(w: Writer, list: readonly RawExtension[]): void {
  const at = w.open(2);
  for (const { type, body } of list) {
    w.u16(type);
    w.vector(2, body);
  }
  w.close(2, at);
}

/** The extensions with another body for one of them; undefined: without it. Added at the front where it was not. */
export function replaced(list: readonly RawExtension[], type: number, body: Uint8Array | undefined): RawExtension[] {
  const others = list.map((each) => (each.type === type && body !== undefined ? { type, body } : each));
  if (body === undefined) return others.filter((each) => each.type !== type);
  return others.some((each) => each.type === type) ? others : [{ type, body }, ...others];
}
