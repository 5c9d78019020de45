import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ascii } from '../../base/bytes.ts';
import { Writer } from '../../base/writer.ts';
import { nodeCrypto } from '../../crypto/node/index.ts';
import { type PeekedHello, peekClientHello } from './client-hello-peek.ts';
import { COOKIE_LENGTH, CookieKeys, helloVerifyRequest } from './cookie.ts';
import { FragmentCursor, MESSAGE_HEADER, putMessageHeader, writeFragment } from './fragment.ts';
import { RecordCursor } from './record-header.ts';

interface Hello {
  random: Uint8Array;
  sessionId: Uint8Array;
  cookie: Uint8Array;
  suites: number[];
  extensions: number;
  recordSeq: number;
  messageSeq: number;
  firstPiece?: number;
}

const BASE: Hello = {
  random: new Uint8Array(32).fill(7),
  sessionId: new Uint8Array(0),
  cookie: new Uint8Array(0),
  suites: [0xc02b, 0xc02f],
  extensions: 40,
  recordSeq: 0,
  messageSeq: 0,
};

function datagram(changes: Partial<Hello> = {}): Uint8Array {
  const hello = { ...BASE, ...changes };
  const body = new Writer(256);
  body.zeros(MESSAGE_HEADER);
  body.u16(0xfefd);
  body.bytes(hello.random);
  body.vector(1, hello.sessionId);
  body.vector(1, hello.cookie);
  body.u16List(2, hello.suites);
  body.vector(1, Uint8Array.of(0));
  if (hello.extensions > 0) body.vector(2, new Uint8Array(hello.extensions));
  const raw = body.copy();
  putMessageHeader(raw, 1, raw.length - MESSAGE_HEADER, hello.messageSeq);
  const w = new Writer(256);
  w.u8(22);
  w.u16(0xfeff);
  w.u16(0);
  w.u16(Math.floor(hello.recordSeq / 2 ** 32));
  w.u32(hello.recordSeq % 2 ** 32);
  const at = w.open(2);
  if (hello.firstPiece === undefined) w.bytes(raw);
  else writeFragment(w, raw, 0, hello.firstPiece);
  w.close(2, at);
  return w.copy();
}

function peek(changes: Partial<Hello> = {}): PeekedHello {
  const hello = peekClientHello(datagram(changes));
  assert.ok(typeof hello === 'object');
  return hello;
}

const here = ascii('192.0.2.1:5684');

test('D17: a cookie is good for its sender and its ClientHello, and for no other', () => {
  const keys = new CookieKeys({ crypto: nodeCrypto });
  const cookie = keys.make(here, peek(), 0);
  assert.equal(cookie.length, COOKIE_LENGTH);
  assert.ok(keys.check(here, peek({ cookie, recordSeq: 1, messageSeq: 1 }), 10));
  assert.ok(!keys.check(ascii('192.0.2.1:5685'), peek({ cookie }), 10), 'another port');
  assert.ok(!keys.check(ascii('192.0.2.2:5684'), peek({ cookie }), 10), 'another address');
  assert.ok(!keys.check(here, peek({ cookie, random: new Uint8Array(32).fill(8) }), 10), 'another random');
  assert.ok(!keys.check(here, peek({ cookie, sessionId: new Uint8Array(32) }), 10), 'another session');
  assert.ok(!keys.check(here, peek({ cookie, suites: [0xc02b] }), 10), 'other suites');
  assert.ok(!keys.check(here, peek({ cookie: cookie.subarray(0, 20) }), 10), 'cut');
  assert.ok(!keys.check(here, peek({ cookie: new Uint8Array(0) }), 10), 'none');
  for (let bit = 0; bit < 8 * COOKIE_LENGTH; bit++) {
    const flipped = cookie.slice();
    flipped[bit >>> 3]! ^= 1 << (bit & 7);
    assert.ok(!keys.check(here, peek({ cookie: flipped }), 10), `bit ${bit}`);
  }
});

test('D17: two secrets rotate: a cookie is honoured for one period more', () => {
  const keys = new CookieKeys({ crypto: nodeCrypto, periodMs: 1_000 });
  const cookie = keys.make(here, peek(), 500);
  assert.ok(keys.check(here, peek({ cookie }), 999));
  assert.ok(keys.check(here, peek({ cookie }), 1_999));
  assert.ok(!keys.check(here, peek({ cookie }), 2_000));
  assert.ok(!keys.check(here, peek({ cookie }), 500 + 256_000), 'the low byte of the period comes again');
  const later = keys.make(here, peek(), 600_000);
  assert.ok(keys.check(here, peek({ cookie: later }), 600_500), 'after a long silence');
});

/** The provider, and how many HMACs it made. */
function counting(): { crypto: typeof nodeCrypto; macs: () => number } {
  let macs = 0;
  const crypto: typeof nodeCrypto = {
    ...nodeCrypto,
    hmac(...parts) {
      macs++;
      return nodeCrypto.hmac(...parts);
    },
  };
  return { crypto, macs: () => macs };
}

