import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, toHex } from '../../base/bytes.ts';
import { nodeCrypto } from '../node/index.ts';
import { prfSsl3, prfTls10, prfTls12 } from './prf.ts';

// Vectors that circulated on the TLS working group's list for P_SHA256, P_SHA384 and P_SHA512.
const TLS12 = [
  {
    hash: 'sha256',
    secret: '9bbe436ba940f017b17652849a71db35',
    seed: 'a0ba9f936cda311827a6f796ffd5198c',
    out:
      'e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab' +
      '4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66',
  },
  {
    hash: 'sha384',
    secret: 'b80b733d6ceefcdc71566ea48e5567df',
    seed: 'cd665cf6a8447dd6ff8b27555edb7465',
    out:
      '7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700884f9dc236f80edd' +
      '8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d9184259b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee6' +
      '91c8f3a26854308d5eaa3be85e0990703d73e56f',
  },
  {
    hash: 'sha512',
    secret: 'b0323523c1853599584d88568bbb05eb',
    seed: 'd4640e12e4bcdbfb437f03e6ae418ee5',
    out:
      '1261f588c798c5c201ff036e7a9cb5edcd7fe3f94c669a122a4638d7d508b283042df6789875c7147e906d868bc75c45e20eb40c1cf4a1713b27371f68432592' +
      'f7dc8ea8ef223e12ea8507841311bf68653d0cfc4056d811f025c45ddfa6e6fec702f054b409d6f28dd0a3233e498da41a3e75c5630eedbe22fe254e33a1b0e9' +
      'f6b9826675bec7d01a845658dc9c397545401d40b9f46c7a400ee1b8f81ca0a60d1a397a1028bff5d2ef5066126842fb8da4197632bdb54ff6633f86bbc836e6' +
      '40d4d898',
  },
] as const;

for (const { hash, secret, seed, out } of TLS12) {
  test(`TLS 1.2 PRF with ${hash}`, () => {
    const made = prfTls12(nodeCrypto, hash, fromHex(secret), 'test label', fromHex(seed), out.length / 2);
    assert.equal(toHex(made), out);
  });
}

test('TLS 1.0 PRF, also with an odd secret and a cut last block', () => {
  // The vector of the same origin: secret 48 x 0xab, label PRF Testvector, seed 64 x 0xcd.
  const made = prfTls10(nodeCrypto, 'sha256', new Uint8Array(48).fill(0xab), 'PRF Testvector', new Uint8Array(64).fill(0xcd), 104);
  assert.equal(
    toHex(made),
    'd3d4d1e349b5d515044666d51de32bab258cb521b6b053463e354832fd976754443bcf9a296519bc289abcbc1187e4ebd31e602353776c408aafb74cbc85eff6' +
      '9255f9788faa184cbb957a9819d84a5d7eb006eb459d3ae8de9810454b8b2d8f1afbc655a8c9a013',
  );
  const odd = new Uint8Array(47).fill(0xab);
  assert.equal(
    toHex(prfTls10(nodeCrypto, 'sha256', odd, 'x', odd, 40)).slice(0, 20),
    toHex(prfTls10(nodeCrypto, 'sha256', odd, 'x', odd, 10)),
  );
});

test('SSL 3.0 PRF follows its formula', () => {
  const secret = fromHex('000102030405');
  const seed = fromHex('0a0b');
  const { digest } = nodeCrypto;
  const step = (salt: string): string =>
    toHex(digest('md5', fromHex(`000102030405${toHex(digest('sha1', fromHex(`${salt}0001020304050a0b`)))}`)));
  assert.equal(toHex(prfSsl3(nodeCrypto, 'sha256', secret, '', seed, 40)), (step('41') + step('4242') + step('434343')).slice(0, 80));
});
