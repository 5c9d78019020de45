/**
 * What all mappers share: symbols become messages with the best keys there are at that moment, and what comes back becomes
 * words. A mapper knows the codecs, the key schedule and the record protection of the library, and nothing of its flows: it
 * sends whatever it is told to, in any order.
 */
import { alertName, CLOSE_NOTIFY, FATAL, HANDSHAKE_FAILURE, USER_CANCELED, WARNING } from '../../src/base/alerts.ts';
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC } from '../../src/wire/content.ts';
import type { Subject } from './oracle.ts';
import type { Item, Wire } from './wire.ts';

/** The black box from outside: bytes in, bytes out, and whether it is over. */
export interface BlackBox {
  receive(bytes: Uint8Array): void;
  /** All that it sent since. */
  take(): readonly Uint8Array[];
  readonly ended: boolean;
}

/** Makes and understands messages. */
export interface Peer {
  readonly wire: Wire;
  /** Sends a message of the handshake. */
  send(symbol: string): void;
  /** Takes in a message, and names it. */
  onMessage(message: Item & { readonly kind: 'message' }): string;
  /** ChangeCipherSpec came: the name of it. */
  onChangeCipherSpec(): string;
}

const TEXT: Uint8Array = Uint8Array.of(0x68, 0x69, 0x0a);
const NOTHING = '-';

/** Sends what every peer sends in the same way; false: the symbol is of another kind. */
function sendCommon(wire: Wire, symbol: string): boolean {
  switch (symbol) {
    case 'ApplicationData':
      wire.content(APPLICATION_DATA, TEXT);
      return true;
    case 'WarningAlert':
      wire.content(ALERT, Uint8Array.of(WARNING, USER_CANCELED));
      return true;
    case 'FatalAlert':
      wire.content(ALERT, Uint8Array.of(FATAL, HANDSHAKE_FAILURE));
      return true;
    case 'close_notify':
      wire.content(ALERT, Uint8Array.of(WARNING, CLOSE_NOTIFY));
      return true;
    default:
      return false;
  }
}

/** A black box behind a mapper. What it says of its own accord at the beginning has no symbol: it is taken in first. */
export class Mapped implements Subject {
  readonly #box: BlackBox;
  readonly #peer: Peer;
  /** What the black box began with. */
  readonly opening: string;

  constructor(box: BlackBox, peer: Peer) {
    this.#box = box;
    this.#peer = peer;
    this.opening = this.#answer();
  }

  step(symbol: string): string {
    const { wire } = this.#peer;
    if (!sendCommon(wire, symbol)) this.#peer.send(symbol);
    for (const bytes of wire.take()) this.#box.receive(bytes);
    return this.#answer();
  }

  #answer(): string {
    const names: string[] = [];
    for (const bytes of this.#box.take()) {
      for (const each of this.#peer.wire.receive(bytes)) {
        const name = this.#name(each);
        // Records are cut as it suits their sender: data is data.
        if (name !== 'ApplicationData' || names.at(-1) !== name) names.push(name);
      }
    }
    if (this.#box.ended) names.push('closed');
    return names.length === 0 ? NOTHING : names.join(', ');
  }

  #name(each: Item): string {
    switch (each.kind) {
      case 'message':
        return this.#peer.onMessage(each);
      case 'ccs':
        return this.#peer.onChangeCipherSpec();
      case 'alert':
        if (each.description === CLOSE_NOTIFY) return 'close_notify';
        return `${each.level === FATAL ? 'alert' : 'warning'} ${alertName(each.description)}`;
      case 'data':
        return 'ApplicationData';
      case 'garbled':
        return 'garbled';
    }
  }
}

/** The content of a ChangeCipherSpec, which every version has. */
export function sendChangeCipherSpec(wire: Wire): void {
  wire.content(CHANGE_CIPHER_SPEC, Uint8Array.of(1));
}
