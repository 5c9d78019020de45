/** Why datagrams and records are dropped: the only trace that bad input leaves. */

export const DROP_TRUNCATED = 0;
export const DROP_VERSION = 1;
export const DROP_EPOCH = 2;
export const DROP_REPLAY = 3;
export const DROP_AUTHENTICATION = 4;
export const DROP_TOO_LONG = 5;
export const DROP_TYPE = 6;
export const DROP_FRAGMENT = 7;
export const DROP_MISMATCH = 8;
export const DROP_MESSAGE_TOO_LONG = 9;
export const DROP_AHEAD = 10;
export const DROP_STALE = 11;
export const DROP_FULL = 12;
export const DROP_UNPROTECTED_ALERT = 13;
export const DROP_EARLY_DATA = 14;
export const DROP_CCS = 15;
export const DROP_UNKNOWN_PEER = 16;
export const DROP_BAD_HELLO = 17;
export const DROP_LIMIT = 18;

/** Counts by number: all that is needed where nobody asks for them by name. */
export class DropTally {
  readonly #counts = new Float64Array(DROP_LIMIT + 1);

  count(reason: number): void {
    this.#counts[reason]!++;
  }

  /** How many for the reason of this number. */
  of(reason: number): number {
    return this.#counts[reason]!;
  }

  get total(): number {
    return this.#counts.reduce((sum, each) => sum + each, 0);
  }
}

/** In the order of their numbers. */
const NAMES = [
  'truncated',
  'version',
  'epoch',
  'replay',
  'authentication',
  'tooLong',
  'type',
  'fragment',
  'mismatch',
  'messageTooLong',
  'ahead',
  'stale',
  'full',
  'unprotectedAlert',
  'earlyData',
  'changeCipherSpec',
  'unknownPeer',
  'badHello',
  'limit',
] as const;

export type DropReason = (typeof NAMES)[number];

/** Counters by reason. One may serve all associations of an endpoint. */
export class DropCounters extends DropTally {
  get(reason: DropReason): number {
    return this.of(NAMES.indexOf(reason));
  }

  /** The counters that are not zero. */
  toJSON(): Partial<Record<DropReason, number>> {
    const all: Partial<Record<DropReason, number>> = {};
    for (const name of NAMES) if (this.get(name) > 0) all[name] = this.get(name);
    return all;
  }
}
