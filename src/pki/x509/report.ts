/** Verdicts for people: which of several refusals to tell, and all of them in words. */
import type { Certificate } from './certificate.ts';
import type { PathFailure } from './failure.ts';

/** The refusal that says most: of a path that reached an anchor before a dead end, and of those the first tried. */
export function chooseFailure(failures: readonly PathFailure[]): PathFailure {
  return (
    failures.find((one) => one.path.length > 0 && one.reason !== 'no-issuer' && one.reason !== 'budget') ??
    failures.find((one) => one.path.length > 0) ??
    failures[0]!
  );
}

/** Each candidate path, leaf first, and why it was refused; or the path that holds. One line per certificate. */
export function explainVerdict(verdict: {
  readonly valid: boolean;
  readonly path: readonly Certificate[];
  readonly failures: readonly PathFailure[];
}): string {
  const lines: string[] = [];
  if (verdict.valid) {
    lines.push('valid:');
    verdict.path.forEach((one, i) => lines.push(`  ${i === verdict.path.length - 1 ? 'anchor ' : ''}${describe(one)}`));
  }
  verdict.failures.forEach((failure, n) => {
    lines.push(`${verdict.valid ? 'also tried' : 'refused'}, candidate ${n + 1}: ${failure.message} (${failure.step})`);
    failure.path.forEach((one, i) => lines.push(`  ${i === failure.index ? '> ' : '  '}${describe(one)}`));
  });
  return `${lines.join('\n')}\n`;
}

/** The subject, or the first alternative name where that is empty. */
function describe(certificate: Certificate): string {
  try {
    const text = certificate.subject.toString();
    if (text !== '') return text;
    const [first] = certificate.subjectAltName ?? [];
    return first !== undefined && typeof first.value === 'string' ? first.value : '(no name)';
  } catch {
    return '(name cannot be read)';
  }
}
