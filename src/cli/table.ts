/** Tables: columns as wide as their widest cell, two blanks between them. Pure. */
import { type Paint, padEnd, padStart, plain, width } from './text.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Lines of a table with its head; cells may hold colours. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[], paint: Paint = plain): string[] {
  const widths = columns.map((column, i) => rows.reduce((most, row) => Math.max(most, width(row[i] ?? '')), width(column.title)));
  const render = (cells: readonly string[]): string =>
    columns
      .map((column, i) => (column.align === 'right' ? padStart : padEnd)(cells[i] ?? '', widths[i]!))
      .join('  ')
      .trimEnd();
  return [
    paint.bold(render(columns.map((column) => column.title))),
    paint.dim(widths.map((n) => '─'.repeat(n)).join('  ')),
    ...rows.map(render),
  ];
}

/** Lines of `name  value` with the names in one column; a value of several lines goes on below itself. */
export function renderPairs(pairs: readonly (readonly [string, string | readonly string[]])[], paint: Paint = plain, indent = 2): string[] {
  const nameWidth = pairs.reduce((most, [name]) => Math.max(most, width(name)), 0);
  return pairs.flatMap(([name, value]) => {
    const lines = typeof value === 'string' ? [value] : value;
    return lines.map((line, i) => `${' '.repeat(indent)}${paint.dim(padEnd(i === 0 ? name : '', nameWidth))}  ${line}`.trimEnd());
  });
}
