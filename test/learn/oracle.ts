/** Answers words by running them, each prefix once: and notices when the same word is answered differently. */
import type { Word } from './mealy.ts';

/** The black box: one instance for each word. */
export interface Subject {
  /** What it answers to a message, in words; `-` for nothing. */
  step(symbol: string): string;
}

/** The answer to a word was not what it had been: what is learned would mean nothing. */
export class Nondeterministic extends Error {}

interface Node {
  output: string;
  children: Map<string, Node>;
}

export class Oracle {
  readonly #start: () => Subject;
  readonly #root: Node = { output: '', children: new Map() };
  /** Words that were run, and messages in them. */
  words = 0;
  messages = 0;

  constructor(start: () => Subject) {
    this.#start = start;
  }

  /** The answers to each message of the word. */
  query(word: Word): readonly string[] {
    return this.#known(word) ?? this.run(word);
  }

  /** Runs the word, whether its answers are known or not. */
  run(word: Word): readonly string[] {
    this.words++;
    this.messages += word.length;
    const subject = this.#start();
    let node = this.#root;
    return word.map((symbol, i) => {
      const output = subject.step(symbol);
      let child = node.children.get(symbol);
      if (child === undefined) node.children.set(symbol, (child = { output, children: new Map() }));
      else if (child.output !== output)
        throw new Nondeterministic(`${word.slice(0, i + 1).join(' ')}: answered ${child.output}, then ${output}`);
      node = child;
      return output;
    });
  }

  #known(word: Word): readonly string[] | undefined {
    let node = this.#root;
    const outputs: string[] = [];
    for (const symbol of word) {
      const child = node.children.get(symbol);
      if (child === undefined) return undefined;
      node = child;
      outputs.push(node.output);
    }
    return outputs;
  }
}
