/** How datagrams are handled: checked once, frozen, shared by all associations of an endpoint. */
import { misuse } from '../../base/errors.ts';
import { DEFAULT_DATAGRAM_MESSAGE, MAX_DATAGRAM, MAX_DATAGRAM_MESSAGE, MAX_REASSEMBLY_BYTES, MIN_DATAGRAM } from '../../base/limits.ts';
import { DropCounters, type DropTally } from './drops.ts';
import type { MemoryBudget } from './reassembly.ts';
import type { WindowSize } from './replay.ts';

export interface DatagramOptions {
  /** A monotonic clock, ms. Timers are read from it; whoever drives the connection calls `tick` when they are due. */
  readonly clock: () => number;
  /** Longest datagram that is sent: the path's MTU less the headers of IP and UDP. 1232 by default: any IPv6 path. */
  readonly maxDatagram?: number | undefined;
  readonly replayWindow?: WindowSize | undefined;
  /** First timeout of a flight; doubles up to `maxTimeoutMs`. 1 s and 60 s by default, RFC 6347 §4.2.4.1. */
  readonly initialTimeoutMs?: number | undefined;
  readonly maxTimeoutMs?: number | undefined;
  /** Lets the first timeout shrink to four round trips as measured, but not below this. Not at all by default. */
  readonly minTimeoutMs?: number | undefined;
  /** A timeout that grew stays until a flight is answered without loss, RFC 6347 §4.2.4.1; true by default. RFC 9147 §5.8.2 begins anew. */
  readonly retainTimeout?: boolean | undefined;
  /**
   * How often the last flight is repeated unasked, as long as nothing shows that it arrived. 0 by default, RFC 6347 §4.2.4: the
   * peer asks. On links that lose a third of all datagrams a few repetitions halve the time that one handshake in ten takes.
   */
  readonly lastFlightRepeats?: number | undefined;
  /** Least time between repetitions of the last flight that the peer asks for by repeating its own; half of the first timeout by default. */
  readonly lastFlightIntervalMs?: number | undefined;
  /** After so many repetitions of a flight in vain: `notify` and go on, or `fail`. 5 by default. */
  readonly maxRetransmissions?: number | undefined;
  readonly onExhausted?: 'notify' | 'fail' | undefined;
  /** How long the last flight is kept for a peer that did not get it: 2×MSL, 240 s by default. */
  readonly lingerMs?: number | undefined;
  /** Longest handshake message, 8 KiB by default. */
  readonly maxMessage?: number | undefined;
  /**
   * What an unprotected alert does before there are keys: anyone can send one. `delay`, the default, believes it when nothing
   * better has come until the next timeout; `accept` believes it at once; `ignore` never.
   */
  readonly unprotectedAlerts?: 'delay' | 'accept' | 'ignore' | undefined;
  /** Fragments that contradict each other end the handshake even before they are authenticated. */
  readonly strictFragments?: boolean | undefined;
  /** Records that may fail to authenticate under one key; 2^36 by default. */
  readonly integrityLimit?: number | undefined;
  readonly drops?: DropCounters | undefined;
  /** Bytes of incomplete messages, counted over all associations that share it. */
  readonly reassemblyBudget?: MemoryBudget | undefined;
}

/** `Drops`: what counts the datagrams and records that are dropped. */
export interface DatagramConfig<Drops extends DropTally = DropCounters> {
  readonly clock: () => number;
  readonly maxDatagram: number;
  readonly replayWindow: WindowSize;
  readonly initialTimeoutMs: number;
  readonly maxTimeoutMs: number;
  readonly minTimeoutMs: number;
  readonly retainTimeout: boolean;
  readonly lastFlightRepeats: number;
  readonly lastFlightIntervalMs: number | undefined;
  readonly maxRetransmissions: number;
  readonly onExhausted: 'notify' | 'fail';
  readonly lingerMs: number;
  readonly maxMessage: number;
  readonly maxReassembly: number;
  readonly unprotectedAlerts: 'delay' | 'accept' | 'ignore';
  readonly strictFragments: boolean;
  readonly integrityLimit: number;
  readonly drops: Drops;
  readonly reassemblyBudget: MemoryBudget | undefined;
}

/**
 * For links that lose much: every flight begins with the first timeout anew, that one shrinks to round trips as measured, and the
 * last flight is repeated unasked. 400 ms is what RFC 9147 §5.8.2 recommends where people wait for the handshake.
 */
