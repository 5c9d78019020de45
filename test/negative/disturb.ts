/** Plays a scenario with one side under a tampering hand, and says how it ended. */
import type { CarrierSink } from '../../src/record/carrier.ts';
import type { TlsError } from '../../src/base/errors.ts';
import type { Session } from '../../src/session/session.ts';
import { connect, fetchSession, type Scenario } from '../sim/scenario.ts';
import type { End, Pair } from '../support/pair.ts';
import { type Belief, type Hand, type Outgoing, TamperCarrier, untouched } from './tamper-carrier.ts';

export type Side = 'client' | 'server';

export interface Outcome {
  readonly pair: Pair;
  /** The side that got the altered messages, and the side that sent them. */
  readonly victim: End;
  readonly liar: End;
}

/** A scenario that has been played once undisturbed, so that it is known what each side sends. */
export class Subject {
  readonly scenario: Scenario;
  readonly #session: Session | undefined;
  readonly #meant = new Map<Side, readonly Outgoing[]>();

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.#session = fetchSession(scenario);
  }

  get modern(): boolean {
    return this.scenario.expected.version === 'TLSv1.3';
  }

  /** What a side sends when nobody disturbs it. */
  messages(side: Side): readonly Outgoing[] {
    let meant = this.#meant.get(side);
    if (meant === undefined) {
      let carrier: TamperCarrier | undefined;
      const { pair } = this.#connect(side, (sink) => (carrier = new TamperCarrier(sink, untouched)));
      if (pair.client.connection.info === undefined || pair.server.connection.info === undefined) {
        throw new Error(`${this.scenario.name} does not connect: ${this.outcomeText(pair.client)}, ${this.outcomeText(pair.server)}`);
      }
      meant = carrier!.meant;
      this.#meant.set(side, meant);
    }
    return meant;
  }

  /** Whether nothing follows the message in its flight. */
  endsFlight(side: Side, position: number): boolean {
    const messages = this.messages(side);
    const next = messages[position + 1];
    return next === undefined || this.#startsFlight(side, position + 1);
  }

  disturb(side: Side, hand: Hand, belief: Belief = 'liar'): Outcome {
    return this.#connect(side, (sink) => new TamperCarrier(sink, hand, belief));
  }

  outcomeText({ connection }: End): string {
    const { error } = connection;
    return error === undefined ? (connection.info === undefined ? 'waits' : 'connected') : errorText(error);
  }

  readonly #flights = new Map<Side, Set<number>>();

  /** Positions at which a flight of the side begins: found by holding its output back message by message. */
  #startsFlight(side: Side, position: number): boolean {
    let starts = this.#flights.get(side);
    if (starts === undefined) {
      const found = new Set<number>();
      let count = 0;
      let fresh = true;
      const { pair } = this.#pair(
        side,
        (sink) =>
          new TamperCarrier(sink, (message) => {
            if (fresh) found.add(count);
            fresh = false;
            count++;
            return [message];
          }),
      );
      pair.wire = (from, bytes) => {
        if (from !== side) fresh = true;
        return [bytes];
      };
      pair.pump();
      starts = found;
      this.#flights.set(side, starts);
    }
    return starts.has(position);
  }

  #connect(side: Side, make: (sink: CarrierSink) => TamperCarrier): Outcome {
    const outcome = this.#pair(side, make);
    outcome.pair.pump();
    return outcome;
  }

  #pair(side: Side, make: (sink: CarrierSink) => TamperCarrier): Outcome {
    const pair = connect(this.scenario, { carrier: { [side]: make } }, this.#session);
    return { pair, victim: side === 'client' ? pair.server : pair.client, liar: side === 'client' ? pair.client : pair.server };
  }
}

export function errorText(error: TlsError): string {
  return `${error.code} (${error.origin}, alert ${error.alert})`;
}
