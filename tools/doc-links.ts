/**
 * Documents must not point to what is not there: every relative link, and every path of the repository in back quotes, in
 * README and the like and below docs/.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './bootstrap.mjs';
import { filesBelow } from './source-files.ts';

const LINK = /\[[^\]]*\]\(([^)\s]+)\)/g;
const PATH = /`((?:src|docs|tools|test|bench|examples|\.ci)\/[\w./-]+)`/g;

const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...filesBelow(['docs'], /\.md$/)];
let broken = 0;
let count = 0;

for (const document of documents) {
  const lines = readFileSync(join(ROOT, document), 'utf8').split('\n');
  for (const [index, line] of lines.entries()) {
    for (const [, target = ''] of line.matchAll(LINK)) {
      if (!/^[a-z]+:|^#/.test(target)) check(`${document}:${index + 1}`, join(dirname(document), target.replace(/#.*/, '')));
    }
    for (const [, target = ''] of line.matchAll(PATH)) check(`${document}:${index + 1}`, target);
  }
}
console.log(`${count} references in ${documents.length} documents, ${broken} broken`);
process.exitCode = broken === 0 ? 0 : 1;

function check(place: string, path: string): void {
  count++;
  if (existsSync(join(ROOT, path))) return;
  broken++;
  console.error(`${place}: ${path} is not there`);
}
