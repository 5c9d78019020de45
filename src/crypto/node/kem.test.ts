import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { after, test } from 'node:test';
import { nodeCrypto } from './index.ts';

const lack = nodeCrypto.lacks('MLKEM768');
const { generateKeyPairSync } = crypto;

after(() => {
  crypto.generateKeyPairSync = generateKeyPairSync;
  syncBuiltinESMExports();
});

test('a runtime whose ML-KEM keys have no JWK serves as well', { skip: lack ?? false }, () => {
  const forms: unknown[] = [];
  const withoutJwk = (type: string, options: { publicKeyEncoding: { format: string } }): unknown => {
    const { format } = options.publicKeyEncoding;
    if (type.startsWith('ml-kem')) {
      forms.push(format);
      if (format === 'jwk') throw new Error('Unsupported JWK Key Type.');
    }
    return (generateKeyPairSync as (...args: readonly unknown[]) => unknown)(type, options);
  };
  crypto.generateKeyPairSync = withoutJwk as unknown as typeof generateKeyPairSync;
  syncBuiltinESMExports();
  for (const group of ['MLKEM768', 'X25519MLKEM768'] as const) {
    const ours = nodeCrypto.startKeyShare(group);
    const answer = nodeCrypto.answerKeyShare(group, ours.share)!;
    assert.deepEqual(ours.finish(answer.share), answer.secret);
  }
  assert.deepEqual(forms, ['jwk', 'der', 'der'], 'asked once');
});
