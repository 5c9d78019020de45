/** PKCS #12 files that ask for more work than they are worth: each is refused within a bound. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { nodeCrypto } from '../../crypto/node/index.ts';
import type { CryptoProvider } from '../../crypto/port.ts';
import * as der from '../asn1/der-writer.ts';
import * as oids from '../asn1/oids.ts';
import { encryptPrivateKey } from './encrypted-key.ts';
import { pkcs12Kdf } from './password.ts';
import { readPkcs12 } from './pkcs12.ts';

const KEY = der.sequence(der.integer(0), der.algorithm(oids.ED25519), der.octetString(der.octetString(new Uint8Array(32))));

/** Counts what PBKDF2 would have done. */
function counting(): { readonly crypto: CryptoProvider; readonly hashes: () => number } {
  let hashes = 0;
  const crypto: CryptoProvider = {
    ...nodeCrypto,
    pbkdf2(_hash, _password, _salt, iterations, length) {
      hashes += iterations;
      return new Uint8Array(length);
    },
  };
  return { crypto, hashes: () => hashes };
}

/** A file of so many encrypted keys, with a MAC that costs nothing but is as long as said. */
function fileOf(keys: number, macLength = 32): Uint8Array {
  const { crypto } = counting();
  const bag = der.sequence(der.oid(oids.PKCS12_SHROUDED_KEY_BAG), der.context(0, encryptPrivateKey(crypto, KEY, 'x', 2_000_000)));
  const content = der.octetString(der.sequence(...new Array<Uint8Array>(keys).fill(bag)));
  const authSafe = der.sequence(der.sequence(der.oid(oids.PKCS7_DATA), der.context(0, content)));
  const salt = Uint8Array.of(1);
  const mac = nodeCrypto.hmac('sha256', pkcs12Kdf(nodeCrypto, 'sha256', 'x', salt, 1, 3, 32), authSafe);
  const shown = new Uint8Array(macLength);
  shown.set(mac.subarray(0, macLength));
  return der.sequence(
    der.integer(3),
    der.sequence(der.oid(oids.PKCS7_DATA), der.context(0, der.octetString(authSafe))),
    der.sequence(der.sequence(der.algorithm(oids.SHA256, der.nullValue()), der.octetString(shown)), der.octetString(salt), der.integer(1)),
  );
}

test('PKCS #12: a few keys of the most iterations are read; very many are refused before they have cost minutes', () => {
  const few = counting();
  assert.equal(readPkcs12(few.crypto, fileOf(3), 'x').keys.length, 3);
  assert.equal(few.hashes(), 6_000_000);
  const many = counting();
  assert.throws(() => readPkcs12(many.crypto, fileOf(1_000), 'x'), { code: 'unsupported' });
  assert.ok(many.hashes() <= 8_000_000);
});

test('PKCS #12: a MAC is as long as its hash: a longer one would be iterated for each part of it', () => {
  for (const length of [0, 31, 33, 4_096])
    assert.throws(() => readPkcs12(nodeCrypto, fileOf(1, length), 'x'), { code: 'bad_der' }, String(length));
});
