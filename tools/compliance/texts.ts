/**
 * The texts that requirements and quotations come from, ../shared/rfc beside the repository: plain text of the RFC Editor or
 * kramdown source, as a list of sections with their numbers.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../bootstrap.mjs';

const TEXTS = join(ROOT, '..', 'shared', 'rfc');

export interface Section {
  readonly number: string;
  readonly title: string;
  /** Without its subsections. */
  readonly text: string;
}

export function haveTexts(): boolean {
  return existsSync(TEXTS);
}

/** The sections of a document in their order; undefined when its text is not there. */
export function readDocument(document: string): readonly Section[] | undefined {
  if (!haveTexts()) return undefined;
  const file = readdirSync(TEXTS).find((name) => name.startsWith(document) && !/\d/.test(name.charAt(document.length)));
  if (file === undefined) return undefined;
  const text = readFileSync(join(TEXTS, file), 'utf8');
  return file.endsWith('.md') ? splitMarkdown(text) : splitText(text);
}

/** Words only: line breaks, mark-up, punctuation and references differ between the forms of one text. */
export function wordsOf(text: string): string {
  const bare = text
    .replace(/\{\{[^}]*\}\}/g, ' ')
    .replace(/\[(?:RFC|BCP|STD)?[\w.-]*\]/g, ' ')
    .replace(/(?:Section|Appendix)\s+[\w.]+(?:\s+of)?/g, ' ')
    .replace(/\{:[^}]*\}/g, ' ')
    .replace(/["'`*‘’“”]/g, '');
  return (bare.match(/[\p{L}\p{N}_]+/gu) ?? []).join(' ');
}

/** The plain text of the RFC Editor: numbered headings at the margin, page breaks within. */
function splitText(text: string): Section[] {
  const parts: { number: string; title: string; text: string }[] = [];
  for (const line of withoutPages(text).split('\n')) {
    const heading = /^(?:Appendix )?(\d+(?:\.\d+)*|[A-Z](?:\.\d+)*)\.? {1,4}(\S.*)/.exec(line);
    if (heading !== null) parts.push({ number: heading[1]!, title: heading[2]!.trim(), text: '' });
    const last = parts.at(-1);
    if (last !== undefined) last.text += `${line}\n`;
  }
  // The table of contents has the same numbers and no text.
  return parts.filter((part) => !/\.{4,}\s*\d+$|(?: \.){3,}\s*\d+$/.test(part.title));
}

/** A paragraph that goes on over a page break is one. */
function withoutPages(text: string): string {
  return text.replace(/\n*[^\n]*\[Page \w+\]\s*\n\f?\n?RFC \d+ [^\n]*\d{4}\s*\n+/g, (_match, offset: number, all: string) => {
    const before = all.slice(0, offset).trimEnd();
    return /[.:;!?")]$/.test(before) ? '\n\n' : '\n';
  });
}

/** The source of an RFC in kramdown: headings get their numbers from their order, references the number of what they name. */
function splitMarkdown(text: string): Section[] {
  const parts: { number: string; title: string; text: string }[] = [];
  const labels = new Map<string, string>();
  const numbers: number[] = [];
  let started = false;
  let back = false;
  let fenced = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('--- middle')) started = true;
    if (line.startsWith('--- back')) {
      back = true;
      numbers.length = 0;
    }
    if (/^(~~~|```)/.test(line)) fenced = !fenced;
    if (!started) continue;
    const heading = fenced ? null : /^(#+) +(.*)/.exec(line);
    if (heading !== null && !/\{:\s*(?:unnumbered|numbered="false")/.test(line)) {
      const depth = heading[1]!.length;
      numbers.length = Math.min(numbers.length, depth);
      while (numbers.length < depth) numbers.push(0);
      numbers[depth - 1]!++;
      const [first = 0, ...rest] = numbers;
      const number = [back ? String.fromCharCode(64 + first) : first, ...rest].join('.');
      const title = heading[2]!.replace(/\s*\{.*\}\s*$/, '').trim();
      const label = /\{:?\s*#([\w-]+)/.exec(line)?.[1] ?? title.toLowerCase().replace(/[^\w]+/g, '-');
      labels.set(label, number);
      parts.push({ number, title, text: '' });
    }
    const last = parts.at(-1);
    if (last !== undefined) last.text += `${line}\n`;
  }
  return parts.map((part) => ({ ...part, text: resolved(part.text, labels) }));
}

function resolved(text: string, labels: ReadonlyMap<string, string>): string {
  return text.replace(/\{\{([^}]*)\}\}/g, (_match, name: string) => {
    const bare = name.replace(/^[?!-]+/, '');
    const number = labels.get(bare);
    if (number !== undefined) return `${/^\d/.test(number) ? 'Section' : 'Appendix'} ${number}`;
    return bare.includes(' ') ? bare : `[${bare}]`;
  });
}
