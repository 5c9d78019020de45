/** `veritls proxy`: a bad network between a client and a server of UDP. */
import { type LossyProxy, lossyProxy, type ProxyEvent } from '../../node/dtls/lossy-proxy.ts';
import { type Command, EXIT_OK } from '../command.ts';
import { parseTarget } from '../dial.ts';
import { printer } from '../io.ts';
import { integerOption, type OptionSpecs, parseOptions, UsageError } from '../options.ts';
import { clean } from '../text.ts';

const OPTIONS = {
  port: { type: 'string', short: 'p', value: 'PORT', help: 'where clients connect: 5684 by default; 0 for any that is free' },
  host: { type: 'string', value: 'ADDRESS', help: 'where to listen: 127.0.0.1 by default' },
  loss: { type: 'string', value: 'P', help: 'how many datagrams vanish, each way: 0.3 for three of ten' },
  duplicate: { type: 'string', value: 'P', help: 'how many come twice' },
  reorder: { type: 'string', value: 'P', help: 'how many are overtaken by later ones' },
  corrupt: { type: 'string', value: 'P', help: 'how many have one bit changed' },
  delay: { type: 'string', value: 'MS', help: 'for all of them, each way' },
  lateness: { type: 'string', value: 'MS', help: 'at most, for those that --reorder picks: 200 by default' },
  mtu: { type: 'string', value: 'BYTES', help: 'longer ones vanish' },
  seed: { type: 'string', value: 'N', help: 'the same seed, the same decisions: 1 by default' },
  quiet: { type: 'boolean', short: 'q', help: 'no line for each datagram' },
} as const satisfies OptionSpecs;

const DEFAULT_PORT = 5684;

export const proxy: Command = {
  name: 'proxy',
  summary: 'a bad network for UDP: loss, repetition, reordering, delay, a small MTU',
  usage: ['HOST:PORT [options]'],
  about: ['Passes datagrams to HOST:PORT and back, as badly as it is told. Ctrl-C ends it and prints what became of them.'],
  options: OPTIONS,
  examples: [['veritls proxy localhost:5684 -p 5685 --loss 0.3 --delay 50', 'then: veritls connect localhost:5685 --dtls']],

  async run(args, io) {
    const { values, positionals } = parseOptions(OPTIONS, args, { min: 1, max: 1 });
    const target = parseTarget(positionals[0]!, undefined);
    const out = printer(io.stdout, io.env);
    const { paint } = out;
    const tell = (event: ProxyEvent): void => {
      const arrow = event.from === 'client' ? '→' : '←';
      const fate =
        event.fate === 'passed'
          ? paint.dim(event.fate)
          : event.fate === 'lost' || event.fate === 'too long'
            ? paint.red(event.fate)
            : paint.yellow(event.fate);
      out.line(`${arrow} ${String(event.length).padStart(5)} B  ${fate}`);
    };
    const running: LossyProxy = await lossyProxy({
      target,
      port: integerOption('port', values.port, 0, 65_535) ?? DEFAULT_PORT,
      host: values.host,
      loss: probability('loss', values.loss),
      duplicate: probability('duplicate', values.duplicate),
      reorder: probability('reorder', values.reorder),
      corrupt: probability('corrupt', values.corrupt),
      delay: integerOption('delay', values.delay, 0, 3_600_000),
      lateness: integerOption('lateness', values.lateness, 0, 3_600_000),
      mtu: integerOption('mtu', values.mtu, 1, 65_507),
      seed: integerOption('seed', values.seed, 0, 4_294_967_295),
      onDatagram: values.quiet === true ? undefined : tell,
    });
    const { address, port } = running.address;
    out.line(`From ${address} port ${port} to ${clean(target.host)} port ${target.port}; Ctrl-C ends it.`);
    const signals = ['SIGINT', 'SIGTERM'] as const;
    await new Promise<void>((resolve) => {
      for (const signal of signals) process.once(signal, () => resolve());
    });
    await running.close();
    out.line(
      Object.entries(running.stats)
        .map(([name, count]) => `${name} ${String(count)}`)
        .join(', '),
    );
    return EXIT_OK;
  },
};

function probability(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new UsageError(`--${name} must be from 0 to 1, or a percentage`);
  return value;
}
