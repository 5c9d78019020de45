import assert from 'node:assert/strict';
import * as crypto from 'node:crypto';
import { test } from 'node:test';
import { ascii, toHex } from '../../base/bytes.ts';
import type { GroupName } from '../port.ts';
import { nodeCrypto, privateKeyFromKeyObject, privateKeyFromPem } from './index.ts';

const GROUPS: readonly GroupName[] = [
  'x25519',
  'x448',
  'secp256r1',
  'secp384r1',
  'secp521r1',
  'brainpoolP256r1',
  'brainpoolP384r1',
  'brainpoolP512r1',
  'ffdhe2048',
  'ffdhe3072',
  'ffdhe4096',
  'ffdhe6144',
  'ffdhe8192',
  'MLKEM768',
  'X25519MLKEM768',
  'SecP256r1MLKEM768',
  'SecP384r1MLKEM1024',
];

for (const group of GROUPS) {
  const lack = nodeCrypto.lacks(group);
  test(`${group}: both sides agree`, { skip: lack ?? false }, () => {
    const ours = nodeCrypto.startKeyShare(group);
    const answer = nodeCrypto.answerKeyShare(group, ours.share)!;
    const secret = ours.finish(answer.share)!;
    assert.equal(toHex(secret), toHex(answer.secret));
    assert.equal(Object.getPrototypeOf(secret), Uint8Array.prototype);
    assert.equal(ours.finish(answer.share), undefined, 'a share serves once');
  });

  test(`${group}: shares that cannot be are refused`, { skip: lack ?? false }, () => {
    const good = nodeCrypto.startKeyShare(group).share;
    const bad = [
      new Uint8Array(0),
      good.subarray(1),
      new Uint8Array(good.length + 1),
      new Uint8Array(good.length),
      good.slice().fill(0xff),
    ];
    // Any string is an X25519 share but for those of small order, and zeros are an encapsulation key.
    if (group === 'x25519' || group === 'x448') bad.pop();
    if (group === 'MLKEM768') bad.splice(3, 1);
    for (const share of bad) {
      assert.equal(nodeCrypto.startKeyShare(group).finish(share), undefined, `${share.length} bytes`);
      assert.equal(nodeCrypto.answerKeyShare(group, share), undefined);
    }
  });
}

test('points off the curve, and compressed ones, are refused', () => {
  for (const [group, curve] of [
    ['secp256r1', 'prime256v1'],
    ['secp384r1', 'secp384r1'],
    ['secp521r1', 'secp521r1'],
  ] as const) {
    const share = nodeCrypto.startKeyShare(group).share;
    const off = share.slice();
    off[off.length - 1]! ^= 1;
    const compressed = crypto.ECDH.convertKey(share, curve, undefined, undefined, 'compressed') as Buffer;
    const hybrid = crypto.ECDH.convertKey(share, curve, undefined, undefined, 'hybrid') as Buffer;
    for (const point of [off, compressed, hybrid, Uint8Array.of(0)]) {
      assert.equal(nodeCrypto.startKeyShare(group).finish(point), undefined);
    }
  }
});

test("DH over the server's own prime", () => {
  const prime = crypto.generatePrimeSync(512, { safe: true, bigint: false });
  const parameters = { prime: new Uint8Array(prime), generator: Uint8Array.of(2) };
  const a = nodeCrypto.startDh!(parameters)!;
  const b = nodeCrypto.startDh!(parameters)!;
  const [one, two] = [a.finish(b.share)!, b.finish(a.share)!];
  assert.equal(toHex(one), toHex(two));
  assert.equal(one.length, 64);
  const less = (by: number): Uint8Array => {
    const value = parameters.prime.slice();
    value[63]! -= by;
    return value;
  };
  for (const y of [Uint8Array.of(), Uint8Array.of(0), Uint8Array.of(1), less(1), less(0), Uint8Array.of(1, ...less(0))]) {
    assert.equal(nodeCrypto.startDh!(parameters)!.finish(y), undefined, toHex(y));
  }
  const even = less(1);
  assert.equal(nodeCrypto.startDh!({ prime: even, generator: Uint8Array.of(2) }), undefined);
  for (const generator of [Uint8Array.of(), Uint8Array.of(1), less(1), less(0)]) {
    assert.equal(nodeCrypto.startDh!({ prime: parameters.prime, generator }), undefined, toHex(generator));
  }
});

