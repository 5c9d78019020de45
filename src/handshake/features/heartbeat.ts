/**
 * Heartbeat, RFC 6520: a request that the peer sends back, to see that it is alive, or how long datagrams may be. A context
 * has it only where it is passed this value; the peers of then may be told not to ask.
 *
 * struct {
 *     HeartbeatMessageType type;          heartbeat_request(1), heartbeat_response(2)
 *     uint16 payload_length;
 *     opaque payload[HeartbeatMessage.payload_length];
 *     opaque padding[padding_length];     at least 16 bytes, random
 * } HeartbeatMessage;
 *
 * Always true: what is malformed has no effect and no answer (S1, CVE-2014-0160); no answer is longer than its request;
 * one request is in flight; none passes during a handshake.
 */
import { ILLEGAL_PARAMETER } from '../../base/alerts.ts';
import { concat, equal } from '../../base/bytes.ts';
import { fail, misuse } from '../../base/errors.ts';
import {
  DEFAULT_HEARTBEAT_REPEATS,
  DEFAULT_HEARTBEAT_TIMEOUT_MS,
  HEARTBEAT_PADDING,
  MAX_HEARTBEAT_BACKLOG,
  MAX_HEARTBEAT_TIMEOUT_MS,
} from '../../base/limits.ts';
import type { Reader } from '../../base/reader.ts';
import type { CryptoProvider } from '../../crypto/port.ts';
import type { RecordLayer } from '../../record/record-layer.ts';
import { HEARTBEAT as HEARTBEAT_CONTENT } from '../../wire/content.ts';
import { HEARTBEAT, IN_CLIENT_HELLO, IN_ENCRYPTED_EXTENSIONS, IN_LEGACY_SERVER_HELLO } from '../../wire/extension.ts';
import type { ExtensionModule } from '../extensions/module.ts';
import type { Handshake } from '../state.ts';

const REQUEST = 1;
const RESPONSE = 2;
/** Type and payload_length. */
const HEADER = 3;
const PAYLOAD = 16;
const PEER_ALLOWED_TO_SEND = 1;
const PEER_NOT_ALLOWED_TO_SEND = 2;

export interface HeartbeatOptions {
  /** The monotonic clock, ms, of `nextTimeout` and `tick`. */
  readonly clock: () => number;
  /** Whether the peer may send requests; true by default. */
  readonly allowRequests?: boolean;
  /** How long an answer is waited for: 3 s by default. Over datagrams the wait doubles with each repetition. */
  readonly timeoutMs?: number;
  /** Over datagrams: how often a request goes out again; 4 by default. */
  readonly repeats?: number;
  /** End the connection when no answer has come; false by default: the event tells. */
  readonly endOnTimeout?: boolean;
}

/** What a caller says of one request. */
export interface HeartbeatRequest {
  /** What the peer is to send back: 16 random bytes by default. */
  readonly payload?: Uint8Array;
  /** Datagrams only: padded to a datagram of this length, sent once: whether the path takes it (RFC 6520 §5.1). */
  readonly datagramSize?: number;
}

export interface HeartbeatReport {
  /** `stopped`: a handshake began. */
  readonly outcome: 'answered' | 'timeout' | 'stopped';
  readonly payload: Uint8Array;
  /** How often the request went out. */
  readonly attempts: number;
  /** From the last time that it went out, ms. */
  readonly elapsedMs: number;
  /** Of a probe. */
  readonly datagramSize: number | undefined;
}

/** The connection, as heartbeats see it. */
export interface HeartbeatHost {
  readonly carrier: RecordLayer;
  heartbeatReport(report: HeartbeatReport): void;
}

/** For the `heartbeat` of a context. */
export interface HeartbeatSupport {
  readonly extension: ExtensionModule;
  readonly endOnTimeout: boolean;
  /** For a connection whose handshake agreed on it. */
  attach(hs: Handshake): Heartbeats;
}

