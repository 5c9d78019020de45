/** `veritls help [COMMAND]`. */
import { type Command, EXIT_OK } from '../command.ts';
import { type Io, type Printer, printer } from '../io.ts';
import { type OptionSpecs, parseOptions, UsageError } from '../options.ts';
import { renderPairs } from '../table.ts';
import { clean, padEnd, wrap } from '../text.ts';

const INDENT = 28;

/** Made with the list of commands, itself among them. */
export function makeHelp(commands: () => readonly Command[]): Command {
  return {
    name: 'help',
    summary: 'how to use a command',
    usage: ['[COMMAND]'],
    options: {},
    run(args, io) {
      const { positionals } = parseOptions({}, args, { min: 0, max: 3 });
      const out = printer(io.stdout, io.env);
      if (positionals.length === 0) printOverview(out, commands());
      else {
        const { command, path, rest } = findCommand(commands(), positionals);
        if (rest[0] !== undefined) throw new UsageError(`no such command: ${path} ${clean(rest[0])}`);
        printHelp(out, command, path);
      }
      return Promise.resolve(EXIT_OK);
    },
  };
}

export interface FoundCommand {
  readonly command: Command;
  /** Its names, from the top. */
  readonly path: string;
  readonly rest: readonly string[];
}

/** Follows names down as long as they are commands. @throws UsageError where the first is none */
export function findCommand(commands: readonly Command[], words: readonly string[]): FoundCommand {
  const command = commands.find((one) => one.name === words[0]);
  if (command === undefined) throw new UsageError(`no such command: ${clean(words[0] ?? '')}`);
  const below = command.commands?.find((one) => one.name === words[1]);
  if (below === undefined) return { command, path: command.name, rest: words.slice(1) };
  const found = findCommand(command.commands!, words.slice(1));
  return { ...found, path: `${command.name} ${found.path}` };
}

export function printOverview(out: Printer, commands: readonly Command[]): void {
  const { paint } = out;
  out.line(`${paint.bold('veritls')}: TLS whose handshake you can see`);
  out.line();
  out.line(paint.bold('Usage'));
  out.line('  veritls COMMAND [arguments]');
  out.line();
  out.line(paint.bold('Commands'));
  for (const line of renderPairs(commands.map((one) => [one.name, one.summary] as const))) out.line(line);
  out.line();
  out.line(paint.dim('veritls help COMMAND tells more. --debug anywhere adds stack traces. Exit status: 0 done, 1 failed, 2 wrong usage.'));
}

export function printHelp(out: Printer, command: Command, path: string): void {
  const { paint, columns } = out;
  out.line(`${paint.bold(`veritls ${path}`)}: ${command.summary}`);
  out.line();
  out.line(paint.bold('Usage'));
  for (const form of command.usage) out.line(`  veritls ${path} ${form}`.trimEnd());
  for (const paragraph of command.about ?? []) {
    out.line();
    for (const line of wrap(paragraph, columns)) out.line(line);
  }
  if (command.commands !== undefined) {
    out.line();
    out.line(paint.bold('Commands'));
    for (const line of renderPairs(command.commands.map((one) => [one.name, one.summary] as const))) out.line(line);
  }
  printOptions(out, command.options);
  if (command.examples !== undefined) {
    out.line();
    out.line(paint.bold('Examples'));
    for (const [line, what] of command.examples) {
      out.line(paint.dim(`  # ${what}`));
      out.line(`  ${line}`);
    }
  }
}

function printOptions(out: Printer, options: OptionSpecs): void {
  const entries = Object.entries(options);
  if (entries.length === 0) return;
  out.line();
  out.line(out.paint.bold('Options'));
  for (const [name, spec] of entries) {
    const short = spec.short === undefined ? '' : `-${spec.short}, `;
    const flag = `  ${short}--${name}${spec.value === undefined ? '' : ` ${spec.value}`}`;
    const help = wrap(`${spec.help}${spec.multiple === true ? '; may be given again' : ''}`, out.columns - INDENT);
    if (flag.length > INDENT - 2) out.line(flag);
    help.forEach((line, i) => out.line(`${padEnd(i === 0 && flag.length <= INDENT - 2 ? flag : '', INDENT)}${line}`));
  }
}

/** The overview on standard error, for a command line that names no command. */
export function usageHint(io: Io, commands: readonly Command[]): void {
  printOverview(printer(io.stderr, io.env), commands);
}
