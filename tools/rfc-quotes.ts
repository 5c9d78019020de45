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
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bootstrap.mjs';
import { type Annotation, readAnnotations } from './compliance/annotations.ts';
import { haveTexts, readDocument, wordsOf } from './compliance/texts.ts';

/** One section with all its subsections. */
type Sections = ReadonlyMap<string, string>;

const fixing = process.argv.includes('--fix');
const documents = new Map<string, Sections | undefined>();
const problems: string[] = [];
const absent = new Map<string, number>();
const good = new Map<string, number>();

if (!haveTexts()) {
  console.log('The RFC texts (../shared/rfc) are absent: no quotation was checked.\n0 passed, 0 failed, 1 skipped');
} else {
  const { annotations, problems: unreadable } = readAnnotations();
  problems.push(...unreadable);
  for (const quote of annotations) check(quote);
  for (const problem of problems) console.error(problem);
  for (const [document, count] of [...good].sort()) console.log(`  ${document}  ${count}`);
  for (const [document, count] of [...absent].sort()) console.log(`  ${document}  ${count} not checked: its text is not in ../shared/rfc`);
  console.log(`${sum(good)} passed, ${problems.length} failed, ${sum(absent)} skipped`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function check(quote: Annotation): void {
  const { document, section, words } = quote;
  const place = `${quote.path}:${quote.line}`;
  if (!documents.has(document)) documents.set(document, wordsBySection(document));
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

function renumber(quote: Annotation, section: string): void {
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

/** The sections of a document, each with the text of its subsections; undefined when the text is not there. */
function wordsBySection(document: string): Sections | undefined {
  const parts = readDocument(document);
  if (parts === undefined) return undefined;
  const sections = new Map<string, string>();
  for (const { number, text } of parts) {
    const words = wordsOf(text);
    for (let at = number; ; at = at.slice(0, at.lastIndexOf('.'))) {
      sections.set(at, `${sections.get(at) ?? ' '}${words} `);
      if (!at.includes('.')) break;
    }
  }
  return sections;
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, one) => total + one, 0);
}
