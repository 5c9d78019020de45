/**
 * CPU per megabyte of application data, TLS 1.3 with AES-128-GCM, writes of 16 KB over loopback TCP, server and client in
 * processes of their own: both directions, in turns with node:tls. All of it with new processes several times, because a pair of
 * them may be 5 % faster than the next for as long as it lives. `--quick` for less data, fewer turns and one pair.
 */
import { Child, FILES, type Kind, median, quick } from './support/children.ts';
import { conclude, figure } from './support/goals.ts';

const BYTES = (quick ? 32 : 256) * 1024 * 1024;
const PAIRS = quick ? 1 : 5;
const TURNS = quick ? 3 : 5;
/** Turns before those that count: until then the compiler works beside. */
const WARM = quick ? 1 : 3;

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
const directions = [
  ['d', 'server to client'],
  ['u', 'client to server'],
] as const;
type Costs = Record<Kind, Cost[]>;
const costs: Record<'d' | 'u', Costs> = { d: { ours: [], node: [], net: [] }, u: { ours: [], node: [], net: [] } };
const mb = BYTES / 1e6;

for (let pair = 0; pair < PAIRS; pair++) {
  const children = { ours: await ends('ours'), node: await ends('node'), net: await ends('net') };
  for (const [direction] of directions) {
    for (let turn = 0; turn < WARM; turn++) for (const kind of kinds) await measure(kind, children[kind], direction, BYTES);
    for (let turn = 0; turn < TURNS; turn++)
      for (const kind of kinds) costs[direction][kind].push(await measure(kind, children[kind], direction, BYTES));
  }
  for (const { server, client } of Object.values(children)) {
    server.stop();
    client.stop();
  }
}

console.log(`${BYTES / 2 ** 20} MB a turn, ${TURNS} turns, ${PAIRS} pairs of processes, µs of CPU per MB (10^6 bytes)`);
console.log(`${''.padEnd(22)}${'sender'.padStart(9)}${'receiver'.padStart(9)}${'both'.padStart(9)}${'MB/s'.padStart(9)}`);
const ratios: number[] = [];
for (const [direction, name] of directions) {
  const of = (kind: Kind, what: (cost: Cost) => number): number => median(costs[direction][kind].map(what));
  const sum = ({ sender, receiver }: Cost): number => sender + receiver;
  for (const kind of kinds) {
    const sender = of(kind, (cost) => cost.sender) / mb;
    const receiver = of(kind, (cost) => cost.receiver) / mb;
    const speed = mb / of(kind, (cost) => cost.seconds);
    const label = `${name}, ${kind === 'ours' ? 'veritls' : kind === 'node' ? 'node:tls' : 'no TLS'}`;
    console.log(
      `${label.padEnd(26)}${[sender, receiver, of(kind, sum) / mb, speed].map((value) => value.toFixed(0).padStart(8)).join(' ')}`,
    );
  }
  // Turn by turn: what the machine does besides changes from minute to minute.
  const { ours, node } = costs[direction];
  const ratio = median(ours.map((cost, turn) => sum(cost) / sum(node[turn]!)));
  ratios.push(ratio);
  console.log(`${name}: ${ratio.toFixed(2)} × node:tls`);
}
const mean = ratios.reduce((a, b) => a + b) / ratios.length;
figure('bulk, AES-128-GCM, 16 KB writes, CPU of both ends', mean, '× node:tls', { most: 1.3, budget: 1 });
conclude();
