/**
 * What the provider and the record protections cost over node:crypto itself, in ratios: each pair is measured in turns, in CPU
 * time, and the best turn is shown. `--quick` for fewer turns.
 */
import * as crypto from 'node:crypto';
import { Counter } from '../src/base/counter.ts';
import { Writer } from '../src/base/writer.ts';
import { hkdfExpandLabel } from '../src/crypto/kdf/hkdf.ts';
import * as schedule from '../src/crypto/kdf/key-schedule13.ts';
import { prfTls12 } from '../src/crypto/kdf/prf.ts';
import { nodeCrypto, privateKeyFromKeyObject } from '../src/crypto/node/index.ts';
import type { GroupName } from '../src/crypto/port.ts';
import { AES_128_CBC_SHA, AES_128_CBC_SHA256 } from '../src/crypto/protect/cbc-schemes.ts';
import { AES_128_CCM_8, AES_128_GCM } from '../src/crypto/protect/legacy-schemes.ts';
import type { ProtectionScheme, RecordShape } from '../src/crypto/protect/protection.ts';
import { TLS_AES_128_GCM_SHA256, TLS_CHACHA20_POLY1305_SHA256 } from '../src/crypto/suites/modern.ts';

const TURNS = process.argv.includes('--quick') ? 5 : 15;
const TURN_MS = 12;

/** µs of CPU per call over one turn. */
function turn(call: () => unknown): number {
  let calls = 0;
  const start = process.cpuUsage();
  let used = 0;
  do {
    for (let i = 0; i < 8; i++) call();
    calls += 8;
    const { user, system } = process.cpuUsage(start);
    used = user + system;
  } while (used < 1000 * TURN_MS);
  return used / calls;
}

function row(name: string, ours: () => unknown, raw?: () => unknown): void {
  const a: number[] = [];
  const b: number[] = [];
  turn(ours);
  if (raw !== undefined) turn(raw);
  for (let i = 0; i < TURNS; i++) {
    a.push(turn(ours));
    if (raw !== undefined) b.push(turn(raw));
  }
  const mine = Math.min(...a);
  const theirs = raw === undefined ? Number.NaN : Math.min(...b);
  const right = raw === undefined ? '' : `${theirs.toFixed(1).padStart(9)}  ${(mine / theirs).toFixed(2).padStart(5)}`;
  console.log(`${name.padEnd(44)} ${mine.toFixed(1).padStart(9)} ${right}`);
}

const shape: RecordShape = { wireVersion: 0x0303, mac: 'hmac', explicitIv: true, encryptThenMac: false };
const seq = new Counter();

function records(name: string, scheme: ProtectionScheme, cipher: string, tagLength: number, aadLength: number): void {
  const keys = {
    key: nodeCrypto.random(scheme.keyLength),
    iv: nodeCrypto.random(scheme.ivLength),
    macKey: nodeCrypto.random(scheme.macKeyLength),
  };
  const writer = scheme.protect(nodeCrypto, keys, shape, 'write');
  const reader = scheme.protect(nodeCrypto, keys, shape, 'read');
  const object = crypto.createSecretKey(keys.key);
  const nonce = new Uint8Array(12);
  const aad = new Uint8Array(aadLength);
  const options = { authTagLength: tagLength };
  for (const length of [64, 1200, 16_384]) {
    const plain = nodeCrypto.random(length);
    const out = new Writer(20_000);
    const seal = (): void => {
      out.length = 0;
      writer.seal(out, 23, seq, plain);
    };
    seal();
    const record = { type: 23, version: 0x0303, fragment: out.copy() };
    const open = (): void => {
      record.type = 23;
      if (reader.open(record, seq) === undefined) throw new Error('does not open');
    };
    if (cipher === '') {
      row(`${name} seal ${length}`, seal);
      row(`${name} open ${length}`, open);
      continue;
    }
    const text = aadLength === 5 ? nodeCrypto.random(length + 1) : plain;
    const settings = { plaintextLength: text.length };
    const sealing = crypto.createCipheriv(cipher as crypto.CipherGCMTypes, object, nonce, options);
    sealing.setAAD(aad, settings);
    const sealed = sealing.update(text);
    sealing.final();
    const tag = sealing.getAuthTag();
    const rawOut = new Uint8Array(20_000);
    row(`${name} seal ${length}`, seal, () => {
      const one = crypto.createCipheriv(cipher as crypto.CipherGCMTypes, object, nonce, options);
      one.setAAD(aad, settings);
      rawOut.set(one.update(text), 5);
      one.final();
      rawOut.set(one.getAuthTag(), 5 + text.length);
    });
    row(`${name} open ${length}`, open, () => {
      const one = crypto.createDecipheriv(cipher as crypto.CipherGCMTypes, object, nonce, options);
      one.setAuthTag(tag);
      one.setAAD(aad, settings);
      const result = one.update(sealed);
      one.final();
      return result;
    });
  }
}

