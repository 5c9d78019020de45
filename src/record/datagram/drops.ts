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
export class DropCounters {
  readonly #counts = new Float64Array(NAMES.length);

  count(reason: number): void {
    this.#counts[reason]!++;
  }

  get(reason: DropReason): number {
    return this.#counts[NAMES.indexOf(reason)]!;
  }

  get total(): number {
    return this.#counts.reduce((sum, each) => sum + each, 0);
  }

  /** The counters that are not zero. */
  toJSON(): Partial<Record<DropReason, number>> {
    const all: Partial<Record<DropReason, number>> = {};
    for (let i = 0; i < NAMES.length; i++) if (this.#counts[i]! > 0) all[NAMES[i]!] = this.#counts[i]!;
    return all;
  }
}
