/** Options of a subcommand: declared once, parsed by node:util, typed, and printed by help. */
import { parseArgs } from 'node:util';
import { clean } from './text.ts';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** What the value is called in help. */
  readonly value?: string;
  readonly help: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type ValueOf<S extends OptionSpec> = S['type'] extends 'boolean' ? boolean : S['multiple'] extends true ? string[] : string;

/** The values of a set of options; undefined where one was not given. */
export type OptionValues<S extends OptionSpecs> = { readonly [K in keyof S]: ValueOf<S[K]> | undefined };

/** The command line is wrong: exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Parses what follows a subcommand's name. `--help` is always an option.
 * @throws UsageError
 */
export function parseOptions<S extends OptionSpecs>(
  specs: S,
  args: readonly string[],
  positionals: { min: number; max: number },
): { values: OptionValues<S>; positionals: string[] } {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string; multiple?: boolean }> = {};
  for (const [name, spec] of Object.entries(specs)) {
    options[name] = { type: spec.type, multiple: spec.multiple === true, ...(spec.short === undefined ? {} : { short: spec.short }) };
  }
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(lowerFirst(clean(error instanceof Error ? error.message.split('. To specify')[0]! : String(error))));
  }
  const { length } = parsed.positionals;
  if (length > positionals.max) throw new UsageError(`unexpected argument: ${clean(parsed.positionals[positionals.max]!)}`);
  if (length < positionals.min) throw new UsageError('an argument is missing');
  return { values: parsed.values as OptionValues<S>, positionals: parsed.positionals };
}

/** A whole number within bounds. @throws UsageError */
export function integerOption(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) throw new UsageError(`--${name} must be a number from ${min} to ${max}`);
  return value;
}

/** Seconds, fractions allowed, as milliseconds. @throws UsageError */
export function secondsOption(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0 || value > 86_400)
    throw new UsageError(`--${name} must be a number of seconds`);
  return value * 1000;
}

/** Items of a list given with commas or colons. */
export function listOption(text: string | undefined): string[] | undefined {
  return text?.split(/[,:\s]+/).filter((item) => item !== '');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
