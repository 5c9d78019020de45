/**
 * npm run api              writes docs/api-snapshot.txt: every name that the package exports, by subpath
 * npm run api -- --check   fails when the file is not what the code says: public names change on purpose only
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './bootstrap.mjs';
import { packageExports } from './exports.ts';

const SNAPSHOT = 'docs/api-snapshot.txt';

const modules = packageExports();
const files = modules.map(({ module }) => join(ROOT, 'src', `${module}.ts`));
for (const file of files) if (!existsSync(file)) throw new Error(`package.json exports ${file.slice(ROOT.length + 1)}, which is not there`);

const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
  config: { compilerOptions: object };
};
const base = ts.parseJsonConfigFileContent({ ...config, include: [], files }, ts.sys, ROOT);
const program = ts.createProgram(files, base.options);
const checker = program.getTypeChecker();

const text = modules
  .map(({ subpath }, index) => {
    const source = program.getSourceFile(files[index]!);
    const symbol = source === undefined ? undefined : checker.getSymbolAtLocation(source);
    const names = symbol === undefined ? [] : checker.getExportsOfModule(symbol).map((name) => `  ${kindOf(name).padEnd(9)} ${name.name}`);
    return `veritls${subpath.slice(1)}\n${names.sort((a, b) => (a < b ? -1 : 1)).join('\n')}\n`;
  })
  .join('\n');

if (process.argv.includes('--check')) {
  const old = existsSync(join(ROOT, SNAPSHOT)) ? readFileSync(join(ROOT, SNAPSHOT), 'utf8') : '';
  if (old === text) console.log(`${SNAPSHOT} is what the code exports.`);
  else {
    console.error(`${SNAPSHOT} differs; if that is meant, run: npm run api`);
    const [before, after] = [old.split('\n'), text.split('\n')];
    for (const line of before) if (!after.includes(line)) console.error(`- ${line}`);
    for (const line of after) if (!before.includes(line)) console.error(`+ ${line}`);
    process.exitCode = 1;
  }
} else {
  writeFileSync(join(ROOT, SNAPSHOT), text);
  console.log(`${SNAPSHOT}: ${modules.length} subpaths, ${text.split('\n').filter((line) => line.startsWith('  ')).length} names`);
}

function kindOf(symbol: ts.Symbol): string {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  if (target.flags & ts.SymbolFlags.Class) return 'class';
  if (target.flags & ts.SymbolFlags.Function) return 'function';
  if (target.flags & ts.SymbolFlags.Variable) return 'const';
  if (target.flags & ts.SymbolFlags.Interface) return 'interface';
  if (target.flags & ts.SymbolFlags.TypeAlias) return 'type';
  return 'other';
}
