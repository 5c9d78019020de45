import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeCrypto } from '../../crypto/node/index.ts';
import { AES_128_GCM } from '../../crypto/protect/legacy-schemes.ts';
import type { Protection } from '../../crypto/protect/protection.ts';
import { HANDSHAKE } from '../../wire/content.ts';
import { DTLS12 } from '../../wire/version.ts';
import { WriteEpoch } from './epoch.ts';
import { Flight, Packer } from './flight.ts';
import { FragmentCursor, MESSAGE_HEADER, putMessageHeader } from './fragment.ts';
import { Reassembly } from './reassembly.ts';
import { RecordCursor } from './record-header.ts';

const shape = { wireVersion: DTLS12, mac: 'hmac', explicitIv: true, encryptThenMac: false } as const;

function protection(): Protection {
  const keys = { key: new Uint8Array(16).fill(1), iv: new Uint8Array(4).fill(2), macKey: new Uint8Array(0) };
  return AES_128_GCM.protect(nodeCrypto, keys, shape, 'write');
}

function message(type: number, seq: number, length: number): Uint8Array {
  const raw = new Uint8Array(MESSAGE_HEADER + length);
  putMessageHeader(raw, type, length, seq);
  for (let i = 0; i < length; i++) raw[MESSAGE_HEADER + i] = i;
  return raw;
}

/** The flight of a server with a chain of certificates. */
const MESSAGES = [message(2, 1, 86), message(11, 2, 2_600), message(12, 3, 144), message(13, 4, 50), message(14, 5, 0)];

function send(maxDatagram: number, maxContent = 16_384): Uint8Array[] {
  const out: Uint8Array[] = [];
  const epoch = new WriteEpoch(0, undefined);
  const flight = new Flight();
  for (const each of MESSAGES) flight.add(epoch, each);
  assert.ok(flight.send(new Packer(maxDatagram, DTLS12, maxContent, out)));
  return out;
}

for (const maxDatagram of [100, 256, 508, 1_232, 1_400, 1_500]) {
  test(`D10, D15: at ${maxDatagram} bytes no datagram is longer, none but the last is poorly filled, all arrives`, () => {
    const out = send(maxDatagram);
    const reassembly = new Reassembly(1, 8_192, 65_536);
    for (const [index, datagram] of out.entries()) {
      assert.ok(datagram.length <= maxDatagram);
      if (index < out.length - 1) assert.ok(datagram.length >= maxDatagram - 90, `datagram ${index}: ${datagram.length}`);
      const records = new RecordCursor(datagram);
      while (records.next()) {
        const fragments = new FragmentCursor(records.fragment);
        while (fragments.next()) reassembly.add(fragments);
        assert.ok(!fragments.malformed);
      }
      assert.ok(!records.truncated);
    }
    for (const each of MESSAGES) assert.deepEqual(reassembly.take(), each);
  });
}

test('D10: how many datagrams the same flight takes', () => {
  assert.deepEqual(
    [100, 256, 508, 1_400].map((max) => send(max).length),
    [40, 14, 7, 3],
  );
});

test('a peer that takes 512 bytes in a record gets no more in one', () => {
  for (const datagram of send(1_400, 512)) {
    const records = new RecordCursor(datagram);
    while (records.next()) assert.ok(records.fragment.length <= 512);
  }
});

test('D27, D4: a flight of two epochs goes out again in the same epochs, with numbers never used before', () => {
  const plain = new WriteEpoch(0, undefined);
  const keyed = new WriteEpoch(1, protection());
  const flight = new Flight();
  flight.add(plain, message(16, 1, 66));
  flight.add(plain, undefined);
  flight.add(keyed, message(20, 2, 12));
  const numbers = new Set<string>();
  for (let i = 0; i < 3; i++) {
    const out: Uint8Array[] = [];
    flight.send(new Packer(1_400, DTLS12, 16_384, out));
    assert.equal(out.length, 1);
    const records = new RecordCursor(out[0]!);
    const seen: string[] = [];
    while (records.next()) {
      seen.push(`${records.epoch} ${records.type}`);
      numbers.add(`${records.epoch} ${records.seq}`);
    }
    assert.deepEqual(seen, ['0 22', '0 20', '1 22']);
  }
  assert.equal(numbers.size, 9);
});

test('D4: an epoch whose numbers are used up sends nothing more, but for a last alert', () => {
  const epoch = new WriteEpoch(1, protection(), 2 ** 48 - 17);
  const out: Uint8Array[] = [];
  const packer = new Packer(1_400, DTLS12, 16_384, out);
  assert.ok(packer.add(epoch, HANDSHAKE, message(20, 0, 12)));
  assert.equal(packer.add(epoch, HANDSHAKE, message(20, 0, 12)), false);
  assert.ok(!epoch.isExhausted(true));
  packer.flush();
  const records = new RecordCursor(out[0]!);
  assert.ok(records.next());
  assert.equal(records.seq, 2 ** 48 - 17);
  assert.equal(records.epoch, 1);
});
