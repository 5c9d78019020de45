import assert from 'node:assert/strict';
import * as nodeApi from 'node:crypto';
import { test } from 'node:test';
import { ascii, concat, toHex } from '../../base/bytes.ts';
import type { MaybePromise } from '../../base/maybe-promise.ts';
import { Reader } from '../../base/reader.ts';
import { Writer } from '../../base/writer.ts';
import { brainpoolP256r1, ffdhe2048, ffdhe3072, secp256r1, secp384r1, x448, x25519 } from '../../wire/group.ts';
import { ffdhePrime } from '../ffdhe.ts';
import { nodeCrypto, privateKeyFromKeyObject } from '../node/index.ts';
import type { CryptoProvider, PrivateKeyHandle } from '../port.ts';
import { dhe } from './dhe.ts';
import { dhePsk } from './dhe-psk.ts';
import { ecdhe } from './ecdhe.ts';
import { ecdhePsk } from './ecdhe-psk.ts';
import type { KeyExchange, KxState } from './kx.ts';
import { psk } from './psk.ts';
import { rsa } from './rsa.ts';
import { rsaPsk } from './rsa-psk.ts';

const pair = nodeApi.generateKeyPairSync('rsa', { modulusLength: 2048 });
const privateKey = privateKeyFromKeyObject(pair.privateKey);
const peerKey = nodeCrypto.importPublicKey(new Uint8Array(pair.publicKey.export({ format: 'der', type: 'spki' })))!;
const KEY = ascii('the shared key');
const IDENTITY = Uint8Array.of(0x63, 0, 0xff, 0x64);

function state(extra: Partial<KxState> = {}): KxState {
  return {
    crypto: nodeCrypto,
    groups: [x25519],
    clientVersion: 0x0303,
    minDhBits: 2048,
    bareRsa: false,
    privateKey,
    peerKey,
    pickPsk: () => ({ identity: IDENTITY, key: KEY }),
    findPsk: (identity) => (toHex(identity) === toHex(IDENTITY) ? KEY : undefined),
    ...extra,
  };
}

interface Outcome {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly message: Uint8Array;
}

/** Both halves, one after the other; `alter` may change either message on the way. */
async function run(
  kx: KeyExchange,
  client: KxState,
  server: KxState,
  alter: (message: Uint8Array, from: 'server' | 'client') => Uint8Array = (message) => message,
): Promise<Outcome> {
  if (kx.serverMessage === 'always' || (kx.serverMessage === 'maybe' && server.pskHint !== undefined)) {
    const params = new Writer();
    kx.writeServerParams(server, params);
    const r = new Reader(alter(params.copy(), 'server'));
    kx.readServerParams(client, r);
    r.finish();
  }
  const w = new Writer();
  const clientSecret = await kx.writeClientParams(client, w);
  const message = alter(w.copy(), 'client');
  const r = new Reader(message);
  const serverSecret = await kx.readClientParams(server, r);
  r.finish();
  return { client: clientSecret, server: serverSecret, message };
}

const delayed = <T>(value: T): MaybePromise<T> => new Promise((resolve) => setImmediate(resolve, value));

const ALL: readonly (readonly [KeyExchange, Partial<KxState>])[] = [
  [ecdhe, { groups: [x25519, secp256r1] }],
  [ecdhe, { groups: [secp384r1] }],
  [ecdhe, { groups: [brainpoolP256r1] }],
  [ecdhe, { groups: [x448] }],
  [dhe, { groups: [] }],
  [dhe, { groups: [ffdhe3072, ffdhe2048] }],
  [psk, {}],
  [psk, { pskHint: ascii('hint') }],
  [rsa, {}],
  [rsa, { bareRsa: true, clientVersion: 0x0300 }],
  [ecdhePsk, { pskHint: ascii('hint') }],
  [dhePsk, { groups: [ffdhe2048] }],
  [rsaPsk, {}],
  [rsaPsk, { pskHint: ascii('hint') }],
];

