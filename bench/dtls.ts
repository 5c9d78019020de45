/**
 * DTLS 1.2 in memory, both ends: CPU per MB and per handshake, heap per idle association, the cost of one more among 100 000,
 * a flood of forged ClientHellos, fragments of one byte. libssl does the same handshakes in the same run, where a C compiler and
 * its headers are there. `--quick`: small numbers. `--check`: fails when a figure misses its goal.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_DATAGRAM_MESSAGE, MAX_DATAGRAM_MESSAGE } from '../src/base/limits.ts';
import { nodeCrypto } from '../src/crypto/node/index.ts';
import { TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8 } from '../src/crypto/suites/aes-ccm.ts';
import { TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_PSK_WITH_AES_128_GCM_SHA256 } from '../src/crypto/suites/aes-gcm.ts';
import { TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 } from '../src/crypto/suites/chacha20.ts';
import type { CipherSuite } from '../src/crypto/suites/suite.ts';
import type { Connection } from '../src/engine/connection.ts';
import { createDatagramClientConnection, createDatagramServerConnection } from '../src/engine/datagram.ts';
import { Endpoint } from '../src/engine/endpoint.ts';
import type { ClientContext, ServerContext } from '../src/handshake/context.ts';
import { datagramConfig } from '../src/record/datagram/config.ts';
import { FragmentCursor } from '../src/record/datagram/fragment.ts';
import { Reassembly } from '../src/record/datagram/reassembly.ts';
import type { Session } from '../src/session/session.ts';
import { createTicketKeys } from '../src/session/ticket.ts';
import { dtls12Client, dtls12Server } from '../src/versions/dtls12.ts';
import { CERTIFICATE } from '../src/wire/handshake.ts';
import { credential, pemOf } from '../test/support/certificates.ts';
import { collect } from '../test/support/collect.ts';
import { clientContext, serverContext } from '../test/support/contexts.ts';
import { conclude, figure } from './support/goals.ts';

const quick = process.argv.includes('--quick');
const clock = { now: 0 };
const config = datagramConfig({ clock: () => clock.now, maxDatagram: 1_400 });

function contextsFor(suite: CipherSuite): { client: ClientContext; server: ServerContext } {
  const psk = { identity: Uint8Array.of(1), key: new Uint8Array(16).fill(1) };
  const common = { suites: [suite] };
  const byKey = suite.family === 'legacy' && suite.auth === 'psk';
  return {
    client: clientContext({ ...common, versions: [dtls12Client], ...(byKey ? { psk: () => psk } : {}) }),
    server: serverContext({
      ...common,
      versions: [dtls12Server],
      tickets: createTicketKeys(nodeCrypto),
      ...(byKey ? { findPsk: () => psk } : {}),
    }),
  };
}

function pump(a: Connection, b: Connection): void {
  for (let moved = true; moved; ) {
    moved = false;
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      for (let out = from.takeOutput(); out !== undefined; out = from.takeOutput()) {
        to.receive(out);
        moved = true;
      }
    }
  }
}

function drain(connection: Connection): Session | undefined {
  let session: Session | undefined;
  for (let event = connection.poll(); event !== undefined; event = connection.poll()) {
    if (event.type === 'session') session = event.session;
    if (event.type === 'error') throw event.error;
  }
  return session;
}

function pair(
  contexts: { client: ClientContext; server: ServerContext },
  session?: Session,
): { client: Connection; server: Connection; session: Session | undefined } {
  const client = createDatagramClientConnection(contexts.client, config, {
    serverName: 'localhost',
    ...(session === undefined ? {} : { session }),
  });
  const server = createDatagramServerConnection(contexts.server, config);
  pump(client, server);
  drain(server);
  return { client, server, session: drain(client) };
}

/** ms of CPU of the best of several turns. */
function best(turns: number, work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < turns; i++) {
    const before = process.cpuUsage();
    work();
    const used = process.cpuUsage(before);
    least = Math.min(least, (used.user + used.system) / 1_000);
  }
  return least;
}

function bulk(suite: CipherSuite): void {
  const { client, server } = pair(contextsFor(suite));
  const data = new Uint8Array(1_200);
  const count = quick ? 400 : 4_000;
  const ms = best(quick ? 2 : 7, () => {
    for (let i = 0; i < count; i++) {
      client.send(data);
      server.receive(client.takeOutput()!);
      server.poll();
    }
  });
  figure(`1200-byte records, ${suite.protection.name}`, ms / ((count * 1_200) / 1e6), 'ms/MB', { most: 20, budget: 16 });
}

function handshakes(name: string, contexts: { client: ClientContext; server: ServerContext }, resume: boolean): number {
  const session = resume ? pair(contexts).session : undefined;
  const count = quick ? 20 : 200;
  const ms =
    best(quick ? 2 : 7, () => {
      for (let i = 0; i < count; i++) {
        const { client } = pair(contexts, session);
        if (client.info?.resumed !== resume) throw new Error('resumption');
      }
    }) / count;
  figure(`handshake, ${name}`, ms, 'ms');
  return ms;
}