console.log(`${process.version}, OpenSSL ${process.versions.openssl}`);
console.log(`${'µs'.padEnd(44)} ${'veritls'.padStart(9)} ${'raw'.padStart(9)}  ratio`);

records('1.3 AES-128-GCM', TLS_AES_128_GCM_SHA256.protection, 'aes-128-gcm', 16, 5);
records('1.3 ChaCha20', TLS_CHACHA20_POLY1305_SHA256.protection, 'chacha20-poly1305', 16, 5);
records('1.2 AES-128-GCM', AES_128_GCM, 'aes-128-gcm', 16, 13);
records('1.2 AES-128-CCM-8', AES_128_CCM_8, 'aes-128-ccm', 8, 13);
records('1.2 AES-128-CBC-SHA', AES_128_CBC_SHA, '', 0, 0);
records('1.2 AES-128-CBC-SHA256', AES_128_CBC_SHA256, '', 0, 0);

const groups: readonly (readonly [GroupName, () => unknown])[] = [
  ['x25519', () => agreeByKeyObjects('x25519', {})],
  ['x448', () => agreeByKeyObjects('x448', {})],
  ['secp256r1', () => agreeByEcdh('prime256v1')],
  ['secp384r1', () => agreeByEcdh('secp384r1')],
  ['secp521r1', () => agreeByEcdh('secp521r1')],
  ['ffdhe2048', () => agreeByGroup('modp14')],
];

type Pair = { publicKey: crypto.KeyObject; privateKey: crypto.KeyObject };
function agreeByKeyObjects(type: string, options: object): unknown {
  const pair = (): Pair => (crypto.generateKeyPairSync as unknown as (type: string, options: object) => Pair)(type, options);
  const [a, b] = [pair(), pair()];
  const share = a.publicKey.export({ format: 'der', type: 'spki' });
  const answer = b.publicKey.export({ format: 'der', type: 'spki' });
  const peer = crypto.createPublicKey({ key: share, format: 'der', type: 'spki' });
  crypto.diffieHellman({ privateKey: b.privateKey, publicKey: peer });
  const other = crypto.createPublicKey({ key: answer, format: 'der', type: 'spki' });
  return crypto.diffieHellman({ privateKey: a.privateKey, publicKey: other });
}

function agreeByEcdh(curve: string): unknown {
  const [a, b] = [crypto.createECDH(curve), crypto.createECDH(curve)];
  const [share, answer] = [a.generateKeys(), b.generateKeys()];
  b.computeSecret(share);
  return a.computeSecret(answer);
}

function agreeByGroup(group: string): unknown {
  const [a, b] = [crypto.createDiffieHellmanGroup(group), crypto.createDiffieHellmanGroup(group)];
  const [share, answer] = [a.generateKeys(), b.generateKeys()];
  b.computeSecret(share);
  return a.computeSecret(answer);
}

console.log('\nkey agreement, both sides');
for (const [group, raw] of groups) {
  row(
    group,
    () => {
      const ours = nodeCrypto.startKeyShare(group);
      const answer = nodeCrypto.answerKeyShare(group, ours.share)!;
      ours.finish(answer.share);
    },
    raw,
  );
}
for (const group of ['X25519MLKEM768', 'SecP256r1MLKEM768'] as const) {
  if (nodeCrypto.lacks(group) !== undefined) continue;
  row(group, () => {
    const ours = nodeCrypto.startKeyShare(group);
    ours.finish(nodeCrypto.answerKeyShare(group, ours.share)!.share);
  });
}

