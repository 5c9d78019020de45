import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { commandProcess } from '../../test/support/command.ts';

test('the demonstration succeeds, with whatever programs are there', async () => {
  const { status, stdout, stderr } = await commandProcess(['demo']);
  assert.equal(stderr, '');
  assert.equal(status, 0, stdout);
  assert.match(stdout, /\n\d+ passed, 0 failed, \d+ skipped\n$/);
  assert.doesNotMatch(stdout, /✖/);
  for (const part of ['a page came back over TLS 1.3', 'a page came back over TLS 1.2', 'the session was resumed', 'refuses to go on'])
    assert.ok(stdout.includes(`✔ ${part}`), part);
  for (const program of ['curl', 'openssl']) {
    const there = spawnSync(program, [program === 'curl' ? '--version' : 'version']).status === 0;
    assert.equal(stdout.includes(`there is no ${program}`), !there);
  }
});

test('without curl and OpenSSL it says so, and succeeds', async () => {
  const { status, stdout } = await commandProcess(['demo'], '', { PATH: '/nonexistent' });
  assert.equal(status, 0, stdout);
  assert.match(stdout, /Skipped: curl: there is no curl/);
  assert.match(stdout, /Skipped: OpenSSL: there is no openssl on this machine/);
  assert.match(stdout, /, 0 failed, 3 skipped\n$/);
});
