/** The runner alone, with flows of a few steps and a carrier that is a list of messages and a diary. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UNEXPECTED_MESSAGE } from '../base/alerts.ts';
import type { Carrier, IncomingMessage, RecordFault } from '../record/carrier.ts';
import { CCS_MESSAGE } from '../wire/handshake.ts';
import {
  type ActionStep,
  type Flow,
  FlowRunner,
  type FlowState,
  type Guard,
  type Handlers,
  type MessageStep,
  type OptionalStep,
  type Side,
  type TraceEntry,
} from './flow.ts';

const IGNORED = 99;
/** Arrives as type 50 and is known to flows as 150, as a HelloRetryRequest is. */
const DISGUISED = 50;

class Toy implements FlowState {
  readonly side: Side;
  /** What was done, in order. */
  readonly diary: string[] = [];
  readonly inbox: IncomingMessage[] = [];
  readonly transcript: FlowState['transcript'];
  readonly carrier: Carrier;
  readonly entries: TraceEntry[] = [];
  readonly trace: FlowState['trace'];
  fault: RecordFault | undefined;
  yes = false;

  constructor(side: Side, traced = false) {
    this.side = side;
    if (traced) this.trace = (entry) => this.entries.push(entry);
    let length = 0;
    this.transcript = {
      get length() {
        return length;
      },
      add: (raw) => {
        length += raw.length;
        this.diary.push(`transcript ${raw.join(' ')}`);
      },
    };
    const toy = this;
    const note = (what: string) => (): void => void this.diary.push(what);
    this.carrier = {
      endFlight: note('endFlight'),
      answered: note('answered'),
      finished: note('finished'),
      next(wanted?: number) {
        const message = toy.inbox.shift();
        toy.diary.push(message === undefined ? `nothing for ${wanted}` : `next for ${wanted}`);
        return message;
      },
      get fault() {
        return toy.fault;
      },
    } satisfies Partial<Carrier> as unknown as Carrier;
  }

  classify({ type }: IncomingMessage): number {
    return type === DISGUISED ? type + 100 : type;
  }

  nameOf(type: number): string {
    return `<${type}>`;
  }

  ignores(type: number): boolean {
    return type === IGNORED;
  }

  receive(...types: number[]): this {
    for (const type of types) this.inbox.push({ type, body: Uint8Array.of(type), raw: Uint8Array.of(type, 0) });
    return this;
  }

  /** The diary since the last call. */
  told(): string[] {
    return this.diary.splice(0);
  }
}

const yes: Guard<Toy> = { label: 'yes', test: (hs) => hs.yes };

function msg(from: Side, type: number, more: Partial<MessageStep<Toy>> = {}): MessageStep<Toy> {
  return { kind: 'msg', from, msg: type, name: `M${type}`, ...more };
}

function act(name: string, more: Partial<ActionStep<Toy>> = {}): ActionStep<Toy> {
  return { kind: 'act', name, by: 'both', run: (hs) => void hs.diary.push(name), ...more };
}

function opt(from: Side, ...body: Flow<Toy>): OptionalStep<Toy> {
  return { kind: 'opt', name: 'block', from, sendIf: yes, body };
}

/** A handler for every name: one that writes its name and the type of its message down. */
const handlers: Handlers<Toy> = new Proxy<Handlers<Toy>>(
  {},
  { get: (_, name) => (hs: Toy, message: IncomingMessage) => void hs.diary.push(`${String(name)} of ${message.type}`) },
);

const runnerOf = (hs: Toy, ...flow: Flow<Toy>): FlowRunner<Toy> => new FlowRunner(hs, { flow, handlers });

const refusal = (detail: string) => ({ code: 'unexpected_message', alert: UNEXPECTED_MESSAGE, origin: 'local', detail });

