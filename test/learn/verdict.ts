/**
 * What must hold of a learned machine, whatever it was learned from:
 *
 * 1. It is one: the same word is always answered alike (the oracle sees to that).
 * 2. What leads to *connected* is what the flow permits, answer by answer, and nothing else does; messages that a version drops
 *    wherever they stand (`transparent`) do not count. The same holds of another handshake on the same connection.
 * 3. Over a stream every other word ends in an alert and a closed connection; datagrams may come to nothing instead.
 * 4. Behind the end nothing is answered any more, and nobody is ever told internal_error.
 */
import { type Mealy, run, type Word } from './mealy.ts';
import type { LearnedSubject, Permitted } from './subjects.ts';

const CLOSED = 'closed';

export interface Roles {
  /** Application data is taken and answered. */
  readonly connected: ReadonlySet<number>;
  /** Over: nothing is answered. */
  readonly closed: ReadonlySet<number>;
  /** On a way to connected. */
  readonly onTheWay: ReadonlySet<number>;
  /** Neither: only datagrams may lead there. */
  readonly stuck: ReadonlySet<number>;
}

export function rolesOf(machine: Mealy): Roles {
  const data = machine.alphabet.indexOf('ApplicationData');
  const states = machine.next.map((_, state) => state);
  const connected = new Set(states.filter((state) => machine.output[state]![data]?.split(', ').includes('ApplicationData')));
  const closed = new Set(states.filter((state) => machine.output[state]!.every((output) => output === CLOSED)));
  const onTheWay = new Set<number>();
  for (let size = -1; size !== onTheWay.size; ) {
    size = onTheWay.size;
    for (const state of states) {
      if (connected.has(state)) continue;
      if (machine.next[state]!.some((to) => connected.has(to) || onTheWay.has(to))) onTheWay.add(state);
    }
  }
  // Where there are no connections to be had, there is none to miss.
  const stuck = new Set(data < 0 ? [] : states.filter((state) => !connected.has(state) && !closed.has(state) && !onTheWay.has(state)));
  return { connected, closed, onTheWay, stuck };
}

/** The words that lead from the first state to a connected one and come to no state twice. */
export function waysToConnected(machine: Mealy): Word[] {
  const { connected } = rolesOf(machine);
  return connected.has(0) ? [[]] : waysFrom(machine, 0, connected);
}

/** The words that lead from a connected state to a connected one by others: another handshake on the same connection. */
export function waysToReconnect(machine: Mealy): Word[] {
  const { connected } = rolesOf(machine);
  return [...connected].flatMap((from) => waysFrom(machine, from, connected).filter(({ length }) => length > 1));
}

/** `to` is where a way ends; nothing else comes twice. */
function waysFrom(machine: Mealy, from: number, to: ReadonlySet<number>): Word[] {
  const ways: Word[] = [];
  const walk = (state: number, word: Word, seen: readonly number[]): void => {
    machine.next[state]!.forEach((next, a) => {
      const longer = [...word, machine.alphabet[a]!];
      if (to.has(next)) ways.push(longer);
      else if (!seen.includes(next)) walk(next, longer, [...seen, next]);
    });
  };
  walk(from, [], [from]);
  return ways;
}

/** What is wrong with the machine, in sentences. */
export function verdict(subject: LearnedSubject, machine: Mealy, permitted: readonly Permitted[]): string[] {
  return [...wrongWays(subject, machine, permitted), ...wrongEnds(subject, machine)];
}

function wrongWays({ transparent }: LearnedSubject, machine: Mealy, permitted: readonly Permitted[]): string[] {
  const problems: string[] = [];
  const allowed = new Set(permitted.map(({ word }) => word.join(' ')));
  for (const { word, answers } of permitted) {
    const { outputs, state } = run(machine, word);
    if (outputs.join(' / ') !== answers.join(' / '))
      problems.push(`${word.join(' ')}: answered ${outputs.join(' / ')}, not as the flow has it`);
    if (!rolesOf(machine).connected.has(state)) problems.push(`${word.join(' ')}: permitted by the flow, and does not connect`);
  }
  for (const way of [...waysToConnected(machine), ...waysToReconnect(machine)]) {
    const essence = way.filter((symbol) => !transparent.includes(symbol)).join(' ');
    if (!allowed.has(essence)) problems.push(`${way.join(' ')}: connects, and no flow permits it`);
  }
  return problems;
}

function wrongEnds({ isDatagram }: LearnedSubject, machine: Mealy): string[] {
  const problems: string[] = [];
  const { closed, stuck } = rolesOf(machine);
  machine.output.forEach((row, state) =>
    row.forEach((output, a) => {
      const to = machine.next[state]![a]!;
      const at = `state ${state}, ${machine.alphabet[a]!}`;
      if (output.split(', ').includes(CLOSED) && !closed.has(to)) problems.push(`${at}: closed, and something is answered later`);
      if (closed.has(to) && !output.includes(CLOSED)) problems.push(`${at}: over, without a word`);
      if (output.includes('internal_error')) problems.push(`${at}: internal_error`);
    }),
  );
  if (!isDatagram) for (const state of stuck) problems.push(`state ${state}: neither connected nor closed, and nothing leads on from it`);
  return problems;
}
