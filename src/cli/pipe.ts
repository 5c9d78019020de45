/** Standard input to the peer, the peer's data to standard output, until both have ended. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { TlsError } from '../base/errors.ts';
import type { ClientRun } from './client.ts';
import type { Io } from './io.ts';

/**
 * Fulfilled when the peer has ended, or when standard input has ended and nothing has come for `lingerMs`. Many servers drop
 * a request whose sender says goodbye at once, so goodbye waits that long. Whoever sends nothing does not wait.
 */
export async function pipe(run: ClientRun, io: Io, lingerMs: number): Promise<void> {
  const link = run.link!;
  const { stdin, stdout } = io;
  let lastData = performance.now();
  let sent = false;
  let over = false;
  let inputOver = false;

  run.onData = (data) => {
    lastData = performance.now();
    if (!stdout.write(data) && !stdout.destroyed) {
      link.pause();
      stdout.once('drain', () => link.resume());
    }
  };
  stdout.on('error', () => link.destroy());

  const input = (async (): Promise<void> => {
    try {
      for await (const chunk of stdin) {
        if (over) return;
        sent = true;
        await link.send(chunk as Uint8Array);
      }
    } catch (error) {
      // The peer may have gone while we were writing: the run tells.
      if (!(error instanceof TlsError) && run.error === undefined) run.error = error;
    }
    inputOver = true;
  })();
  const ended = run.ended.then(() => {
    over = true;
  });

  await Promise.race([input, ended]);
  if (inputOver && sent) {
    lastData = performance.now();
    while (!over && performance.now() - lastData < lingerMs) await Promise.race([ended, sleep(Math.min(50, lingerMs))]);
  }
  stdin.destroy();
  if (stdout.writableNeedDrain) await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]);
}
