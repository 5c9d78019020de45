/**
 * S2, S15, S27, S43: every message of every flow variant left out, repeated, exchanged with the next, and every other message
 * put before it, by a peer that believes in what it sends: only the order can give it away. The victim refuses with
 * unexpected_message, never connects and never hangs; the peer is told.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BAD_RECORD_MAC, DECODE_ERROR, ILLEGAL_PARAMETER, PROTOCOL_VERSION, UNEXPECTED_MESSAGE } from '../../src/base/alerts.ts';
import * as h from '../../src/wire/handshake.ts';
import { type Outcome, type Side, Subject } from './disturb.ts';
import { at, type Hand, nameOf, type Outgoing, swapped } from './tamper-carrier.ts';
import { VARIANTS } from './variants.ts';

type Operation = 'without' | 'twice' | 'swapped' | 'before';

/** Orders that the RFCs allow although no peer of ours sends them: the handshake goes on, whatever becomes of it. */
function isAllowed(operation: Operation, subject: Subject, side: Side, message: Outgoing, injected?: Outgoing): boolean {
  const type = injected?.type ?? message.type;
  // Whether it asks for a certificate is the server's affair, where it may; ours then refuses the answer to what it did not ask.
  if (type === h.CERTIFICATE_REQUEST && side === 'server' && operation === 'without') return true;
  if (type === h.CERTIFICATE_REQUEST && side === 'server' && operation === 'before') {
    if (message.type === (subject.modern ? h.CERTIFICATE : h.SERVER_HELLO_DONE)) return true;
  }
  if (subject.modern) {
    // RFC 9846 §5: change_cipher_spec is dropped unread; tickets may come at any time behind Finished.
    if (type === h.CCS_MESSAGE && injected?.record === undefined) return true;
    if (injected?.record === 23 && message.type === h.NEW_SESSION_TICKET) return true;
    return type === h.NEW_SESSION_TICKET && operation !== 'before';
  }
  // RFC 6066 §8: CertificateStatus may be left out. RFC 4279 §2: so may a hint.
  if (operation === 'without' && type === h.CERTIFICATE_STATUS) return true;
  if (
    operation === 'without' &&
    type === h.SERVER_KEY_EXCHANGE &&
    subject.scenario.client.suites.some((suite) => suite.family === 'legacy' && suite.kx.serverMessage === 'maybe')
  )
    return true;
  // RFC 5246 §7.4.1.1: HelloRequest is ignored in a handshake.
  return operation === 'before' && type === h.HELLO_REQUEST && side === 'server';
}

/** How a handshake that may go on ends when the sender did not mean it. */
const ALLOWED_END: readonly number[] = [UNEXPECTED_MESSAGE, BAD_RECORD_MAC, DECODE_ERROR];

/** Where the alert is another one, and why. */
function alertsFor(operation: Operation, subject: Subject, message: Outgoing, injected?: Outgoing): readonly number[] {
  // What stands in it is looked at before its place.
  if (injected?.record === 20) return [UNEXPECTED_MESSAGE, ILLEGAL_PARAMETER];
  // As the first record it shows that the peer does not speak TLS at all.
  if (injected?.record === 99 && (message.type === h.CLIENT_HELLO || message.type === h.SERVER_HELLO))
    return [UNEXPECTED_MESSAGE, PROTOCOL_VERSION];
  // A second ClientHello before HelloRetryRequest was read is the answer to it, and a wrong one.
  if (operation === 'twice' && message.type === h.CLIENT_HELLO && subject.modern) return [UNEXPECTED_MESSAGE, ILLEGAL_PARAMETER];
  const hello = injected?.type === h.CLIENT_HELLO || injected?.type === h.SERVER_HELLO;
  if (hello && subject.scenario.expected.retried) return [UNEXPECTED_MESSAGE, ILLEGAL_PARAMETER];
  // In its place, but of another key exchange.
  if (injected?.type === h.SERVER_KEY_EXCHANGE && !subject.modern) return [UNEXPECTED_MESSAGE, DECODE_ERROR];
  // A second ChangeCipherSpec, and data in the clear, are records under the new keys that do not open.
  if (operation === 'twice' && message.type === h.CCS_MESSAGE) return [UNEXPECTED_MESSAGE, BAD_RECORD_MAC];
  if (injected?.type === h.CCS_MESSAGE && message.type === h.FINISHED && !subject.modern) return [UNEXPECTED_MESSAGE, BAD_RECORD_MAC];
  if (injected?.record === 23) return [UNEXPECTED_MESSAGE, BAD_RECORD_MAC];
  return [UNEXPECTED_MESSAGE];
}