console.log('\nsignatures');
const pairs: readonly (readonly [string, Pair, number, string | null, boolean])[] = [
  ['ECDSA P-256', crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }), 0x0403, 'sha256', false],
  ['ECDSA P-384', crypto.generateKeyPairSync('ec', { namedCurve: 'P-384' }), 0x0503, 'sha384', false],
  ['Ed25519', crypto.generateKeyPairSync('ed25519'), 0x0807, null, false],
  ['RSA-2048 PSS', crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }), 0x0804, 'sha256', true],
  ['RSA-2048 PKCS #1', crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }), 0x0401, 'sha256', false],
];
for (const [name, pair, scheme, digest, pss] of pairs) {
  const handle = privateKeyFromKeyObject(pair.privateKey);
  const spki = new Uint8Array(pair.publicKey.export({ format: 'der', type: 'spki' }));
  const key = nodeCrypto.importPublicKey(spki)!;
  const tbs = nodeCrypto.random(130);
  const padding = pss ? { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {};
  const signature = handle.sign(scheme, tbs) as Uint8Array;
  row(
    `${name} sign`,
    () => handle.sign(scheme, tbs),
    () => crypto.sign(digest, tbs, { key: pair.privateKey, ...padding }),
  );
  row(
    `${name} verify`,
    () => nodeCrypto.verify(scheme, key, tbs, signature),
    () => crypto.verify(digest, tbs, { key: pair.publicKey, ...padding }, signature),
  );
  // Keys that were never seen: the last byte changes, which leaves RSA keys valid, and others are taken from a heap of keys.
  const fresh = freshKeys(name, pair);
  let at = 0;
  row(
    `${name} import, new`,
    () => nodeCrypto.importPublicKey(fresh[at++ % fresh.length]!),
    () => crypto.createPublicKey({ key: Buffer.from(fresh[at++ % fresh.length]!), format: 'der', type: 'spki' }),
  );
  row(`${name} import, seen before`, () => nodeCrypto.importPublicKey(spki));
}

/** More keys than the provider remembers. */
function freshKeys(name: string, pair: Pair): Uint8Array[] {
  const keys: Uint8Array[] = [];
  for (let i = 0; i < 300; i++) {
    if (name.startsWith('RSA')) {
      const spki = new Uint8Array(pair.publicKey.export({ format: 'der', type: 'spki' }));
      spki[100] = i;
      spki[101] = i >> 8;
      keys.push(spki);
    } else {
      const options = name.includes('P-') ? { namedCurve: name.slice(-5) } : {};
      const type = name.includes('P-') ? 'ec' : 'ed25519';
      const made = (crypto.generateKeyPairSync as unknown as (type: string, options: object) => Pair)(type, options);
      keys.push(new Uint8Array(made.publicKey.export({ format: 'der', type: 'spki' })));
    }
  }
  return keys;
}

console.log('\nhashes and keys');
const data = nodeCrypto.random(130);
const secret = nodeCrypto.random(32);
row(
  'SHA-256 of 130 bytes',
  () => nodeCrypto.digest('sha256', data),
  () => crypto.createHash('sha256').update(data).digest(),
);
row(
  'HMAC-SHA-256 of 130 bytes',
  () => nodeCrypto.hmac('sha256', secret, data),
  () => crypto.createHmac('sha256', secret).update(data).digest(),
);
const s: schedule.Schedule13 = { crypto: nodeCrypto, hash: 'sha256', prefix: 'tls13 ' };
row(
  'HKDF-Expand-Label',
  () => hkdfExpandLabel(nodeCrypto, 'sha256', 'tls13 ', secret, 's hs traffic', secret, 32),
  () => crypto.createHmac('sha256', secret).update(data.subarray(0, 54)).digest(),
);
row('TLS 1.3 schedule of one side, 20 derivations', () => {
  const early = schedule.earlySecret(s);
  const handshake = schedule.handshakeSecret(s, early, secret);
  const main = schedule.mainSecret(s, handshake);
  for (const label of ['c hs traffic', 's hs traffic'] as const) {
    const traffic = schedule.deriveSecret(s, handshake, label, secret);
    schedule.trafficKeys(s, traffic, 16);
    schedule.finishedMac(s, traffic, secret);
  }
  for (const label of ['c ap traffic', 's ap traffic'] as const) {
    schedule.trafficKeys(s, schedule.deriveSecret(s, main, label, secret), 16);
  }
  schedule.deriveSecret(s, main, 'exp master', secret);
  schedule.deriveSecret(s, main, 'res master', secret);
});
row('TLS 1.2 master secret and key block', () => {
  const master = prfTls12(nodeCrypto, 'sha256', secret, 'extended master secret', secret, 48);
  prfTls12(nodeCrypto, 'sha256', master, 'key expansion', data.subarray(0, 64), 40);
});
