/** What only the handshakes of (D)TLS 1.3 hold. */
import type { PendingKeyShare } from '../../crypto/port.ts';
import type { ModernSuite } from '../../crypto/suites/suite.ts';
import type { Session } from '../../session/session.ts';
import type { NamedGroup } from '../../wire/group.ts';
import type { Handshake } from '../state.ts';
import type { KeySchedule } from './key-schedule.ts';

/** A PSK that a client offers. */
export interface OfferedPsk {
  readonly identity: Uint8Array;
  readonly obfuscatedAge: number;
  /** Into which it went. */
  readonly schedule: KeySchedule;
  /** The session that it resumes; undefined: external. */
  readonly session: Session | undefined;
}

/** The PSK in use. */
export interface SelectedPsk {
  readonly index: number;
  readonly schedule: KeySchedule;
  readonly session: Session | undefined;
}

/** A PSK that a client named, as the server read it. */
export interface NamedPsk {
  readonly identity: Uint8Array;
  readonly obfuscatedAge: number;
  readonly binder: Uint8Array;
}

export interface PeerShare {
  readonly group: number;
  readonly share: Uint8Array;
}

export class ModernState {
  #suite: ModernSuite | undefined;
  #schedule: KeySchedule | undefined;

  // Client
  shares: { readonly group: NamedGroup; readonly pending: PendingKeyShare }[] = [];
  /** The group that HelloRetryRequest asked for. */
  retryGroup: NamedGroup | undefined;
  cookie: Uint8Array | undefined;
  offeredPsks: OfferedPsk[] = [];

  // Server
  peerShares: readonly PeerShare[] | undefined;
  peerPsks: readonly NamedPsk[] = [];
  /** How many bytes of the ClientHello's end are binders, with their length. */
  bindersLength = 0;
  pskDheAllowed = false;
  pskModesSent = false;
  earlyDataOffered = false;
  retryNeeded = false;
  group: NamedGroup | undefined;
  /** Sends the tickets that follow the handshake. */
  sendTickets: (() => void) | undefined;
  /** Our share, and the secret of the answer. */
  answer: { readonly share: Uint8Array; readonly secret: Uint8Array } | undefined;

  // Both
  psk: SelectedPsk | undefined;
  /** The first ClientHello had a PSK that would have been used: the second must have it too. */
  pskBeforeRetry = false;
  sharedSecret: Uint8Array | undefined;
  certificateRequestContext: Uint8Array | undefined;

  forgetOffers(): void {
    this.peerShares = undefined;
    this.peerPsks = [];
    this.bindersLength = 0;
    this.pskDheAllowed = false;
    this.pskModesSent = false;
    this.earlyDataOffered = false;
  }

  get suite(): ModernSuite {
    if (this.#suite === undefined) throw new RangeError('no suite');
    return this.#suite;
  }
  set suite(suite: ModernSuite) {
    this.#suite = suite;
  }
  get hasSuite(): boolean {
    return this.#suite !== undefined;
  }

  get schedule(): KeySchedule {
    if (this.#schedule === undefined) throw new RangeError('no key schedule');
    return this.#schedule;
  }
  set schedule(schedule: KeySchedule) {
    this.#schedule = schedule;
  }
}

/** The state, made when a hello first needs it: a client offers TLS 1.3 before it is chosen. */
export function modernOffer(hs: Handshake): ModernState {
  if (hs.modernState === undefined) hs.modern = new ModernState();
  return hs.modern;
}
