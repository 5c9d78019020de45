/** TLS between two connections in memory, one of which lies: what the tests of bad input and of single requirements share. */
import assert from 'node:assert/strict';
import { Reader } from '../../src/base/reader.ts';
import { Writer } from '../../src/base/writer.ts';
import * as gcm from '../../src/crypto/suites/aes-gcm.ts';
import * as modern from '../../src/crypto/suites/modern.ts';
import type { CipherSuite } from '../../src/crypto/suites/suite.ts';
import type { ClientContextInit, ServerContextInit } from '../../src/engine/context.ts';
import type { ClientOptions } from '../../src/handshake/context.ts';
import { tls12Client, tls12Server } from '../../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../../src/versions/tls13.ts';
import * as e from '../../src/wire/extension.ts';
import { readExtensions } from '../../src/wire/extensions.ts';
import * as h from '../../src/wire/handshake.ts';
import { HELLO_RETRY_RANDOM, readServerHello, type ServerHello, writeServerHelloHead } from '../../src/wire/messages/server-hello.ts';
import { clientContext, serverContext } from '../support/contexts.ts';
import { Pair } from '../support/pair.ts';
import { Connection } from '../../src/engine/connection.ts';
import { streamFrontOf } from '../sim/scenario.ts';
import { type Belief, type Hand, type Outgoing, TamperCarrier, untouched } from './tamper-carrier.ts';
import { Forge } from './forge.ts';

export type Version = 'TLS 1.2' | 'TLS 1.3';

export const VERSIONS: readonly Version[] = ['TLS 1.2', 'TLS 1.3'];

export interface Setup {
  readonly client?: Partial<ClientContextInit>;
  readonly server?: Partial<ServerContextInit>;
  readonly options?: ClientOptions;
  readonly clientHand?: Hand;
  readonly serverHand?: Hand;
  readonly belief?: Belief;
}

export function contexts(version: Version, setup: Setup = {}) {
  const suites: readonly CipherSuite[] =
    version === 'TLS 1.3'
      ? [modern.TLS_AES_128_GCM_SHA256]
      : [gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, gcm.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256];
  return {
    client: clientContext({ suites, versions: [version === 'TLS 1.3' ? tls13Client : tls12Client], ...setup.client }),
    server: serverContext({ suites, versions: [version === 'TLS 1.3' ? tls13Server : tls12Server], ...setup.server }),
  };
}

export function pairOf(version: Version, setup: Setup = {}): Pair {
  const { client, server } = contexts(version, setup);
  const { belief } = setup;
  return new Pair(
    new Connection(
      client,
      setup.options ?? { serverName: 'localhost' },
      (sink) => new TamperCarrier(sink, setup.clientHand ?? untouched, belief),
      streamFrontOf,
    ),
    new Connection(server, {}, (sink) => new TamperCarrier(sink, setup.serverHand ?? untouched, belief), streamFrontOf),
  );
}

export function run(version: Version, setup: Setup = {}): Pair {
  const pair = pairOf(version, setup);
  pair.pump();
  return pair;
}

export function connected(version: Version, setup: Setup = {}): Pair {
  const pair = run(version, setup);
  assert.equal(pair.client.connection.error?.message, undefined);
  assert.equal(pair.server.connection.error?.message, undefined);
  assert.ok(pair.server.connection.info !== undefined);
  return pair;
}

/** `by` refused with code and alert, and the other end was told. */
export function assertRefused(pair: Pair, by: 'client' | 'server', code: string, alert: number, what?: string): void {
  const refusing = pair[by].connection.error;
  const other = pair[by === 'client' ? 'server' : 'client'].connection.error;
  assert.equal(refusing?.code, code, what);
  assert.equal(refusing?.alert, alert, what);
  assert.equal(refusing?.origin, 'local', what);
  assert.equal(other?.code, 'alert_received', what);
  assert.equal(other?.alert, alert, what);
  assert.equal(other?.origin, 'peer', what);
  for (const end of [pair.client, pair.server]) assert.equal(end.events.at(-1)?.type, 'closed', what);
}

export const altering =
  (type: number, change: (body: Uint8Array) => Uint8Array): Hand =>
  (message) => [message.type === type ? { ...message, body: change(message.body) } : message];

export const flipLast = (body: Uint8Array): Uint8Array => body.map((byte, i) => (i === body.length - 1 ? byte ^ 1 : byte));