const PAIRS: readonly (readonly [string, crypto.KeyPairKeyObjectResult])[] = [
  ['rsa 2048', crypto.generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['rsa 1024', crypto.generateKeyPairSync('rsa', { modulusLength: 1024 })],
  ['rsa-pss', crypto.generateKeyPairSync('rsa-pss', { modulusLength: 2048 })],
  ['P-256', crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['P-384', crypto.generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ['P-521', crypto.generateKeyPairSync('ec', { namedCurve: 'P-521' })],
  ['brainpoolP256r1', crypto.generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' })],
  ['ed25519', crypto.generateKeyPairSync('ed25519')],
  ['ed448', crypto.generateKeyPairSync('ed448')],
  ['dsa', crypto.generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 })],
];
const PUBLIC = PAIRS.map(([, pair]) => nodeCrypto.importPublicKey(new Uint8Array(pair.publicKey.export({ format: 'der', type: 'spki' })))!);

for (const [i, [name, pair]] of PAIRS.entries()) {
  test(`${name}: every scheme signs, and verifies with its own key alone`, () => {
    const key = PUBLIC[i]!;
    const handle = nodeCrypto.importPrivateKey(new Uint8Array(pair.privateKey.export({ format: 'der', type: 'pkcs8' })));
    assert.equal(handle.type, key.type);
    assert.equal(handle.curve, key.curve);
    assert.equal(handle.bits, key.bits);
    assert.equal(toHex(handle.spki!), toHex(key.spki));
    assert.ok(handle.schemes.length > 0);
    const tbs = ascii('to be signed');
    for (const scheme of handle.schemes) {
      const signature = handle.sign(scheme, tbs) as Uint8Array;
      assert.equal(nodeCrypto.verify(scheme, key, tbs, signature), true, scheme.toString(16));
      assert.equal(nodeCrypto.verify(scheme, key, ascii('to be signeD'), signature), false);
      const changed = signature.slice();
      changed[changed.length >> 1]! ^= 1;
      assert.equal(nodeCrypto.verify(scheme, key, tbs, changed), false);
      assert.equal(nodeCrypto.verify(scheme, key, tbs, signature.subarray(1)), false);
      for (const other of PUBLIC) if (other !== key) assert.equal(nodeCrypto.verify(scheme, other, tbs, signature), false);
    }
    const foreign = key.type === 'rsa' ? 0x0809 : 0x0804;
    if (key.type !== 'rsa-pss') assert.throws(() => handle.sign(foreign, tbs), { code: 'invalid_argument' });
    const pem = pair.privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-128-cbc', passphrase: 'secret' }) as string;
    assert.deepEqual(privateKeyFromPem(pem, 'secret').schemes, handle.schemes);
    assert.throws(() => privateKeyFromPem(pem, 'wrong'), { code: 'bad_key' });
    assert.throws(() => privateKeyFromPem(pem), { code: 'bad_key' });
  });
}

test('an RSA signature is as long as the modulus, leading zeros and all', () => {
  const key = PUBLIC[1]!;
  const handle = privateKeyFromKeyObject(PAIRS[1]![1].privateKey);
  for (const scheme of [0x0804, 0x0401]) {
    for (let i = 0; ; i++) {
      const tbs = ascii(`message ${i}`);
      const signature = handle.sign(scheme, tbs) as Uint8Array;
      if (signature[0] !== 0) continue;
      assert.equal(nodeCrypto.verify(scheme, key, tbs, signature), true);
      assert.equal(nodeCrypto.verify(scheme, key, tbs, signature.subarray(1)), false);
      assert.equal(nodeCrypto.verify(scheme, key, tbs, Uint8Array.of(0, ...signature)), false);
      break;
    }
  }
});

test('an RSA-PSS key restricted to one digest says so', () => {
  const restricted = { modulusLength: 2048, hashAlgorithm: 'sha384', mgf1HashAlgorithm: 'sha384', saltLength: 48 };
  const { privateKey, publicKey } = crypto.generateKeyPairSync('rsa-pss', restricted as { modulusLength: number });
  const handle = privateKeyFromKeyObject(privateKey);
  assert.deepEqual(handle.schemes, [0x080a]);
  const key = nodeCrypto.importPublicKey(new Uint8Array(publicKey.export({ format: 'der', type: 'spki' })))!;
  assert.equal(nodeCrypto.verify(0x080a, key, ascii('x'), handle.sign(0x080a, ascii('x')) as Uint8Array), true);
  assert.equal(nodeCrypto.verify(0x0809, key, ascii('x'), handle.sign(0x080a, ascii('x')) as Uint8Array), false);
});

test('malformed public keys are undefined', () => {
  for (const key of PUBLIC) {
    for (let length = 0; length < key.spki.length; length += 7) {
      assert.equal(nodeCrypto.importPublicKey(key.spki.subarray(0, length)), undefined);
    }
    const longer = new Uint8Array(key.spki.length + 1);
    longer.set(key.spki);
    assert.equal(nodeCrypto.importPublicKey(longer), undefined);
  }
  const secp256k1 = crypto.generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export({ format: 'der', type: 'spki' });
  assert.equal(nodeCrypto.importPublicKey(secp256k1), undefined);
});

test('a key keeps bytes of its own', () => {
  const fresh = crypto.generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' });
  const key = nodeCrypto.importPublicKey(fresh)!;
  const before = toHex(fresh);
  fresh.fill(0);
  assert.equal(toHex(key.spki), before);
  assert.equal(Object.getPrototypeOf(key.spki), Uint8Array.prototype);
});

test('RSA encryption and raw decryption', () => {
  const text = nodeCrypto.random(48);
  const sealed = nodeCrypto.encryptRsa!(PUBLIC[0]!, text);
  const raw = privateKeyFromKeyObject(PAIRS[0]![1].privateKey).decryptRaw!(sealed) as Uint8Array;
  assert.equal(raw.length, 256);
  assert.equal(toHex(raw.subarray(0, 2)), '0002');
  assert.equal(toHex(raw.subarray(207)), `00${toHex(text)}`);
});

test('hashes, HMAC and masks', () => {
  for (const name of ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const) {
    const hash = nodeCrypto.hash(name);
    hash.update(ascii('a'));
    const copy = hash.copy();
    hash.update(ascii('bc'));
    assert.equal(toHex(hash.digest()), crypto.createHash(name).update('abc').digest('hex'));
    assert.equal(toHex(copy.digest()), crypto.createHash(name).update('a').digest('hex'));
    assert.equal(toHex(nodeCrypto.digest(name, ascii('abc'))), crypto.createHash(name).update('abc').digest('hex'));
    const mac = nodeCrypto.hmac(name, ascii('key'), ascii('a'), ascii('bc'));
    assert.equal(toHex(mac), crypto.createHmac(name, 'key').update('abc').digest('hex'));
    assert.equal(nodeCrypto.hmac(name, new Uint8Array(0)).length, mac.length);
  }
  // FIPS 197, Appendix B, twice from one object and again after resting.
  const mask = nodeCrypto.blockMask!(Buffer.from('2b7e151628aed2a6abf7158809cf4f3c', 'hex'));
  const block = Buffer.from('3243f6a8885a308d313198a2e0370734', 'hex');
  for (let i = 0; i < 3; i++) {
    assert.equal(toHex(mask.mask(block)), '3925841d02dc09fbdc118597196a0b32');
    if (i === 1) mask.rest?.();
  }
  // RFC 8439 §2.4.2: the first block of the keystream under counter 1.
  const key = Uint8Array.from({ length: 32 }, (_, i) => i);
  const sample = Buffer.from('01000000000000000000004a00000000', 'hex');
  assert.equal(toHex(nodeCrypto.chachaMask!(key, sample)), '224f51f3401bd9e12fde276fb8631ded');
});
