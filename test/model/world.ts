/**
 * One run of a handshake in which the network does what a plan says: at each datagram that is about to arrive it may do one of a
 * few things, and does nothing where the plan is silent. Time passes only when nothing is on its way: then the next timer runs out.
 */
import type { Association } from '../../src/engine/association.ts';
import type { Endpoint } from '../../src/engine/endpoint.ts';
import { RECORD_HEADER, RecordCursor } from '../../src/record/datagram/record-header.ts';
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE } from '../../src/wire/content.ts';
import { messageName } from '../../src/wire/handshake.ts';
import { CLIENT, type ModelScenario, SERVER } from './scenarios.ts';

/**
 * `lose`; `twice`: a copy comes right behind; `twiceLate`: a copy comes when the next timer has run out; `swap`: the next of its
 * direction goes first; `late`: it comes behind all of its direction that are on their way; `veryLate`: when the next timer has run
 * out; `forge`: before it comes a copy whose protected record was altered.
 */
export type Fault = 'lose' | 'twice' | 'twiceLate' | 'swap' | 'late' | 'veryLate' | 'forge';
export const FAULTS: readonly Fault[] = ['lose', 'twice', 'twiceLate', 'swap', 'late', 'veryLate', 'forge'];

/** What the network does at which arrival, in order of arrivals. */
export type Plan = readonly { readonly at: number; readonly fault: Fault }[];

type Side = 'client' | 'server';

interface Flying {
  readonly datagram: Uint8Array;
  readonly id: number;
  readonly isForged: boolean;
  /** So many of its direction go first. */
  behind: number;
  /** Until a timer has run out. */
  isHeld: boolean;
}

export interface Outcome {
  /** Arrivals at which the network could have done something. */
  readonly arrivals: number;
  /** Which faults make sense at each arrival from the last of the plan on. */
  readonly possible: readonly (readonly Fault[])[];
  /** What did not hold. */
  readonly problem: string | undefined;
  /** It came to a state from which all has been played: what is behind `arrivals` is known. */
  readonly isKnown: boolean;
  readonly datagrams: number;
  readonly timeouts: number;
}

/** Runs after which it is a storm. */
const MAX_DATAGRAMS = 200;
const MAX_TIMEOUTS = 40;

/** Numbers for datagrams with the same bytes, over all runs of a scenario. */
export class Interned {
  readonly #ids = new Map<string, number>();

  idOf(datagram: Uint8Array): number {
    const text = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.length).toString('latin1');
    let id = this.#ids.get(text);
    if (id === undefined) this.#ids.set(text, (id = this.#ids.size));
    return id;
  }
}

export class World {
  readonly #scenario: ModelScenario;
  readonly #plan: Plan;
  readonly #interned: Interned;
  readonly #visited: Set<string> | undefined;
  readonly #trace: string[] | undefined;
  #now = 0;
  readonly #ends: Record<Side, Endpoint>;
  readonly #connect: () => void;
  /** On its way to each side. */
  readonly #queues: Record<Side, Flying[]> = { client: [], server: [] };
  readonly #associations: Record<Side, Association | undefined> = { client: undefined, server: undefined };
  /** All that an end has been told, as text: what it does depends on nothing else. */
  readonly #heard: Record<Side, string> = { client: '', server: '' };
  readonly #done: Record<Side, boolean> = { client: false, server: false };
  /** It has been told what only the peer can have made. */
  readonly #proof: Record<Side, boolean> = { client: false, server: false };
  readonly #received: Record<Side, number> = { client: 0, server: 0 };
  #arrivals = 0;
  readonly #possible: Fault[][] = [];
  #next = 0;
  #datagrams = 0;
  #timeouts = 0;
  #problem: string | undefined;
  #isKnown = false;
  /** The handshake is over: the network keeps still. */
  #isJudging = false;

