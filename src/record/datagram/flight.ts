/**
 * A flight of handshake messages, kept as messages and not as records: each time it goes out it is cut and sealed anew,
 * under the epoch in which each message was first sent (D27), with fresh sequence numbers, for the datagrams that pass now.
 */
import { Writer } from '../../base/writer.ts';
import { CHANGE_CIPHER_SPEC, HANDSHAKE } from '../../wire/content.ts';
import type { WriteEpoch } from './epoch.ts';
import { fragmentLength, MESSAGE_HEADER, writeFragment } from './fragment.ts';

const CCS_CONTENT: Uint8Array = /* @__PURE__ */ Uint8Array.of(1);

interface Entry {
  readonly epoch: WriteEpoch;
  /** The message with its header; undefined: ChangeCipherSpec. */
  readonly message: Uint8Array | undefined;
}

export class Flight {
  #entries: Entry[] = [];

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Type of the first message; -1 for none. */
  get firstType(): number {
    return this.#entries[0]?.message?.[0] ?? -1;
  }

  add(epoch: WriteEpoch, message: Uint8Array | undefined): void {
    this.#entries.push({ epoch, message });
  }

  clear(): void {
    this.#entries = [];
  }

  /** Writes the flight into datagrams of at most `maxDatagram` bytes. False when an epoch has no numbers left. */
  send(packer: Packer): boolean {
    for (const { epoch, message } of this.#entries) {
      const sent = message === undefined ? packer.add(epoch, CHANGE_CIPHER_SPEC, CCS_CONTENT) : sendMessage(packer, epoch, message);
      if (!sent) return false;
    }
    packer.flush();
    return true;
  }
}

function sendMessage(packer: Packer, epoch: WriteEpoch, message: Uint8Array): boolean {
  const length = message.length - MESSAGE_HEADER;
  const most = packer.maxContent - MESSAGE_HEADER;
  let offset = 0;
  do {
    const left = length - offset;
    let take = Math.min(most, fragmentLength(left, packer.room(epoch) - MESSAGE_HEADER, packer.isEmpty));
    if (take < left && take <= 0) {
      packer.flush();
      take = Math.min(most, fragmentLength(left, packer.room(epoch) - MESSAGE_HEADER, true));
    }
    let content = message;
    if (take < length) {
      const piece = new Writer(MESSAGE_HEADER + take);
      writeFragment(piece, message, offset, take);
      content = piece.view();
    }
    if (!packer.add(epoch, HANDSHAKE, content)) return false;
    offset += take;
  } while (offset < length);
  return true;
}

/** Fills datagrams with records. */
export class Packer {
  readonly #maxDatagram: number;
  readonly #version: number;
  /** Longest content of a record. */
  readonly maxContent: number;
  readonly #out: Uint8Array[];
  #w: Writer;

  constructor(maxDatagram: number, version: number, maxContent: number, out: Uint8Array[]) {
    this.#maxDatagram = maxDatagram;
    this.#version = version;
    this.maxContent = maxContent;
    this.#out = out;
    this.#w = new Writer(maxDatagram);
  }

  get isEmpty(): boolean {
    return this.#w.length === 0;
  }

  /** Content for which one more record of `epoch` has room. */
  room(epoch: WriteEpoch): number {
    return this.#maxDatagram - this.#w.length - epoch.overhead;
  }

  /** Adds a record, in a datagram of its own where the current one has no room. */
  add(epoch: WriteEpoch, type: number, content: Uint8Array): boolean {
    if (epoch.isExhausted(false)) return false;
    if (content.length > this.room(epoch)) this.flush();
    epoch.seal(this.#w, type, this.#version, content);
    return true;
  }

  flush(): void {
    if (this.isEmpty) return;
    this.#out.push(this.#w.view());
    this.#w = new Writer(this.#maxDatagram);
  }
}
