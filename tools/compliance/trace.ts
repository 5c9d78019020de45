/** Joins requirements with what cites them, and says in which state each one is. */
import type { Annotation } from './annotations.ts';
import type { Exception } from './exceptions.ts';
import type { Requirement } from './requirements.ts';

/**
 * `tested`: a line of the library and a test cite it. `implied`: it holds by construction, which the citing comment shows.
 * `exception`: not followed, not built or not ours, with a reason. The others want work.
 */
export type State = 'tested' | 'implied' | 'exception' | 'untested' | 'only a test' | 'open';

export interface Trace {
  readonly requirement: Requirement;
  readonly state: State;
  readonly code: readonly Annotation[];
  readonly tests: readonly Annotation[];
  readonly exception?: { readonly kind: string; readonly reason: string };
}

const LEAST_OVERLAP = 5;

export function trace(requirements: readonly Requirement[], annotations: readonly Annotation[], exceptions: readonly Exception[]): Trace[] {
  return requirements.map((requirement) => {
    const citing = annotations.filter((annotation) => cites(annotation, requirement));
    const tests = citing.filter(({ type }) => type === 'test');
    const code = citing.filter(({ type }) => type === 'implementation' || type === 'implication');
    const deviation = citing.find(({ type }) => type === 'exception');
    const exact = exceptions.find((one) => one.words !== '' && inSection(one, requirement) && overlaps(one.words, requirement.words));
    if (exact !== undefined) exact.used = true;
    if (deviation !== undefined)
      return { requirement, state: 'exception', code, tests, exception: { kind: 'deviation', reason: deviation.reason } };
    if (exact !== undefined) return { requirement, state: 'exception', code, tests, exception: exact };
    if (code.some(({ type }) => type === 'implication')) return { requirement, state: 'implied', code, tests };
    if (code.length > 0 && tests.length > 0) return { requirement, state: 'tested', code, tests };
    const whole = exceptions.find((one) => one.words === '' && inSection(one, requirement));
    if (citing.length === 0 && whole !== undefined) {
      whole.used = true;
      return { requirement, state: 'exception', code, tests, exception: whole };
    }
    return { requirement, state: code.length > 0 ? 'untested' : tests.length > 0 ? 'only a test' : 'open', code, tests };
  });
}

export function cites(annotation: Annotation, requirement: Requirement): boolean {
  return inSection(annotation, requirement) && overlaps(annotation.words, requirement.words);
}

/** In the section named, or below it. */
function inSection(where: { readonly document: string; readonly section: string }, { document, section }: Requirement): boolean {
  return where.document === document && `${section}.`.startsWith(`${where.section}.`);
}

/** One holds the other, or the end of one is the beginning of the other, key word included. */
export function overlaps(quoted: string, required: string): boolean {
  if (quoted === '') return false;
  const a = ` ${quoted} `;
  const b = ` ${required} `;
  if (a.includes(b) || b.includes(a)) return true;
  const words = quoted.split(' ');
  for (let length = words.length - 1; length >= LEAST_OVERLAP; length--) {
    const tail = words.slice(-length).join(' ');
    if (b.startsWith(` ${tail} `)) return hasKey(tail);
    const head = words.slice(0, length).join(' ');
    if (b.endsWith(` ${head} `)) return hasKey(head);
  }
  return false;
}

function hasKey(words: string): boolean {
  return /\b(?:MUST|SHALL|REQUIRED|SHOULD|RECOMMENDED|MAY|OPTIONAL)\b/.test(words);
}
