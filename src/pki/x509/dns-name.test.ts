import assert from 'node:assert/strict';
import test from 'node:test';
import { dnsLabels, endsWith, patternLabels } from './dns-name.ts';

test('a domain name is its labels in lower case', () => {
  assert.deepEqual(dnsLabels('WWW.Example.COM'), ['www', 'example', 'com']);
  assert.deepEqual(dnsLabels('a'), ['a']);
  assert.deepEqual(dnsLabels('zz.00.99._.a-b.a--b.0a.z9'), ['zz', '00', '99', '_', 'a-b', 'a--b', '0a', 'z9']);
  const long = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.`;
  assert.equal(dnsLabels(`${long}${'d'.repeat(61)}`)?.length, 4, '253 characters');
  assert.equal(dnsLabels(`${long}${'d'.repeat(62)}`), undefined, '254 characters');
});

test('what is no domain name', () => {
  for (const name of [
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    '-a',
    'a-',
    '-',
    'a.-.b',
    'a b',
    'a/b',
    'a:b',
    'a`b',
    'a{b',
    'a|b',
    'a~',
    '*',
    '*.a',
    'ä',
    'a\0b',
    'x'.repeat(64),
  ])
    assert.equal(dnsLabels(name), undefined, name);
});

test('a trailing dot only when asked, and only one', () => {
  assert.deepEqual(dnsLabels('a.b.', true), ['a', 'b']);
  assert.deepEqual(dnsLabels('a.b', true), ['a', 'b']);
  for (const name of ['a..', '.', '']) assert.equal(dnsLabels(name, true), undefined, name);
});

test('a pattern may begin with a label of its own kind', () => {
  assert.deepEqual(patternLabels('*.Example.com'), ['*', 'example', 'com']);
  assert.deepEqual(patternLabels('example.com'), ['example', 'com']);
  for (const name of ['*', '*.', '*.*.com', 'a.*', 'w*.a', '*.a.', '**.a']) assert.equal(patternLabels(name), undefined, name);
});

test('labels end with labels', () => {
  const cases: readonly (readonly [string[], string[], boolean])[] = [
    [['www', 'a', 'com'], ['a', 'com'], true],
    [['a', 'com'], ['a', 'com'], true],
    [['a', 'com'], [], true],
    [['com'], ['a', 'com'], false],
    [['b', 'com'], ['a', 'com'], false],
    [['a', 'org'], ['a', 'com'], false],
    [['a', 'com', 'x'], ['a', 'com'], false],
  ];
  for (const [labels, suffix, expected] of cases) assert.equal(endsWith(labels, suffix), expected, `${labels} with ${suffix}`);
});