/** The heartbeats of one connection. */
export interface Heartbeats {
  /** The peer answers requests. */
  readonly mayAsk: boolean;
  /** Sends a request. Throws `unsupported` where the peer takes none, `invalid_state` while one is in flight. */
  request(host: HeartbeatHost, request: HeartbeatRequest): void;
  /** A record of the peer. */
  receive(host: HeartbeatHost, content: Uint8Array): void;
  /** A handshake begins. */
  stop(host: HeartbeatHost): void;
  readonly nextTimeout: number;
  tick(host: HeartbeatHost, now: number): void;
}

export type HeartbeatState = 'idle' | 'waiting';
export type HeartbeatEvent = 'request' | 'response' | 'repeat' | 'timeout' | 'handshake';

export const HEARTBEAT_TRANSITIONS: { readonly [E in HeartbeatEvent]: { readonly [S in HeartbeatState]?: HeartbeatState } } = {
  request: { idle: 'waiting' },
  response: { waiting: 'idle' },
  repeat: { waiting: 'waiting' },
  timeout: { waiting: 'idle' },
  handshake: { idle: 'idle', waiting: 'idle' },
};

/** Heartbeats for a context: offered and answered in its handshakes. */
export function heartbeat(options: HeartbeatOptions): HeartbeatSupport {
  const { timeoutMs = DEFAULT_HEARTBEAT_TIMEOUT_MS, repeats = DEFAULT_HEARTBEAT_REPEATS } = options;
  if (!(timeoutMs > 0 && timeoutMs <= MAX_HEARTBEAT_TIMEOUT_MS)) misuse('invalid_configuration', 'timeoutMs of heartbeats');
  const settings: Settings = { clock: options.clock, allowRequests: options.allowRequests ?? true, timeoutMs, repeats };
  return Object.freeze({
    extension: extensionFor(settings.allowRequests),
    endOnTimeout: options.endOnTimeout ?? false,
    attach: (hs: Handshake) => new Attached(settings, hs.crypto, hs.peerHeartbeatMode === PEER_ALLOWED_TO_SEND),
  });
}

type Settings = Required<Omit<HeartbeatOptions, 'endOnTimeout'>>;

function extensionFor(allowRequests: boolean): ExtensionModule {
  const mode = allowRequests ? PEER_ALLOWED_TO_SEND : PEER_NOT_ALLOWED_TO_SEND;
  return {
    type: HEARTBEAT,
    where: IN_CLIENT_HELLO | IN_LEGACY_SERVER_HELLO | IN_ENCRYPTED_EXTENSIONS,
    offer(_hs, w) {
      w.u8(mode);
      return true;
    },
    onOffer: readMode,
    answer(_hs, w) {
      w.u8(mode);
      return true;
    },
    onAnswer: readMode,
  };
}

/** RFC 6520 §2: another value is an illegal_parameter. */
function readMode(hs: Handshake, r: Reader): void {
  const mode = r.u8();
  if (mode !== PEER_ALLOWED_TO_SEND && mode !== PEER_NOT_ALLOWED_TO_SEND) fail(ILLEGAL_PARAMETER, 'bad_extension', 'heartbeat');
  hs.peerHeartbeatMode = mode;
  hs.carrier.allowHeartbeats();
}

interface InFlight {
  readonly content: Uint8Array;
  readonly payload: Uint8Array;
  readonly datagramSize: number | undefined;
  attempts: number;
  timeoutMs: number;
  sentAt: number;
}

class Attached implements Heartbeats {
  readonly mayAsk: boolean;
  readonly #settings: Settings;
  readonly #crypto: CryptoProvider;
  #state: HeartbeatState = 'idle';
  #inFlight: InFlight | undefined;

  constructor(settings: Settings, crypto: CryptoProvider, mayAsk: boolean) {
    this.#settings = settings;
    this.#crypto = crypto;
    this.mayAsk = mayAsk;
  }

