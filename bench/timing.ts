/**
 * npm run timing              whether time tells right from wrong where it must not: a report, never a gate
 * npm run timing -- --quick   few samples: that it runs, not what it says
 *
 * For each case, two classes of inputs that an attacker would like to tell apart are timed in random order, the slowest tenth
 * is left out as disturbance of the machine, and the means are compared by Welch's t-test (the method of dudect: Reparaz,
 * Balasch, Verbauwhede 2017). |t| above 4.5 says that they differ; below, that these samples do not show it, which proves nothing.
 * The last case is a comparison that stops at the first difference: the method must find that one.
 */
import { createPublicKey, constants, generateKeyPairSync, publicEncrypt, randomInt } from 'node:crypto';
import { concat, equal } from '../src/base/bytes.ts';
import { Counter } from '../src/base/counter.ts';
import { Reader } from '../src/base/reader.ts';
import { nodeCrypto, privateKeyFromKeyObject } from '../src/crypto/node/index.ts';
import type { PrivateKeyHandle } from '../src/crypto/port.ts';
import type { KxState } from '../src/crypto/kx/kx.ts';
import { rsa } from '../src/crypto/kx/rsa.ts';
import { AES_128_CBC_SHA } from '../src/crypto/protect/cbc-schemes.ts';

interface Case {
  readonly name: string;
  readonly classes: readonly [string, string];
  /** Work on an input of class 0 or 1, made beforehand. */
  prepare(which: 0 | 1): () => unknown;
  /** Share of the samples: slow cases have fewer. */
  readonly share?: number;
}

const quick = process.argv.includes('--quick');
const SAMPLES = quick ? 2_000 : 60_000;
/** Inputs of each class, so that none is known by heart. */
const INPUTS = quick ? 20 : 200;
const WARM_UP = 0.1;
const KEPT = 0.9;
const DIFFERS = 4.5;

// --- RSA key exchange ---

const PREMASTER = concat(Uint8Array.of(3, 3), nodeCrypto.random(46));
const GOOD_BLOCK = concat(Uint8Array.of(0, 2), new Uint8Array(205).fill(7), Uint8Array.of(0), PREMASTER);
/** ROBOT's malformed blocks, and the wrong version of DROWN's time. */
const BAD_BLOCKS: readonly ((block: Uint8Array) => void)[] = [
  (block) => (block[0] = 1),
  (block) => (block[1] = 1),
  (block) => (block[9] = 0),
  (block) => block.fill(7, 2, 208),
  (block) => (block[208] = 2),
];
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const handle = privateKeyFromKeyObject(privateKey);
const publicKey = createPublicKey(privateKey);

function blockOf(which: 0 | 1): Uint8Array {
  const block = GOOD_BLOCK.slice();
  if (which === 1) BAD_BLOCKS[randomInt(BAD_BLOCKS.length)]!(block);
  return block;
}

function unwrapping(key: PrivateKeyHandle, sealed: Uint8Array): () => unknown {
  const state = { crypto: nodeCrypto, clientVersion: 0x0303, bareRsa: true, privateKey: key } as unknown as KxState;
  return () => rsa.readClientParams(state, new Reader(sealed));
}

// --- CBC records ---

const keys = { key: nodeCrypto.random(16), iv: new Uint8Array(16), macKey: nodeCrypto.random(20) };
const reader = AES_128_CBC_SHA.protect(
  nodeCrypto,
  keys,
  { wireVersion: 0x0303, mac: 'hmac', explicitIv: true, encryptThenMac: false },
  'read',
);
const seq = new Counter();
const RECORD = 512;

function recordOf(padding: number, spoil: (text: Uint8Array) => void): () => unknown {
  const content = nodeCrypto.random(RECORD - 20 - padding - 1);
  const header = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 23, 3, 3, content.length >> 8, content.length & 0xff);
  const text = concat(content, nodeCrypto.hmac('sha1', keys.macKey, header, content), new Uint8Array(padding + 1).fill(padding));
  spoil(text);
  const iv = nodeCrypto.random(16);
  const fragment = concat(iv, nodeCrypto.cbc('aes-128-cbc', keys.key).encrypt(iv, text));
  return () => reader.open({ type: 23, version: 0x0303, fragment }, seq);
}

const spoilMac =
  (padding: number) =>
  (text: Uint8Array): void => {
    text[text.length - padding - 1 - 10]! ^= 1;
  };

