/**
 * CPU per megabyte of application data, TLS 1.3 with AES-128-GCM, writes of 16 KB over loopback TCP, server and client in
 * processes of their own: both directions, in turns with node:tls. `--quick` for less data and fewer turns.
 */
import { Child, FILES, type Kind, median, quick } from './support/children.ts';
import { conclude, figure } from './support/goals.ts';

const BYTES = (quick ? 32 : 256) * 1024 * 1024;
const TURNS = quick ? 3 : 9;
/** Turns before those that count: until then the compiler works beside. */
const WARM = quick ? 1 : 4;

interface Cost {
  readonly sender: number;
  readonly receiver: number;
  readonly seconds: number;
}

async function ends(kind: Kind): Promise<{ server: Child; client: Child }> {
  const server = await Child.start();
  const client = await Child.start();
  const port = await server.ask<number>('serve', { kind, files: FILES });
  const run = { server, client, port };
  ports.set(server, port);
  return run;
}
const ports = new Map<Child, number>();

async function measure(
  kind: Kind,
  { server, client }: { server: Child; client: Child },
  direction: 'd' | 'u',
  bytes: number,
): Promise<Cost> {
  await client.ask('open', { kind, port: ports.get(server)!, files: FILES });
  const before = [await server.ask<number>('cpu'), await client.ask<number>('cpu')] as const;
  const start = performance.now();
  await client.ask('transfer', { direction, bytes });
  const seconds = (performance.now() - start) / 1000;
  const after = [await server.ask<number>('cpu'), await client.ask<number>('cpu')] as const;
  await client.ask('close');
  await server.ask('close');
  const used = [after[0] - before[0], after[1] - before[1]] as const;
  return direction === 'd' ? { sender: used[0], receiver: used[1], seconds } : { sender: used[1], receiver: used[0], seconds };
}

const kinds = ['ours', 'node', 'net'] as const;
const children = { ours: await ends('ours'), node: await ends('node'), net: await ends('net') };
const mb = BYTES / 1e6;

console.log(`${BYTES / 2 ** 20} MB a turn, ${TURNS} turns, µs of CPU per MB (10^6 bytes)`);
console.log(`${''.padEnd(22)}${'sender'.padStart(9)}${'receiver'.padStart(9)}${'both'.padStart(9)}${'MB/s'.padStart(9)}`);
const ratios: number[] = [];
for (const [direction, name] of [
  ['d', 'server to client'],
  ['u', 'client to server'],
] as const) {
  for (let turn = 0; turn < WARM; turn++) for (const kind of kinds) await measure(kind, children[kind], direction, BYTES);
  const costs: Record<Kind, Cost[]> = { ours: [], node: [], net: [] };
  for (let turn = 0; turn < TURNS; turn++)
    for (const kind of kinds) costs[kind].push(await measure(kind, children[kind], direction, BYTES));
  const both = (kind: Kind): number => median(costs[kind].map((cost) => cost.sender + cost.receiver)) / mb;
  for (const kind of kinds) {
    const sender = median(costs[kind].map((cost) => cost.sender)) / mb;
    const receiver = median(costs[kind].map((cost) => cost.receiver)) / mb;
    const speed = mb / median(costs[kind].map((cost) => cost.seconds));
    const label = `${name}, ${kind === 'ours' ? 'veritls' : kind === 'node' ? 'node:tls' : 'no TLS'}`;
    console.log(`${label.padEnd(26)}${[sender, receiver, both(kind), speed].map((value) => value.toFixed(0).padStart(8)).join(' ')}`);
  }
  const ratio = both('ours') / both('node');
  ratios.push(ratio);
  console.log(`${name}: ${ratio.toFixed(2)} × node:tls`);
}
const mean = ratios.reduce((a, b) => a + b) / ratios.length;
figure('bulk, AES-128-GCM, 16 KB writes, CPU of both ends', mean, '× node:tls', { most: 1.3, budget: 1 });
for (const { server, client } of Object.values(children)) {
  server.stop();
  client.stop();
}
conclude();
