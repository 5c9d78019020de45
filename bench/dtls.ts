/**
 * DTLS 1.2 in memory, both ends: CPU per MB and per handshake, heap per idle association, the cost of one more among 100 000,
 * and a flood of forged ClientHellos. libssl does the same handshakes in the same run, where a C compiler and its headers are
 * there. `--quick`: small numbers.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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
import type { Session } from '../src/session/session.ts';
import { createTicketKeys } from '../src/session/ticket.ts';
import { dtls12Client, dtls12Server } from '../src/versions/dtls12.ts';
import { credential, pemOf } from '../test/support/certificates.ts';
import { clientContext, serverContext } from '../test/support/contexts.ts';

const quick = process.argv.includes('--quick');
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
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

function show(name: string, value: string, note = ''): void {
  console.log(`${name.padEnd(58)} ${value.padStart(12)}  ${note}`);
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
  show(`1200-byte records, ${suite.protection.name}`, `${(ms / ((count * 1_200) / 1e6)).toFixed(1)} ms/MB`, 'budget 16, then 8');
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
  show(`handshake, ${name}`, `${ms.toFixed(3)} ms`);
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
  gc();
  gc();
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
  show(
    'heap per association, last flight kept',
    `${Math.round((fresh.heap - before.heap) / count)} B`,
    `and ${Math.round((fresh.outside - before.outside) / count)} B outside the heap`,
  );
  show(
    'heap per idle association',
    `${Math.round((after.heap - before.heap) / count)} B`,
    `and ${Math.round((after.outside - before.outside) / count)} B outside the heap; budget 2000`,
  );
}

function crowded(): void {
  const crowd = new Crowd(TLS_PSK_WITH_AES_128_GCM_SHA256);
  const probes = quick ? 100 : 500;
  const cost = (): number =>
    best(5, () => {
      for (let i = 0; i < probes; i++) crowd.join();
    }) / probes;
  cost();
  const alone = cost();
  const many = quick ? 5_000 : 100_000;
  while (crowd.endpoint.size < many) crowd.join();
  gc();
  const among = cost();
  show(
    `handshake among ${many} associations`,
    `${(among / alone).toFixed(2)} ×`,
    `${alone.toFixed(3)} ms alone, ${among.toFixed(3)} ms then; budget 1.1`,
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
  show(
    `${count} forged ClientHellos, heap`,
    `${after.heap - before.heap} B`,
    `${((1_000 * cpu) / count).toFixed(1)} µs each, ${(bytesSent / bytesReceived).toFixed(2)} bytes out per byte in, ${endpoint.size} associations`,
  );
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
  for (const [index, name] of names.entries())
    show(`libssl, ${name}`, `${theirs[index]!.toFixed(3)} ms`, `ours is ${(ours[index]! / theirs[index]!).toFixed(1)} ×`);
}
