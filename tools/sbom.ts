/**
 * npm run sbom: what the package is made of, and what it is made with, as CycloneDX, in build/.
 *
 *     build/sbom.cdx.json         the package and what it needs at run time: nothing, or this fails
 *     build/sbom-tools.cdx.json   all that builds and tests it, from the lock file
 *
 * npm makes both; here the name is that of package.json, whatever the folder is called, and the time that of
 * SOURCE_DATE_EPOCH where it is set, so that the same tree gives the same bytes.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bootstrap.mjs';

interface Bom {
  bomFormat: string;
  specVersion: string;
  serialNumber?: string;
  metadata: { timestamp?: string; component: { name: string; version: string; purl: string } };
  components: { name: string; version: string; licenses?: readonly unknown[] }[];
}

const { name, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { name: string; version: string };
mkdirSync(join(ROOT, 'build'), { recursive: true });

const shipped = bomOf('build/sbom.cdx.json', ['--omit', 'dev']);
const tools = bomOf('build/sbom-tools.cdx.json', []);
const unlicensed = tools.components.filter(({ licenses }) => licenses === undefined || licenses.length === 0);
console.log(`${name} ${version}: ${shipped.components.length} components at run time; ${tools.components.length} that build and test it`);
for (const { name: of, version: at } of shipped.components) console.error(`✖ ${of} ${at} is needed at run time`);
for (const { name: of, version: at } of unlicensed) console.log(`  ${of} ${at} names no license in the lock file`);
process.exitCode = shipped.components.length === 0 ? 0 : 1;

function bomOf(path: string, options: readonly string[]): Bom {
  const result = spawnSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'library', '--package-lock-only', ...options], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) throw new Error(`npm sbom: ${result.stderr}`);
  const bom = JSON.parse(result.stdout) as Bom;
  const { component } = bom.metadata;
  component.name = name;
  if (bom.bomFormat !== 'CycloneDX' || component.version !== version || component.purl !== `pkg:npm/${name}@${version}`)
    throw new Error(`npm sbom speaks of ${component.purl}`);
  const epoch = process.env['SOURCE_DATE_EPOCH'];
  if (epoch !== undefined) bom.metadata.timestamp = new Date(Number(epoch) * 1000).toISOString();
  // A number of its own, but not another one each time: from what it lists.
  const hex = createHash('sha256').update(JSON.stringify(bom.components)).digest('hex');
  bom.serialNumber = `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  writeFileSync(join(ROOT, path), `${JSON.stringify(bom, null, 2)}\n`);
  return bom;
}
