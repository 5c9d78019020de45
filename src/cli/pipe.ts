/** Standard input to the peer, the peer's data to standard output, until both have ended. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientRun } from './client.ts';
import type { Io } from './io.ts';

/**
 * Fulfilled when the peer has ended, or when standard input has ended and nothing has come for `lingerMs`. Many servers drop
 * a request whose sender says goodbye at once, so goodbye waits that long. Whoever sends nothing does not wait.
 */
export async function pipe(run: ClientRun, io: Io, lingerMs: number): Promise<void> {
  const stream = run.stream!;
  const { stdin, stdout } = io;
  let lastData = performance.now();
  let sent = false;
  let over = false;
  stream.on('data', () => {
    lastData = performance.now();
  });
  stdout.on('error', () => stream.destroy());
  stream.pipe(stdout, { end: false });
  stdin.once('data', () => {
    sent = true;
  });
  stdin.pipe(stream, { end: false });

  const inputOver = new Promise<void>((resolve) => stdin.once('end', resolve).once('error', () => resolve()));
  const ended = run.ended.then(() => {
    over = true;
  });
  await Promise.race([inputOver, ended]);
  if (!over && sent) {
    lastData = performance.now();
    while (!over && performance.now() - lastData < lingerMs) await Promise.race([ended, sleep(Math.min(50, lingerMs))]);
  }
  stdin.unpipe(stream);
  stdin.destroy();
  // What has come is shown, even when its sender is gone.
  while (stream.readableLength > 0 && !stream.destroyed) await sleep(5);
  if (stdout.writableNeedDrain) await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]);
}
