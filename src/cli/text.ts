/** Text for terminals: colours, widths, and peers' text made harmless. */

/** Colours that a report uses; each gives its text back unchanged where there are no colours. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly blue: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly magenta: (text: string) => string;
}

export const plain: Paint = { bold: same, dim: same, red: same, green: same, yellow: same, blue: same, cyan: same, magenta: same };

export const ansi: Paint = {
  bold: (text) => `\x1b[1m${text}\x1b[22m`,
  dim: (text) => `\x1b[2m${text}\x1b[22m`,
  red: colour(31),
  green: colour(32),
  yellow: colour(33),
  blue: colour(34),
  cyan: colour(36),
  magenta: colour(35),
};

/**
 * Text that came from a peer or a file: what a terminal would obey (C0, C1, DEL) or what reorders text (bidirectional
 * controls) is shown as an escape instead.
 */
export function clean(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}

/** How many columns a text takes: colours take none; characters beyond Latin script are taken as one. */
export function width(text: string): number {
  return [...text.replace(/\x1b\[[0-9;]*m/g, '')].length;
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - width(text))) + text;
}

/** Cuts words into lines of at most `columns`. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && width(line) + 1 + width(word) > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** `12.3 ms`, `1.24 s`. */
export function duration(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;
}

/** `1,234`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

function colour(code: number): (text: string) => string {
  return (text) => `\x1b[${code}m${text}\x1b[39m`;
}

function same(text: string): string {
  return text;
}