for (const [i, [kx, extra]] of ALL.entries()) {
  test(`${kx.name} (${i}): both sides have the same secret, at once and later`, async () => {
    const client = state(extra);
    const server = state(extra);
    const { client: a, server: b } = await run(kx, client, server);
    assert.equal(toHex(a), toHex(b));
    assert.ok(a.length > 0);
    assert.equal(client.group, server.group);
    if (extra.groups?.[0] !== undefined) assert.equal(client.group, extra.groups[0].id);
    if (kx.usesPsk) {
      assert.equal(toHex(server.pskIdentity!), toHex(IDENTITY));
      assert.equal(toHex(client.hint ?? new Uint8Array(0)), toHex(extra.pskHint ?? new Uint8Array(0)));
      const late = {
        pickPsk: () => delayed({ identity: IDENTITY, key: KEY }),
        findPsk: () => delayed(KEY),
      };
      const other = await run(kx, state({ ...extra, ...late }), state({ ...extra, ...late }));
      assert.equal(toHex(other.client), toHex(other.server));
    }
  });
}

test('PSK: the premaster secret is that of RFC 4279 §2', async () => {
  const { client } = await run(psk, state(), state());
  assert.equal(toHex(client), `000e${'00'.repeat(14)}000e${toHex(KEY)}`);
  const { client: withRsa } = await run(rsaPsk, state(), state());
  assert.equal(toHex(withRsa).slice(0, 8), '00300303');
  assert.equal(toHex(withRsa.subarray(50)), `000e${toHex(KEY)}`);
});

test('PSK: an unknown identity goes on with a random key, or is told where that is wished', async () => {
  for (const kx of [psk, ecdhePsk, dhePsk, rsaPsk]) {
    const extra: Partial<KxState> = kx === dhePsk ? { groups: [ffdhe2048] } : {};
    const stranger = { ...extra, pickPsk: () => ({ identity: ascii('who'), key: KEY }) };
    const { client, server } = await run(kx, state(stranger), state(extra));
    assert.notEqual(toHex(client), toHex(server));
    await assert.rejects(run(kx, state(stranger), state({ ...extra, tellUnknownPsk: true })), { code: 'unknown_psk_identity', alert: 115 });
    await assert.rejects(run(kx, state({ ...extra, pickPsk: () => undefined }), state(extra)), { code: 'no_credentials', alert: 40 });
  }
});

test('ECDHE: curves that were not offered, explicit curves and bad points', async () => {
  const at = (offset: number, value: number) => (message: Uint8Array, from: string) => {
    const altered = message.slice();
    if (from === 'server') altered[offset] = value;
    return altered;
  };
  await assert.rejects(run(ecdhe, state(), state(), at(0, 1)), { code: 'bad_ec_point', alert: 47 });
  await assert.rejects(run(ecdhe, state(), state(), at(2, 0x1e)), { code: 'wrong_group', alert: 47 });
  const p256 = { groups: [secp256r1] };
  for (const side of ['server', 'client'] as const) {
    const flip = (message: Uint8Array, from: string): Uint8Array => {
      const altered = message.slice();
      if (from === side) altered[altered.length - 1]! ^= 1;
      return altered;
    };
    await assert.rejects(run(ecdhe, state(p256), state(p256), flip), { code: 'bad_ec_point', alert: 47 });
  }
  const zeros = (message: Uint8Array, from: string): Uint8Array =>
    from === 'client' ? concat(Uint8Array.of(32), new Uint8Array(32)) : message;
  await assert.rejects(run(ecdhe, state(), state(), zeros), { code: 'bad_ec_point', alert: 47 });
  await assert.rejects(
    run(ecdhe, state(), state(), (m, from) => (from === 'client' ? Uint8Array.of(0) : m)),
    { code: 'decode_error', alert: 50 },
  );
});

/** ServerDHParams. */
function dhParams(prime: Uint8Array, generator: Uint8Array, share: Uint8Array): Uint8Array {
  const w = new Writer();
  for (const part of [prime, generator, share]) w.vector(2, part);
  return w.copy();
}

