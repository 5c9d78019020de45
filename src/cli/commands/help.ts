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
      const { positionals } = parseOptions({}, args, { min: 0, max: 1 });
      const out = printer(io.stdout, io.env);
      const [name] = positionals;
      if (name === undefined) printOverview(out, commands());
      else {
        const command = commands().find((one) => one.name === name);
        if (command === undefined) throw new UsageError(`no such command: ${clean(name)}`);
        printHelp(out, command);
      }
      return Promise.resolve(EXIT_OK);
    },
  };
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

export function printHelp(out: Printer, command: Command): void {
  const { paint, columns } = out;
  out.line(`${paint.bold(`veritls ${command.name}`)}: ${command.summary}`);
  out.line();
  out.line(paint.bold('Usage'));
  for (const form of command.usage) out.line(`  veritls ${command.name} ${form}`.trimEnd());
  for (const paragraph of command.about ?? []) {
    out.line();
    for (const line of wrap(paragraph, columns)) out.line(line);
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
