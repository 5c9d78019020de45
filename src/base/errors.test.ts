import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HANDSHAKE_FAILURE } from './alerts.ts';
import { fail, misuse, TlsError } from './errors.ts';
import { then } from './maybe-promise.ts';

function caught(run: () => never): TlsError {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof TlsError);
    return error;
  }
}

test('fail blames the peer and carries the alert; misuse blames the caller', () => {
  const refused = caught(() => fail(HANDSHAKE_FAILURE, 'no_shared_cipher', 'three offered'));
  assert.deepEqual([refused.origin, refused.alert, refused.code], ['local', HANDSHAKE_FAILURE, 'no_shared_cipher']);
  assert.equal(refused.message, 'no_shared_cipher (alert 40): three offered');
  const wrong = caught(() => misuse('invalid_argument', 'no such suite'));
  assert.deepEqual([wrong.origin, wrong.alert], ['api', undefined]);
});

test('another copy of the library is recognised, other errors are not', async () => {
  const copy = (await import(`./errors.ts?copy=${process.pid}`)) as { TlsError: typeof TlsError };
  assert.notEqual(copy.TlsError, TlsError);
  assert.ok(new copy.TlsError({ code: 'closed', origin: 'peer' }) instanceof TlsError);
  for (const other of [new Error('x'), { code: 'closed' }, null, 'closed']) assert.equal(other instanceof TlsError, false);
});

test('then goes on at once with a value, and later with a promise', async () => {
  assert.equal(
    then(2, (n) => n + 1),
    3,
  );
  const later = then(Promise.resolve(2), (n) => n + 1);
  assert.notEqual(later, 3);
  assert.equal(await later, 3);
  await assert.rejects(async () => then(Promise.reject(new TlsError({ code: 'closed', origin: 'peer' })), () => 0), TlsError);
});