  request(host: HeartbeatHost, { payload = this.#crypto.random(PAYLOAD), datagramSize }: HeartbeatRequest): void {
    if (!this.mayAsk) misuse('unsupported', 'the peer takes no heartbeat requests');
    // RFC 6520 §4: there is one request in flight at most.
    if (HEARTBEAT_TRANSITIONS.request[this.#state] === undefined) misuse('invalid_state', 'a heartbeat request is in flight');
    const { carrier } = host;
    const room =
      datagramSize === undefined
        ? carrier.writeLimit
        : (carrier.probeLimit?.(datagramSize) ?? misuse('unsupported', 'a stream has no datagrams'));
    const padding = datagramSize === undefined ? HEARTBEAT_PADDING : room - HEADER - payload.length;
    if (padding < HEARTBEAT_PADDING || HEADER + payload.length + padding > room)
      misuse('message_too_large', `${payload.length} bytes of payload`);
    const content = this.#message(REQUEST, payload, padding);
    this.#inFlight = { content, payload: payload.slice(), datagramSize, attempts: 0, timeoutMs: this.#settings.timeoutMs, sentAt: 0 };
    this.#on('request');
    this.#transmit(host, this.#inFlight);
  }

  receive(host: HeartbeatHost, content: Uint8Array): void {
    // S1: the length that it claims is compared with the bytes that are there, padding counted.
    if (content.length < HEADER + HEARTBEAT_PADDING) return;
    const length = (content[1]! << 8) | content[2]!;
    if (HEADER + length + HEARTBEAT_PADDING > content.length) return;
    const payload = content.subarray(HEADER, HEADER + length);
    if (content[0] === REQUEST) this.#answer(host, payload);
    else if (content[0] === RESPONSE) this.#onResponse(host, payload);
  }

  stop(host: HeartbeatHost): void {
    this.#end(host, 'handshake', 'stopped');
  }

  get nextTimeout(): number {
    return this.#inFlight === undefined ? Number.POSITIVE_INFINITY : this.#inFlight.sentAt + this.#inFlight.timeoutMs;
  }

  tick(host: HeartbeatHost, now: number): void {
    const sent = this.#inFlight;
    if (sent === undefined || now < this.nextTimeout) return;
    // A stream delivers, and a probe that is lost has told what it was to tell.
    const last = host.carrier.isReliable || sent.datagramSize !== undefined || sent.attempts > this.#settings.repeats;
    if (last) this.#end(host, 'timeout', 'timeout');
    else {
      this.#on('repeat');
      sent.timeoutMs = Math.min(2 * sent.timeoutMs, MAX_HEARTBEAT_TIMEOUT_MS);
      this.#transmit(host, sent);
    }
  }

  #answer(host: HeartbeatHost, payload: Uint8Array): void {
    // RFC 6520 §2: one who was told not to ask is not answered. Nor is one who does not take the answers.
    if (!this.#settings.allowRequests || host.carrier.outputLength > MAX_HEARTBEAT_BACKLOG) return;
    if (HEADER + payload.length + HEARTBEAT_PADDING > host.carrier.writeLimit) return;
    host.carrier.writeData(HEARTBEAT_CONTENT, this.#message(RESPONSE, payload, HEARTBEAT_PADDING));
  }

  #onResponse(host: HeartbeatHost, payload: Uint8Array): void {
    const sent = this.#inFlight;
    if (sent === undefined || !equal(payload, sent.payload)) return;
    if (sent.datagramSize !== undefined) host.carrier.pathTakes?.(sent.datagramSize);
    this.#end(host, 'response', 'answered');
  }

  #transmit(host: HeartbeatHost, sent: InFlight): void {
    sent.attempts++;
    sent.sentAt = this.#settings.clock();
    if (sent.datagramSize === undefined) host.carrier.writeData(HEARTBEAT_CONTENT, sent.content);
    else host.carrier.writeProbe?.(HEARTBEAT_CONTENT, sent.content);
  }

  #end(host: HeartbeatHost, event: HeartbeatEvent, outcome: HeartbeatReport['outcome']): void {
    const sent = this.#inFlight;
    this.#on(event);
    this.#inFlight = undefined;
    if (sent === undefined) return;
    const { payload, attempts, datagramSize } = sent;
    host.heartbeatReport({ outcome, payload, attempts, elapsedMs: this.#settings.clock() - sent.sentAt, datagramSize });
  }

  #on(event: HeartbeatEvent): void {
    this.#state = HEARTBEAT_TRANSITIONS[event][this.#state] ?? this.#state;
  }

  #message(type: number, payload: Uint8Array, padding: number): Uint8Array {
    return concat(Uint8Array.of(type, payload.length >>> 8, payload.length), payload, this.#crypto.random(padding));
  }
}
