/**
 * What happened in a handshake, with the time of each step: from the engine's own trace, so that what is drawn is what ran.
 */
import { alertName } from '../base/alerts.ts';
import type { Side, TraceEntry } from '../handshake/flow.ts';

export interface HandshakeStep {
  /** Milliseconds since the handshake began. */
  readonly ms: number;
  readonly from: Side;
  /** `note`: something that the side whose log this is did between messages, mostly a change of keys. */
  readonly kind: 'message' | 'note' | 'alert';
  /** As in the RFC. */
  readonly name: string;
  /** Bytes of the message with its header; 0 where there is nothing to count. */
  readonly length: number;
  /** Sent under keys, as far as the order of the steps tells. */
  readonly protected: boolean;
}

/** Actions that put keys to use, and whose. */
const KEYS: Readonly<Record<string, Side | 'both'>> = { 'handshake keys': 'both', 'client keys': 'client', 'server keys': 'server' };
/** Housekeeping that nobody wants to see. */
const HIDDEN = new Set(['forget messages', 'complete', 'forget the first ClientHello']);
const DUMMY_CCS = 'dummy change_cipher_spec';
/** Names that differ from the RFC's because a flow needs one for each direction. */
const RFC_NAMES = /^(?:Client|Server)(?=(?:Certificate|CertificateVerify|Finished|ChangeCipherSpec)$)/;

const SECOND_HELLOS: Readonly<Record<string, string>> = {
  SecondClientHello: 'ClientHello (second)',
  ClientHelloWithCookie: 'ClientHello (with cookie)',
};

export class HandshakeLog {
  readonly steps: HandshakeStep[] = [];
  readonly #now: () => number;
  #started: number;
  readonly #onStep: ((step: HandshakeStep) => void) | undefined;
  readonly #keyed: Record<Side, boolean> = { client: false, server: false };

  /** `now`: milliseconds on any clock that does not go back. */
  constructor(now: () => number, onStep?: (step: HandshakeStep) => void) {
    this.#now = now;
    this.#started = now();
    this.#onStep = onStep;
  }

  /** The handshake begins now. */
  restart(): void {
    this.#started = this.#now();
  }

  /** For `ClientOptions.trace`. */
  readonly trace = (entry: TraceEntry): void => {
    const { from, name, length } = entry;
    if (entry.kind === 'message') {
      const plain = name.replace(RFC_NAMES, '');
      const isCcs = plain === 'ChangeCipherSpec';
      this.#add({
        from,
        kind: 'message',
        name: SECOND_HELLOS[plain] ?? plain,
        length,
        isProtected: !isCcs && this.#keyed[from],
      });
    } else if (name === DUMMY_CCS) {
      this.#add({ from, kind: 'message', name: 'ChangeCipherSpec (for middleboxes)', length: 0, isProtected: false });
    } else if (!HIDDEN.has(name)) {
      const whose = KEYS[name];
      if (whose === 'both' || whose === 'client') this.#keyed.client = true;
      if (whose === 'both' || whose === 'server') this.#keyed.server = true;
      this.#add({ from, kind: 'note', name, length: 0, isProtected: false });
    }
  };

  /** A message after the handshake, which no flow knows. */
  later(from: Side, name: string, length = 0): void {
    this.#add({ from, kind: 'message', name, length, isProtected: true });
  }

  /** Something that is no message, such as a repetition. */
  note(from: Side, text: string): void {
    this.#add({ from, kind: 'note', name: text, length: 0, isProtected: false });
  }

  alert(from: Side, description: number): void {
    this.#add({ from, kind: 'alert', name: alertName(description), length: 0, isProtected: this.#keyed[from] });
  }

  #add(step: { from: Side; kind: HandshakeStep['kind']; name: string; length: number; isProtected: boolean }): void {
    const { from, kind, name, length } = step;
    const added: HandshakeStep = { ms: this.#now() - this.#started, from, kind, name, length, protected: step.isProtected };
    this.steps.push(added);
    this.#onStep?.(added);
  }
}