test('our messages are sent, theirs waited for, and a flight ends where the turn changes', () => {
  const hs = new Toy('client');
  const runner = runnerOf(hs, msg('client', 1), msg('client', 2), msg('server', 3), msg('server', 4), msg('client', 5));
  assert.equal(runner.advance(), 'input');
  assert.deepEqual(hs.told(), ['M1 of -1', 'M2 of -1', 'endFlight', 'nothing for 3']);
  assert.equal(runner.advance(), 'input');
  assert.deepEqual(hs.told(), ['nothing for 3'], 'a flight ends once');
  hs.receive(3);
  assert.equal(runner.advance(), 'input');
  assert.deepEqual(hs.told(), ['next for 3', 'M3 of 3', 'transcript 3 0', 'nothing for 4'], 'not answered before the whole flight is here');
  hs.receive(4);
  assert.equal(runner.advance(), 'done');
  assert.deepEqual(hs.told(), ['next for 4', 'M4 of 4', 'transcript 4 0', 'answered', 'M5 of -1', 'finished']);
});

test('the side that only listens at first has no flight to end', () => {
  const hs = new Toy('server').receive(1);
  assert.equal(runnerOf(hs, msg('client', 1), msg('server', 2)).advance(), 'done');
  assert.deepEqual(hs.told(), ['next for 1', 'M1 of 1', 'transcript 1 0', 'answered', 'M2 of -1', 'finished']);
});

//= rfc9846#section-4
//= type=test
//# A peer which receives a handshake message in an unexpected order MUST abort the handshake with
//# an "unexpected_message" alert.
test('a message that is not the next one is refused, by the names of all that could have come', () => {
  const steps = [msg('client', 1), msg('client', 2, { sendIf: yes }), opt('client', msg('client', 3)), msg('client', 4), msg('client', 5)];
  const open = (...types: number[]): (() => unknown) => {
    const runner = runnerOf(new Toy('server').receive(...types), ...steps);
    return () => runner.advance();
  };
  assert.throws(open(4), refusal('expected M1, got <4>'));
  assert.throws(open(1, 1), refusal('expected M2 or block or M4, got <1>'));
  assert.throws(open(1, 3, 2), refusal('expected M4, got <2>'));
  assert.throws(open(1, 2, 4, 4), refusal('expected M5, got <4>'));
  assert.throws(open(1, DISGUISED), refusal('expected M2 or block or M4, got <150>'));
  assert.equal(open(1, 2, 3, 4, 5)(), 'done');
});

test('nothing is refused before it is there, and a refused message reaches neither handler nor transcript', () => {
  const hs = new Toy('server');
  const runner = runnerOf(hs, msg('client', 1));
  assert.equal(runner.advance(), 'input');
  hs.receive(7);
  assert.throws(() => runner.advance(), refusal('expected M1, got <7>'));
  assert.deepEqual(hs.told(), ['nothing for 1', 'next for 1']);
});

test('what the sender decides: sent or left out, and taken or passed over by the peer', () => {
  const steps = [msg('client', 1, { sendIf: yes }), msg('client', 2)];
  for (const sends of [false, true]) {
    const client = new Toy('client');
    client.yes = sends;
    assert.equal(runnerOf(client, ...steps).advance(), 'done');
    assert.deepEqual(client.told(), [...(sends ? ['M1 of -1'] : []), 'M2 of -1', 'finished']);
  }
  const taken = new Toy('server').receive(1, 2);
  assert.equal(runnerOf(taken, ...steps).advance(), 'done');
  assert.deepEqual(taken.told(), ['next for 1', 'M1 of 1', 'transcript 1 0', 'next for 2', 'M2 of 2', 'transcript 2 0', 'finished']);
  const passed = new Toy('server').receive(2);
  assert.equal(runnerOf(passed, ...steps).advance(), 'done');
  assert.deepEqual(passed.told(), ['next for 1', 'M2 of 2', 'transcript 2 0', 'finished'], 'one message is asked for once');
});

