/**
 * What an idle connection costs in memory over a bare net.Socket: resident set per connection, of the server's end and of
 * the client's, in processes of their own, after a few seconds of rest and garbage collection. `--quick` for fewer.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Child, FILES, type Kind, quick } from './support/children.ts';
import { conclude, figure } from './support/goals.ts';

const COUNT = quick ? 500 : 2000;
/** Opened and closed before the first look: the young generation grows to its working size once, whoever fills it. */
const WARM = quick ? 500 : 1500;
const REST_MS = 5_000;
/** Left alone, the young generation takes and gives back 32 MB when it likes: 16 KB a connection, up or down, whoever they are. */
const STILL = ['--min-semi-space-size=1', '--max-semi-space-size=1'];

interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}
interface PerConnection {
  readonly server: Memory;
  readonly client: Memory;
}

async function measure(kind: Kind): Promise<PerConnection> {
  const server = await Child.start(...STILL);
  const client = await Child.start(...STILL);
  const port = await server.ask<number>('serve', { kind, files: FILES });
  await client.ask('openMany', { kind, port, files: FILES, count: WARM });
  await client.ask('close');
  await server.ask('close');
  await sleep(REST_MS);
  const before = [await server.ask<Memory>('memory'), await client.ask<Memory>('memory')] as const;
  await client.ask('openMany', { kind, port, files: FILES, count: COUNT });
  await sleep(REST_MS);
  const after = [await server.ask<Memory>('memory'), await client.ask<Memory>('memory')] as const;
  server.stop();
  client.stop();
  const per = (i: 0 | 1): Memory => ({
    rss: (after[i].rss - before[i].rss) / COUNT,
    heapUsed: (after[i].heapUsed - before[i].heapUsed) / COUNT,
    external: (after[i].external - before[i].external) / COUNT,
  });
  return { server: per(0), client: per(1) };
}

const results = {} as Record<Kind, PerConnection>;
for (const kind of ['net', 'node', 'ours'] as const) results[kind] = await measure(kind);

const kb = (bytes: number): string => (bytes / 1024).toFixed(1).padStart(7);
console.log(`${COUNT} idle connections, KB for each`);
console.log(`${''.padEnd(20)}${'RSS'.padStart(7)}${'over net'.padStart(9)}${'heap'.padStart(8)}${'external'.padStart(9)}`);
for (const end of ['server', 'client'] as const) {
  for (const kind of ['net', 'node', 'ours'] as const) {
    const own = results[kind][end];
    const label = `${end}, ${kind === 'ours' ? 'veritls' : kind === 'node' ? 'node:tls' : 'net'}`;
    console.log(`${label.padEnd(20)}${kb(own.rss)}  ${kb(own.rss - results.net[end].rss)} ${kb(own.heapUsed)}  ${kb(own.external)}`);
  }
}
for (const end of ['server', 'client'] as const) {
  const over = (kind: Kind): number => results[kind][end].rss - results.net[end].rss;
  // The resident set moves with the collector's pages too: what is really held is the sum of heap and external memory.
  const holds = (kind: Kind): number => results[kind][end].heapUsed + results[kind][end].external;
  const held = holds('ours') - holds('net');
  figure(
    `idle connection, ${end}, RSS over net.Socket`,
    over('ours') / 1024,
    'KB',
    { most: 8, budget: 4 },
    `held ${(held / 1024).toFixed(1)} KB; node:tls ${(over('node') / 1024).toFixed(1)} KB`,
  );
}
conclude();
