/**
 * npm run quotes: every RFC sentence quoted beside a check must stand, word for word, in the section it is attributed to.
 *
 *     //= rfc9846#section-4.1.3
 *     //# the words of the RFC, over as many lines
 *     //# as they need
 *
 * `--fix` corrects the number of a section where the words stand in another one of the same document.
 *
 * The texts lie beside the repository in ../shared/rfc; where they do not, nothing is checked and that is said.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bootstrap.mjs';
import { filesBelow } from './source-files.ts';

const TEXTS = join(ROOT, '..', 'shared', 'rfc');

interface Quote {
  readonly path: string;
  readonly line: number;
  readonly document: string;
  readonly section: string;
  readonly words: string;
}

/** One section with all its subsections. */
type Sections = ReadonlyMap<string, string>;

const fixing = process.argv.includes('--fix');
const documents = new Map<string, Sections | undefined>();
const problems: string[] = [];
const absent = new Map<string, number>();
const good = new Map<string, number>();

if (!existsSync(TEXTS)) {
  console.log('The RFC texts (../shared/rfc) are absent: no quotation was checked.\n0 passed, 0 failed, 1 skipped');
} else {
  for (const quote of filesBelow(['src', 'test'], /\.ts$/).flatMap(quotesOf)) check(quote);
  for (const problem of problems) console.error(problem);
  for (const [document, count] of [...good].sort()) console.log(`  ${document}  ${count}`);
  for (const [document, count] of [...absent].sort()) console.log(`  ${document}  ${count} not checked: its text is not in ../shared/rfc`);
  console.log(`${sum(good)} passed, ${problems.length} failed, ${sum(absent)} skipped`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function check(quote: Quote): void {
  const { document, section, words } = quote;
  const place = `${quote.path}:${quote.line}`;
  if (!documents.has(document)) documents.set(document, readDocument(document));
  const sections = documents.get(document);
  if (sections === undefined) {
    count(absent, document);
    return;
  }
  if (words === '') problems.push(`${place}: quotes nothing`);
  else if (sections.get(section)?.includes(` ${words} `) === true) count(good, document);
  else {
    const right = whereIs(sections, words);
    if (right === undefined) problems.push(`${place}: not in ${document}: ${divergence(sections, words)}`);
    else if (fixing) renumber(quote, right);
    else problems.push(`${place}: not in section ${section} of ${document}, but in ${right}`);
  }
}

/** The deepest section that has the words. */
function whereIs(sections: Sections, words: string): string | undefined {
  let best: string | undefined;
  for (const [name, text] of sections) {
    if (text.includes(` ${words} `) && (best === undefined || name.split('.').length > best.split('.').length)) best = name;
  }
  return best;
}

/** Up to where the quotation is right, and what the RFC says there. */
function divergence(sections: Sections, words: string): string {
  const list = words.split(' ');
  const all = [...sections.values()];
  for (let length = list.length - 1; length > 0; length--) {
    const start = ` ${list.slice(0, length).join(' ')} `;
    const text = all.find((section) => section.includes(start));
    if (text === undefined) continue;
    const after = text.slice(text.indexOf(start) + start.length).split(' ', 8);
    return `after “… ${list.slice(Math.max(0, length - 6), length).join(' ')}” it says “${after.join(' ')} …”, not “${list.slice(length, length + 6).join(' ')}”`;
  }
  return `no word of “${words.slice(0, 60)}”`;
}

function renumber(quote: Quote, section: string): void {
  const file = join(ROOT, quote.path);
  const lines = readFileSync(file, 'utf8').split('\n');
  lines[quote.line - 1] = lines[quote.line - 1]!.replace(
    /#(?:section|appendix)-[\w.]+/,
    `#${/^\d/.test(section) ? 'section' : 'appendix'}-${section}`,
  );
  writeFileSync(file, lines.join('\n'));
  console.log(`${quote.path}:${quote.line}: section ${quote.section} is ${section}`);
  count(good, quote.document);
}

function quotesOf(path: string): Quote[] {
  const found: Quote[] = [];
  const lines = readFileSync(join(ROOT, path), 'utf8').split('\n');
  for (let i = 0; i < lines.length; i++) {
    const head = /^\s*\/\/= *(rfc\d+|draft-[\w-]+)[\w-]*#(?:section-|appendix-)([\w.]+)/.exec(lines[i]!);
    if (head === null) {
      if (/^\s*\/\/= *(?!type=|reason=|level=)/.test(lines[i]!)) problems.push(`${path}:${i + 1}: cannot read this citation`);
      continue;
    }
    const line = i + 1;
    const parts: string[] = [];
    while (/^\s*\/\/(=\s*(type|reason|level)=|#)/.test(lines[i + 1] ?? '')) {
      const quoted = lines[++i]!.trim();
      if (quoted.startsWith('//#')) parts.push(quoted.slice(3));
    }
    found.push({ path, line, document: head[1]!, section: head[2]!, words: wordsOf(parts.join(' ')) });
  }
  return found;
}

/** The sections of a document, each with the text of its subsections; undefined when the text is not there. */
function readDocument(document: string): Sections | undefined {
  const file = readdirSync(TEXTS).find((name) => name.startsWith(document) && !/\d/.test(name.charAt(document.length)));
  if (file === undefined) return undefined;
  const text = readFileSync(join(TEXTS, file), 'utf8');
  const parts = file.endsWith('.md') ? splitMarkdown(text) : splitText(text);
  const sections = new Map<string, string>();
  for (const [name, body] of parts) {
    const words = wordsOf(body);
    for (let at = name; ; at = at.slice(0, at.lastIndexOf('.'))) {
      sections.set(at, `${sections.get(at) ?? ' '}${words} `);
      if (!at.includes('.')) break;
    }
  }
  return sections;
}

/** The plain text of the RFC Editor: numbered headings at the margin, page breaks within. */
function splitText(text: string): [string, string][] {
  const parts: [string, string][] = [];
  for (const line of text.split('\n')) {
    if (/\[Page \d+\]\s*$|^\f?RFC \d+ .*\d{4}\s*$/.test(line)) continue;
    const heading = /^(?:Appendix )?(\d+(?:\.\d+)*|[A-Z](?:\.\d+)*)\.? {1,4}\S/.exec(line);
    if (heading !== null) parts.push([heading[1]!, '']);
    const last = parts.at(-1);
    if (last !== undefined) last[1] += `${line}\n`;
  }
  return parts;
}

/** The source of an RFC in kramdown: headings get their numbers from their order. */
function splitMarkdown(text: string): [string, string][] {
  const parts: [string, string][] = [];
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
    const heading = fenced ? null : /^(#+) +/.exec(line);
    if (heading !== null && !/\{:\s*(?:unnumbered|numbered="false")/.test(line)) {
      const depth = heading[1]!.length;
      numbers.length = Math.min(numbers.length, depth);
      while (numbers.length < depth) numbers.push(0);
      numbers[depth - 1]!++;
      const [first = 0, ...rest] = numbers;
      parts.push([[back ? String.fromCharCode(64 + first) : first, ...rest].join('.'), '']);
    }
    const last = parts.at(-1);
    if (last !== undefined) last[1] += `${line}\n`;
  }
  return parts;
}

/** Words only: line breaks, mark-up, punctuation and references differ between the forms of one text. */
function wordsOf(text: string): string {
  const bare = text
    .replace(/\{\{[^}]*\}\}/g, ' ')
    .replace(/\[(?:RFC|BCP|STD)?[\w.-]*\]/g, ' ')
    .replace(/(?:Section|Appendix) [\w.]+(?: of)?/g, ' ')
    .replace(/\{:[^}]*\}/g, ' ')
    .replace(/["'`*‘’“”]/g, '');
  return (bare.match(/[\p{L}\p{N}_]+/gu) ?? []).join(' ');
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, one) => total + one, 0);
}
