/**
 * A live peer that breaks the rules: between its handshake and its records stands a hand that drops, repeats, swaps,
 * injects and alters messages before they are protected, so that the other side gets them with good keys and good MACs.
 *
 * Two ways to go about it. `liar`: the peer believes in what it really sent, so that nothing but the order or the content
 * can give it away. `victim`: it believes in what it meant to send, as behind a man in the middle who had the keys.
 */
import { Writer } from '../../src/base/writer.ts';
import type { CarrierSink } from '../../src/record/carrier.ts';
import { StreamCarrier } from '../../src/record/stream/carrier.ts';
import { HANDSHAKE } from '../../src/wire/content.ts';
import { CCS_MESSAGE, HELLO_REQUEST, messageName } from '../../src/wire/handshake.ts';

/** What goes out: a handshake message, a ChangeCipherSpec (`type` CCS_MESSAGE), or content of any record. */
export interface Outgoing {
  readonly type: number;
  readonly body: Uint8Array;
  /** The content type, for what is no handshake message. */
  readonly record?: number;
}

export type Belief = 'liar' | 'victim';

/** What is sent in the place of the message at a position (counted over all messages of this side). */
export type Hand = (message: Outgoing, position: number) => readonly Outgoing[];

export class TamperCarrier extends StreamCarrier {
  readonly #hand: Hand;
  readonly #belief: Belief;
  #position = 0;
  /** What the handshake meant to send, in order. */
  readonly meant: Outgoing[] = [];

  constructor(sink: CarrierSink, hand: Hand, belief: Belief = 'liar') {
    super(sink);
    this.#hand = hand;
    this.#belief = belief;
  }

  override message(type: number, build: (w: Writer) => void): void {
    const w = new Writer();
    build(w);
    this.#pass({ type, body: w.copy() });
  }

  override changeCipherSpec(): void {
    this.#pass({ type: CCS_MESSAGE, body: Uint8Array.of(1) });
  }

  #pass(message: Outgoing): void {
    this.meant.push(message);
    const { transcript } = this;
    if (this.#belief === 'victim') {
      if (message.type !== CCS_MESSAGE) transcript?.add(raw(message));
      this.transcript = undefined;
    }
    for (const each of this.#hand(message, this.#position++)) this.#send(each);
    this.transcript = transcript;
  }

  #send(message: Outgoing): void {
    if (message.record !== undefined) {
      this.endFlight();
      this.writeData(message.record, message.body);
    } else if (message.type === CCS_MESSAGE) super.changeCipherSpec();
    else {
      const { transcript } = this;
      // RFC 5246 §7.4.1.1: it counts in no hash.
      if (message.type === HELLO_REQUEST) this.transcript = undefined;
      super.message(message.type, (w) => w.bytes(message.body));
      this.transcript = transcript;
    }
  }
}

/** With its header. */
export function raw(message: Outgoing): Uint8Array {
  const w = new Writer();
  w.u8(message.type);
  w.vector(3, message.body);
  return w.copy();
}

/** A handshake message whose header claims `length` bytes, whatever follows. */
export function claiming(message: Outgoing, length: number): Outgoing {
  const w = new Writer();
  w.u8(message.type);
  w.u24(length);
  w.bytes(message.body);
  return { type: message.type, body: w.copy(), record: HANDSHAKE };
}

/** Applies `change` at one position only. */
export function at(position: number, change: (message: Outgoing) => readonly Outgoing[]): Hand {
  return (message, here) => (here === position ? change(message) : [message]);
}

/** The message at `position` and the next one change places; where no other follows in the flight, it is held back for good. */
export function swapped(position: number): Hand {
  let held: Outgoing | undefined;
  return (message, here) => {
    if (here === position) {
      held = message;
      return [];
    }
    if (here !== position + 1 || held === undefined) return [message];
    return [message, held];
  };
}

export const untouched: Hand = (message) => [message];

export function nameOf(message: Outgoing): string {
  return message.record === undefined ? messageName(message.type) : `record ${message.record}`;
}
