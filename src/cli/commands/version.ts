/** `veritls version`. */
import { readFileSync } from 'node:fs';
import { nodeCrypto } from '../../crypto/node/index.ts';
import { type Command, EXIT_OK } from '../command.ts';
import { printer } from '../io.ts';
import { parseOptions } from '../options.ts';
import { renderPairs } from '../table.ts';

const OPTIONS = { json: { type: 'boolean', help: 'as JSON' } } as const;

/** The package's version: its package.json lies two folders above this one, in the tree and when installed. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

export const version: Command = {
  name: 'version',
  summary: 'the version of veritls, and of what it runs on',
  usage: [''],
  options: OPTIONS,

  run(args, io) {
    const { values } = parseOptions(OPTIONS, args, { min: 0, max: 0 });
    const mlKem = nodeCrypto.lacks('X25519MLKEM768');
    const facts = { veritls: packageVersion(), node: process.versions.node, openssl: process.versions.openssl, mlKem: mlKem === undefined };
    if (values.json === true) io.stdout.write(`${JSON.stringify(facts, undefined, 2)}\n`);
    else {
      const out = printer(io.stdout, io.env);
      out.line(`veritls ${facts.veritls}`);
      for (const line of renderPairs(
        [
          ['node', facts.node],
          ['OpenSSL, for its ciphers', facts.openssl],
          ['ML-KEM', mlKem ?? 'yes'],
        ],
        out.paint,
      ))
        out.line(line);
    }
    return Promise.resolve(EXIT_OK);
  },
};
