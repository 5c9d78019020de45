#!/usr/bin/env node
/** The `veritls` command. */
import { run } from './run.ts';

// Whoever reads our output may stop reading: head, a pager.
process.stdout.on('error', () => process.exit(0));
process.exitCode = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
});
