/** All commands, in the order in which help lists them. A new one is a file in commands/ and a line here. */
import type { Command } from './command.ts';
import { cert } from './commands/cert.ts';
import { connect } from './commands/connect.ts';
import { demo } from './commands/demo.ts';
import { makeHelp } from './commands/help.ts';
import { proxy } from './commands/proxy.ts';
import { scan } from './commands/scan.ts';
import { serve } from './commands/serve.ts';
import { suites } from './commands/suites.ts';
import { version } from './commands/version.ts';

export const COMMANDS: readonly Command[] = [connect, serve, demo, scan, cert, proxy, suites, version, makeHelp(() => COMMANDS)];
