/**
 * npm run package-hash: whether the package is reproducible. It is built and packed twice, in two folders with other names and in
 * other time zones; both tarballs must be the same bytes. Prints their SHA-256 and writes it to build/package.sha256.
 *
 * A tarball holds the permissions of its files, so the builds set a umask. The time in it is npm's own constant;
 * SOURCE_DATE_EPOCH, where it is set, is handed on.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './bootstrap.mjs';

/** What the build reads. */
const SOURCES = ['src', 'package.json', 'package-lock.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md'];

interface Place {
  readonly folder: string;
  readonly zone: string;
}

const PLACES: readonly Place[] = [
  { folder: 'a', zone: 'UTC' },
  { folder: 'quite/another place', zone: 'Pacific/Chatham' },
];

const work = mkdtempSync(join(tmpdir(), 'package-'));
try {
  const packed = PLACES.map(pack);
  const [first, second] = packed.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex'));
  for (const { name, bytes } of packed)
    console.log(`  ${createHash('sha256').update(bytes).digest('hex')}  ${name}  ${bytes.length} bytes`);
  const same = first === second;
  console.log(same ? 'Both builds are the same bytes.' : '✖ Two builds of one tree differ.');
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  if (same) writeFileSync(join(ROOT, 'build/package.sha256'), `${first}  ${packed[0]!.name}\n`);
  process.exitCode = same ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

function pack({ folder, zone }: Place): { readonly name: string; readonly bytes: Buffer } {
  const root = join(work, folder);
  mkdirSync(root, { recursive: true });
  const configurations = readdirSync(ROOT).filter((name) => /^tsconfig.*\.json$/.test(name));
  for (const source of [...SOURCES, ...configurations])
    if (existsSync(join(ROOT, source))) cpSync(join(ROOT, source), join(root, source), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const env = { ...process.env, TZ: zone };
  run(root, env, `node_modules/.bin/tsc -p tsconfig.build.json`);
  const command = join(root, 'dist/cli/main.js');
  if (existsSync(command)) chmodSync(command, 0o755);
  run(root, env, 'npm pack --silent --ignore-scripts --pack-destination .');
  const name = readdirSync(root).find((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new Error(`${folder}: npm pack made no tarball`);
  return { name, bytes: readFileSync(join(root, name)) };
}

function run(cwd: string, env: NodeJS.ProcessEnv, command: string): void {
  const result = spawnSync('sh', ['-c', `umask 022 && ${command}`], { cwd, env, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${command}: ${result.stdout}${result.stderr}`);
}
