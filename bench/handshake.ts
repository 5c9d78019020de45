/**
 * CPU of a TLS 1.3 handshake, both ends together, over loopback TCP in one process, in turns with node:tls: full with a
 * P-256 certificate, and resumed by ticket. What a TCP connection costs by itself is measured too and shown apart: the
 * ratio is of the whole, the one behind it of what TLS adds. `--quick` for fewer.
 *
 * Full handshakes include the two tickets that follow them. After a resumed one node:tls sends none and veritls one, in the
 * next turn of the event loop or with the server's first data: it is no part of the handshake, and shown apart.
 */
import { Child, FILES, type Kind, median, quick } from './support/children.ts';
import { conclude, figure } from './support/goals.ts';

const COUNT = quick ? 150 : 400;
const TURNS = quick ? 3 : 7;
/** Groups of processes, one after the other: a process may be 5 % faster than the next for as long as it lives. */
const GROUPS = quick ? 1 : 3;
/** Before the first turn: until here the compiler's threads take a tenth of what is measured, of node:tls a fiftieth. */
const WARM = quick ? 1500 : 6000;

const kinds = ['ours', 'node', 'net'] as const;
type Costs = Readonly<Record<Kind, readonly number[]>>;

/** µs of each turn; a turn of one kind follows that of the other at once. */
async function measure(resumed: boolean, tickets: boolean, groups = GROUPS): Promise<Costs> {
  const costs: Record<Kind, number[]> = { ours: [], node: [], net: [] };
  for (let group = 0; group < groups; group++) {
    const children: Record<Kind, Child> = { ours: await Child.start(), node: await Child.start(), net: await Child.start() };
    const turn = (kind: Kind, count: number): Promise<number> =>
      children[kind].ask<number>('handshakes', { kind, files: FILES, count, tickets });
    for (const kind of kinds) {
      await children[kind].ask('prepareHandshakes', { kind, files: FILES, resumed: resumed && kind !== 'net' });
      await turn(kind, WARM);
    }
    for (let i = 0; i < TURNS; i++) for (const kind of kinds) costs[kind].push(await turn(kind, COUNT));
    for (const child of Object.values(children)) child.stop();
  }
  return costs;
}

/** Turn by turn: what the machine does besides changes from minute to minute. */
function ratioOf({ ours, node }: Costs): number {
  return median(ours.map((cost, turn) => cost / node[turn]!));
}

function say(name: string, { ours, node, net }: Costs): string {
  const [our, their, bare] = [median(ours), median(node), median(net)];
  console.log(`${name}: veritls ${our.toFixed(0)} µs, node:tls ${their.toFixed(0)} µs, TCP alone ${bare.toFixed(0)} µs`);
  return `without TCP ${median(ours.map((cost, turn) => (cost - bare) / (node[turn]! - bare))).toFixed(2)}`;
}

for (const [name, resumed, most, budget] of [
  ['full handshake', false, 0.8, 0.6],
  ['resumed handshake', true, 0.7, 0.5],
] as const) {
  const costs = await measure(resumed, !resumed);
  const beside = say(name, costs);
  figure(`${name}, CPU of both ends`, ratioOf(costs), '× node:tls', { most, budget }, beside);
}
const following = await measure(true, true, 1);
const beside = say('resumed handshake and the ticket behind it', following);
console.log(`${ratioOf(following).toFixed(2)} × node:tls, which sends none; ${beside}`);
conclude();