test('what the receiver may assume: required, forbidden, or for the peer to decide', () => {
  const expecting = (answer: boolean | 'maybe', ...types: number[]): (() => unknown) => {
    const expectIf: Guard<Toy, boolean | 'maybe'> = { label: 'answer', test: () => answer };
    const runner = runnerOf(new Toy('server').receive(...types), msg('client', 1, { sendIf: yes, expectIf }), msg('client', 2));
    return () => runner.advance();
  };
  assert.throws(expecting(true, 2), refusal('expected M1, got <2>'));
  assert.throws(expecting(false, 1), refusal('expected M2, got <1>'));
  assert.equal(expecting(true, 1, 2)(), 'done');
  assert.equal(expecting(false, 2)(), 'done');
  assert.equal(expecting('maybe', 2)(), 'done');
  assert.equal(expecting('maybe', 1, 2)(), 'done');
});

test('a message that may not come is not waited for where the flow says so', () => {
  const hs = new Toy('server');
  const runner = runnerOf(hs, msg('client', 1, { expectIf: { label: 'no', test: () => false } }), msg('server', 2));
  assert.equal(runner.advance(), 'done');
  assert.deepEqual(hs.told(), ['M2 of -1', 'finished'], 'and it was nobody’s turn');
});

test('a block: the sender decides, the receiver recognises it by its first message', () => {
  const steps = [opt('client', msg('client', 1), act('in'), msg('client', 2)), msg('client', 3)];
  for (const sends of [false, true]) {
    const client = new Toy('client');
    client.yes = sends;
    assert.equal(runnerOf(client, ...steps).advance(), 'done');
    assert.deepEqual(client.told(), [...(sends ? ['M1 of -1', 'in', 'M2 of -1'] : []), 'M3 of -1', 'finished']);
  }
  const waiting = new Toy('server');
  const runner = runnerOf(waiting, ...steps);
  assert.equal(runner.advance(), 'input');
  assert.deepEqual(waiting.told(), ['nothing for 1']);
  waiting.receive(1);
  assert.equal(runner.advance(), 'input');
  assert.deepEqual(waiting.told(), ['next for 1', 'M1 of 1', 'transcript 1 0', 'in', 'nothing for 2']);
  waiting.receive(3);
  assert.throws(() => runner.advance(), refusal('expected M2, got <3>'), 'a block is whole or not there');
  const without = new Toy('server').receive(3);
  without.yes = true;
  assert.equal(runnerOf(without, ...steps).advance(), 'done');
  assert.deepEqual(without.told(), ['next for 1', 'M3 of 3', 'transcript 3 0', 'finished'], 'its guard is the sender’s');
});

test('a block that does not begin with a message is never entered by the receiver', () => {
  for (const body of [[], [act('in'), msg('client', 1)]]) {
    const hs = new Toy('server').receive(-1);
    assert.throws(() => runnerOf(hs, opt('client', ...body), msg('client', 1)).advance(), refusal('expected block or M1, got <-1>'));
    assert.deepEqual(hs.told(), ['next for -1']);
  }
});

test('a branch is taken by both alike, and leads back', () => {
  const alt = { kind: 'alt', name: 'which', if: yes, then: [msg('client', 1), msg('client', 2)], else: [] } as const;
  for (const [which, sent] of [
    [true, ['M1 of -1', 'M2 of -1']],
    [false, []],
  ] as const) {
    const hs = new Toy('client');
    hs.yes = which;
    assert.equal(runnerOf(hs, alt, msg('client', 3)).advance(), 'done');
    assert.deepEqual(hs.told(), [...sent, 'M3 of -1', 'finished']);
  }
  assert.throws(() => runnerOf(new Toy('server').receive(1), alt, msg('client', 3)).advance(), refusal('expected M3, got <1>'));
});

test('a branch is decided when it is reached', () => {
  const hs = new Toy('client');
  const set = act('set', { run: (state) => void (state.yes = true) });
  void runnerOf(hs, set, { kind: 'alt', name: 'which', if: yes, then: [act('then')], else: [act('else')] }).advance();
  assert.deepEqual(hs.told(), ['then', 'finished']);
});