test('DHE: what a client refuses', () => {
  const prime = ffdhePrime('ffdhe2048');
  const add = (value: Uint8Array, by: number): Uint8Array => {
    const sum = value.slice();
    sum[sum.length - 1]! += by;
    return sum;
  };
  const two = Uint8Array.of(2);
  const ok = Uint8Array.of(5);
  const refused: readonly (readonly [Uint8Array, Uint8Array, Uint8Array, number, string])[] = [
    [prime.subarray(128), two, ok, 71, 'weak_key'],
    [concat(new Uint8Array(200), prime.subarray(128)), two, ok, 71, 'weak_key'],
    [new Uint8Array(256), two, ok, 71, 'weak_key'],
    [add(prime, -1), two, ok, 47, 'bad_dh_parameters'],
    [new Uint8Array(1025).fill(0xff), two, ok, 47, 'bad_dh_parameters'],
    [prime, Uint8Array.of(0), ok, 47, 'bad_dh_parameters'],
    [prime, Uint8Array.of(1), ok, 47, 'bad_dh_parameters'],
    [prime, add(prime, -1), ok, 47, 'bad_dh_parameters'],
    [prime, prime, ok, 47, 'bad_dh_parameters'],
    [prime, two, Uint8Array.of(0), 40, 'bad_dh_parameters'],
    [prime, two, Uint8Array.of(0, 1), 40, 'bad_dh_parameters'],
    [prime, two, add(prime, -1), 40, 'bad_dh_parameters'],
    [prime, two, prime, 40, 'bad_dh_parameters'],
    [prime, two, concat(Uint8Array.of(1), prime), 40, 'bad_dh_parameters'],
  ];
  for (const [i, [p, g, ys, alert, code]] of refused.entries()) {
    assert.throws(() => dhe.readServerParams(state({ groups: [] }), new Reader(dhParams(p, g, ys))), { alert, code }, `case ${i}`);
  }
  const client = state({ groups: [] });
  dhe.readServerParams(client, new Reader(dhParams(concat(Uint8Array.of(0), prime), concat(Uint8Array.of(0), two), ok)));
  assert.equal(client.dhBits, 2048);
});

test('DHE: what a server refuses, and a short share that it takes', async () => {
  const prime = ffdhePrime('ffdhe2048');
  const less = prime.slice();
  less[255]! -= 1;
  for (const yc of [Uint8Array.of(0), Uint8Array.of(1), less, prime, concat(prime, Uint8Array.of(0)), new Uint8Array(0)]) {
    const server = state({ groups: [ffdhe2048] });
    dhe.writeServerParams(server, new Writer());
    const w = new Writer();
    w.vector(2, yc);
    assert.throws(() => dhe.readClientParams(server, new Reader(w.copy())), { name: 'TlsError' }, toHex(yc.subarray(0, 4)));
  }
  const server = state({ groups: [ffdhe2048] });
  dhe.writeServerParams(server, new Writer());
  const secret = await dhe.readClientParams(server, new Reader(Uint8Array.of(0, 1, 2)));
  assert.ok(secret.length > 200, 'two as a share, without its leading zeros');
});

test("DHE: a prime of the server's own, with a generator of any size, and zeros stripped from the secret", async () => {
  const prime = new Uint8Array(nodeApi.generatePrimeSync(512, { safe: true }));
  const base = nodeApi.createDiffieHellman(Buffer.from(prime), 2);
  base.generateKeys();
  const large = new Uint8Array(base.getPublicKey());
  let stripped = 0;
  for (const generator of [Uint8Array.of(2), large]) {
    const theirs = nodeApi.createDiffieHellman(Buffer.from(prime), Buffer.from(generator));
    for (let round = 0; round < 5000 && (generator.length > 1 ? round < 3 : stripped === 0); round++) {
      theirs.generateKeys();
      const client = state({ groups: [], minDhBits: 512 });
      dhe.readServerParams(client, new Reader(dhParams(prime, generator, theirs.getPublicKey())));
      assert.equal(client.dhBits, 512);
      assert.equal(client.group, undefined);
      const w = new Writer();
      const secret = await dhe.writeClientParams(client, w);
      const yc = new Reader(w.copy()).vector(2);
      const expected = toHex(theirs.computeSecret(yc)).replace(/^(00)+/, '');
      assert.equal(toHex(secret), expected);
      if (secret.length < 64) stripped++;
    }
  }
  assert.ok(stripped > 0, 'no secret with a leading zero came up');
});

