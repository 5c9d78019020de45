/** Committed inputs: small corpora that reach far, and what once made a target fail. One input a line, in hexadecimal. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../tools/bootstrap.mjs';
import { discovered } from './guided.ts';
import type { FuzzTarget } from './target.ts';

const CORPUS = join(ROOT, 'test', 'fuzz', 'corpus');
const FOUND = join(ROOT, 'test', 'fuzz', 'found');
/** Bytes of inputs that are committed for a target. */
const MAX_CORPUS = 3_000;

export function slug(target: FuzzTarget): string {
  return target.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

/** An input that made its target fail before that was mended, and what it was. */
export interface Found {
  readonly input: Uint8Array;
  readonly what: string;
}

/** `HEX what it was` on each line. */
export function foundBy(target: FuzzTarget): readonly Found[] {
  return lines(join(FOUND, `${slug(target)}.txt`)).map((line) => {
    const [hex = '', ...words] = line.split(' ');
    return { input: fromHex(hex), what: words.join(' ') };
  });
}

export function corpusOf(target: FuzzTarget): readonly Uint8Array[] {
  return lines(join(CORPUS, `${slug(target)}.txt`)).map(fromHex);
}

/** All that a run begins with. */
export function inputsOf(target: FuzzTarget): readonly Uint8Array[] {
  return [...target.seeds(), ...corpusOf(target), ...foundBy(target).map(({ input }) => input)].filter(
    ({ length }) => length <= target.maxLength,
  );
}

/** Of what has been found to add coverage, inputs of all sizes, as many as may be committed. */
export function distil(targets: readonly FuzzTarget[]): number {
  mkdirSync(CORPUS, { recursive: true });
  for (const target of targets) {
    const inputs = discovered(target).filter(({ length }) => length > 0 && length <= MAX_CORPUS / 4);
    const bytes = inputs.reduce((sum, { length }) => sum + length, 0);
    const step = Math.max(1, Math.ceil(bytes / MAX_CORPUS));
    const taken = inputs.filter((_, i) => i % step === step - 1);
    writeFileSync(join(CORPUS, `${slug(target)}.txt`), taken.map((input) => `${Buffer.from(input).toString('hex')}\n`).join(''));
    console.log(`${target.name}: ${taken.length} of ${inputs.length} inputs`);
  }
  return 0;
}

function lines(path: string): string[] {
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
}

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