function judge(
  what: string,
  { victim, liar, pair }: Outcome,
  subject: Subject,
  alerts: readonly number[],
  silence: boolean,
  afterLast: boolean,
): void {
  const { connection } = victim;
  const told = `${what}: victim ${subject.outcomeText(victim)}, liar ${subject.outcomeText(liar)}`;
  // With the last message the victim is connected; what follows in the same breath ends the connection.
  assert.ok(connection.info === undefined || afterLast, `${told}: the victim connected`);
  if (silence && connection.error === undefined) {
    // Nothing came that could be refused: the end of the transport ends it.
    connection.receiveEnd();
    assert.match(subject.outcomeText(victim), /^truncated/, told);
    return;
  }
  const refused = [victim, liar].find((end) => end.connection.error?.origin === 'local');
  assert.ok(refused !== undefined, told);
  assert.ok(alerts.includes(refused === victim ? connection.error!.alert! : UNEXPECTED_MESSAGE), told);
  assert.notEqual(liar.connection.error, undefined, `${told}: the liar was not told`);
  assert.notEqual(connection.error, undefined, told);
  for (const end of [pair.client, pair.server]) assert.ok(end.connection.error?.alert !== 80, `${told}: internal error`);
}

const failures: string[] = [];

/** All that went wrong in a test at once: a table of failures tells more than the first of them. */
function assertNoFailures(): void {
  const list = failures.splice(0);
  assert.equal(list.length, 0, list.slice(0, 20).join('\n'));
}

function run(subject: Subject, side: Side, operation: Operation, position: number, hand: Hand, injected?: Outgoing): void {
  try {
    tryOut(subject, side, operation, position, hand, injected);
  } catch (error) {
    failures.push((error as Error).message);
  }
}

function tryOut(subject: Subject, side: Side, operation: Operation, position: number, hand: Hand, injected?: Outgoing): void {
  const message = subject.messages(side)[position]!;
  const what = `${subject.scenario.name}: ${side}: ${operation} ${nameOf(message)}${injected === undefined ? '' : `: ${nameOf(injected)}`}`;
  const outcome = subject.disturb(side, hand);
  if (isAllowed(operation, subject, side, message, injected)) {
    const errors = [outcome.victim, outcome.liar].map((end) => subject.outcomeText(end)).join(', ');
    const { error } = outcome.victim.connection;
    assert.ok(error === undefined || error.origin === 'peer' || ALLOWED_END.includes(error.alert!), `${what}: ${errors}`);
    return;
  }
  const silence = (operation === 'without' || operation === 'swapped') && subject.endsFlight(side, position);
  const last = position === subject.messages(side).length - 1;
  const afterLast = (operation === 'twice' && last) || (operation === 'before' && subject.modern && message.type === h.NEW_SESSION_TICKET);
  judge(what, outcome, subject, alertsFor(operation, subject, message, injected), silence, afterLast);
}

const SUBJECTS = VARIANTS.map((scenario) => new Subject(scenario));
const SIDES = ['client', 'server'] as const;

for (const subject of SUBJECTS) {
  test(`left out, repeated, exchanged: ${subject.scenario.name}`, () => {
    for (const side of SIDES) {
      for (let position = 0; position < subject.messages(side).length; position++) {
        run(
          subject,
          side,
          'without',
          position,
          at(position, () => []),
        );
        run(
          subject,
          side,
          'twice',
          position,
          at(position, (message) => [message, message]),
        );
        run(subject, side, 'swapped', position, swapped(position));
      }
    }
    assertNoFailures();
  });
}

/** One well-formed message of each type that some variant of the family sends, and what nobody sends. */
function strangers(modern: boolean): Outgoing[] {
  const found = new Map<number, Outgoing>();
  for (const subject of SUBJECTS) {
    if (subject.modern !== modern) continue;
    for (const side of SIDES) for (const message of subject.messages(side)) found.set(message.type, message);
  }
  const empty = new Uint8Array(0);
  for (const type of [h.HELLO_REQUEST, h.HELLO_VERIFY_REQUEST, h.END_OF_EARLY_DATA, h.CERTIFICATE_URL, h.MESSAGE_HASH, 99, 255]) {
    found.set(type, { type, body: empty });
  }
  found.set(h.KEY_UPDATE, { type: h.KEY_UPDATE, body: Uint8Array.of(0) });
  const records = [23, 24, 20, 99].map((record): Outgoing => ({ type: h.CCS_MESSAGE, body: Uint8Array.of(2, 2, 2), record }));
  return [...found.values(), ...records];
}

for (const modern of [true, false]) {
  const all = strangers(modern);
  for (const subject of SUBJECTS.filter((each) => each.modern === modern)) {
    test(`every other message before each: ${subject.scenario.name}`, () => {
      for (const side of SIDES) {
        const messages = subject.messages(side);
        for (const [position, here] of messages.entries()) {
          for (const stranger of all) {
            if (stranger.type === here.type && stranger.record === undefined) continue;
            run(
              subject,
              side,
              'before',
              position,
              at(position, (message) => [stranger, message]),
              stranger,
            );
          }
        }
      }
      assertNoFailures();
    });
  }
}