test('D17: a cookie of another length, or of no period that counts, costs no HMAC but that of the period', () => {
  const { crypto, macs } = counting();
  const keys = new CookieKeys({ crypto, periodMs: 1_000 });
  const cookie = keys.make(here, peek(), 5_500);
  assert.equal(macs(), 2, 'the key and the cookie');
  assert.ok(!keys.check(here, peek({ cookie: cookie.subarray(0, COOKIE_LENGTH - 1) }), 5_600));
  assert.ok(!keys.check(here, peek({ cookie: Uint8Array.of(...cookie, 0) }), 5_600));
  assert.equal(macs(), 2, 'of another length');
  for (const period of [3, 6, 7, 255]) {
    const other = cookie.slice();
    other[0] = period;
    assert.ok(!keys.check(here, peek({ cookie: other }), 5_600));
  }
  assert.equal(macs(), 2, 'of another period');
});

test('D17: a key is derived once a period, and the one before is kept', () => {
  const { crypto, macs } = counting();
  const keys = new CookieKeys({ crypto, periodMs: 1_000 });
  const cookie = keys.make(here, peek(), 1_000);
  assert.ok(keys.check(here, peek({ cookie }), 1_500));
  assert.equal(macs(), 3, 'one key, two cookies');
  assert.ok(keys.check(here, peek({ cookie }), 2_500));
  assert.equal(macs(), 5, 'the next key and the cookie under the old one');
  keys.make(here, peek(), 9_000);
  assert.equal(macs(), 7, 'another key and a cookie');
  const before = new CookieKeys({ crypto: nodeCrypto, secret: new Uint8Array(32), periodMs: 1_000 }).make(here, peek(), 8_500);
  const late = new CookieKeys({ crypto, secret: new Uint8Array(32), periodMs: 1_000 });
  late.make(here, peek(), 3_000);
  assert.ok(late.check(here, peek({ cookie: before }), 9_000), 'the key of the period before, though nobody asked then');
});

test('D17: servers with one secret know each other’s cookies, others do not', () => {
  const secret = new Uint8Array(32).fill(3);
  const one = new CookieKeys({ crypto: nodeCrypto, secret });
  const two = new CookieKeys({ crypto: nodeCrypto, secret });
  const other = new CookieKeys({ crypto: nodeCrypto });
  const cookie = one.make(here, peek(), 0);
  assert.ok(two.check(here, peek({ cookie }), 70_000));
  assert.ok(!other.check(here, peek({ cookie }), 0));
});

test('D18, D19: a HelloVerifyRequest is shorter than every ClientHello, with the numbers of that one and version 1.0', () => {
  const keys = new CookieKeys({ crypto: nodeCrypto });
  const shortest = datagram({ extensions: 0, suites: [0xc02b] });
  const hello = peekClientHello(shortest);
  assert.ok(typeof hello === 'object');
  const reply = helloVerifyRequest(hello, keys.make(here, hello, 0));
  assert.ok(reply.length <= shortest.length, `${reply.length} for ${shortest.length}`);

  const numbered = peek({ recordSeq: 2 ** 40 + 5, messageSeq: 3 });
  const records = new RecordCursor(helloVerifyRequest(numbered, keys.make(here, numbered, 0)));
  assert.ok(records.next());
  assert.ok(!records.truncated);
  assert.deepEqual([records.type, records.version, records.epoch, records.seq], [22, 0xfeff, 0, 2 ** 40 + 5]);
  const message = new FragmentCursor(records.fragment);
  assert.ok(message.next());
  assert.deepEqual([message.type, message.seq, message.offset, message.isLast], [3, 3, 0, true]);
  assert.deepEqual([...message.bytes.subarray(message.start, message.start + 3)], [0xfe, 0xff, COOKIE_LENGTH]);
});

test('D14: the first fragment of a long ClientHello is enough, if it holds the cookie', () => {
  const keys = new CookieKeys({ crypto: nodeCrypto });
  const first = peek({ extensions: 1_600, firstPiece: 450 });
  const cookie = keys.make(here, first, 0);
  assert.ok(keys.check(here, peek({ extensions: 1_600, firstPiece: 450, cookie }), 0));
  assert.equal(peekClientHello(datagram({ extensions: 1_600, firstPiece: 40 })), 'partial');
});

test('D22: what is no ClientHello of epoch 0 is none', () => {
  const good = datagram();
  assert.ok(typeof peekClientHello(good) === 'object');
  for (let length = 0; length < good.length; length++) assert.equal(peekClientHello(good.subarray(0, length)), 'none');
  const changed = (at: number, value: number): unknown => {
    const copy = good.slice();
    copy[at] = value;
    return peekClientHello(copy);
  };
  assert.equal(changed(0, 21), 'none');
  assert.equal(changed(1, 3), 'none');
  assert.equal(changed(4, 1), 'none');
  assert.equal(changed(13, 2), 'none');
  assert.equal(changed(25, 3), 'none');
  assert.equal(changed(59, 33), 'none');
});