test('actions: by whom, on which condition, and what those put on the wire mean for the turn', () => {
  const steps = [act('ours', { by: 'client' }), act('theirs', { by: 'server' }), act('if', { if: yes }), act('all')];
  const hs = new Toy('client');
  assert.equal(runnerOf(hs, ...steps).advance(), 'done');
  assert.deepEqual(hs.told(), ['ours', 'all', 'finished']);
  hs.yes = true;
  assert.equal(runnerOf(hs, ...steps).advance(), 'done');
  assert.deepEqual(hs.told(), ['ours', 'if', 'all', 'finished']);

  const server = new Toy('server').receive(1);
  assert.equal(runnerOf(server, msg('client', 1), act('keys'), act('ccs', { sends: true }), msg('server', 2)).advance(), 'done');
  assert.deepEqual(server.told(), ['next for 1', 'M1 of 1', 'transcript 1 0', 'keys', 'answered', 'ccs', 'M2 of -1', 'finished']);
});

test('another flow takes over, with its own handlers, and what stood behind it still follows', () => {
  const hs = new Toy('client');
  const runner = new FlowRunner(hs, {
    flow: [
      msg('client', 1),
      {
        kind: 'goto',
        name: 'version',
        pick: () => ({ flow: [msg('client', 2)], handlers: { M2: () => void hs.diary.push('new'), M3: handlers['M3']! } }),
      },
      msg('client', 3),
    ],
    handlers,
  });
  assert.equal(runner.advance(), 'done');
  assert.deepEqual(hs.told(), ['M1 of -1', 'new', 'M3 of -1', 'finished']);
});

test('a step without a handler is the library’s own fault', () => {
  for (const [from, hs] of [
    ['client', new Toy('client')],
    ['server', new Toy('client').receive(1)],
  ] as const) {
    assert.throws(() => new FlowRunner(hs, { flow: [msg(from, 1)], handlers: {} }).advance(), RangeError);
  }
});

test('messages to be dropped at any point are not seen, however many', () => {
  const hs = new Toy('client').receive(IGNORED, IGNORED, 1, IGNORED);
  const runner = runnerOf(hs, msg('server', 1), msg('server', 2));
  assert.equal(runner.advance(), 'input');
  assert.deepEqual(hs.told(), [
    ...Array.from({ length: 3 }, () => 'next for 1'),
    'M1 of 1',
    'transcript 1 0',
    'next for 2',
    'nothing for 2',
  ]);
});

test('a message can be fed in: it is the first, by the number under which flows know it', () => {
  const hs = new Toy('server').receive(2);
  const runner = runnerOf(hs, msg('client', DISGUISED + 100), msg('client', 2));
  runner.feed({ type: DISGUISED, body: new Uint8Array(0), raw: Uint8Array.of(5) });
  assert.equal(runner.advance(), 'done');
  assert.deepEqual(hs.told(), [`M150 of ${DISGUISED}`, 'transcript 5', 'next for 2', 'M2 of 2', 'transcript 2 0', 'finished']);
});

//= rfc6066#section-1.1
//= type=test
//# any messages associated with these extensions that are sent during the TLS handshake MUST be
//# included in the hash calculations
test('every message comes into the transcript behind its handler, ChangeCipherSpec never', async () => {
  const hs = new Toy('client').receive(22, CCS_MESSAGE);
  const runner = runnerOf(hs, msg('server', 22), msg('server', CCS_MESSAGE));
  assert.equal(runner.advance(), 'done');
  assert.deepEqual(hs.told(), ['next for 22', 'M22 of 22', 'transcript 22 0', 'next for 256', 'M256 of 256', 'finished']);

  const slow = new Toy('client').receive(22, CCS_MESSAGE);
  const deferred = new FlowRunner(slow, {
    flow: [msg('server', 22), msg('server', CCS_MESSAGE)],
    handlers: { M22: () => Promise.resolve(void slow.diary.push('asked')), M256: () => Promise.resolve() },
  });
  await deferred.advance();
  assert.deepEqual(slow.told(), ['next for 22', 'asked', 'transcript 22 0']);
  await deferred.advance();
  assert.equal(deferred.advance(), 'done');
  assert.deepEqual(slow.told(), ['next for 256', 'finished']);
});

