/**
 * Requirements: the sentences of a text with a key word of RFC 2119, one file a document in compliance/requirements, in the
 * form that duvet reads (`[[spec]]` with target, level, quote). Without the texts these files are all that is needed.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../bootstrap.mjs';
import { readDocument, type Section, wordsOf } from './texts.ts';
import { readTables } from './toml.ts';

const FOLDER = 'compliance/requirements';

export type Level = 'MUST' | 'SHOULD' | 'MAY';

export interface Requirement {
  readonly document: string;
  readonly section: string;
  readonly title: string;
  readonly level: Level;
  readonly quote: string;
  readonly words: string;
}

const KEY = /\b(?:MUST|SHALL|REQUIRED|SHOULD|RECOMMENDED|MAY|OPTIONAL)\b/;

/** The requirements of a document: from its text when that is there. */
export function extract(document: string): Requirement[] | undefined {
  return readDocument(document)?.flatMap((section) => requirementsOf(document, section));
}

export function readCommitted(document: string): Requirement[] {
  const path = pathOf(document);
  if (!existsSync(join(ROOT, path))) return [];
  return readTables(path, 'spec').map(({ values }) => {
    const [, section = ''] = /#(?:section|appendix)-(.+)$/.exec(values['target'] ?? '') ?? [];
    const quote = (values['quote'] ?? '').replace(/\s*\n\s*/g, ' ').trim();
    return { document, section, title: values['title'] ?? '', level: (values['level'] ?? 'MUST') as Level, quote, words: wordsOf(quote) };
  });
}

export function documentsCommitted(): string[] {
  return readdirSync(join(ROOT, FOLDER))
    .map((file) => file.replace(/\.toml$/, ''))
    .sort();
}

/** Writes the file of a document, or compares it: false when it is not what it would be. */
export function store(document: string, requirements: readonly Requirement[], checking: boolean): boolean {
  const text = toToml(document, requirements);
  const path = join(ROOT, pathOf(document));
  if (checking) return existsSync(path) && readFileSync(path, 'utf8') === text;
  writeFileSync(path, text);
  return true;
}

function pathOf(document: string): string {
  return `${FOLDER}/${document}.toml`;
}

function toToml(document: string, requirements: readonly Requirement[]): string {
  const lines = [`# Made by npm run compliance from the text of ${document}; read by duvet as well.`, ''];
  for (const { section, title, level, quote } of requirements) {
    lines.push('[[spec]]', `target = "${document}#${anchor(section)}"`, `title = ${JSON.stringify(title)}`, `level = "${level}"`);
    lines.push("quote = '''", ...wrapped(quote), "'''", '');
  }
  return lines.join('\n');
}

export function anchor(section: string): string {
  return `${/^\d/.test(section) ? 'section' : 'appendix'}-${section}`;
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length > 99) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function requirementsOf(document: string, { number, title, text }: Section): Requirement[] {
  const found: Requirement[] = [];
  for (const paragraph of paragraphsOf(text))
    for (const quote of sentencesOf(paragraph)) {
      const level = levelOf(quote);
      if (level === undefined || isTerminology(quote)) continue;
      const words = wordsOf(quote);
      if (!found.some((other) => other.words === words)) found.push({ document, section: number, title, level, quote, words });
    }
  return found;
}

function levelOf(sentence: string): Level | undefined {
  if (/\b(?:MUST|SHALL|REQUIRED)\b/.test(sentence)) return 'MUST';
  if (/\b(?:SHOULD|RECOMMENDED)\b/.test(sentence)) return 'SHOULD';
  return KEY.test(sentence) ? 'MAY' : undefined;
}

/** The sentence that says how key words are read. */
function isTerminology(sentence: string): boolean {
  return /key ?words/i.test(sentence) || /"MUST NOT",? /.test(sentence) || /interpreted as described in/.test(sentence);
}

/** Runs of lines: blank lines and the marks of list items part them; what is fenced is no text. */
function paragraphsOf(text: string): string[] {
  const found: string[] = [];
  let current: string[] = [];
  let fenced = false;
  const close = (): void => {
    if (current.length > 0) found.push(current.join(' '));
    current = [];
  };
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^\s*(?:~~~|```)/.test(line);
    if (fence) fenced = !fenced;
    if (index === 0 || fence || fenced || line.trim() === '' || /^\s*(?:\{:|<!--|\|)/.test(line)) {
      close();
      continue;
    }
    const item = /^\s*(?:[-*+o]|\d+\.|\(?[a-z0-9]\)|:) +(?=\S)/.exec(line);
    if (item !== null) close();
    current.push((item === null ? line : line.slice(item[0].length)).trim().replace(/\s+/g, ' '));
  }
  close();
  return found;
}

function sentencesOf(paragraph: string): string[] {
  const found: string[] = [];
  let from = 0;
  for (const match of paragraph.matchAll(/[.!?]["')\]]*\s+(?=["'([{`*_]*[A-Z0-9])/g)) {
    const end = match.index + match[0].trimEnd().length;
    if (/\b(?:e\.g|i\.e|cf|vs|Sec|etc|al|resp|No)\.$/.test(paragraph.slice(from, end))) continue;
    found.push(paragraph.slice(from, end).trim());
    from = match.index + match[0].length;
  }
  found.push(paragraph.slice(from).trim());
  return found.filter((sentence) => sentence !== '');
}
