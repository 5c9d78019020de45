import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasColours } from './io.ts';
import { renderPairs, renderTable } from './table.ts';
import { ansi, clean, duration, grouped, width, wrap } from './text.ts';

test('columns are as wide as their widest cell, colours take no room', () => {
  assert.deepEqual(
    renderTable(
      [{ title: 'id', align: 'right' }, { title: 'name' }],
      [
        ['1', 'alpha'],
        ['1000', 'b'],
      ],
    ),
    ['  id  name', '────  ─────', '   1  alpha', '1000  b'],
  );
  const [, , row] = renderTable(
    [{ title: 'a' }, { title: 'b' }],
    [
      [ansi.red('xyz'), 'w'],
      ['1', '2'],
    ],
  );
  assert.equal(width(row!), 'xyz  w'.length);
  assert.deepEqual(renderTable([{ title: 'none' }], []), ['none', '────']);
});

test('pairs go on below themselves', () => {
  assert.deepEqual(
    renderPairs([
      ['a', '1'],
      ['long', ['x', 'y']],
    ]),
    ['  a     1', '  long  x', '        y'],
  );
});

test("a peer's text cannot command the terminal or reorder itself", () => {
  assert.equal(clean('a\x1b[31mb\r\n\x9bc\u202ed'), 'a\\x1b[31mb\\x0d\\x0a\\x9bc\\u202ed');
  assert.equal(clean('müller ☃'), 'müller ☃');
});

test('words, numbers, times', () => {
  assert.deepEqual(wrap('one two three', 7), ['one two', 'three']);
  assert.equal(grouped(1234567), '1,234,567');
  assert.deepEqual([1.234, 123.4, 1234].map(duration), ['1.2 ms', '123 ms', '1.23 s']);
});

test('colours: NO_COLOR, FORCE_COLOR, terminal', () => {
  const cases: readonly (readonly [boolean, Record<string, string>, boolean])[] = [
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { TERM: 'dumb' }, false],
    [true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ];
  for (const [tty, env, expected] of cases) assert.equal(hasColours(tty, env), expected, JSON.stringify(env));
});
