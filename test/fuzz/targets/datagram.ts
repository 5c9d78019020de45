/** Records in datagrams, before and after there are keys: nothing is thrown, nothing grows, nothing is answered too often. */
import { MAX_DATAGRAM_MESSAGE } from '../../../src/base/limits.ts';
import { Writer } from '../../../src/base/writer.ts';
import { TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 } from '../../../src/crypto/suites/aes-gcm.ts';
import { DatagramCarrier } from '../../../src/record/datagram/carrier.ts';
import { datagramConfig } from '../../../src/record/datagram/config.ts';
import { WriteEpoch } from '../../../src/record/datagram/epoch.ts';
import { putMessageHeader, writeFragment } from '../../../src/record/datagram/fragment.ts';
import { CCS_MESSAGE } from '../../../src/wire/handshake.ts';
import { DTLS12 } from '../../../src/wire/version.ts';
import { Script } from '../input.ts';
import { protectionPair } from '../protections.ts';
import { recordedFlights } from '../recorded.ts';
import { check, type FuzzTarget, SMALL } from '../target.ts';

const SUITE = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
const RAW = 0;
const FRAGMENT = 1;
const RECORD = 2;
const TICK = 3;

export const datagram: FuzzTarget = {
  ...SMALL,
  file: 'datagram.ts',
  name: 'datagram records',
  holds: 'nothing is thrown; memory for messages has a bound; a flight is repeated only as the clock allows',
  maxBytes: 4 << 20,
  run(input) {
    const script = new Script(input);
    const setup = script.u8();
    let now = 0;
    const budget = { used: 0, limit: 1 << 20 };
    const config = datagramConfig({ clock: () => now, reassemblyBudget: budget, maxDatagram: setup & 1 ? 1_232 : 200 });
    const carrier = new DatagramCarrier(config, { data() {}, alert() {}, other() {} });
    const keyed = (setup & 2) !== 0;
    const epoch = new WriteEpoch(keyed ? 1 : 0, keyed ? protectionPair(SUITE, DTLS12).seal : undefined);
    carrier.setVersion(DTLS12, DTLS12);
    if (setup & 4) {
      carrier.message(1, (w) => w.zeros(100));
      carrier.endFlight();
    }
    if (keyed) carrier.setRead(1, protectionPair(SUITE, DTLS12).open);
    if (setup & 8) carrier.finished();
    let datagrams = 0;
    const sentAtFirst = drain(carrier);
    let sent = 0;
    while (!script.done) {
      const kind = script.below(4);
      if (kind === TICK) {
        now += script.u16();
        if (carrier.nextTimeout <= now) carrier.tick(now);
      } else {
        datagrams++;
        carrier.push(build(script, kind, epoch));
        const wanted = setup & 16 ? CCS_MESSAGE : undefined;
        for (let message = carrier.next(wanted); message !== undefined; message = carrier.next(wanted))
          check(message.body.length <= MAX_DATAGRAM_MESSAGE, 'a message beyond its bound');
        carrier.keep();
      }
      sent += drain(carrier);
      check(budget.used >= 0 && budget.used <= config.maxReassembly, `${budget.used} bytes of messages are held`);
    }
    // Repetitions of the one flight: half a timeout apart, or by the timer.
    check(sent <= sentAtFirst * (1 + now / (config.initialTimeoutMs / 2)), `${sent} datagrams out for ${datagrams} in ${now} ms`);
    carrier.release();
    check(budget.used === 0, 'released, and yet held');
  },
  seeds() {
    const list: Uint8Array[] = [];
    const whole = recordedFlights('dtls12', true).flatMap(({ bytes }) => [RAW, 255, bytes.length >>> 8, bytes.length & 0xff, ...bytes]);
    for (const setup of [0, 3, 4, 7, 12, 15, 20]) list.push(Uint8Array.of(setup, ...whole.slice(0, 4_000)));
    for (const { bytes } of recordedFlights('dtls12', false))
      list.push(Uint8Array.of(4, RAW, 255, bytes.length >>> 8, bytes.length & 0xff, ...bytes));
    for (const setup of [0, 2, 4, 6, 10, 14])
      list.push(
        Uint8Array.of(
          setup,
          FRAGMENT,
          1,
          0,
          0,
          30,
          0,
          4,
          1,
          2,
          3,
          4,
          FRAGMENT,
          1,
          0,
          0,
          4,
          2,
          4,
          9,
          9,
          3,
          4,
          RECORD,
          23,
          3,
          1,
          2,
          3,
          TICK,
          9,
          9,
        ),
      );
    return list;
  },
};

function build(script: Script, kind: number, epoch: WriteEpoch): Uint8Array {
  if (kind === RAW) return script.string();
  const w = new Writer();
  if (kind === RECORD) epoch.seal(w, script.u8(), DTLS12, script.string());
  else {
    const type = script.u8();
    const seq = script.u16();
    const length = script.u16();
    const offset = script.u8();
    const piece = script.string();
    const raw = new Uint8Array(12 + offset + piece.length);
    putMessageHeader(raw, type, length, seq);
    raw.set(piece, 12 + offset);
    const content = new Writer();
    writeFragment(content, raw, offset, piece.length);
    epoch.seal(w, 22, DTLS12, content.view());
  }
  return w.copy();
}

function drain(carrier: DatagramCarrier): number {
  let count = 0;
  while (carrier.takeOutput() !== undefined) count++;
  return count;
}