export function helloBytes(hello: ServerHello): Uint8Array {
  const w = new Writer();
  writeServerHelloHead(w, hello);
  const at = w.open(2);
  for (const { type, body } of hello.extensions) {
    w.u16(type);
    w.vector(2, body);
  }
  w.close(2, at);
  return w.copy();
}

export const alteringHello = (change: (hello: ServerHello) => Partial<ServerHello>): Hand =>
  altering(h.SERVER_HELLO, (body) => {
    const hello = readServerHello(new Reader(body));
    return helloBytes({ ...hello, ...change(hello) });
  });

export const withExtension = (type: number, body = new Uint8Array(0)): Hand =>
  alteringHello(({ extensions }) => ({ extensions: [...extensions, { type, body }] }));

/** Types of the extensions in the body of a ClientHello. */
export function clientExtensions(body: Uint8Array): number[] {
  return readExtensions(behindHead(body)).map(({ type }) => type);
}

export function behindHead(body: Uint8Array): Reader {
  const r = new Reader(body);
  r.take(34);
  r.vector(1);
  r.vector(2);
  r.vector(1);
  return r;
}

/** The message with another body in one of its extensions. */
export function replaceExtension(message: Uint8Array, type: number, extension: number, body: Uint8Array): Uint8Array {
  const r = new Reader(message);
  if (type === h.SERVER_HELLO) {
    r.take(34);
    r.vector(1);
    r.take(3);
  }
  const head = message.subarray(0, r.position);
  const w = new Writer();
  w.bytes(head);
  const at = w.open(2);
  let found = false;
  for (const each of readExtensions(r)) {
    w.u16(each.type);
    w.vector(2, each.type === extension ? body : each.body);
    found ||= each.type === extension;
  }
  assert.ok(found);
  w.close(2, at);
  return w.copy();
}

export function entry(group: number, share: Uint8Array): Uint8Array {
  const w = new Writer();
  w.u16(group);
  w.vector(2, share);
  return w.copy();
}

export function listed(content: Uint8Array): Uint8Array {
  const w = new Writer();
  w.vector(2, content);
  return w.copy();
}

export function replaceClientExtension(body: Uint8Array, extension: number, content: Uint8Array | undefined): Uint8Array {
  const r = behindHead(body);
  const head = body.subarray(0, r.position);
  const w = new Writer();
  w.bytes(head);
  const at = w.open(2);
  for (const each of readExtensions(r)) {
    const now = each.type === extension ? content : each.body;
    if (now === undefined) continue;
    w.u16(each.type);
    w.vector(2, now);
  }
  w.close(2, at);
  return w.copy();
}

export function isRetry(body: Uint8Array): boolean {
  return Buffer.from(body.subarray(2, 34)).equals(HELLO_RETRY_RANDOM);
}

export function isRetryHello(hello: ServerHello): boolean {
  return Buffer.from(hello.random).equals(HELLO_RETRY_RANDOM);
}

export function withGroup(hello: ServerHello, group: number) {
  return hello.extensions.map((each) => (each.type === e.KEY_SHARE ? { ...each, body: Uint8Array.of(group >>> 8, group & 0xff) } : each));
}

export function retry(group: number): Outgoing {
  const extensions = [
    { type: e.SUPPORTED_VERSIONS, body: Uint8Array.of(3, 4) },
    { type: e.KEY_SHARE, body: Uint8Array.of(group >>> 8, group & 0xff) },
  ];
  return {
    type: h.SERVER_HELLO,
    body: helloBytes({
      version: 0x0303,
      random: HELLO_RETRY_RANDOM,
      sessionId: new Uint8Array(0),
      suite: 0x1301,
      compression: 0,
      extensions,
    }),
  };
}

/** The client's end sends forged records to the server. */
export function forging(version: Version): { pair: Pair; forge: Forge } {
  const forge = new Forge();
  const suite: CipherSuite = version === 'TLS 1.3' ? modern.TLS_AES_128_GCM_SHA256 : gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
  return { pair: connected(version, { client: { suites: [forge.arm(suite)] }, server: { suites: [suite] } }), forge };
}

export function sendForged({ pair, forge }: ReturnType<typeof forging>, type: number, plain: Uint8Array): Pair {
  forge.next = () => ({ type, plain });
  pair.client.connection.carrier.writeData(type === 0 ? 23 : type, Uint8Array.of(0));
  pair.pump();
  return pair;
}
