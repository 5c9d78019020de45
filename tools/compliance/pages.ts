/** What npm run compliance writes: the snapshot, a page for each document, and the index of them. */
import type { TracedDocument } from './documents.ts';
import { KINDS } from './exceptions.ts';
import type { GuideTrace } from './guide.ts';
import type { State, Trace } from './trace.ts';

export interface DocumentTrace {
  readonly document: TracedDocument;
  readonly traces: readonly Trace[];
}

const STATES: readonly State[] = ['tested', 'implied', 'exception', 'untested', 'only a test', 'open'];
const HEAD = '<!-- Made by npm run compliance. -->';

/** One line a requirement: level, state, first words, places. Without line numbers, which move with every edit. */
export function snapshotOf(all: readonly DocumentTrace[], guide: readonly GuideTrace[]): string {
  const lines = ['# Made by npm run compliance: each requirement with its level, its state, its first words and what cites it.', ''];
  for (const { document, traces } of all) {
    for (const { requirement, state, code, tests, exception } of traces) {
      const places = exception === undefined ? [...filesOf(code), ...filesOf(tests)] : [exception.kind];
      lines.push(
        `${document.name} §${requirement.section} ${requirement.level} [${state}] ${shortened(requirement.quote)}${places.length > 0 ? ` <- ${places.join(' ')}` : ''}`,
      );
    }
    lines.push('');
  }
  for (const { id, section, code, tests } of guide)
    lines.push(`${id} §${section} [${stateOfItem(code, tests)}] <- ${[...code, ...tests.slice(0, 2)].join(' ')}`);
  return `${lines.join('\n')}\n`;
}

/** docs/compliance/NAME.md */
export function pageOf({ document, traces }: DocumentTrace): string {
  const lines = [
    HEAD,
    `# ${document.name.replace('rfc', 'RFC ')}: ${document.title}`,
    '',
    `${summary(traces)}. [How to read this](README.md)`,
    '',
  ];
  let section = '';
  for (const { requirement, state, code, tests, exception } of traces) {
    if (requirement.section !== section) {
      section = requirement.section;
      lines.push(`## ${/^\d/.test(section) ? '§' : 'Appendix '}${section} ${requirement.title}`, '');
    }
    lines.push(`- **${requirement.level}**, ${state}: ${escaped(requirement.quote)}`);
    if (exception !== undefined) lines.push(`  - ${exception.kind}: ${escaped(exception.reason)}`);
    if (code.length > 0) lines.push(`  - code: ${links(filesOf(code))}`);
    if (tests.length > 0) lines.push(`  - tests: ${links(filesOf(tests))}`);
  }
  return `${lines.join('\n')}\n`;
}

/** docs/compliance/guide.md */
export function guidePageOf(guide: readonly GuideTrace[]): string {
  const lines = [HEAD, '# The user guide of the embedded interface', '', `${guideSummary(guide)}. [How to read this](README.md)`, ''];
  lines.push('| item | guide | code | tests |', '|---|---|---|---|');
  for (const { id, section, code, tests } of guide) lines.push(`| \`${id}\` | ${section} | ${links(code)} | ${links(tests.slice(0, 2))} |`);
  return `${lines.join('\n')}\n`;
}

/** The table of docs/compliance/README.md and of the command's output. */
export function summaryTable(all: readonly DocumentTrace[], link: boolean): string[] {
  const lines = [
    `| document | MUST | ${STATES.join(' | ')} | SHOULD with code or reason | MAY |`,
    `|---|---|${STATES.map(() => '---|').join('')}---|---|`,
  ];
  for (const { document, traces } of all) {
    const must = traces.filter(({ requirement }) => requirement.level === 'MUST');
    const should = traces.filter(({ requirement }) => requirement.level === 'SHOULD');
    const name = `${document.name.replace('rfc', 'RFC ')} ${document.title}`;
    const cells = STATES.map((state) => must.filter((one) => one.state === state).length);
    const met = (list: readonly Trace[]): string =>
      `${list.filter(({ state }) => state !== 'open' && state !== 'only a test').length} of ${list.length}`;
    lines.push(
      `| ${link ? `[${name}](${document.name}.md)` : name} | ${must.length} | ${cells.join(' | ')} | ${met(should)} | ${met(traces.filter(({ requirement }) => requirement.level === 'MAY'))} |`,
    );
  }
  return lines;
}

/** docs/compliance/README.md */
export function indexOf(all: readonly DocumentTrace[], guide: readonly GuideTrace[]): string {
  return `${[
    HEAD,
    '# Which requirement is met where',
    '',
    'Every sentence of the documents below that says MUST, SHALL, REQUIRED, SHOULD, RECOMMENDED, MAY or OPTIONAL is a requirement',
    '(`compliance/requirements/`, in the form of duvet, extracted by command). Code that does what a sentence says quotes it, and so does the',
    'test that shows it:',
    '',
    '```ts',
    '//= rfc9846#section-4.3          the document and the section',
    '//= type=test                    in a test; without it, this is the implementation',
    '//# any words of the sentence, exactly',
    '```',
    '',
    '`type=implication` is for what holds by construction: the comment stands where one can see that. `type=exception` with',
    '`reason=R…` is a deviation, argued in [the register](../register.md). What is not ours to do, or belongs to a feature that is not',
    'there, stands with its reason in `compliance/exceptions.toml`. `npm run compliance` writes these pages, `-- --check` compares,',
    '`-- --coverage` runs each citing test file under coverage and fails where the cited code, or a refusal in it, did not run;',
    '`-- --html` makes one searchable page, build/compliance.html. Places are files: the lines are in the searchable page.',
    '',
    ...summaryTable(all, true),
    '',
    `[The user guide of the embedded interface](guide.md): ${guideSummary(guide)}.`,
    '',
    'States: `tested` has code and a test; `implied` holds by construction; `exception` has a reason; `untested` has code only; `open` has nothing.',
    'RFC 8446 is traced through RFC 9846, which takes its place: a sentence that both have is in the state of the newer one.',
    '',
    'Kinds of exceptions:',
    '',
    ...Object.entries({ ...KINDS, deviation: 'a requirement that is deliberately not followed, argued in the register' }).map(
      ([kind, text]) =>
        `- \`${kind}\`: ${text} (${all.flatMap(({ traces }) => traces).filter(({ exception }) => exception?.kind === kind).length})`,
    ),
  ].join('\n')}\n`;
}

export function summary(traces: readonly Trace[]): string {
  const must = traces.filter(({ requirement }) => requirement.level === 'MUST');
  return `${must.length} MUST: ${STATES.map((state) => [state, must.filter((one) => one.state === state).length] as const)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ')}`;
}

export function guideSummary(guide: readonly GuideTrace[]): string {
  return `${guide.filter(({ code, tests }) => stateOfItem(code, tests) === 'tested').length} of ${guide.length} items have code and a test`;
}

export function stateOfItem(code: readonly string[], tests: readonly string[]): State {
  return code.length > 0 ? (tests.length > 0 ? 'tested' : 'untested') : tests.length > 0 ? 'only a test' : 'open';
}

function filesOf(annotations: readonly { readonly path: string }[]): string[] {
  return [...new Set(annotations.map(({ path }) => path))].sort();
}

function links(paths: readonly string[]): string {
  return paths.map((path) => `[${path}](../../${path})`).join(', ');
}

function shortened(quote: string): string {
  return quote.length <= 90 ? quote : `${quote.slice(0, quote.lastIndexOf(' ', 88))} …`;
}

function escaped(text: string): string {
  return text.replace(/[<>|*_[\]]/g, (mark) => `\\${mark}`);
}
