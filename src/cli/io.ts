/** What the command has of the world: where it prints, reads, and whether there are colours. */
import type { Readable, Writable } from 'node:stream';
import { ansi, type Paint, plain } from './text.ts';

export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Stack traces where something unforeseen happens. */
  readonly debug: boolean;
}

/** One place to print to, with its colours. */
export interface Printer {
  readonly paint: Paint;
  /** Prints a line, or several. */
  line(text?: string): void;
  /** Columns to use. */
  readonly columns: number;
}

const MAX_COLUMNS = 100;
const MIN_COLUMNS = 60;

export function printer(stream: Io['stdout'], env: Io['env']): Printer {
  return {
    paint: hasColours(stream.isTTY === true, env) ? ansi : plain,
    line: (text = '') => void stream.write(`${text}\n`),
    columns: Math.max(MIN_COLUMNS, Math.min(MAX_COLUMNS, stream.columns ?? MAX_COLUMNS)),
  };
}

/** NO_COLOR (no-color.org) wins, then FORCE_COLOR, then whether it is a terminal that can. */
export function hasColours(isTty: boolean, env: Io['env']): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTty && env['TERM'] !== 'dumb';
}
