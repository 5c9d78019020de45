/**
 * Whether a test executes what it claims to test: each test file that cites a requirement runs by itself under V8's coverage,
 * and the code below an annotation that cites the same requirement must have run in one of them, a refusal on it included.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, typescript } from '../bootstrap.mjs';
import type { Annotation } from './annotations.ts';
import type { Trace } from './trace.ts';

const AT_ONCE = 2;
const TIMEOUT_MS = 300_000;
/** How far a statement is followed. */
const MAX_LINES = 8;

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

interface Script {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}

interface CoverageFile {
  readonly result: readonly Script[];
  readonly 'source-map-cache'?: Readonly<
    Record<string, { readonly lineLengths: readonly number[]; readonly data: SourceMapPayload | null }>
  >;
}

/** The points of a file that ran: those of which the answer is asked are looked up lazily. */
type Ran = (path: string, line: number, column: number) => boolean | undefined;

/** A place on a line that must have run. */
interface Point {
  readonly line: number;
  readonly column: number;
  readonly what: string;
}

export interface CoverageResult {
  readonly files: number;
  readonly checked: number;
  readonly problems: readonly string[];
}

export async function checkCoverage(traces: readonly Trace[]): Promise<CoverageResult> {
  const tested = traces.filter(({ state }) => state === 'tested');
  const files = [...new Set(tested.flatMap(({ tests }) => tests.map(({ path }) => path)))].sort();
  const ran = new Map<string, Ran>();
  const problems: string[] = [];
  const queue = [...files];
  const work = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const started = Date.now();
      const result = await runCovered(file);
      if (result === undefined) problems.push(`${file}: fails`);
      else ran.set(file, result);
      console.log(`  ${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${file}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const checked = new Set<string>();
  const found = new Map<string, string>();
  for (const { requirement, code, tests } of tested) {
    const by = [...new Set(tests.map(({ path }) => path))];
    for (const annotation of code) {
      const place = `${annotation.path}:${annotation.line}`;
      checked.add(place);
      const gap = gapOf(
        annotation,
        by.map((path) => ran.get(path)),
      );
      if (gap !== undefined)
        found.set(`${place} ${requirement.words}`, `${place}: ${gap} by what tests “${requirement.quote.slice(0, 70)}…”: ${by.join(', ')}`);
    }
  }
  return { files: files.length, checked: checked.size, problems: [...problems, ...found.values()] };
}

/** What of the code below an annotation no test ran; undefined when all did. */
function gapOf(annotation: Annotation, tests: readonly (Ran | undefined)[]): string | undefined {
  let known = false;
  for (const { line, column, what } of pointsOf(annotation)) {
    const answers = tests.map((ran) => ran?.(annotation.path, line, column));
    if (answers.some((answer) => answer !== undefined)) known = true;
    if (answers.includes(true)) continue;
    if (answers.some((answer) => answer === false)) return `${what} (line ${line}) is not executed`;
  }
  return known ? undefined : 'no code that runs stands below it, or its file is not loaded';
}

/** The start of the statement, and every refusal and function body on it. */
function pointsOf({ path, codeLine }: Annotation): Point[] {
  const lines = readFileSync(join(ROOT, path), 'utf8').split('\n');
  const points: Point[] = [];
  for (let line = codeLine; line < codeLine + MAX_LINES && line <= lines.length; line++) {
    const text = lines[line - 1]!;
    if (text.trim().startsWith('//')) continue;
    if (line === codeLine) points.push({ line, column: startOf(text), what: 'the code below' });
    for (const match of text.matchAll(/\b(?:this\.#?)?(?:fail|refuse\w*|missing|drop\w*)\(/g))
      points.push({ line, column: match.index, what: `“${match[0]}…”` });
    if (/[;{}]\s*$/.test(text) && !/^\s*if .*[^{;]$/.test(text)) {
      // A block is entered at its first statement.
      const next = lines[line];
      if (text.trimEnd().endsWith('{') && /^\s*(?:if|else|for|while)\b/.test(text) && next !== undefined)
        points.push({ line: line + 1, column: next.search(/\S/), what: 'the block' });
      break;
    }
  }
  return points;
}

/** Behind the end of a block, as in `} else …`. */
function startOf(text: string): number {
  return (/^\s*(?:\} else )?/.exec(text) ?? [''])[0].length;
}

async function runCovered(file: string): Promise<Ran | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'compliance-'));
  try {
    const status = await new Promise<number>((resolve) => {
      const child = spawn(process.execPath, typescript(file), {
        cwd: ROOT,
        stdio: 'ignore',
        timeout: TIMEOUT_MS,
        env: { ...process.env, NODE_V8_COVERAGE: folder },
      });
      child.on('exit', (code) => resolve(code ?? 1));
    });
    if (status !== 0) return undefined;
    return lookUp(readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as CoverageFile));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function lookUp(runs: readonly CoverageFile[]): Ran {
  const cache = new Map<string, ((line: number, column: number) => boolean | undefined)[]>();
  return (path, line, column) => {
    let scripts = cache.get(path);
    if (scripts === undefined) {
      const url = pathToFileURL(join(ROOT, path)).href;
      scripts = runs.flatMap((run) => {
        const map = run['source-map-cache']?.[url];
        return map?.data == null
          ? []
          : run.result.filter((script) => script.url === url).map((script) => counter(script, map.data!, map.lineLengths));
      });
      cache.set(path, scripts);
    }
    const answers = scripts.map((script) => script(line, column));
    return answers.includes(true) ? true : answers.includes(false) ? false : undefined;
  };
}

interface Mapped {
  readonly column: number;
  readonly offset: number;
}

function counter(
  script: Script,
  map: SourceMapPayload,
  lineLengths: readonly number[],
): (line: number, column: number) => boolean | undefined {
  const starts: number[] = [];
  let offset = 0;
  for (const length of lineLengths) {
    starts.push(offset);
    offset += length + 1;
  }
  const byLine = new Map<number, Mapped[]>();
  const source = new SourceMap(map);
  for (let line = 0; line < lineLengths.length; line++) {
    for (let column = 0; column < lineLengths[line]!; column++) {
      const entry = source.findEntry(line, column);
      if (!('originalLine' in entry) || entry.generatedLine !== line || entry.generatedColumn !== column) continue;
      const list = byLine.get(entry.originalLine + 1) ?? [];
      list.push({ column: entry.originalColumn, offset: starts[line]! + column });
      byLine.set(entry.originalLine + 1, list);
    }
  }
  const ranges = script.functions.flatMap((one) => one.ranges);
  return (line, column) => {
    // The compiler may leave a place out: the next one on its line stands for it.
    const list = (byLine.get(line) ?? []).filter((one) => one.column >= column).sort((a, b) => a.column - b.column);
    const [first] = list;
    if (first === undefined) return undefined;
    let best: Range | undefined;
    for (const range of ranges) {
      if (range.startOffset > first.offset || range.endOffset <= first.offset) continue;
      if (best === undefined || range.endOffset - range.startOffset <= best.endOffset - best.startOffset) best = range;
    }
    return best === undefined ? undefined : best.count > 0;
  };
}