test('a promise of a handler or an action stops the flow until it is fulfilled', async () => {
  const later =
    (name: string) =>
    async (hs: Toy): Promise<void> => {
      hs.diary.push(`${name} begins`);
      await Promise.resolve();
      hs.diary.push(`${name} ends`);
    };
  for (const traced of [false, true]) {
    const hs = new Toy('client', traced).receive(2);
    const runner = new FlowRunner(hs, {
      flow: [msg('client', 1), act('keys', { run: later('keys') }), msg('server', 2), msg('client', 3)],
      handlers: { M1: later('M1'), M2: later('M2'), M3: later('M3') },
    });
    for (const expected of [
      ['M1 begins', 'M1 ends'],
      ['keys begins', 'keys ends'],
      ['endFlight', 'next for 2', 'M2 begins', 'M2 ends', 'transcript 2 0'],
      ['answered', 'M3 begins', 'M3 ends'],
    ]) {
      const promise = runner.advance();
      assert.equal(typeof promise, 'object');
      assert.deepEqual(
        hs.diary,
        expected.slice(0, expected.findIndex((line) => line.endsWith(' begins')) + 1),
        'not further than to the promise',
      );
      await promise;
      assert.deepEqual(hs.told(), expected);
    }
    assert.equal(runner.advance(), 'done');
    assert.deepEqual(hs.told(), ['finished']);
  }
});

test('what a handler throws or rejects with comes out as it is', async () => {
  const hs = new Toy('server').receive(1);
  const oops = new Error('oops');
  assert.throws(
    () =>
      new FlowRunner(hs, {
        flow: [msg('client', 1)],
        handlers: {
          M1: () => {
            throw oops;
          },
        },
      }).advance(),
    oops,
  );
  hs.receive(1);
  const rejecting = new FlowRunner(hs, { flow: [msg('client', 1)], handlers: { M1: () => Promise.reject(oops) } });
  await assert.rejects(Promise.resolve(rejecting.advance()), oops);
  assert.deepEqual(hs.told(), ['next for 1', 'next for 1'], 'nothing of it is in the transcript');
});

test('nothing goes out on top of a flight that was not in order', () => {
  const fault: RecordFault = { alert: 10, code: 'excess_handshake_data', detail: 'behind it' };
  const sending: Flow<Toy>[] = [[msg('server', 2)], [act('ccs', { sends: true })]];
  for (const rest of sending) {
    const hs = new Toy('server').receive(1);
    hs.fault = fault;
    assert.throws(() => runnerOf(hs, msg('client', 1), ...rest).advance(), { ...fault, origin: 'local' });
    assert.deepEqual(hs.told(), ['next for 1', 'M1 of 1', 'transcript 1 0', 'answered']);
  }
});

test('the trace: every step of both sides as it happened, with the length of its message', async () => {
  const hs = new Toy('client', true).receive(2);
  const writing: Handlers<Toy> = {
    M1: ({ transcript }) => transcript.add(new Uint8Array(7)),
    M3: async ({ transcript }) => {
      await Promise.resolve();
      transcript.add(new Uint8Array(9));
    },
    M2: handlers['M2']!,
  };
  const flow = [act('nobody', { if: yes }), msg('client', 1), msg('server', 2), act('keys', { by: 'client' }), msg('client', 3)];
  const runner = new FlowRunner(hs, { flow, handlers: writing });
  await runner.advance();
  assert.equal(runner.advance(), 'done');
  assert.deepEqual(hs.entries, [
    { from: 'client', kind: 'message', name: 'M1', length: 7 },
    { from: 'server', kind: 'message', name: 'M2', length: 2 },
    { from: 'client', kind: 'action', name: 'keys', length: 0 },
    { from: 'client', kind: 'message', name: 'M3', length: 9 },
  ]);
});
