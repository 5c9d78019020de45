/** Options that `listen`, `connect` and `createSocket` share. */
import { datagramConfig, type DatagramConfig } from '../../record/datagram/config.ts';
import { codedTypeError } from '../tls/errors.ts';
import { createSecureContext, DTLSSecureContext, type DTLSSecureContextOptions } from './secure-context.ts';

/** How datagrams are handled. */
export interface DatagramTuning {
  /** Longest datagram, the headers of IP and UDP not counted. 1200 by default. */
  readonly mtu?: number | undefined;
  /** 32, 64 or 128 records; 64 by default. */
  readonly replayWindow?: 32 | 64 | 128 | undefined;
  /** First retransmission after so many ms, doubling to `retransmitMax`: 1000 and 60000. */
  readonly retransmitInitial?: number | undefined;
  readonly retransmitMax?: number | undefined;
  /** Lets the first retransmission come after four measured round trips, but not before this. */
  readonly retransmitMin?: number | undefined;
  /**
   * For links that lose much: every flight begins with the first timeout, which shrinks to round trips as measured, and the last
   * flight is repeated unasked. RFC 6347 asks for more patience; handshakes through 30 % loss are through in half the time.
   */
  readonly lossyLink?: boolean | undefined;
  /** Longest handshake message, 8 KiB by default. */
  readonly maxMessage?: number | undefined;
  /** What an alert that anyone could have sent does in the handshake; `delay` by default. */
  readonly unprotectedAlerts?: 'delay' | 'accept' | 'ignore' | undefined;
}

const LAST_FLIGHT_REPEATS = 5;
const LOSSY_MIN_MS = 200;

export function tuning(options: DatagramTuning): DatagramConfig {
  return datagramConfig({
    clock: () => performance.now(),
    maxDatagram: options.mtu ?? 1_200,
    replayWindow: options.replayWindow,
    initialTimeoutMs: options.retransmitInitial,
    maxTimeoutMs: options.retransmitMax,
    minTimeoutMs:
      options.retransmitMin ?? (options.lossyLink === true ? Math.min(LOSSY_MIN_MS, options.retransmitInitial ?? LOSSY_MIN_MS) : undefined),
    retainTimeout: options.lossyLink !== true,
    lastFlightRepeats: options.lossyLink === true ? LAST_FLIGHT_REPEATS : 0,
    maxMessage: options.maxMessage,
    unprotectedAlerts: options.unprotectedAlerts,
  });
}

/** The context of the options: theirs, or one made of them. */
export function contextOf(
  options: DTLSSecureContextOptions & { readonly secureContext?: DTLSSecureContext | undefined },
  isServer: boolean,
): DTLSSecureContext {
  const { secureContext } = options;
  if (secureContext === undefined) return createSecureContext({ ...options, isServer });
  if (!(secureContext instanceof DTLSSecureContext))
    throw codedTypeError('ERR_INVALID_ARG_TYPE', 'options.secureContext must be a DTLSSecureContext');
  if (secureContext.isServer !== isServer)
    throw codedTypeError('ERR_INVALID_ARG_VALUE', `options.secureContext is for a ${isServer ? 'client' : 'server'}`);
  return secureContext;
}
