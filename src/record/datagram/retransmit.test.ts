import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FLIGHT_TRANSITIONS, Retransmission } from './retransmit.ts';

const TIMES = {
  initialTimeoutMs: 1_000,
  maxTimeoutMs: 60_000,
  minTimeoutMs: 1_000,
  retainTimeout: true,
  lastFlightRepeats: 0,
  lingerMs: 240_000,
};

function waiting(now = 0): Retransmission {
  const flight = new Retransmission(TIMES);
  flight.on('begin', now);
  flight.on('sent', now);
  return flight;
}

test('the table of transitions', () => {
  assert.deepEqual(FLIGHT_TRANSITIONS, {
    begin: { idle: 'building', building: 'building', lingering: 'building' },
    sent: { building: 'waiting' },
    sentLast: { building: 'lingering' },
    sentOnce: { building: 'lingering' },
    timeout: { waiting: 'waiting', lingering: 'lingering' },
    repeated: { waiting: 'waiting', lingering: 'lingering' },
    answered: { idle: 'idle', building: 'building', waiting: 'idle', lingering: 'idle' },
    over: { idle: 'idle', building: 'idle', waiting: 'idle', lingering: 'lingering' },
    expired: { lingering: 'idle' },
  });
});

test('D23: intervals of 1, 2, 4, 8, 16, 32, 60 and again 60 s', () => {
  const flight = waiting();
  const at: number[] = [];
  for (let i = 0; i < 8; i++) {
    at.push(flight.deadline / 1_000);
    assert.ok(flight.on('timeout', flight.deadline));
  }
  assert.deepEqual(at, [1, 3, 7, 15, 31, 63, 123, 183]);
});

test('D23: the value that loss led to stays until a flight is answered without loss', () => {
  const flight = waiting();
  flight.on('timeout', 1_000);
  flight.on('timeout', 3_000);
  flight.on('answered', 4_000);
  assert.equal(flight.timeoutMs, 4_000);
  flight.on('begin', 4_000);
  flight.on('sent', 4_000);
  assert.equal(flight.deadline, 8_000);
  flight.on('answered', 4_100);
  assert.equal(flight.timeoutMs, 1_000);
});

test('D23: ten times the timeout of idleness bring it back as well', () => {
  const flight = waiting();
  flight.on('timeout', 1_000);
  flight.on('answered', 1_500);
  flight.on('begin', 1_000 + 10 * 2_000);
  flight.on('sent', 21_000);
  assert.equal(flight.deadline, 22_000);
});

test('D23: no timer while it is our turn', () => {
  const flight = waiting();
  flight.on('answered', 500);
  assert.equal(flight.deadline, Number.POSITIVE_INFINITY);
  flight.on('begin', 600);
  assert.equal(flight.deadline, Number.POSITIVE_INFINITY);
  assert.equal(flight.on('timeout', 99_000), false);
});

test('D24: fifty duplicates of the flight before ours bring it out again once', () => {
  const flight = waiting();
  let sent = 0;
  for (let i = 0; i < 50; i++) if (flight.on('repeated', 700 + i)) sent++;
  assert.equal(sent, 1);
  assert.equal(flight.deadline, 1_700, 'the timer starts anew, the timeout does not grow');
});

test('D25: the last flight has no timer but its end, and is repeated on demand until then', () => {
  const flight = new Retransmission(TIMES);
  flight.on('begin', 0);
  flight.on('sentLast', 0);
  assert.equal(flight.deadline, 240_000);
  assert.ok(flight.on('repeated', 1_000));
  assert.equal(flight.deadline, 241_000, 'the time begins again');
  assert.equal(flight.on('timeout', 241_000), false);
  flight.confirmed = true;
  assert.ok(flight.on('expired', 241_000));
  assert.equal(flight.on('repeated', 250_000), false);
  assert.equal(flight.deadline, Number.POSITIVE_INFINITY);
});

test('D25: it is kept longer when nothing has shown that it arrived', () => {
  const flight = new Retransmission(TIMES);
  flight.on('begin', 0);
  flight.on('sentLast', 0);
  assert.equal(flight.on('expired', 240_000), false);
  assert.equal(flight.deadline, 960_000);
  assert.ok(flight.on('expired', 960_000));
});

test('the last flight may be repeated unasked, until something shows that it arrived', () => {
  const flight = new Retransmission({ ...TIMES, lastFlightRepeats: 2 });
  flight.on('begin', 0);
  flight.on('sentLast', 0);
  assert.equal(flight.deadline, 1_000);
  assert.equal(flight.due(1_000), 'timeout');
  assert.ok(flight.on('timeout', 1_000));
  assert.equal(flight.deadline, 3_000);
  flight.confirmed = true;
  assert.equal(flight.on('timeout', 3_000), false);
  assert.equal(flight.deadline, 240_000);
  assert.equal(flight.due(240_000), 'expired');
});

test('a timeout may shrink to the round trips that were measured, and begin anew with each flight', () => {
  const flight = new Retransmission({ ...TIMES, minTimeoutMs: 100, retainTimeout: false });
  flight.on('begin', 0);
  flight.on('sent', 0);
  flight.on('answered', 50);
  flight.on('begin', 60);
  flight.on('sent', 60);
  assert.equal(flight.deadline, 260);
  flight.on('timeout', 260);
  assert.equal(flight.deadline, 660);
  flight.on('answered', 300);
  flight.on('begin', 300);
  flight.on('sent', 300);
  assert.equal(flight.deadline, 500);
});

test('a first timeout that is set in a flight counts from its start, doubled as often as the flight went out again', () => {
  const flight = waiting();
  flight.setInitialTimeout(300);
  assert.equal(flight.deadline, 300);
  flight.on('timeout', 300);
  assert.equal(flight.deadline, 900);
  flight.setInitialTimeout(1_000);
  assert.equal(flight.deadline, 2_300);
  flight.setInitialTimeout(50_000);
  assert.equal(flight.deadline, 60_300);
  flight.on('answered', 400);
  assert.equal(flight.deadline, Number.POSITIVE_INFINITY);
});

test('D24: the last flight may be repeated each time that the peer asks, other flights not', () => {
  const times = { ...TIMES, lastFlightIntervalMs: 0 };
  const last = new Retransmission(times);
  last.on('begin', 0);
  last.on('sentLast', 0);
  const other = new Retransmission(times);
  other.on('begin', 0);
  other.on('sent', 0);
  for (let i = 0; i < 5; i++) {
    assert.ok(last.on('repeated', 0));
    assert.equal(other.on('repeated', 0), false);
  }
});