const MAC = nodeCrypto.random(4_096);

const CASES: readonly Case[] = [
  {
    name: 'RSA: taking the block apart',
    classes: ['right', 'malformed'],
    prepare(which) {
      const block = blockOf(which);
      return unwrapping({ type: 'rsa', schemes: [], sign: () => block, decryptRaw: () => block }, new Uint8Array(256));
    },
  },
  {
    name: 'RSA: decryption with a key of 2048 bits, and that',
    classes: ['right', 'malformed'],
    share: 0.05,
    prepare(which) {
      const sealed = publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, blockOf(which));
      return unwrapping(handle, new Uint8Array(sealed));
    },
  },
  {
    name: 'CBC: a record of 512 bytes that is refused',
    classes: ['wrong MAC', 'wrong padding'],
    prepare(which) {
      const padding = 11;
      return recordOf(padding, which === 0 ? spoilMac(padding) : (text) => (text[text.length - 5]! ^= 1));
    },
  },
  {
    name: 'CBC: the same, by the length of its padding',
    classes: ['1 byte', '256 bytes'],
    prepare(which) {
      const padding = which === 0 ? 0 : 255;
      return recordOf(padding, spoilMac(padding));
    },
  },
  {
    name: 'comparison of 4096 bytes',
    classes: ['first differs', 'last differs'],
    prepare: (which) => {
      const other = altered(which);
      return () => nodeCrypto.timingSafeEqual(MAC, other);
    },
  },
  {
    name: 'control: a comparison that stops early',
    classes: ['first differs', 'last differs'],
    prepare: (which) => {
      const other = altered(which);
      return () => equal(MAC, other);
    },
  },
];

function altered(which: 0 | 1): Uint8Array {
  const other = MAC.slice();
  other[which === 0 ? 0 : other.length - 1]! ^= 1;
  return other;
}

console.log(`Node ${process.versions.node}, ${SAMPLES} samples where no other number stands, the slowest tenth left out\n`);
console.log(`${'case'.padEnd(50)} ${'mean of'.padEnd(26)} ${'and of'.padEnd(26)} difference       t`);
for (const one of CASES) {
  const { means, t, samples } = measure(one);
  const [a, b] = one.classes.map((name, i) => `${name} ${(means[i]! / 1000).toFixed(3)} µs`);
  const difference = `${((100 * (means[1] - means[0])) / means[0]).toFixed(2)} %`;
  const verdict = Math.abs(t) > DIFFERS ? 'they differ' : 'no difference shown';
  const note = samples === SAMPLES ? '' : `, ${samples} samples`;
  console.log(
    `${one.name.padEnd(50)} ${a!.padEnd(26)} ${b!.padEnd(26)} ${difference.padStart(10)} ${t.toFixed(2).padStart(7)}  ${verdict}${note}`,
  );
}

function measure(one: Case): { means: [number, number]; t: number; samples: number } {
  const samples = Math.round(SAMPLES * (one.share ?? 1));
  const inputs: [(() => unknown)[], (() => unknown)[]] = [[], []];
  // By turns, so that both classes lie alike in memory.
  for (let i = 0; i < INPUTS; i++) for (const which of [0, 1] as const) inputs[which].push(one.prepare(which));
  const times: [number[], number[]] = [[], []];
  for (let i = 0; i < samples * (1 + WARM_UP); i++) {
    const which = randomInt(2) as 0 | 1;
    const run = inputs[which][randomInt(INPUTS)]!;
    const began = process.hrtime.bigint();
    run();
    const took = Number(process.hrtime.bigint() - began);
    if (i >= samples * WARM_UP) times[which].push(took);
  }
  const all = [...times[0], ...times[1]].sort((x, y) => x - y);
  const limit = all[Math.floor(all.length * KEPT)]!;
  const kept = times.map((list) => list.filter((time) => time <= limit)) as [number[], number[]];
  return { means: [mean(kept[0]), mean(kept[1])], t: welch(kept[0], kept[1]), samples };
}

function mean(list: readonly number[]): number {
  return list.reduce((sum, value) => sum + value, 0) / list.length;
}

function welch(a: readonly number[], b: readonly number[]): number {
  const spread = (list: readonly number[]): number => {
    const middle = mean(list);
    return list.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (list.length - 1) / list.length;
  };
  return (mean(a) - mean(b)) / Math.sqrt(spread(a) + spread(b));
}