/** ms of CPU per handshake of libssl: ECDSA, PSK, resumed; undefined where it cannot be had. */
function libssl(): readonly number[] | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'veritls-bench-'));
  try {
    const program = join(folder, 'libssl-dtls');
    const source = join(import.meta.dirname, 'peers', 'libssl-dtls.c');
    const compiled = spawnSync('gcc', ['-O2', '-o', program, source, '-lssl', '-lcrypto'], { encoding: 'utf8' });
    if (compiled.status !== 0) return undefined;
    const pem = pemOf(credential('p256'));
    for (const [file, text] of Object.entries(pem)) writeFileSync(join(folder, `${file}.pem`), text);
    const out = execFileSync(program, [folder, String(quick ? 50 : 500)], { encoding: 'utf8' });
    return out.trim().split(/\s+/).map(Number);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An endpoint and clients of it, each at an address of its own. */
class Crowd {
  readonly endpoint: Endpoint;
  readonly contexts: { client: ClientContext; server: ServerContext };
  #count = 0;

  constructor(suite: CipherSuite) {
    this.contexts = contextsFor(suite);
    this.endpoint = new Endpoint({
      config,
      server: this.contexts.server,
      maxAssociations: 1_000_000,
      maxPerHost: 1_000_000,
      idleTimeoutMs: 0,
    });
  }

  /** One more handshake with a cookie; the client is forgotten afterwards. */
  join(): void {
    const n = this.#count++;
    // As a socket gives it: a string in one piece.
    const address = Buffer.from(`10.${n >>> 16}.${(n >>> 8) & 255}.${n & 255}`).toString('latin1');
    const peer = { address, port: 5_684 };
    const client = createDatagramClientConnection(this.contexts.client, config, { serverName: 'localhost' });
    const { endpoint } = this;
    for (let moved = true; moved; ) {
      moved = false;
      for (let out = client.takeOutput(); out !== undefined; out = client.takeOutput()) {
        endpoint.receive(peer, out);
        moved = true;
      }
      while (endpoint.poll() !== undefined);
      for (let out = endpoint.takeOutput(); out !== undefined; out = endpoint.takeOutput()) {
        client.receive(out.datagram);
        moved = true;
      }
    }
    if (client.info === undefined) throw new Error('no handshake');
  }
}

function heap(): { heap: number; outside: number } {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return { heap: heapUsed, outside: external };
}

function idle(): void {
  const crowd = new Crowd(TLS_PSK_WITH_AES_128_GCM_SHA256);
  for (let i = 0; i < 50; i++) crowd.join();
  const count = quick ? 1_000 : 10_000;
  const before = heap();
  for (let i = 0; i < count; i++) crowd.join();
  const fresh = heap();
  // The last flight has been kept long enough; nothing was sent for a while.
  clock.now += 2_000_000;
  crowd.endpoint.tick(clock.now);
  const after = heap();
  const outside = (bytes: number): string => `and ${Math.round(bytes / count)} B outside the heap`;
  figure(
    'heap per association, last flight kept',
    (fresh.heap - before.heap) / count,
    'B',
    undefined,
    outside(fresh.outside - before.outside),
  );
  figure(
    'heap per idle association',
    (after.heap - before.heap) / count,
    'B',
    { most: 3_000, budget: 2_000 },
    outside(after.outside - before.outside),
  );
}

/** Turns of so many handshakes, each long enough to pay for its own garbage; the best of them, ms a handshake. */
function joinCost(turns: number, probes: number, crowdOf: () => Crowd): number {
  let least = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < turns; turn++) {
    const crowd = crowdOf();
    least = Math.min(
      least,
      best(1, () => {
        for (let i = 0; i < probes; i++) crowd.join();
      }) / probes,
    );
  }
  return least;
}

function crowded(): void {
  const suite = TLS_PSK_WITH_AES_128_GCM_SHA256;
  const [turns, probes] = quick ? [3, 200] : [12, 1_000];
  const many = quick ? 5_000 : 100_000;
  // What was compiled for the first handshakes is compiled anew for later ones: both are measured warm.
  joinCost(turns, probes, () => new Crowd(suite));
  const alone = joinCost(turns, probes, () => new Crowd(suite));
  const crowd = new Crowd(suite);
  while (crowd.endpoint.size < many) crowd.join();
  const among = joinCost(turns, probes, () => crowd);
  const aloneAgain = joinCost(turns, probes, () => new Crowd(suite));
  const base = (alone + aloneAgain) / 2;
  figure(
    `handshake among ${many} associations`,
    among / base,
    '×',
    { most: 1.1 },
    `${alone.toFixed(3)} and ${aloneAgain.toFixed(3)} ms without them, ${among.toFixed(3)} ms with`,
  );
}

