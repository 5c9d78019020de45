/** Mealy machines: what a black box answers to each message, in each of its states. State 0 is the first. */

/** Messages, in order. */
export type Word = readonly string[];

export interface Mealy {
  readonly alphabet: readonly string[];
  /** `next[state][symbol]`, `output[state][symbol]`: symbols by their place in the alphabet. */
  readonly next: readonly (readonly number[])[];
  readonly output: readonly (readonly string[])[];
  /** A word that leads to each state: the one that the learner knows it by. */
  readonly access: readonly Word[];
}

/** What the machine answers to each message of a word, and where it ends. */
export function run(machine: Mealy, word: Word, from = 0): { readonly outputs: string[]; readonly state: number } {
  let state = from;
  const outputs: string[] = [];
  for (const symbol of word) {
    const a = machine.alphabet.indexOf(symbol);
    outputs.push(machine.output[state]![a]!);
    state = machine.next[state]![a]!;
  }
  return { outputs, state };
}

/** A shortest word to which the two answer differently; undefined: they are equivalent. */
export function difference(one: Mealy, other: Mealy): Word | undefined {
  const seen = new Set<string>(['0 0']);
  let frontier: { a: number; b: number; word: Word }[] = [{ a: 0, b: 0, word: [] }];
  while (frontier.length > 0) {
    const reached: typeof frontier = [];
    for (const { a, b, word } of frontier) {
      for (const symbol of one.alphabet) {
        const left = run(one, [symbol], a);
        const right = run(other, [symbol], b);
        const longer = [...word, symbol];
        if (left.outputs[0] !== right.outputs[0]) return longer;
        const key = `${left.state} ${right.state}`;
        if (seen.has(key)) continue;
        seen.add(key);
        reached.push({ a: left.state, b: right.state, word: longer });
      }
    }
    frontier = reached;
  }
  return undefined;
}

/** The same machine with its states numbered as they are reached, nearest first: equal machines become equal values. */
export function canonical(machine: Mealy): Mealy {
  const order = [0];
  const access: Word[] = [[]];
  for (let i = 0; i < order.length; i++) {
    machine.next[order[i]!]!.forEach((to, a) => {
      if (order.includes(to)) return;
      order.push(to);
      access.push([...access[i]!, machine.alphabet[a]!]);
    });
  }
  return {
    alphabet: machine.alphabet,
    next: order.map((state) => machine.next[state]!.map((to) => order.indexOf(to))),
    output: order.map((state) => machine.output[state]!),
    access,
  };
}
