/**
 * npm run check: builds the package, packs it, installs the tarball into an empty project and uses it as a stranger would.
 *
 * Every subpath export must load in Node, must type-check in a strict project that also checks library declarations (those
 * outside Node's own skins without Node's types), and must please publint, attw and knip. The command must start.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run } from './bootstrap.mjs';
import { packageExports } from './exports.ts';

const WORK = join(ROOT, '.cache', 'consumer');
const PACKAGE = join(WORK, 'node_modules', 'veritls');
/** Subpaths whose declarations may name Node's types. */
const NODE_ONLY = ['./tls', './https', './http2', './dtls', './embedded', './embedded/dtls-psk', './x509/node', './crypto/node'];

let failed = 0;
const exported = packageExports();

await must('build', process.execPath, ['--import', 'tsx', 'tools/build.ts']);
rmSync(WORK, { recursive: true, force: true });
mkdirSync(PACKAGE, { recursive: true });
await must('pack', 'npm', ['pack', '--silent', '--pack-destination', WORK]);
const tarball = join(WORK, 'veritls.tgz');
await must('unpack', 'sh', ['-c', `mv ${WORK}/veritls-*.tgz ${tarball} && tar -xzf ${tarball} -C ${PACKAGE} --strip-components=1`]);

for (const { subpath, module } of exported) {
  for (const file of [`dist/${module}.js`, `dist/${module}.d.ts`])
    if (!existsSync(join(PACKAGE, file))) complain(`${subpath}: ${file} is not in the package`);
}
writeFileSync(join(WORK, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
samePaths();
for (const { subpath } of exported) loads(`veritls${subpath.slice(1)}`);
command();
await typeChecks();
await must('publint', join(ROOT, 'node_modules/.bin/publint'), ['run', PACKAGE, '--strict', '--pack', 'false']);
await must('attw', join(ROOT, 'node_modules/.bin/attw'), [tarball, '--profile', 'esm-only', '--format', 'ascii', '--no-emoji']);
await must('knip', join(ROOT, 'node_modules/.bin/knip'), []);

console.log(`${exported.length} subpath exports, ${failed} problems`);
process.exitCode = failed === 0 ? 0 : 1;

/** The names under which examples import the source are those under which users import the package. */
function samePaths(): void {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
  const { exports } = read('package.json') as { exports: Record<string, { default: string } | string | null> };
  const { paths } = (read('tsconfig.json') as { compilerOptions: { paths: Record<string, readonly string[]> } }).compilerOptions;
  const promised = Object.entries(exports).flatMap(([subpath, target]) =>
    typeof target === 'object' && target !== null
      ? [[`veritls${subpath.slice(1)}`, target.default.replace('./dist/', './src/').replace('.js', '.ts')]]
      : [],
  );
  const mapped = Object.entries(paths).map(([name, [file]]) => [name, file]);
  if (JSON.stringify(promised.sort()) === JSON.stringify(mapped.sort())) console.log('✔ tsconfig.json maps what package.json exports');
  else complain(`tsconfig.json maps other paths than package.json exports\n${JSON.stringify(promised)}\n${JSON.stringify(mapped)}`);
}

/** The subpath loads in a plain Node and exports something. */
function loads(name: string): void {
  const script = `const names = Object.keys(await import(${JSON.stringify(name)})); console.log(names.length); if (names.length === 0) process.exit(1);`;
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: WORK, encoding: 'utf8' });
  if (result.status === 0) console.log(`✔ ${name} loads: ${result.stdout.trim()} names`);
  else complain(`${name} does not load\n${result.stderr}`);
}

/** What `bin` points to starts and explains itself. */
function command(): void {
  const result = spawnSync(process.execPath, [join(PACKAGE, 'dist/cli/main.js'), '--help'], { cwd: WORK, encoding: 'utf8' });
  if (result.status === 0 && result.stdout.includes('veritls')) console.log('✔ veritls --help');
  else complain(`veritls --help does not work: ${result.error?.message ?? result.stderr}`);
}

async function typeChecks(): Promise<void> {
  symlinkSync(join(ROOT, 'node_modules', '@types'), join(WORK, 'node_modules', '@types'));
  const plain = exported.filter(({ subpath }) => !NODE_ONLY.includes(subpath));
  const options = { strict: true, noEmit: true, skipLibCheck: false, target: 'es2022', exactOptionalPropertyTypes: true };
  const projects = [
    { name: 'types-plain', modules: plain, more: { types: [], lib: ['es2022'], module: 'nodenext', moduleResolution: 'nodenext' } },
    {
      name: 'types-node',
      modules: exported,
      more: { types: ['node'], lib: ['es2022', 'esnext.disposable'], module: 'nodenext', moduleResolution: 'nodenext' },
    },
    { name: 'types-bundler', modules: plain, more: { types: [], lib: ['es2022'], module: 'esnext', moduleResolution: 'bundler' } },
  ];
  for (const { name, modules, more } of projects) {
    const uses = modules.map(
      ({ subpath }, index) => `import * as m${index} from 'veritls${subpath.slice(1)}';\nexport const n${index}: object = m${index};\n`,
    );
    writeFileSync(join(WORK, `${name}.ts`), uses.join(''));
    writeFileSync(join(WORK, `${name}.json`), JSON.stringify({ compilerOptions: { ...options, ...more }, files: [`${name}.ts`] }));
    await must(name, join(ROOT, 'node_modules/.bin/tsc'), ['-p', join(WORK, `${name}.json`)]);
  }
}

async function must(title: string, program: string, args: readonly string[]): Promise<void> {
  const status = await run(program, args);
  if (status === 0) console.log(`✔ ${title}`);
  else complain(`${title}: exit status ${status}`);
}

function complain(problem: string): void {
  failed++;
  console.error(`✖ ${problem}`);
}
