/**
 * Learns the machine of a black box from its answers: states are told apart by a discrimination tree (Kearns and Vazirani 1994),
 * counterexamples are cut down to the one message that matters by binary search (Rivest and Schapire 1993). This is the
 * observation pack of Balle (2010) and Howar (2012), that is TTT without the shortening of its discriminators.
 */
import type { Mealy, Word } from './mealy.ts';
import type { Oracle } from './oracle.ts';

/** A word to which the machine answers otherwise than the black box; undefined: none was found. */
export type Equivalence = (hypothesis: Mealy, learner: Learner) => Word | undefined;

type Tree = Leaf | Inner;
interface Leaf {
  readonly kind: 'leaf';
  readonly state: number;
  readonly parent: Inner | undefined;
}
interface Inner {
  readonly kind: 'inner';
  /** What is sent to tell the states below apart. */
  readonly suffix: Word;
  readonly parent: Inner | undefined;
  readonly children: Map<string, Tree>;
}

export class Learner {
  readonly #oracle: Oracle;
  readonly #alphabet: readonly string[];
  readonly #access: Word[] = [[]];
  readonly #leaves: Leaf[] = [{ kind: 'leaf', state: 0, parent: undefined }];
  #root: Tree = this.#leaves[0]!;
  rounds = 0;

  constructor(oracle: Oracle, alphabet: readonly string[]) {
    this.#oracle = oracle;
    this.#alphabet = alphabet;
  }

  /** Asks and refines until `equivalence` finds nothing more. */
  learn(equivalence: Equivalence): Mealy {
    for (;;) {
      this.rounds++;
      const hypothesis = this.#hypothesis();
      const counterexample = equivalence(hypothesis, this);
      if (counterexample === undefined) return hypothesis;
      this.#refine(hypothesis, counterexample);
    }
  }

  /** Words that together tell a state from every other. */
  discriminators(state: number): Word[] {
    const words: Word[] = [];
    for (let node = this.#leaves[state]!.parent; node !== undefined; node = node.parent) words.push(node.suffix);
    return words;
  }

  #hypothesis(): Mealy {
    const next: number[][] = [];
    const output: string[][] = [];
    for (let state = 0; state < this.#access.length; state++) {
      const access = this.#access[state]!;
      next.push(this.#alphabet.map((symbol) => this.#sift([...access, symbol])));
      output.push(this.#alphabet.map((symbol) => this.#oracle.query([...access, symbol]).at(-1)!));
    }
    return { alphabet: this.#alphabet, next, output, access: [...this.#access] };
  }

  /** The state that a word leads to: a new one, when nothing known answers like it. */
  #sift(word: Word): number {
    let node = this.#root;
    while (node.kind === 'inner') {
      const answer = this.#answer(word, node.suffix);
      let child = node.children.get(answer);
      if (child === undefined) node.children.set(answer, (child = this.#newState(word, node)));
      node = child;
    }
    return node.state;
  }

  #answer(prefix: Word, suffix: Word): string {
    return this.#oracle
      .query([...prefix, ...suffix])
      .slice(prefix.length)
      .join(' | ');
  }

  #newState(access: Word, parent: Inner): Leaf {
    const leaf: Leaf = { kind: 'leaf', state: this.#access.length, parent };
    this.#access.push(access);
    this.#leaves.push(leaf);
    return leaf;
  }

  /** One state of the hypothesis stands for two: finds where, and what tells them apart. */
  #refine(hypothesis: Mealy, counterexample: Word): void {
    const word = this.#shortest(hypothesis, counterexample);
    const states = [0];
    for (const symbol of word) states.push(hypothesis.next[states.at(-1)!]![this.#alphabet.indexOf(symbol)]!);
    // Whether the answer to the last message is the black box's own, when the first `i` are replaced by the access word of their state.
    const real = this.#oracle.query(word).at(-1)!;
    const holds = (i: number): boolean => this.#oracle.query([...this.#access[states[i]!]!, ...word.slice(i)]).at(-1) === real;
    let low = 0;
    let high = word.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (holds(middle)) low = middle;
      else high = middle;
    }
    this.#split(states[high]!, [...this.#access[states[low]!]!, word[low]!], word.slice(high));
  }

  /** The part of a counterexample up to the first answer that differs. */
  #shortest(hypothesis: Mealy, word: Word): Word {
    const real = this.#oracle.query(word);
    let state = 0;
    for (let i = 0; i < word.length; i++) {
      const a = this.#alphabet.indexOf(word[i]!);
      if (hypothesis.output[state]![a] !== real[i]) return word.slice(0, i + 1);
      state = hypothesis.next[state]![a]!;
    }
    throw new RangeError(`no counterexample: ${word.join(' ')}`);
  }

  #split(state: number, access: Word, suffix: Word): void {
    const old = this.#leaves[state]!;
    const inner: Inner = { kind: 'inner', suffix, parent: old.parent, children: new Map() };
    const answers = [this.#answer(this.#access[state]!, suffix), this.#answer(access, suffix)];
    if (answers[0] === answers[1]) throw new RangeError('a counterexample that splits nothing');
    if (old.parent === undefined) this.#root = inner;
    else for (const [answer, child] of old.parent.children) if (child === old) old.parent.children.set(answer, inner);
    const leaf: Leaf = { kind: 'leaf', state, parent: inner };
    this.#leaves[state] = leaf;
    inner.children.set(answers[0]!, leaf);
    inner.children.set(answers[1]!, this.#newState(access, inner));
  }
}
