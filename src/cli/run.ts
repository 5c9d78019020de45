/** One run of the command: arguments in, exit status out. */
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE } from './command.ts';
import { findCommand, type FoundCommand, printHelp, usageHint } from './commands/help.ts';
import { COMMANDS } from './commands.ts';
import { errorLine } from './errors.ts';
import { type Io, printer } from './io.ts';
import { UsageError } from './options.ts';

export async function run(argv: readonly string[], world: Omit<Io, 'debug'>): Promise<number> {
  const end = argv.indexOf('--');
  const debugAt = argv.indexOf('--debug');
  const debug = debugAt >= 0 && (end < 0 || debugAt < end);
  const args = debug ? argv.filter((_, i) => i !== debugAt) : argv;
  const io: Io = { ...world, debug };
  const errors = printer(io.stderr, io.env);
  const [first] = args;
  let found: FoundCommand | undefined;
  try {
    if (first === undefined) {
      usageHint(io, COMMANDS);
      return EXIT_USAGE;
    }
    const wanted = first === '--help' || first === '-h' ? 'help' : first === '--version' || first === '-V' ? 'version' : first;
    found = findCommand(COMMANDS, [wanted, ...args.slice(1)]);
    const { command, rest, path } = found;
    if (rest.includes('--help') || rest.includes('-h')) {
      printHelp(printer(io.stdout, io.env), command, path);
      return EXIT_OK;
    }
    return await command.run(rest, io);
  } catch (error) {
    if (debug && error instanceof Error && error.stack !== undefined) errors.line(error.stack);
    if (error instanceof UsageError) {
      errors.line(`veritls: ${error.message}`);
      errors.line(errors.paint.dim(`See veritls help${found === undefined ? '' : ` ${found.path}`}.`));
      return EXIT_USAGE;
    }
    errors.line(`veritls: ${errorLine(error)}`);
    return EXIT_FAILED;
  }
}
