/**
 * When a flight goes out again, RFC 6347 §4.2.4: a declared table under the caller's clock.
 *
 * Always true: no timer runs while it is our turn (the application may take its time), and a flight is repeated on the
 * peer's account at most once per half of the first timeout, so that duplicates cannot make a storm (D24).
 */

/**
 * `idle`: nothing of ours is under way. `building`: our turn. `waiting`: sent, the answer is not complete. `lingering`: the
 * flight is kept for a peer that did not get it, but no answer is due: the last of a handshake.
 */
export type FlightState = 'idle' | 'building' | 'waiting' | 'lingering';

export type FlightEvent =
  /** The first message of a flight is written. */
  | 'begin'
  /** The flight is complete and an answer is due. */
  | 'sent'
  /** The flight is complete and the handshake over. */
  | 'sentLast'
  /** HelloVerifyRequest: complete, repeated only to one who asks again (RFC 6347 §4.2.1). */
  | 'sentOnce'
  /** The timer ran out. */
  | 'timeout'
  /** The peer repeats the flight that ours answers: it did not get ours. */
  | 'repeated'
  /** The answer is complete. */
  | 'answered'
  /** The handshake ended with the peer's flight. */
  | 'over'
  /** The last flight has been kept long enough. */
  | 'expired';

export const FLIGHT_TRANSITIONS: { readonly [E in FlightEvent]: { readonly [S in FlightState]?: FlightState } } = {
  begin: { idle: 'building', building: 'building', lingering: 'building' },
  sent: { building: 'waiting' },
  sentLast: { building: 'lingering' },
  sentOnce: { building: 'lingering' },
  timeout: { waiting: 'waiting' },
  repeated: { waiting: 'waiting', lingering: 'lingering' },
  answered: { idle: 'idle', building: 'building', waiting: 'idle', lingering: 'idle' },
  over: { idle: 'idle', building: 'idle', waiting: 'idle', lingering: 'lingering' },
  expired: { lingering: 'idle' },
};

export interface RetransmissionTimes {
  readonly initialTimeoutMs: number;
  readonly maxTimeoutMs: number;
  readonly lingerMs: number;
}

export class Retransmission {
  readonly #times: RetransmissionTimes;
  state: FlightState = 'idle';
  /** The current timeout. */
  timeoutMs: number;
  /** When `tick` has something to do; Infinity when never. */
  deadline: number = Number.POSITIVE_INFINITY;
  /** Timeouts of the flight that is waiting. */
  attempts = 0;
  #sentAt = Number.NEGATIVE_INFINITY;

  constructor(times: RetransmissionTimes) {
    this.#times = times;
    this.timeoutMs = times.initialTimeoutMs;
  }

  /** Whether the event has a meaning now; when it has, the transition is made. */
  on(event: FlightEvent, now: number): boolean {
    const from = this.state;
    const to = FLIGHT_TRANSITIONS[event][from];
    if (to === undefined) return false;
    if (event === 'repeated' && now - this.#sentAt < this.#times.initialTimeoutMs / 2) return false;
    this.state = to;
    this.#act(event, from, now);
    return true;
  }

  #act(event: FlightEvent, from: FlightState, now: number): void {
    const times = this.#times;
    switch (event) {
      case 'begin':
        if (from === 'building') return;
        this.attempts = 0;
        this.deadline = Number.POSITIVE_INFINITY;
        // RFC 6347 §4.2.4.1: back to the initial value after a long period of idleness, ten times the current timer.
        if (now - this.#sentAt >= 10 * this.timeoutMs) this.timeoutMs = times.initialTimeoutMs;
        return;
      case 'sent':
        this.#sent(now);
        return;
      case 'sentLast':
        this.#sentAt = now;
        this.deadline = now + times.lingerMs;
        return;
      case 'sentOnce':
        this.#sentAt = now;
        return;
      case 'timeout':
        this.attempts++;
        this.timeoutMs = Math.min(2 * this.timeoutMs, times.maxTimeoutMs);
        this.#sent(now);
        return;
      case 'repeated':
        if (from === 'waiting') this.#sent(now);
        else this.#sentAt = now;
        return;
      case 'answered':
        // RFC 6347 §4.2.4.1: the value is kept until a transmission without loss.
        if (from === 'waiting' && this.attempts === 0) this.timeoutMs = times.initialTimeoutMs;
        this.deadline = Number.POSITIVE_INFINITY;
        return;
      case 'over':
        if (from !== 'lingering') this.deadline = Number.POSITIVE_INFINITY;
        return;
      case 'expired':
        this.deadline = Number.POSITIVE_INFINITY;
    }
  }

  #sent(now: number): void {
    this.#sentAt = now;
    this.deadline = now + this.timeoutMs;
  }
}
