/** One run of the command: arguments in, exit status out. */
import { EXIT_FAILED, EXIT_USAGE, type Command } from './command.ts';
import { printHelp, usageHint } from './commands/help.ts';
import { COMMANDS } from './commands.ts';
import { errorLine } from './errors.ts';
import { type Io, printer } from './io.ts';
import { UsageError } from './options.ts';
import { clean } from './text.ts';

export async function run(argv: readonly string[], world: Omit<Io, 'debug'>): Promise<number> {
  const end = argv.indexOf('--');
  const debugAt = argv.indexOf('--debug');
  const debug = debugAt >= 0 && (end < 0 || debugAt < end);
  const args = debug ? argv.filter((_, i) => i !== debugAt) : argv;
  const io: Io = { ...world, debug };
  const errors = printer(io.stderr, io.env);
  const [name, ...rest] = args;
  let command: Command | undefined;
  try {
    if (name === undefined) {
      usageHint(io, COMMANDS);
      return EXIT_USAGE;
    }
    const wanted = name === '--help' || name === '-h' ? 'help' : name === '--version' || name === '-V' ? 'version' : name;
    command = COMMANDS.find((one) => one.name === wanted);
    if (command === undefined) throw new UsageError(`no such command: ${clean(name)}`);
    if (rest.includes('--help') || rest.includes('-h')) {
      printHelp(printer(io.stdout, io.env), command);
      return 0;
    }
    return await command.run(rest, io);
  } catch (error) {
    if (debug && error instanceof Error && error.stack !== undefined) errors.line(error.stack);
    if (error instanceof UsageError) {
      errors.line(`veritls: ${error.message}`);
      errors.line(errors.paint.dim(`See veritls help${command === undefined ? '' : ` ${command.name}`}.`));
      return EXIT_USAGE;
    }
    errors.line(`veritls: ${errorLine(error)}`);
    return EXIT_FAILED;
  }
}
