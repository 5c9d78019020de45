/** Every rule of `.dependency-cruiser.mjs` bites: a small tree that breaks them all, and what is reported of it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Rule, importing file, what it imports, and how. */
const BREACHES: readonly (readonly [rule: string, from: string, to: string, typeOnly?: boolean])[] = [
  ['layers-base', 'src/base/a.ts', 'src/wire/target.ts'],
  ['layers-base', 'src/base/b.ts', 'src/engine/target.ts', true],
  ['layers-wire', 'src/wire/a.ts', 'src/handshake/target.ts'],
  ['layers-crypto-port', 'src/crypto/port.ts', 'src/wire/target.ts', true],
  ['layers-asn1', 'src/pki/asn1/a.ts', 'src/pki/x509/target.ts'],
  ['layers-crypto', 'src/crypto/suites/a.ts', 'src/record/target.ts'],
  ['layers-crypto', 'src/crypto/kdf/a.ts', 'src/crypto/node/target.ts'],
  ['layers-crypto-providers', 'src/crypto/node/a.ts', 'src/crypto/noble/target.ts'],
  ['layers-pki', 'src/pki/x509/a.ts', 'src/crypto/suites/target.ts'],
  ['layers-record', 'src/record/a.ts', 'src/session/target.ts'],
  ['layers-session', 'src/session/a.ts', 'src/handshake/target.ts'],
  ['layers-handshake', 'src/handshake/a.ts', 'src/versions/target.ts'],
  ['layers-versions', 'src/versions/a.ts', 'src/engine/target.ts'],
  ['layers-engine', 'src/engine/a.ts', 'src/node/target.ts'],
  ['layers-index', 'src/index.ts', 'src/node/target.ts'],
  ['layers-node', 'src/node/a.ts', 'src/embedded/target.ts'],
  ['layers-web', 'src/web/a.ts', 'src/node/target.ts'],
  ['layers-cli', 'src/cli/a.ts', 'src/presets/target.ts'],
  ['a-room-of-its-own', 'src/helpers/a.ts', 'src/base/target.ts'],
  ['node-only-where-node-is', 'src/engine/b.ts', 'node:net'],
  ['node-only-where-node-is', 'src/presets/a.ts', 'node:crypto'],
  ['no-packages', 'src/node/b.ts', 'typescript'],
  ['nobody-imports-presets', 'src/embedded/a.ts', 'src/presets/target.ts'],
  ['handshake-takes-suites-groups-carriers-as-values', 'src/handshake/b.ts', 'src/crypto/suites/target.ts'],
  ['handshake-takes-suites-groups-carriers-as-values', 'src/handshake/c.ts', 'src/record/target.ts'],
  ['no-test-in-the-library', 'src/engine/c.ts', 'test/target.ts'],
  ['no-missing-file', 'src/engine/d.ts', 'src/engine/gone.ts'],
];

const ALLOWED: readonly (readonly [from: string, to: string, typeOnly?: boolean])[] = [
  ['src/handshake/e.ts', 'src/crypto/suites/target.ts', true],
  ['src/handshake/f.ts', 'src/record/target.ts', true],
  ['src/engine/e.ts', 'src/record/target.ts'],
  ['src/node/e.ts', 'node:net'],
  ['src/crypto/node/e.ts', 'node:crypto'],
  ['src/base/e.test.ts', 'src/engine/target.ts'],
];

describe('layer rules', () => {
  let folder = '';
  let reported: readonly string[] = [];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'veritls-layers-'));
    for (const file of ['.dependency-cruiser.mjs', 'tsconfig.json', 'tsconfig.base.json', 'package.json'])
      copyFileSync(join(ROOT, file), join(folder, file));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    for (const [, from, to, typeOnly] of BREACHES) put(folder, from, to, typeOnly);
    for (const [from, to, typeOnly] of ALLOWED) put(folder, from, to, typeOnly);
    put(folder, 'src/engine/cycle-a.ts', 'src/engine/cycle-b.ts');
    put(folder, 'src/engine/cycle-b.ts', 'src/engine/cycle-a.ts');
    put(folder, 'src/engine/types-a.ts', 'src/engine/types-b.ts', true);
    put(folder, 'src/engine/types-b.ts', 'src/engine/types-a.ts');

    const program = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const result = spawnSync(process.execPath, [program, '--config', '.dependency-cruiser.mjs', '--output-type', 'json', 'src'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    const { summary } = JSON.parse(result.stdout) as {
      summary: { violations: readonly { rule: { name: string }; from: string; to: string }[] };
    };
    reported = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [rule, from, to] of BREACHES) {
    it(`${rule}: ${from} must not import ${to}`, () => {
      const ours = reported.filter((line) => line.startsWith(`${rule}: ${from} `));
      assert.equal(ours.length > 0, true, reported.join('\n'));
    });
  }

  it('refuses cycles of what runs, not of types', () => {
    assert.ok(reported.some((line) => line.startsWith('no-cycles: src/engine/cycle-a.ts ')));
    assert.deepEqual(
      reported.filter((line) => line.includes('/types-')),
      [],
    );
  });

  it('lets pass what is allowed', () => {
    const files = ALLOWED.map(([from]) => from);
    assert.deepEqual(
      reported.filter((line) => files.some((file) => line.includes(`: ${file} `))),
      [],
    );
  });
});

/** A file that imports another one, which is made too unless it is meant to be missing. */
function put(folder: string, from: string, to: string, typeOnly = false): void {
  const file = join(folder, from);
  const local = to.includes('/') && to.endsWith('.ts');
  const path = local ? relative(dirname(from), to) : to;
  write(
    file,
    `import ${typeOnly ? 'type ' : ''}{ x } from '${path.startsWith('.') || !local ? path : `./${path}`}';\nexport ${typeOnly ? 'type Y = typeof x' : 'const y = x'};\nexport const x = 1;\n`,
  );
  if (local && to.endsWith('target.ts')) write(join(folder, to), 'export const x = 1;\n');
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
