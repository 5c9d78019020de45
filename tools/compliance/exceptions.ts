/** compliance/exceptions.toml: requirements that do not concern this library, or features that it does not have, with reasons. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../bootstrap.mjs';
import { wordsOf } from './texts.ts';
import { readTables } from './toml.ts';

const FILE = 'compliance/exceptions.toml';

/** What an exception may be for. */
export const KINDS: Readonly<Record<string, string>> = {
  'not-implemented-feature': 'a feature that the library does not have: nothing of it is offered, and an offer is declined as the RFC says',
  'not-addressed-to-an-implementation': 'to IANA, to authors of other documents, to certificate authorities, to other protocols',
  application: 'to whoever uses the library, or to an application protocol',
  replaced: 'another requirement, named in the reason, says the same or takes its place',
  environment: 'to a part of the platform: its random numbers, its clock, its cryptography',
};

export interface Exception {
  readonly line: number;
  readonly kind: string;
  readonly document: string;
  readonly section: string;
  /** Empty: whatever of the section nothing else cites. */
  readonly words: string;
  readonly reason: string;
  used: boolean;
}

export function readExceptions(problems: string[]): Exception[] {
  if (!existsSync(join(ROOT, FILE))) return [];
  return readTables(FILE, 'exception').map(({ line, values }) => {
    const [, document = '', section = ''] = /^(\S+)#(?:section|appendix)-(\S+)$/.exec(values['target'] ?? '') ?? [];
    const { kind = '', reason = '', quote = '' } = values;
    if (document === '') problems.push(`${FILE}:${line}: cannot read the target`);
    if (KINDS[kind] === undefined) problems.push(`${FILE}:${line}: there is no kind ${kind}`);
    if (reason.length < 10) problems.push(`${FILE}:${line}: gives no reason`);
    return { line, kind, document, section, words: wordsOf(quote), reason: reason.replace(/\s*\n\s*/g, ' '), used: false };
  });
}

export function unused(exceptions: readonly Exception[]): string[] {
  return exceptions
    .filter(({ used }) => !used)
    .map(({ line, document, section }) => `${FILE}:${line}: nothing of ${document} §${section} needs this exception`);
}