function flood(): void {
  const crowd = new Crowd(TLS_PSK_WITH_AES_128_GCM_SHA256);
  const { endpoint } = crowd;
  const hello = createDatagramClientConnection(crowd.contexts.client, config, { serverName: 'localhost' }).takeOutput()!;
  const count = quick ? 20_000 : 1_000_000;
  const spoof = (n: number): void => {
    hello[30] = n;
    hello[31] = n >>> 8;
    hello[32] = n >>> 16;
    endpoint.receive({ address: `10.${n >>> 16}.${(n >>> 8) & 255}.${n & 255}`, port: n & 0xffff }, hello);
    while (endpoint.takeOutput() !== undefined);
  };
  for (let n = 0; n < 1_000; n++) spoof(n);
  const before = heap();
  const cpu = best(1, () => {
    for (let n = 0; n < count; n++) spoof(n);
  });
  const after = heap();
  const { bytesReceived, bytesSent } = endpoint.statistics;
  figure(`${count} forged ClientHellos, heap`, (after.heap - before.heap) / 1_024, 'KB', { most: 256 }, `${endpoint.size} associations`);
  figure('bytes sent for each byte of them', bytesSent / bytesReceived, 'B', { most: 1 });
  figure('CPU for each', (1_000 * cpu) / count, 'µs');
}

/** A message of the longest kind in fragments of one byte, and one that only claims to be long. */
function fragments(): void {
  const length = MAX_DATAGRAM_MESSAGE;
  const pieces = Array.from({ length }, (_, offset) => fragment(length, offset));
  const cursors = (): FragmentCursor[] =>
    pieces.map((bytes) => {
      const cursor = new FragmentCursor(bytes);
      cursor.next();
      return cursor;
    });
  const ready = cursors();
  const ms = best(quick ? 2 : 7, () => {
    const reassembly = new Reassembly(0, length, 2 * length);
    for (const piece of ready) reassembly.add(piece);
    if (reassembly.take() === undefined) throw new Error('the message is not complete');
  });
  figure(`${length} fragments of one byte`, ms, 'ms', { most: 50 });
  // The same for a server that gets each in a datagram of its own, where the longest message is what it is by default.
  const { server } = contextsFor(TLS_PSK_WITH_AES_128_GCM_SHA256);
  const datagrams = Array.from({ length: DEFAULT_DATAGRAM_MESSAGE }, (_, offset) => recordOf(fragment(DEFAULT_DATAGRAM_MESSAGE, offset)));
  const whole = best(quick ? 2 : 7, () => {
    const connection = createDatagramServerConnection(server, config);
    for (const datagram of datagrams) {
      if (connection.error !== undefined) throw connection.error;
      connection.receive(datagram);
    }
    // Whole, and no ClientHello.
    if (connection.error?.code !== 'unexpected_message') throw new Error('the message is not complete');
  });
  figure(`${DEFAULT_DATAGRAM_MESSAGE} of them in a datagram each`, whole, 'ms', { most: 50 });
  const claim = new FragmentCursor(fragment(2 ** 24 - 1, 0));
  claim.next();
  const reassembly = new Reassembly(0, length, 2 * length);
  const outcome = reassembly.add(claim);
  figure('allocated for a claimed length of 2^24 - 1', reassembly.held, 'B', { most: 4_095 }, outcome);
  const long = new FragmentCursor(fragment(length, 0));
  long.next();
  reassembly.add(long);
  figure(`allocated for a first byte of ${length}`, reassembly.held, 'B', { most: 4_095 });
}

function recordOf(content: Uint8Array): Uint8Array {
  return Uint8Array.of(22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, content.length, ...content);
}

function fragment(length: number, offset: number): Uint8Array {
  const u24 = (value: number): number[] => [value >>> 16, (value >>> 8) & 255, value & 255];
  return Uint8Array.of(CERTIFICATE, ...u24(length), 0, 0, ...u24(offset), ...u24(1), offset & 255);
}

const only = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const wanted = (name: string): boolean => only.length === 0 || only.includes(name);

if (wanted('records')) {
  bulk(TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
  bulk(TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256);
  bulk(TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8);
}
if (wanted('handshakes')) compare();
if (wanted('idle')) idle();
if (wanted('crowd')) crowded();
if (wanted('flood')) flood();
if (wanted('fragments')) fragments();
conclude();

function compare(): void {
  const names = ['ECDHE_ECDSA P-256', 'PSK', 'resumed by ticket'];
  const ours = [
    handshakes(names[0]!, contextsFor(TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256), false),
    handshakes(names[1]!, contextsFor(TLS_PSK_WITH_AES_128_GCM_SHA256), false),
    handshakes(names[2]!, contextsFor(TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256), true),
  ];
  const theirs = libssl();
  if (theirs === undefined) {
    console.log('libssl: no C compiler, or no headers of it: not compared');
    return;
  }
  for (const [index, name] of names.entries()) {
    figure(`libssl, ${name}`, theirs[index]!, 'ms');
    const goal = index === 0 ? { most: 3, budget: 2 } : undefined;
    figure(`ours by libssl's, ${name}`, ours[index]! / theirs[index]!, '×', goal);
  }
}
