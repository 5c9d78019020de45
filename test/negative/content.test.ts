/**
 * S15, S31, S36: every message of every flow variant cut short, drawn out, emptied, with a false length and with each of
 * its bytes altered, by a hand that has the keys. The victim never connects, ends with a typed error of its own that is no
 * internal one, and tells the peer; it never hangs but for a message that claims to be longer than what has come.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as alerts from '../../src/base/alerts.ts';
import { CCS_MESSAGE, NEW_SESSION_TICKET } from '../../src/wire/handshake.ts';
import { type Side, Subject } from './disturb.ts';
import { at, claiming, nameOf, type Outgoing } from './tamper-carrier.ts';
import { VARIANTS } from './variants.ts';

const SIDES = ['client', 'server'] as const;

/** What a malformed message may be answered with: RFC 9846 §6.2, RFC 5246 §7.2.2. */
const MALFORMED: readonly number[] = [
  alerts.DECODE_ERROR,
  alerts.ILLEGAL_PARAMETER,
  alerts.DECRYPT_ERROR,
  alerts.MISSING_EXTENSION,
  alerts.UNSUPPORTED_EXTENSION,
  alerts.UNEXPECTED_MESSAGE,
  alerts.HANDSHAKE_FAILURE,
  alerts.PROTOCOL_VERSION,
  alerts.UNRECOGNIZED_NAME,
  alerts.NO_APPLICATION_PROTOCOL,
  alerts.BAD_CERTIFICATE,
  alerts.UNSUPPORTED_CERTIFICATE,
  alerts.CERTIFICATE_UNKNOWN,
  alerts.CERTIFICATE_EXPIRED,
  alerts.CERTIFICATE_REQUIRED,
  alerts.UNKNOWN_CA,
  alerts.BAD_CERTIFICATE_STATUS_RESPONSE,
  alerts.BAD_RECORD_MAC,
  alerts.INSUFFICIENT_SECURITY,
  alerts.INAPPROPRIATE_FALLBACK,
  alerts.RECORD_OVERFLOW,
  alerts.UNKNOWN_PSK_IDENTITY,
];

/** All positions of a short message; of a long one its ends and every eleventh. */
function positionsIn(length: number): number[] {
  const list: number[] = [];
  for (let i = 0; i < length; i++) if (length <= 160 || i < 48 || i >= length - 32 || i % 11 === 0) list.push(i);
  return list;
}

const failures: string[] = [];

function run(
  subject: Subject,
  side: Side,
  position: number,
  operation: string,
  change: (message: Outgoing) => readonly Outgoing[],
  maySilence = false,
): void {
  const message = subject.messages(side)[position]!;
  const { victim, liar, pair } = subject.disturb(side, at(position, change), 'victim');
  const { connection } = victim;
  const text = `${subject.scenario.name}: ${side}: ${nameOf(message)}: ${operation}: ${subject.outcomeText(victim)}, other ${subject.outcomeText(liar)}`;
  const { error } = connection;
  // Tickets of TLS 1.3 are no part of the handshake: the transcript does not cover them, the record layer does.
  const ticket = subject.modern && message.type === NEW_SESSION_TICKET;
  if (connection.info !== undefined && !ticket) failures.push(`${text}: connected`);
  else if (error === undefined && !ticket) {
    connection.receiveEnd();
    if (!maySilence || subject.outcomeText(victim).split(' ')[0] !== 'truncated') failures.push(`${text}: no error`);
  } else if (error?.origin === 'local' && !MALFORMED.includes(error.alert!)) failures.push(`${text}: alert`);
  else if (error !== undefined && liar.connection.error === undefined) failures.push(`${text}: the other was not told`);
  for (const end of [pair.client, pair.server]) {
    const code = end.connection.error?.code;
    if (code === 'internal_error' || code === 'callback_failed') failures.push(`${text}: internal error`);
  }
}

for (const scenario of VARIANTS) {
  const subject = new Subject(scenario);
  const all = (each: (side: Side, position: number, message: Outgoing) => void): void => {
    for (const side of SIDES) {
      for (const [position, message] of subject.messages(side).entries()) if (message.type !== CCS_MESSAGE) each(side, position, message);
    }
    const list = failures.splice(0);
    assert.equal(list.length, 0, `${list.length}:\n${list.slice(0, 20).join('\n')}`);
  };

  test(`cut short: ${scenario.name}`, () =>
    all((side, position, { body }) => {
      for (const length of positionsIn(body.length)) {
        // Never the whole, should a signature be shorter this time.
        run(subject, side, position, `${length} of ${body.length} bytes`, (m) => [
          { ...m, body: m.body.subarray(0, Math.min(length, m.body.length - 1)) },
        ]);
      }
    }));

  test(`drawn out: ${scenario.name}`, () =>
    all((side, position) => {
      run(subject, side, position, 'a byte more', ({ type, body }) => [{ type, body: Uint8Array.from([...body, 0]) }]);
      run(subject, side, position, '16 KB more', ({ type, body }) => [
        { type, body: Uint8Array.from([...body, ...new Uint8Array(16_384)]) },
      ]);
    }));

  test(`a false length: ${scenario.name}`, () =>
    all((side, position, { body }) => {
      run(subject, side, position, 'claims a byte more', (message) => [claiming(message, message.body.length + 1)], true);
      if (body.length > 0)
        run(subject, side, position, 'claims a byte less', (message) => [claiming(message, message.body.length - 1)], true);
      run(subject, side, position, 'claims 16 MB', (message) => [claiming(message, 0xffffff)]);
    }));

  test(`each byte altered: ${scenario.name}`, () =>
    all((side, position, { body }) => {
      for (const i of positionsIn(body.length)) {
        run(subject, side, position, `bit ${i % 8} of byte ${i}`, (message) => [{ ...message, body: flipped(message.body, i) }]);
      }
    }));
}

function flipped(body: Uint8Array, index: number): Uint8Array {
  const out = body.slice();
  // Signatures differ in length from one time to the next.
  const i = Math.min(index, out.length - 1);
  out[i] = out[i]! ^ (1 << (index % 8));
  return out;
}