  /** `visited`: states that need not be played again; `trace`: told what happens, for a person. */
  constructor(scenario: ModelScenario, plan: Plan, interned: Interned, visited?: Set<string>, trace?: string[]) {
    this.#scenario = scenario;
    this.#plan = plan;
    this.#interned = interned;
    this.#visited = visited;
    this.#trace = trace;
    const { client, server, connect } = scenario.start(() => this.#now);
    this.#ends = { client, server };
    this.#connect = connect;
  }

  run(): Outcome {
    this.#connect();
    this.#collect('client');
    while (this.#problem === undefined && !this.#isKnown && this.#step());
    if (this.#problem === undefined && !this.#isKnown) this.#judge();
    return {
      arrivals: this.#arrivals,
      possible: this.#possible,
      problem: this.#problem,
      isKnown: this.#isKnown,
      datagrams: this.#datagrams,
      timeouts: this.#timeouts,
    };
  }

  /** Something arrives, or else a timer runs out; false: nothing is left to happen. */
  #step(): boolean {
    for (const to of ['client', 'server'] as const) {
      const queue = this.#queues[to];
      let at = queue.findIndex(({ behind, isHeld }) => behind === 0 && !isHeld);
      if (at < 0) at = queue.findIndex(({ isHeld }) => !isHeld);
      if (at < 0) continue;
      this.#arrive(to, queue.splice(at, 1)[0]!);
      return true;
    }
    const isDone = this.#done.client && this.#done.server;
    const held = this.#queues.client.length + this.#queues.server.length > 0;
    if (isDone && !held) return false;
    return this.#timeout(isDone);
  }

  #arrive(to: Side, flying: Flying): void {
    if (this.#isJudging) {
      this.#deliver(to, flying);
      return;
    }
    const planned = this.#plan[this.#next];
    const index = this.#arrivals++;
    if (planned === undefined && this.#isVisited()) return;
    if (planned === undefined) this.#possible[index] = this.#faultsFor(to, flying);
    if (planned?.at !== index) {
      this.#deliver(to, flying);
      return;
    }
    this.#next++;
    this.#say(to, flying, planned.fault);
    const copy = (more: Partial<Flying>): Flying => ({ ...flying, behind: 0, isHeld: false, ...more });
    const queue = this.#queues[to];
    switch (planned.fault) {
      case 'lose':
        return;
      case 'twice':
        this.#deliver(to, flying);
        queue.unshift(copy({}));
        return;
      case 'twiceLate':
        this.#deliver(to, flying);
        queue.push(copy({ isHeld: true }));
        return;
      case 'swap':
        queue.unshift(copy({ behind: 1 }));
        return;
      case 'late':
        queue.push(copy({ behind: queue.length }));
        return;
      case 'veryLate':
        queue.push(copy({ isHeld: true }));
        return;
      case 'forge': {
        const datagram = flying.datagram.slice();
        datagram[datagram.length - 1]! ^= 1;
        this.#deliver(to, copy({ datagram, id: this.#interned.idOf(datagram), isForged: true }));
        this.#deliver(to, flying);
      }
    }
  }

  #deliver(to: Side, { datagram, id, isForged }: Flying): void {
    if (!isForged) for (const each of this.#queues[to]) if (each.behind > 0) each.behind--;
    this.#heard[to] += `${id}@${this.#now} `;
    this.#trace?.push(`${time(this.#now)} ${to === 'client' ? '<-' : '->'} ${describe(datagram)}${isForged ? ' (altered)' : ''}`);
    // A Finished that came early counts from when it came: it is kept.
    if (!isForged && isProtected(datagram)) this.#proof[to] = true;
    this.#ends[to].receive(to === 'client' ? SERVER : CLIENT, datagram.slice());
    this.#collect(to);
    if (this.#done[to] && !this.#proof[to]) this.#problem ??= `${to}: complete without a proof`;
  }

  #timeout(isDone: boolean): boolean {
    for (const queue of Object.values(this.#queues)) for (const each of queue) each.isHeld = false;
    const { client, server } = this.#ends;
    const next = Math.min(client.nextTimeout, server.nextTimeout);
    // Both are through: what is left of timers only lets go of the last flight.
    if (isDone) return true;
    if (next === Number.POSITIVE_INFINITY) {
      const isWaiting = this.#queues.client.length + this.#queues.server.length > 0;
      if (!isWaiting) this.#problem ??= 'a deadlock: nothing is on its way, and no timer runs';
      return isWaiting;
    }
    this.#now = Math.max(this.#now, next);
    if (++this.#timeouts > MAX_TIMEOUTS) this.#problem ??= 'it never ends';
    this.#trace?.push(`${time(this.#now)} a timer runs out`);
    for (const side of ['client', 'server'] as const) {
      if (this.#ends[side].nextTimeout > this.#now) continue;
      this.#heard[side] += `tick@${this.#now} `;
      this.#ends[side].tick(this.#now);
      this.#collect(side);
    }
    return true;
  }

  #collect(side: Side): void {
    const endpoint = this.#ends[side];
    for (let next = endpoint.poll(); next !== undefined; next = endpoint.poll()) {
      const { association, event } = next;
      this.#associations[side] = association;
      if (event.type === 'handshake') {
        if (this.#done[side]) this.#problem ??= `${side}: complete a second time`;
        this.#done[side] = true;
      } else if (event.type === 'data') this.#received[side]++;
      else if (event.type === 'error' || event.type === 'closed' || event.type === 'end')
        this.#problem ??= `${side}: ${event.type === 'error' ? event.error.message : event.type}`;
    }
    const to = side === 'client' ? 'server' : 'client';
    for (let out = endpoint.takeOutput(); out !== undefined; out = endpoint.takeOutput()) {
      if (++this.#datagrams > MAX_DATAGRAMS) this.#problem ??= `a storm of ${this.#datagrams} datagrams`;
      const datagram = out.datagram.slice();
      this.#queues[to].push({ datagram, id: this.#interned.idOf(datagram), isForged: false, behind: 0, isHeld: false });
    }
  }

  /** Only what makes a difference: nothing can be swapped with what is not there. */
  #faultsFor(to: Side, flying: Flying): Fault[] {
    const others = this.#queues[to].filter(({ isHeld }) => !isHeld).length;
    return FAULTS.filter((fault) => {
      if (fault === 'swap') return others > 0;
      if (fault === 'late') return others > 1;
      return fault !== 'forge' || isProtected(flying.datagram);
    });
  }

  /** Whether both ends, the network and the clock have been like this with no more faults spent. */
  #isVisited(): boolean {
    if (this.#visited === undefined) return false;
    const flying = (['client', 'server'] as const).map((side) =>
      this.#queues[side].map(({ id, behind, isHeld }) => `${id}.${behind}${isHeld ? 'h' : ''}`).join(),
    );
    const state = `${this.#heard.client}|${this.#heard.server}|${flying.join('|')}|${this.#now}`;
    if (this.#visited.has(state)) {
      this.#isKnown = true;
      this.#arrivals--;
      return true;
    }
    this.#visited.add(state);
    return false;
  }

  #judge(): void {
    this.#isJudging = true;
    const { client, server } = this.#associations;
    if (!this.#done.client || !this.#done.server || client === undefined || server === undefined) {
      this.#problem = 'not both are complete';
      return;
    }
    const keys = [client, server].map(({ connection }) =>
      Buffer.from(connection.exportKeyingMaterial(32, 'EXPORTER-model')).toString('hex'),
    );
    if (keys[0] !== keys[1]) this.#problem = 'the exporters differ';
    for (const { info } of [client, server]) if (info?.resumed !== this.#scenario.resumed) this.#problem = `resumed: ${info?.resumed}`;
    for (const [side, association] of [
      ['client', client],
      ['server', server],
    ] as const) {
      association.send(Uint8Array.of(1));
      this.#collect(side);
    }
    while (this.#problem === undefined && this.#queues.client.length + this.#queues.server.length > 0 && this.#step());
    if (this.#received.client !== 1 || this.#received.server !== 1) this.#problem ??= 'data does not arrive once';
  }

  #say(to: Side, { datagram }: Flying, fault: Fault): void {
    this.#trace?.push(`${time(this.#now)} ${to === 'client' ? '<-' : '->'} ${fault}: ${describe(datagram)}`);
  }
}

function time(now: number): string {
  return `${String(now).padStart(6)} ms`;
}

/** Whether its last record is under keys. */
function isProtected(datagram: Uint8Array): boolean {
  const record = new RecordCursor(datagram);
  let epoch = 0;
  while (record.next()) epoch = record.epoch;
  return epoch > 0;
}

/** The records of a datagram, by name. */
function describe(datagram: Uint8Array): string {
  const record = new RecordCursor(datagram);
  const names: string[] = [];
  while (record.next()) {
    const type = datagram[record.start + RECORD_HEADER]!;
    if (record.type === HANDSHAKE) names.push(record.epoch > 0 ? 'Finished' : messageName(type));
    else if (record.type === CHANGE_CIPHER_SPEC) names.push('ChangeCipherSpec');
    else names.push(record.type === ALERT ? 'alert' : record.type === APPLICATION_DATA ? 'data' : `record ${record.type}`);
  }
  return names.join(', ');
}