export const LOSSY_LINK: Readonly<Record<'initialTimeoutMs' | 'minTimeoutMs' | 'lastFlightRepeats', number> & { retainTimeout: boolean }> =
  {
    initialTimeoutMs: 400,
    minTimeoutMs: 200,
    retainTimeout: false,
    lastFlightRepeats: 5,
  };

/** What stands where nothing was said, for the timeouts, bounds and policies that do not depend on others. */
export const DATAGRAM_DEFAULTS: Readonly<
  Pick<
    DatagramConfig,
    | 'retainTimeout'
    | 'lastFlightRepeats'
    | 'lastFlightIntervalMs'
    | 'onExhausted'
    | 'lingerMs'
    | 'unprotectedAlerts'
    | 'strictFragments'
    | 'integrityLimit'
    | 'reassemblyBudget'
  >
> = {
  retainTimeout: true,
  lastFlightRepeats: 0,
  lastFlightIntervalMs: undefined,
  onExhausted: 'notify',
  lingerMs: 240_000,
  unprotectedAlerts: 'delay',
  strictFragments: false,
  integrityLimit: 2 ** 36,
  reassemblyBudget: undefined,
};

/** Checks the options. Throws `invalid_argument`. */
export function datagramConfig(options: DatagramOptions): DatagramConfig {
  const initialTimeoutMs = inRange('initialTimeoutMs', options.initialTimeoutMs ?? 1_000, 1, 3_600_000);
  const maxMessage = inRange('maxMessage', options.maxMessage ?? DEFAULT_DATAGRAM_MESSAGE, 256, MAX_DATAGRAM_MESSAGE);
  const replayWindow = options.replayWindow ?? 64;
  if (replayWindow !== 32 && replayWindow !== 64 && replayWindow !== 128) misuse('invalid_argument', 'replayWindow is 32, 64 or 128');
  return Object.freeze({
    clock: options.clock,
    maxDatagram: inRange('maxDatagram', options.maxDatagram ?? 1_232, MIN_DATAGRAM, MAX_DATAGRAM),
    replayWindow,
    initialTimeoutMs,
    maxTimeoutMs: inRange('maxTimeoutMs', options.maxTimeoutMs ?? 60_000, initialTimeoutMs, 3_600_000),
    minTimeoutMs: inRange('minTimeoutMs', options.minTimeoutMs ?? initialTimeoutMs, 1, initialTimeoutMs),
    retainTimeout: options.retainTimeout ?? DATAGRAM_DEFAULTS.retainTimeout,
    lastFlightRepeats: inRange('lastFlightRepeats', options.lastFlightRepeats ?? DATAGRAM_DEFAULTS.lastFlightRepeats, 0, 10),
    lastFlightIntervalMs:
      options.lastFlightIntervalMs === undefined ? undefined : inRange('lastFlightIntervalMs', options.lastFlightIntervalMs, 0, 3_600_000),
    maxRetransmissions: inRange('maxRetransmissions', options.maxRetransmissions ?? 5, 0, 1_000),
    onExhausted: options.onExhausted ?? DATAGRAM_DEFAULTS.onExhausted,
    lingerMs: inRange('lingerMs', options.lingerMs ?? DATAGRAM_DEFAULTS.lingerMs, 0, 86_400_000),
    maxMessage,
    maxReassembly: reassemblyFor(maxMessage),
    unprotectedAlerts: options.unprotectedAlerts ?? DATAGRAM_DEFAULTS.unprotectedAlerts,
    strictFragments: options.strictFragments ?? DATAGRAM_DEFAULTS.strictFragments,
    integrityLimit: inRange('integrityLimit', options.integrityLimit ?? DATAGRAM_DEFAULTS.integrityLimit, 1, 2 ** 48),
    drops: options.drops ?? new DropCounters(),
    reassemblyBudget: options.reassemblyBudget,
  });
}

/** Bytes held of messages that are not whole, for messages of at most `maxMessage`. */
export function reassemblyFor(maxMessage: number): number {
  return Math.max(MAX_REASSEMBLY_BYTES, 2 * maxMessage);
}

function inRange(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) misuse('invalid_argument', `${name} is not from ${least} to ${most}`);
  return value;
}
