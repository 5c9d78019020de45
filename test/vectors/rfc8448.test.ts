/** The traces of RFC 8448 against the key schedule and the record protection of TLS 1.3. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { Counter } from '../../src/base/counter.ts';
import { Writer } from '../../src/base/writer.ts';
import { hkdfExpandLabel, hkdfExtract } from '../../src/crypto/kdf/hkdf.ts';
import * as schedule from '../../src/crypto/kdf/key-schedule13.ts';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import type { RecordShape } from '../../src/crypto/protect/protection.ts';
import { TLS_AES_128_GCM_SHA256 } from '../../src/crypto/suites/modern.ts';
import { absent, sharedText } from './files.ts';

const PATH = 'rfc/rfc8448.txt';
const skip = absent(PATH);
const s: schedule.Schedule13 = { crypto: nodeCrypto, hash: 'sha256', prefix: 'tls13 ' };
const shape: RecordShape = { wireVersion: 0x0303, mac: 'hmac', explicitIv: true, encryptThenMac: false };

/** One `{client}` or `{server}` step: its sentence, and its named byte strings. */
interface Step {
  readonly section: number;
  readonly who: string;
  readonly what: string;
  readonly values: Readonly<Record<string, Uint8Array>>;
}

function steps(): Step[] {
  const text = sharedText(PATH)!
    .replace(/\n+Thomson .*\[Page \d+\]\n\f?\n?RFC 8448.*\n+/g, '\n')
    .replace(/\f/g, '');
  const found: Step[] = [];
  let section = 0;
  for (const part of text.split(/\n(?=\d\. {2}\S| {3}\{(?:client|server)\})/)) {
    const heading = /^(\d)\. {2}/.exec(part);
    if (heading !== null) section = Number(heading[1]);
    const step = /^ {3}\{(client|server)\} {2}([\s\S]*?)(?::\n|\n\n|$)/.exec(part);
    if (step === null) continue;
    const values: Record<string, Uint8Array> = {};
    for (const value of part.matchAll(/^ {6}([A-Za-z ]+?) \((\d+) octets?\): {2}((?:[0-9a-f]{2}\s*)+)$/gm)) {
      const bytes = fromHex(value[3]!);
      assert.equal(bytes.length, Number(value[2]), value[1]);
      values[value[1]!] = bytes;
    }
    found.push({ section, who: step[1]!, what: step[2]!.replace(/\s+/g, ' '), values });
  }
  return found;
}

test('every extraction, derivation and expansion of every trace', { skip }, () => {
  const count = { extract: 0, derive: 0, keys: 0, finished: 0, resumption: 0 };
  for (const { what, values } of steps()) {
    const { IKM, secret, PRK, hash, expanded, info } = values;
    if (what.startsWith('extract secret') && IKM !== undefined) {
      const salt = values['salt'] ?? new Uint8Array(0);
      assert.equal(toHex(hkdfExtract(nodeCrypto, 'sha256', salt, IKM)), toHex(secret!), what);
      count.extract++;
    } else if (/^(derive secret|generate resumption|calculate finished)/.test(what) && PRK !== undefined && info !== undefined) {
      const label = /"tls13 ([^"]+)"/.exec(what)![1]!;
      const context = hash ?? info.subarray(4 + info[2]!);
      const made = hkdfExpandLabel(nodeCrypto, 'sha256', 'tls13 ', PRK, label, context, expanded!.length);
      assert.equal(toHex(made), toHex(expanded!), what);
      if (label === 'finished') {
        assert.equal(toHex(schedule.finishedKey(s, PRK)), toHex(expanded!));
        count.finished++;
      } else if (label === 'resumption') {
        assert.equal(toHex(schedule.resumptionPsk(s, PRK, context)), toHex(expanded!));
        count.resumption++;
      } else count.derive++;
    } else if (/^derive (write|read) traffic keys/.test(what) && PRK !== undefined) {
      const { key, iv } = schedule.trafficKeys(s, PRK, 16);
      assert.equal(toHex(key), toHex(values['key expanded']!), what);
      assert.equal(toHex(iv), toHex(values['iv expanded']!));
      count.keys++;
    }
  }
  assert.deepEqual(count, { extract: 15, derive: 47, keys: 21, finished: 10, resumption: 1 });
});

test('the schedule functions, through section 3', { skip }, () => {
  const all = steps().filter((step) => step.section === 3);
  const of = (what: string, value: string): Uint8Array => {
    const step = all.find((one) => one.what.startsWith(what) && one.values[value] !== undefined);
    assert.ok(step, what);
    return step.values[value]!;
  };
  const early = schedule.earlySecret(s);
  assert.equal(toHex(early), toHex(of('extract secret "early"', 'secret')));
  const handshake = schedule.handshakeSecret(s, early, of('extract secret "handshake"', 'IKM'));
  assert.equal(toHex(handshake), toHex(of('extract secret "handshake"', 'secret')));
  const main = schedule.mainSecret(s, handshake);
  assert.equal(toHex(main), toHex(of('extract secret "master"', 'secret')));
  const labels = ['c hs traffic', 's hs traffic', 'c ap traffic', 's ap traffic', 'exp master', 'res master'] as const;
  for (const label of labels) {
    const from = label.includes('hs') ? handshake : main;
    const made = schedule.deriveSecret(s, from, label, of(`derive secret "tls13 ${label}"`, 'hash'));
    assert.equal(toHex(made), toHex(of(`derive secret "tls13 ${label}"`, 'expanded')));
  }
});

test('the protected records of section 3 open, and seal to the same bytes', { skip }, () => {
  const secrets = new Map<string, Uint8Array>();
  const counters = new Map<string, Counter>();
  let opened = 0;
  for (const { section, who, what, values } of steps()) {
    if (section !== 3) continue;
    const name = /^derive secret "tls13 ([cs]) (hs|ap) traffic"/.exec(what);
    if (name !== null && values['expanded'] !== undefined) secrets.set(name[1]! + name[2]!, values['expanded']);
    const complete = values['complete record'];
    if (complete === undefined || complete[0] !== 23) continue;
    const side = who === 'client' ? 'c' : 's';
    const payload = values['payload']!;
    // The first flight of each side is under handshake keys.
    const epoch = counters.has(`${side}hs`) ? 'ap' : 'hs';
    const seq = counters.get(side + epoch) ?? new Counter();
    counters.set(side + epoch, seq);
    const { key, iv } = schedule.trafficKeys(s, secrets.get(side + epoch)!, 16);
    const keys = { key, iv, macKey: new Uint8Array(0) };
    const record = { type: 23, version: 0x0303, fragment: complete.subarray(5) };
    const content = TLS_AES_128_GCM_SHA256.protection.protect(nodeCrypto, keys, shape, 'read').open(record, seq);
    assert.ok(content, `${who} ${what}`);
    assert.equal(toHex(content), toHex(payload));
    const out = new Writer();
    out.bytes(complete.subarray(0, 5));
    TLS_AES_128_GCM_SHA256.protection.protect(nodeCrypto, keys, shape, 'write').seal(out, record.type, seq, payload);
    assert.equal(toHex(out.view()), toHex(complete));
    seq.increment();
    opened++;
  }
  assert.equal(opened, 7);
});
