/**
 * A handshake drawn as a ladder: the client's line on the left, the server's on the right, an arrow for each message, time
 * on the left margin. Pure: steps in, lines out.
 */
import type { Side } from '../handshake/flow.ts';
import type { HandshakeStep } from './handshake-log.ts';
import { type Paint, padEnd, padStart, plain, width } from './text.ts';

export interface LadderOptions {
  /** Columns of a line. */
  readonly columns?: number;
  readonly paint?: Paint;
  /** What stands above the lines. */
  readonly client?: string;
  readonly server?: string;
  /** Explain the signs below; true by default. */
  readonly legend?: boolean;
}

const TIME_COLUMNS = 8;
const SHAFT_BEFORE = 3;
const MIN_INNER = 44;
const MAX_INNER = 64;

/** Lines of the ladder, with a legend of the signs that occur. */
export function renderLadder(steps: readonly HandshakeStep[], options: LadderOptions = {}): string[] {
  const paint = options.paint ?? plain;
  const widest = steps.reduce((most, step) => Math.max(most, width(labelOf(step)) + 2 * SHAFT_BEFORE + 4), MIN_INNER);
  const inner = Math.min(Math.max(widest, MIN_INNER), Math.max(MIN_INNER, Math.min(MAX_INNER, (options.columns ?? 80) - TIME_COLUMNS - 4)));
  const left = options.client ?? 'client';
  const right = options.server ?? 'server';
  const margin = ' '.repeat(TIME_COLUMNS);
  const heads = padEnd(left, Math.max(width(left), inner + 2 - width(right)));
  const bar = paint.dim('│');
  const lines = [`${margin} ${paint.bold(`${heads}${right}`)}`];
  lines.push(`${margin} ${bar}${' '.repeat(inner)}${bar}`);
  let noted = '';
  steps.forEach((step, i) => {
    if (step.kind === 'note') {
      // Notes that follow each other share a line.
      if (noted === '') noted = step.name;
      else if (steps[i - 1]?.name !== step.name) noted += `, ${step.name}`;
      const next = steps[i + 1];
      if (next?.kind === 'note' && next.from === step.from && width(noted) + width(next.name) + 6 < inner) return;
      lines.push(`${margin} ${bar}${note(noted, step.from, inner, paint)}${bar}`);
      noted = '';
    } else lines.push(`${paint.dim(padStart(step.ms.toFixed(1), TIME_COLUMNS))} ${bar}${arrow(step, inner, paint)}${bar}`);
  });
  return options.legend === false ? lines : [...lines, '', ...legend(steps, margin, paint)];
}

function arrow(step: HandshakeStep, inner: number, paint: Paint): string {
  const label = labelOf(step);
  const shaft = step.protected ? '═' : '─';
  const rest = shaft.repeat(Math.max(1, inner - width(label) - SHAFT_BEFORE - 3));
  const colour = step.kind === 'alert' ? paint.red : step.from === 'client' ? paint.cyan : paint.green;
  const text = step.kind === 'alert' ? paint.red(label) : label;
  return step.from === 'client'
    ? `${colour(shaft.repeat(SHAFT_BEFORE))} ${text} ${colour(`${rest}▶`)}`
    : `${colour(`◀${rest}`)} ${text} ${colour(shaft.repeat(SHAFT_BEFORE))}`;
}

function note(text: string, from: Side, inner: number, paint: Paint): string {
  const shown = `◆ ${text}`;
  const gap = ' '.repeat(Math.max(0, inner - width(shown) - 1));
  return from === 'client' ? ` ${paint.yellow(shown)}${gap}` : `${gap}${paint.yellow(shown)} `;
}

function labelOf(step: HandshakeStep): string {
  if (step.kind === 'alert') return `Alert: ${step.name}`;
  return step.length === 0 ? step.name : `${step.name}  ${step.length} B`;
}

function legend(steps: readonly HandshakeStep[], margin: string, paint: Paint): string[] {
  const signs = ['ms since the start'];
  const messages = steps.filter((step) => step.kind !== 'note');
  if (messages.some((step) => !step.protected)) signs.push('─ in the clear');
  if (messages.some((step) => step.protected)) signs.push('═ encrypted');
  const noted = steps.find((step) => step.kind === 'note');
  if (noted !== undefined) signs.push(`◆ in the ${noted.from}`);
  return [`${margin} ${paint.dim(signs.join('   '))}`];
}
