/** What a subcommand is. One file each under commands/; `commands.ts` lists them. */
import type { Io } from './io.ts';
import type { OptionSpecs } from './options.ts';

/** The process's exit status. */
export const EXIT_OK = 0;
/** The connection, the check or the operation failed. */
export const EXIT_FAILED = 1;
/** The command line makes no sense. */
export const EXIT_USAGE = 2;

export interface Command {
  readonly name: string;
  /** One line for the overview. */
  readonly summary: string;
  /** What follows `veritls NAME`, one form a line. */
  readonly usage: readonly string[];
  /** What it does, for a person; paragraphs. */
  readonly about?: readonly string[];
  readonly options: OptionSpecs;
  /** Complete command lines with what they are for. */
  readonly examples?: readonly (readonly [line: string, what: string])[];
  /** Commands below it: `veritls cert make`. */
  readonly commands?: readonly Command[];
  /** Runs it; `args` is what follows the name. Gives the exit status. Throws `UsageError`, `TlsError` or system errors. */
  run(args: readonly string[], io: Io): Promise<number>;
}
