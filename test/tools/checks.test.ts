/** The checks of `tools/` find what they are for: each runs in a small tree of its own that breaks its rule. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Written in two pieces, so that this file does not break the rule that it tests. */
const SLASHES = '/'.repeat(2);

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A tree with these files and our tools, and a `shared` beside it. */
function tree(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'veritls-checks-'));
  folders.push(folder);
  const root = join(folder, 'tree');
  cpSync(join(ROOT, 'tools'), join(root, 'tools'), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function check(root: string, tool: string, ...args: string[]): { status: number | null; out: string } {
  const tsx = pathToFileURL(join(ROOT, 'node_modules/tsx/dist/loader.mjs')).href;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', tsx, `tools/${tool}.ts`, ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, out: stdout + stderr };
}

const TABLE = '| id | kind | where | reason |\n|---|---|---|---|\n';

test('register: a suppression needs an entry, and an entry needs a suppression', () => {
  const files = {
    'src/a.ts': `${SLASHES} biome-ignore lint/x: R1, because\n${SLASHES} biome-ignore format: a table\n`,
    'src/b.ts': `${SLASHES} @ts-expect-error no id\n${SLASHES} eslint-disable-next-line x -- R2\n`,
    'src/c.test.ts': `test.${'skip'}('x', () => {});\ntest('y', { ${'skip'}: missing && 'no openssl' }, () => {});\ntest('z', there ? {} : { ${'skip'}: 'not there' }, () => {});\n`,
    'src/d.ts': `${SLASHES}= rfc9846#section-1\n${SLASHES}= type=exception\n${SLASHES}= reason=R4, old peers\n`,
    'docs/register.md': `${TABLE}| R1 | lint | src/a.ts | it has to be |\n| R2 | lint | src/a.ts | in the wrong file |\n| R3 | lint | src/gone.ts | was needed once |\n| R4 | rfc | src/d.ts | old peers do it |\n`,
  };
  const { status, out } = check(tree(files), 'register');
  assert.equal(status, 1);
  const problems = out
    .trim()
    .split('\n')
    .filter((line) => /:/.test(line))
    .sort();
  assert.deepEqual(
    problems.map((line) => line.replace(/^(src|docs)\//, '')),
    [
      'register.md: R2 is no longer needed in src/a.ts',
      'register.md: R3 is no longer needed in src/gone.ts',
      'b.ts:1: names no entry of docs/register.md',
      'b.ts:2: R2 is an entry for src/a.ts',
      'c.test.ts:1: names no entry of docs/register.md',
    ],
  );
  const { 'src/a.ts': a, 'src/d.ts': d } = files;
  const clean = tree({
    'src/a.ts': a,
    'src/d.ts': d,
    'docs/register.md': `${TABLE}| R1 | lint | \`src/a.ts\` | it has to be |\n| R4 | rfc | src/d.ts | old peers do it |\n`,
  });
  assert.equal(check(clean, 'register').status, 0);
});

test('quotations: exact words, in the right section, in both forms of text', () => {
  const cite = (where: string, ...words: string[]): string =>
    [`${SLASHES}= ${where}`, ...words.map((line) => `${SLASHES}# ${line}`), ''].join('\n');
  const root = tree({
    '../shared/rfc/rfc1111.txt': [
      '   1. Contents ....... 1',
      '1.  One',
      '',
      '   The server MUST send',
      '',
      'Author       Standards Track      [Page 1]',
      '\fRFC 1111      Title      May 2001',
      '   a "reply" [RFC2119].',
      '',
      '1.2.  Two',
      '',
      '   Two words.',
      '',
    ].join('\n'),
    '../shared/rfc/rfc2222-name.md':
      '--- middle\n# First\n\n## Deep {#x}\n\nIt **MUST** `stop` (see {{x}}).\n\n~~~\n# no heading\n~~~\n\n# Second\n\nThen it goes on.\n\n--- back\n\n# Appendix one\n\nMore text.\n',
    'src/good.ts': [
      cite('rfc1111#section-1', 'The server MUST send a "reply"'),
      cite('rfc1111#section-1', 'Two', 'words.'),
      cite('rfc2222#section-1.1', 'It MUST stop'),
      cite('rfc2222#section-2', 'Then it goes on'),
      cite('rfc2222#appendix-A', 'More text'),
      cite('rfc3333#section-1', 'Not here'),
    ].join('\n'),
  });
  const good = check(root, 'rfc-quotes');
  assert.equal(good.status, 0, good.out);
  assert.match(good.out, /^5 passed, 0 failed, 1 skipped$/m);

  writeFileSync(
    join(root, 'src/bad.ts'),
    [
      cite('rfc1111#section-1', 'The server SHOULD send'),
      cite('rfc2222#section-1.1', 'Then it goes on'),
      cite('rfc2222#section-1', ''),
      `${SLASHES}= rfc2222 section 1\n`,
    ].join('\n'),
  );
  const bad = check(root, 'rfc-quotes');
  assert.equal(bad.status, 1);
  assert.match(bad.out, /bad\.ts:1: .*it says “MUST send/);
  assert.match(bad.out, /bad\.ts:4: not in section 1\.1 of rfc2222, but in 2/);
  assert.match(bad.out, /bad\.ts:7: quotes nothing/);
  assert.match(bad.out, /bad\.ts:10: cannot read this citation/);

  check(root, 'rfc-quotes', '--fix');
  assert.match(readFileSync(join(root, 'src/bad.ts'), 'utf8'), /rfc2222#section-2\n/);
});

test('compliance: sentences become requirements, and each needs code and test, or a reason', () => {
  const cite = (type: string, words: string): string =>
    [`${SLASHES}= rfc5246#section-1`, ...(type === '' ? [] : [`${SLASHES}= type=${type}`]), `${SLASHES}# ${words}`, ''].join('\n');
  const empty = [
    'rfc9846',
    'rfc5746',
    'rfc7627',
    'rfc6066',
    'rfc7301',
    'rfc7366',
    'rfc5077',
    'rfc8422',
    'rfc8446',
    'rfc9147',
    'rfc7919',
    'rfc8449',
    'rfc9146',
  ];
  const root = tree({
    ...Object.fromEntries(empty.map((name) => [`../shared/rfc/${name}.txt`, '1.  One\n\n   Nothing.\n'])),
    '../shared/rfc/rfc5246.txt': [
      '1.  One',
      '',
      '   A server MUST send it.  A client, e.g., a small one, SHALL NOT wait;',
      '   it MAY ask.',
      '',
      '   o  Both MUST stop',
      '',
      'Author       Standards Track      [Page 1]',
      '\fRFC 5246      Title      May 2001',
      '',
      '      at the end.',
      '',
      '   o  IANA MUST keep a list.',
      '',
    ].join('\n'),
    'README.md': '',
    'src/a.ts': `${cite('', 'A server MUST send it')}export const sent = true;\n${cite('implication', 'SHALL NOT wait')}export const waits = false;\n`,
    'test/a.test.ts': cite('test', 'A server MUST send it'),
    'compliance/exceptions.toml':
      '[[exception]]\nkind = "not-addressed-to-an-implementation"\ntarget = "rfc5246#section-1"\nquote = "IANA MUST keep a list."\nreason = "To IANA, which does."\n',
    'compliance/requirements/README': '',
    'test/embedded/none.txt': '',
  });
  const { status, out } = check(root, 'compliance/run');
  assert.equal(status, 1);
  assert.match(out, /rfc5246 §1: open: Both MUST stop at the end\./);
  assert.match(out, /4 MUST sentences of 1 RFCs: 1 with code and test, 1 by construction, 1 with a reason/);
  assert.match(
    readFileSync(join(root, 'compliance/snapshot.txt'), 'utf8'),
    /rfc5246 §1 MUST \[tested\] A server MUST send it\. <- src\/a\.ts test\/a\.test\.ts/,
  );
  assert.match(
    readFileSync(join(root, 'compliance/requirements/rfc5246.toml'), 'utf8'),
    /quote = '''\nA client, e\.g\., a small one, SHALL NOT wait; it MAY ask\.\n'''/,
  );
});

test('compliance: a test that does not run what it cites, or no refusal of it, is found', () => {
  const cite = (type: string): string => `${SLASHES}= rfc5746#section-1\n${type}${SLASHES}# A server MUST refuse it.\n`;
  const subject = `const fail = (): never => {\n  throw new Error('no');\n};\nexport function take(good: boolean): void {\n  ${cite('').replaceAll('\n', '\n  ').trimEnd()}\n  if (!good) fail();\n}\n`;
  const testing = (call: string): string =>
    `import { test } from 'node:test';\nimport { take } from '../src/a.ts';\n${cite(`${SLASHES}= type=test\n`)}test('it', () => {\n  ${call}\n});\n`;
  const root = tree({
    '../shared/rfc/rfc5746.txt': '1.  One\n\n   A server MUST refuse it.\n',
    'package.json': '{ "type": "module" }',
    'README.md': '',
    'src/a.ts': subject,
    'test/a.test.ts': testing('take(true);'),
    'compliance/requirements/README': '',
  });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const lazy = check(root, 'compliance/run', '--coverage').out;
  assert.match(lazy, /src\/a\.ts:5: “fail\(…” \(line 7\) is not executed/);
  writeFileSync(join(root, 'test/a.test.ts'), testing('try { take(false); } catch {}'));
  assert.doesNotMatch(check(root, 'compliance/run', '--coverage').out, /is not executed/);
  writeFileSync(join(root, 'test/a.test.ts'), testing('void take;'));
  assert.match(check(root, 'compliance/run', '--coverage').out, /the code below \(line 7\) is not executed/);
  writeFileSync(join(root, 'test/a.test.ts'), testing('take(false);'));
  assert.match(check(root, 'compliance/run', '--coverage').out, /test\/a\.test\.ts: fails/);
});

test('documents: links and paths lead somewhere', () => {
  const empty = { 'CONTRIBUTING.md': '', 'SECURITY.md': '', 'CHANGELOG.md': '' };
  const { status, out } = check(
    tree({
      ...empty,
      'README.md': '[a](docs/a.md) [b](docs/b.md#x) `src/gone.ts` [web](https://example.org)\n',
      'docs/a.md': '[up](../README.md)\n',
    }),
    'doc-links',
  );
  assert.equal(status, 1);
  assert.match(out, /README\.md:1: docs\/b\.md is not there/);
  assert.match(out, /README\.md:1: src\/gone\.ts is not there/);
  assert.match(out, /4 references in 5 documents, 2 broken/);
});

test('lock file: no places, and every platform has its entry', () => {
  const lock = (packages: object): string => JSON.stringify({ lockfileVersion: 3, packages });
  const incomplete = tree({
    'package-lock.json': lock({ 'node_modules/a': { version: '1.0.0', optionalDependencies: { '@a/cli-linux-x64-musl': '1.0.0' } } }),
  });
  assert.match(check(incomplete, 'lock-file').out, /@a\/cli-linux-x64-musl 1\.0\.0.* is missing/);
  assert.equal(check(incomplete, 'lock-file', '--fix').status, 0);
  assert.equal(check(incomplete, 'lock-file').status, 0);
  const mended = JSON.parse(readFileSync(join(incomplete, 'package-lock.json'), 'utf8')) as { packages: Record<string, object> };
  assert.deepEqual(mended.packages['node_modules/@a/cli-linux-x64-musl'], {
    version: '1.0.0',
    dev: true,
    cpu: ['x64'],
    optional: true,
    os: ['linux'],
    libc: ['musl'],
  });

  const placed = tree({ 'package-lock.json': lock({ 'node_modules/a': { version: '1.0.0', resolved: 'x' } }) });
  assert.equal(check(placed, 'lock-file').status, 1);
});