/** A server that sees the block it is given by a key of the test's own. */
function unwrapped(block: Uint8Array | Error, provider: CryptoProvider): MaybePromise<Uint8Array> {
  const handle: PrivateKeyHandle = {
    type: 'rsa',
    schemes: [],
    sign: () => new Uint8Array(0),
    decryptRaw() {
      if (block instanceof Error) throw block;
      return block;
    },
  };
  const w = new Writer();
  w.vector(2, new Uint8Array(256));
  return rsa.readClientParams(state({ privateKey: handle, crypto: provider }), new Reader(w.copy()));
}

test('RSA: every malformed block gives the random secret, made in any case', () => {
  const random = nodeCrypto.random(48);
  let asked = 0;
  const provider: CryptoProvider = {
    ...nodeCrypto,
    random(length) {
      asked++;
      assert.equal(length, 48);
      return random.slice();
    },
  };
  const premaster = concat(Uint8Array.of(3, 3), nodeCrypto.random(46));
  const good = concat(Uint8Array.of(0, 2), new Uint8Array(205).fill(7), Uint8Array.of(0), premaster);
  assert.equal(toHex(unwrapped(good, provider) as Uint8Array), toHex(premaster));
  const bad: (Uint8Array | Error)[] = [new Error('refused'), new Uint8Array(256), new Uint8Array(20), new Uint8Array(0)];
  const set = (at: number, value: number): void => {
    const altered = good.slice();
    altered[at] = value;
    bad.push(altered);
  };
  set(0, 1);
  set(1, 1);
  set(1, 0);
  for (let at = 2; at < 207; at++) set(at, 0);
  set(207, 1);
  set(208, 2);
  set(209, 2);
  set(209, 4);
  // ROBOT's: no zero at all; the zero one place early or late.
  bad.push(concat(Uint8Array.of(0, 2), new Uint8Array(254).fill(7)));
  bad.push(concat(Uint8Array.of(0, 2), new Uint8Array(204).fill(7), Uint8Array.of(0), premaster, Uint8Array.of(7)));
  bad.push(concat(Uint8Array.of(0, 2), new Uint8Array(206).fill(7), Uint8Array.of(0), premaster.subarray(0, 47)));
  for (const block of bad) assert.equal(toHex(unwrapped(block, provider) as Uint8Array), toHex(random));
  assert.equal(asked, bad.length + 1);
});

test('RSA: ciphertexts of any length and an asynchronous key', async () => {
  for (const length of [0, 1, 255, 256, 257]) {
    const w = new Writer();
    w.vector(2, new Uint8Array(length).fill(0xff));
    assert.equal((await rsa.readClientParams(state(), new Reader(w.copy()))).length, 48, `${length} bytes`);
  }
  const late: PrivateKeyHandle = {
    ...privateKey,
    schemes: [],
    decryptRaw: (c) => delayed(privateKey.decryptRaw!(c)) as Promise<Uint8Array>,
    sign: () => new Uint8Array(0),
  };
  const { client, server } = await run(rsa, state(), state({ privateKey: late }));
  assert.equal(toHex(client), toHex(server));
  const rejecting: PrivateKeyHandle = { ...late, decryptRaw: () => Promise.reject(new Error('refused')) };
  const other = await run(rsa, state(), state({ privateKey: rejecting }));
  assert.equal(other.server.length, 48);
  assert.notEqual(toHex(other.client), toHex(other.server));
});
