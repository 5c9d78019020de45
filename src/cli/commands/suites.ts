/** `veritls suites`: every cipher suite that the library has. */
import { cipherAndMac, isSafe, suiteLacks, SUITES, VERSIONS } from '../catalogue.ts';
import { type Command, EXIT_OK } from '../command.ts';
import type { CipherSuite } from '../../crypto/suites/suite.ts';
import { printer } from '../io.ts';
import { type OptionSpecs, parseOptions } from '../options.ts';
import { renderTable } from '../table.ts';

const OPTIONS = {
  safe: { type: 'boolean', help: 'only those that are offered when none are named' },
  json: { type: 'boolean', help: 'as JSON' },
} as const satisfies OptionSpecs;

interface SuiteView {
  readonly id: string;
  readonly name: string;
  readonly openssl: string;
  readonly kx: string;
  readonly auth: string;
  readonly cipher: string;
  readonly mac: string;
  readonly versions: readonly string[];
  /** Offered when no suites are named. */
  readonly safe: boolean;
  /** Why this runtime cannot do it. */
  readonly lacks: string | null;
}

export const suites: Command = {
  name: 'suites',
  summary: 'the table of all cipher suites',
  usage: ['[WORD…] [options]'],
  about: ['With words, only the suites in whose line all of them occur: veritls suites PSK GCM.'],
  options: OPTIONS,
  examples: [['veritls suites ECDHE CHACHA20', 'some of them']],

  run(args, io) {
    const { values, positionals } = parseOptions(OPTIONS, args, { min: 0, max: 20 });
    const out = printer(io.stdout, io.env);
    const { paint } = out;
    const views = SUITES.map(viewSuite).filter((view) => {
      if (values.safe === true && !view.safe) return false;
      const line = JSON.stringify(view).toUpperCase();
      return positionals.every((word) => line.includes(word.toUpperCase()));
    });
    if (values.json === true) {
      io.stdout.write(`${JSON.stringify(views, undefined, 2)}\n`);
      return Promise.resolve(EXIT_OK);
    }
    const titles = ['id', 'name', 'OpenSSL', 'kx', 'auth', 'cipher', 'MAC', 'versions'].map((title) => ({ title }));
    const rows = views.map((view) => {
      const paintName =
        view.lacks !== null ? paint.dim : view.safe ? paint.green : view.name.match(/NULL|RC4|anon|3DES|MD5/) ? paint.red : same;
      return [view.id, paintName(view.name), view.openssl, view.kx, view.auth, view.cipher, view.mac, versionRange(view.versions)];
    });
    for (const line of renderTable(titles, rows, paint)) out.line(line);
    const lacking = views.filter((view) => view.lacks !== null);
    out.line();
    out.line(`${views.length} suites, ${views.filter((view) => view.safe).length} of them offered unless others are named.`);
    if (lacking.length > 0) {
      const reasons = [...new Set(lacking.map((view) => view.lacks))];
      for (const reason of reasons)
        out.line(paint.dim(`Not on this runtime: ${lacking.filter((view) => view.lacks === reason).length} suites (${reason}).`));
    }
    return Promise.resolve(EXIT_OK);
  },
};

function viewSuite(suite: CipherSuite): SuiteView {
  const { cipher, mac } = cipherAndMac(suite);
  const usable = VERSIONS.filter(({ rank }) => (suite.family === 'modern' ? rank === 4 : rank < 4 && rank >= suite.minVersion - 0x0300));
  return {
    id: `0x${suite.id.toString(16).padStart(4, '0')}`,
    name: suite.name,
    openssl: suite.openssl,
    kx: suite.family === 'modern' ? 'any' : suite.kx.name,
    auth: suite.family === 'modern' ? 'any' : suite.auth,
    cipher: cipher.replaceAll('_', '-'),
    mac,
    versions: usable.map(({ name }) => name).reverse(),
    safe: isSafe(suite),
    lacks: suiteLacks(suite) ?? null,
  };
}

function versionRange(versions: readonly string[]): string {
  const first = versions[0] ?? '';
  const last = versions.at(-1) ?? '';
  return first === last ? first : `${first} to ${last}`;
}

function same(text: string): string {
  return text;
}
