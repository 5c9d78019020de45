/**
 * CPU of a TLS 1.3 handshake, both ends together, over loopback TCP in one process, in turns with node:tls: full with a
 * P-256 certificate, and resumed by ticket. What a TCP connection costs by itself is measured too and shown apart: the
 * ratio is of the whole, the one behind it of what TLS adds. `--quick` for fewer.
 */
import { Child, FILES, type Kind, median, quick } from './support/children.ts';
import { conclude, figure } from './support/goals.ts';

const COUNT = quick ? 150 : 400;
const TURNS = quick ? 3 : 9;
/** Before the first turn: until here the compiler's threads take a tenth of what is measured, of node:tls a fiftieth. */
const WARM = quick ? 1500 : 5000;

const kinds = ['ours', 'node', 'net'] as const;
const children: Record<Kind, Child> = { ours: await Child.start(), node: await Child.start(), net: await Child.start() };

for (const [name, resumed, goal, budget] of [
  ['full', false, 0.8, 0.6],
  ['resumed', true, 0.7, 0.5],
] as const) {
  const costs: Record<Kind, number[]> = { ours: [], node: [], net: [] };
  for (let turn = 0; turn < TURNS; turn++) {
    for (const kind of kinds) {
      costs[kind].push(
        await children[kind].ask<number>('handshakes', {
          kind,
          files: FILES,
          count: COUNT,
          warm: turn === 0 ? WARM : 10,
          resumed: resumed && kind !== 'net',
        }),
      );
    }
  }
  const [ours, node, net] = kinds.map((kind) => median(costs[kind])) as [number, number, number];
  console.log(`${name} handshake: veritls ${ours.toFixed(0)} µs, node:tls ${node.toFixed(0)} µs, TCP alone ${net.toFixed(0)} µs`);
  figure(
    `${name} handshake, CPU of both ends`,
    ours / node,
    '× node:tls',
    { most: goal, budget },
    `without TCP ${((ours - net) / (node - net)).toFixed(2)}`,
  );
}
for (const child of Object.values(children)) child.stop();
conclude();
