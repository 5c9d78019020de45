/**
 * When a flight goes out again, RFC 6347 §4.2.4: a declared table under the caller's clock.
 *
 * Always true: no timer runs while it is our turn (the application may take its time), and a flight is repeated on the
 * peer's account at a bounded rate, so that duplicates cannot make a storm (D24).
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
  timeout: { waiting: 'waiting', lingering: 'lingering' },
  repeated: { waiting: 'waiting', lingering: 'lingering' },
  answered: { idle: 'idle', building: 'building', waiting: 'idle', lingering: 'idle' },
  over: { idle: 'idle', building: 'idle', waiting: 'idle', lingering: 'lingering' },
  expired: { lingering: 'idle' },
};

/** How many times longer the last flight is kept when nothing says that it arrived: on a bad link repetitions are a minute apart. */
const UNCONFIRMED_FACTOR = 4;
/** A round trip that was measured once is multiplied by this: the peer's work differs from flight to flight. */
const RTT_FACTOR = 4;

export interface RetransmissionTimes {
  readonly initialTimeoutMs: number;
  readonly maxTimeoutMs: number;
  /** Where round trips are shorter than the first timeout supposes, it shrinks to this at least. */
  readonly minTimeoutMs: number;
  /** A timeout that grew stays until a flight is answered without loss. */
  readonly retainTimeout: boolean;
  /** How often the last flight is repeated unasked, as long as nothing shows that it arrived. */
  readonly lastFlightRepeats: number;
  readonly lingerMs: number;
  /** Least time between repetitions of the last flight on the peer's account; half of the first timeout by default. */
  readonly lastFlightIntervalMs?: number | undefined;
}

export class Retransmission {
  readonly #times: RetransmissionTimes;
  state: FlightState = 'idle';
  /** The current timeout. */
  timeoutMs: number;
  /** When `tick` has something to do; Infinity when never. */
  deadline: number = Number.POSITIVE_INFINITY;
  /** Timeouts of the current flight. */
  attempts = 0;
  /** How often it went out again, for whatever reason. */
  resends = 0;
  /** The peer has shown that it got our last flight. */
  confirmed = false;
  /** The first timeout as configured, and as round trips have shortened it. */
  #firstMs: number;
  #initialMs: number;
  #sentAt = Number.NEGATIVE_INFINITY;
  #lingersUntil: number = Number.POSITIVE_INFINITY;

  constructor(times: RetransmissionTimes) {
    this.#times = times;
    this.#firstMs = times.initialTimeoutMs;
    this.#initialMs = times.initialTimeoutMs;
    this.timeoutMs = times.initialTimeoutMs;
  }

  /** What the deadline that has come means. */
  due(now: number): 'timeout' | 'expired' | undefined {
    if (now < this.deadline) return undefined;
    return this.state === 'lingering' && now >= this.#lingersUntil ? 'expired' : 'timeout';
  }

  /** Whether the event has a meaning now; when it has, the transition is made. */
  on(event: FlightEvent, now: number): boolean {
    const from = this.state;
    const to = FLIGHT_TRANSITIONS[event][from];
    if (to === undefined) return false;
    if (event === 'repeated' && now - this.#sentAt < this.#repeatInterval) return false;
    if (event === 'timeout' && from === 'lingering' && !this.#mayRepeat()) return false;
    if (event === 'expired' && !this.confirmed && this.#extend(now)) return false;
    this.state = to;
    if (event === 'timeout' || event === 'repeated') this.resends++;
    this.#act(event, from, now);
    return true;
  }

  /** The first timeout from now on. A timer that runs is set as if it had been so from the start of its flight. */
  setInitialTimeout(ms: number): void {
    this.#firstMs = ms;
    this.#initialMs = ms;
    this.timeoutMs = Math.min(ms * 2 ** this.attempts, this.#times.maxTimeoutMs);
    if (this.state === 'waiting') this.#sent(this.#sentAt);
  }

  #act(event: FlightEvent, from: FlightState, now: number): void {
    const times = this.#times;
    switch (event) {
      case 'begin':
        if (from !== 'building') this.#begin(now);
        return;
      case 'sent':
        this.#sent(now);
        return;
      case 'sentLast':
        this.#linger(now);
        return;
      case 'sentOnce':
        this.#sentAt = now;
        return;
      case 'timeout':
        this.attempts++;
        this.timeoutMs = Math.min(2 * this.timeoutMs, times.maxTimeoutMs);
        if (from === 'waiting') this.#sent(now);
        else this.#sentLast(now);
        return;
      case 'repeated':
        if (from === 'waiting') this.#sent(now);
        else if (this.#lingersUntil < Number.POSITIVE_INFINITY) this.#linger(now);
        else this.#sentAt = now;
        return;
      case 'answered':
        if (from === 'waiting') this.#answered(now);
        this.deadline = Number.POSITIVE_INFINITY;
        return;
      case 'over':
        if (from !== 'lingering') this.deadline = Number.POSITIVE_INFINITY;
        return;
      case 'expired':
        this.deadline = Number.POSITIVE_INFINITY;
    }
  }

  /** The last flight has no timer: where the configuration trusts the network, each repetition of the peer's is answered. */
  get #repeatInterval(): number {
    return (this.state === 'lingering' ? this.#times.lastFlightIntervalMs : undefined) ?? this.#firstMs / 2;
  }

  #begin(now: number): void {
    this.attempts = 0;
    this.resends = 0;
    this.confirmed = false;
    this.deadline = Number.POSITIVE_INFINITY;
    this.#lingersUntil = Number.POSITIVE_INFINITY;
    // RFC 6347 §4.2.4.1: back to the initial value after a long period of idleness, ten times the current timer.
    if (!this.#times.retainTimeout || now - this.#sentAt >= 10 * this.timeoutMs) this.timeoutMs = this.#initialMs;
  }

  #answered(now: number): void {
    // RFC 6347 §4.2.4.1: the value is kept until a transmission without loss.
    if (this.attempts > 0) return;
    const measured = RTT_FACTOR * (now - this.#sentAt);
    this.#initialMs = Math.min(this.#firstMs, Math.max(this.#times.minTimeoutMs, measured));
    this.timeoutMs = this.#initialMs;
  }

  /** The time begins again with each repetition: the peer is still there, and still without an answer. */
  #linger(now: number): void {
    this.#lingersUntil = now + this.#times.lingerMs;
    this.#sentLast(now);
  }

  #sentLast(now: number): void {
    this.#sentAt = now;
    this.deadline = this.#mayRepeat() ? Math.min(now + this.timeoutMs, this.#lingersUntil) : this.#lingersUntil;
  }

  #mayRepeat(): boolean {
    if (!this.confirmed && this.attempts < this.#times.lastFlightRepeats) return true;
    this.deadline = this.#lingersUntil;
    return false;
  }

  #extend(now: number): boolean {
    const until = this.#sentAt + UNCONFIRMED_FACTOR * this.#times.lingerMs;
    if (now >= until) return false;
    this.#lingersUntil = until;
    this.deadline = until;
    return true;
  }

  #sent(now: number): void {
    this.#sentAt = now;
    this.deadline = now + this.timeoutMs;
  }
}
