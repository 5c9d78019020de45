/** Records over a stream: whatever comes, and however it is cut, the same is read from it. */
import { equal } from '../../../src/base/bytes.ts';
import { Counter } from '../../../src/base/counter.ts';
import { MAX_CERTIFICATE_MESSAGE } from '../../../src/base/limits.ts';
import { Writer } from '../../../src/base/writer.ts';
import type { Protection } from '../../../src/crypto/protect/protection.ts';
import { TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA } from '../../../src/crypto/suites/aes-cbc.ts';
import { TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 } from '../../../src/crypto/suites/aes-gcm.ts';
import { TLS_AES_128_GCM_SHA256 } from '../../../src/crypto/suites/modern.ts';
import { StreamCarrier } from '../../../src/record/stream/carrier.ts';
import type { CcsPolicy } from '../../../src/record/carrier.ts';
import { CCS_MESSAGE } from '../../../src/wire/handshake.ts';
import { Script } from '../input.ts';
import { protectionPair } from '../protections.ts';
import { recordedFlights } from '../recorded.ts';
import { check, type FuzzTarget, SMALL } from '../target.ts';

const POLICIES: readonly CcsPolicy[] = ['message', 'ignore', 'refuse'];
const SUITES = [undefined, TLS_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA] as const;
const TYPES: readonly number[] = [20, 21, 22, 23, 24, 0, 255];
const RAW = 0;

/** How a carrier is set up, and the bytes that it gets. */
interface Case {
  readonly policy: CcsPolicy;
  readonly suite: (typeof SUITES)[number];
  readonly open: boolean;
  readonly limit: number;
  readonly stream: Uint8Array;
  readonly cuts: readonly number[];
}

export const stream: FuzzTarget = {
  ...SMALL,
  file: 'stream.ts',
  name: 'stream records',
  holds: 'nothing is thrown; what is read does not depend on how the stream was cut; nothing is kept beyond a message and a record',
  // One byte at a time, each with arrays of the target's own, a hundred records with keys: 10 ms, and several times that when instrumented.
  maxMs: 250,
  maxBytes: 16 << 20,
  run(input) {
    const made = read(input);
    const whole = play(made, [made.stream.length]);
    const cut = play(made, made.cuts);
    check(whole.length === cut.length, `cut: ${cut.length} instead of ${whole.length} outcomes`);
    whole.forEach((one, i) => check(equal(one, cut[i]!), 'cut: another outcome'));
  },
  seeds() {
    const list: Uint8Array[] = [];
    for (const version of ['tls12', 'tls13'] as const)
      for (const { bytes } of recordedFlights(version, false))
        list.push(Uint8Array.of(0, 0, 1, 0, 3, RAW, 255, bytes.length >>> 8, bytes.length & 0xff, ...bytes));
    for (let suite = 1; suite < SUITES.length; suite++)
      for (let type = 0; type < TYPES.length; type++)
        list.push(Uint8Array.of(type % 3, suite, 1, 0, 7, 1, type, 5, 20, 0, 0, 1, 7, 1, 3, 6, 1, 2, 3, 4, 5, 6));
    return list;
  },
};

function read(input: Uint8Array): Case {
  const script = new Script(input);
  const policy = script.pick(POLICIES);
  const suite = script.pick(SUITES);
  const open = script.below(2) === 1;
  const limit = script.below(4) === 1 ? 64 : 16_384;
  const step = 1 + script.u8();
  const w = new Writer();
  const sealer = suite === undefined ? undefined : protectionPair(suite).seal;
  const number = new Counter();
  while (!script.done) {
    if (script.below(4) === RAW) w.bytes(script.string());
    else record(w, script.pick(TYPES), script.string(), sealer, number);
  }
  const stream = w.copy();
  const cuts: number[] = [];
  for (let at = 0; at < stream.length; at += step) cuts.push(Math.min(step, stream.length - at));
  return { policy, suite, open, limit, stream, cuts };
}

function record(w: Writer, type: number, content: Uint8Array, protection: Protection | undefined, number: Counter): void {
  w.u8(protection?.outerType ?? type);
  w.u16(0x0303);
  const at = w.open(2);
  if (protection === undefined) w.bytes(content);
  else {
    protection.seal(w, type, number, content);
    number.increment();
  }
  w.close(2, at);
}

/** All that comes out, each as bytes. */
function play(made: Case, cuts: readonly number[]): Uint8Array[] {
  const out: Uint8Array[] = [];
  const carrier = new StreamCarrier({
    data: (content) => out.push(Uint8Array.of(1, ...content)),
    alert: (level, description) => out.push(Uint8Array.of(2, level, description)),
    other: (type, content) => out.push(Uint8Array.of(3, type, ...content)),
  });
  carrier.setChangeCipherSpec(made.policy);
  if (made.suite !== undefined) carrier.setRead(1, protectionPair(made.suite).open);
  if (made.open) carrier.finished();
  carrier.setLimits(16_384, made.limit);
  let at = 0;
  for (const length of cuts) {
    carrier.push(made.stream.slice(at, at + length));
    at += length;
    for (let message = carrier.next(); message !== undefined; message = carrier.next()) {
      out.push(Uint8Array.of(4, message.type === CCS_MESSAGE ? 255 : message.type, ...message.body));
      check(message.body.length <= MAX_CERTIFICATE_MESSAGE, 'a message beyond its bound');
    }
    carrier.keep();
  }
  if (carrier.fault !== undefined) out.push(Uint8Array.of(5, carrier.fault.alert));
  // Application data may come in other pieces: it is one stream.
  return join(out);
}

function join(out: readonly Uint8Array[]): Uint8Array[] {
  const joined: Uint8Array[] = [];
  for (const each of out) {
    const last = joined.at(-1);
    if (each[0] === 1 && last?.[0] === 1) joined[joined.length - 1] = Uint8Array.of(...last, ...each.subarray(1));
    else joined.push(each);
  }
  return joined;
}
