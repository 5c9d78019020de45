/** One page that needs nothing else: every requirement with its places, to be searched and filtered. */
import type { Annotation } from './annotations.ts';
import type { GuideTrace } from './guide.ts';
import { type DocumentTrace, stateOfItem } from './pages.ts';

type Row = readonly [
  document: string,
  section: string,
  title: string,
  level: string,
  state: string,
  quote: string,
  reason: string,
  code: string,
  tests: string,
];

export function htmlOf(all: readonly DocumentTrace[], guide: readonly GuideTrace[]): string {
  const rows: Row[] = all.flatMap(({ document, traces }) =>
    traces.map(({ requirement, state, code, tests, exception }): Row => {
      const reason = exception === undefined ? '' : `${exception.kind}: ${exception.reason}`;
      return [
        document.name,
        requirement.section,
        requirement.title,
        requirement.level,
        state,
        requirement.quote,
        reason,
        placesOf(code),
        placesOf(tests),
      ];
    }),
  );
  for (const { id, section, text, code, tests } of guide)
    rows.push(['user guide', section, id, 'MUST', stateOfItem(code, tests), text, '', code.join('\n'), tests.join('\n')]);
  return PAGE.replace('"ROWS"', () => JSON.stringify(rows).replaceAll('<', '\\u003c'));
}

function placesOf(annotations: readonly Annotation[]): string {
  return annotations.map(({ path, line }) => `${path}:${line}`).join('\n');
}

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>veritls: requirements</title>
<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5rem auto; max-width: 75rem; padding: 0 1rem; }
form { display: flex; gap: .5rem; position: sticky; top: 0; background: Canvas; padding: .5rem 0; }
input { flex: 1; font: inherit; padding: .3rem; }
select { font: inherit; }
article { border-top: 1px solid #8884; padding: .6rem 0; }
b { margin-right: .6rem; }
pre { margin: .2rem 0 0; color: GrayText; white-space: pre-wrap; font-size: 12px; }
.tested, .implied { color: #187a2f; } .exception { color: #8a6100; } .untested, .open, .only { color: #b3261e; }
</style>
<h1>Requirements</h1>
<form><input type="search" placeholder="words, a section, a file" autofocus><select id="document"></select><select id="level"></select><select id="state"></select></form>
<p id="count"></p>
<main></main>
<script>
const rows = "ROWS";
const form = document.querySelector('form');
const [search] = form.querySelectorAll('input');
const columns = { document: 0, level: 3, state: 4 };
for (const [id, column] of Object.entries(columns)) {
  const select = form.querySelector('#' + id);
  select.append(new Option('every ' + id, ''), ...[...new Set(rows.map((row) => row[column]))].map((value) => new Option(value)));
}
function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}
function show() {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const chosen = rows.filter((row) => Object.entries(columns).every(([id, column]) => ['', row[column]].includes(form.querySelector('#' + id).value)) && words.every((word) => row.join(' ').toLowerCase().includes(word)));
  document.querySelector('#count').textContent = chosen.length + ' of ' + rows.length;
  document.querySelector('main').replaceChildren(...chosen.map(([name, section, title, level, state, quote, reason, code, tests]) => {
    const article = document.createElement('article');
    article.append(element('b', name + ' §' + section + ' ' + title), element('b', level), element('b', state, state), element('div', quote));
    for (const [label, text] of [['', reason], ['code', code], ['test', tests]]) if (text) article.append(element('pre', label ? label + ' ' + text.replaceAll('\\n', '\\n' + label + ' ') : text));
    return article;
  }));
}
form.addEventListener('input', show);
form.addEventListener('submit', (event) => event.preventDefault());
show();
</script>
`;
