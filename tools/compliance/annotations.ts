/**
 * Citations of requirements in code and tests, in the form of duvet:
 *
 *     //= rfc9846#section-4.1.3
 *     //= type=test
 *     //# the words of the RFC, over as many lines
 *     //# as they need
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../bootstrap.mjs';
import { filesBelow } from '../source-files.ts';
import { wordsOf } from './texts.ts';

export type AnnotationType = 'implementation' | 'test' | 'exception' | 'implication';

export interface Annotation {
  readonly path: string;
  /** Of its first line, counted from 1. */
  readonly line: number;
  /** Of what follows the annotation and those around it: the code that it speaks of. */
  readonly codeLine: number;
  readonly type: AnnotationType;
  readonly document: string;
  readonly section: string;
  readonly words: string;
  readonly reason: string;
}

const TYPES: readonly string[] = ['implementation', 'test', 'exception', 'implication'];

/** All annotations below src and test, and what cannot be read as one. */
export function readAnnotations(): { readonly annotations: Annotation[]; readonly problems: string[] } {
  const problems: string[] = [];
  const annotations = filesBelow(['src', 'test'], /\.ts$/).flatMap((path) => annotationsIn(path, problems));
  return { annotations, problems };
}

function annotationsIn(path: string, problems: string[]): Annotation[] {
  const found: Annotation[] = [];
  const lines = readFileSync(join(ROOT, path), 'utf8').split('\n');
  for (let i = 0; i < lines.length; i++) {
    const head = /^\s*\/\/= *(rfc\d+|draft-[\w-]+)[\w-]*#(?:section-|appendix-)([\w.]+)/.exec(lines[i]!);
    if (head === null) {
      if (/^\s*\/\/= *(?!type=|reason=|level=)/.test(lines[i]!)) problems.push(`${path}:${i + 1}: cannot read this citation`);
      continue;
    }
    const line = i + 1;
    const parts: string[] = [];
    let type = 'implementation';
    let reason = '';
    while (/^\s*\/\/(=\s*(type|reason|level)=|#)/.test(lines[i + 1] ?? '')) {
      const next = lines[++i]!.trim();
      if (next.startsWith('//#')) parts.push(next.slice(3));
      else if (/^\/\/= *type=/.test(next)) type = next.replace(/^\/\/= *type= */, '').trim();
      else if (/^\/\/= *reason=/.test(next)) reason = next.replace(/^\/\/= *reason= */, '').trim();
    }
    if (!TYPES.includes(type)) problems.push(`${path}:${line}: there is no type ${type}`);
    const [, document = '', section = ''] = head;
    found.push({
      path,
      line,
      codeLine: codeAfter(lines, i + 1),
      type: type as AnnotationType,
      document,
      section,
      words: wordsOf(parts.join(' ')),
      reason,
    });
  }
  return found;
}

/** The number (from 1) of the first line at or behind an index that holds code. */
function codeAfter(lines: readonly string[], index: number): number {
  let inside = false;
  for (let i = index; i < lines.length; i++) {
    const line = lines[i]!.trim();
    if (inside || line.startsWith('/*')) {
      inside = !line.endsWith('*/');
      continue;
    }
    if (line !== '' && !line.startsWith('//')) return i + 1;
  }
  return lines.length;
}
