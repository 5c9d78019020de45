/**
 * A few ClientHellos of unknown senders whose first fragment is too short to hold the cookie (D14). Memory is bounded for all
 * senders together: the oldest give way, so that a flood can only do away with this convenience.
 */
import { concat } from '../../base/bytes.ts';
import { FragmentCursor } from './fragment.ts';
import { type MemoryBudget, Reassembly } from './reassembly.ts';
import { RECORD_HEADER, RecordCursor } from './record-header.ts';

export class HelloPool {
  readonly #capacity: number;
  readonly #maxMessage: number;
  readonly #budget: MemoryBudget;
  readonly #partials = new Map<string, Reassembly>();

  constructor(capacity: number, bytes: number, maxMessage: number) {
    this.#capacity = capacity;
    this.#maxMessage = maxMessage;
    this.#budget = { used: 0, limit: bytes };
  }

  get size(): number {
    return this.#partials.size;
  }

  get bytes(): number {
    return this.#budget.used;
  }

  /** Takes a datagram in: when it completes a ClientHello, gives it back as a datagram with one record. */
  add(key: string, datagram: Uint8Array): Uint8Array | undefined {
    const records = new RecordCursor(datagram);
    while (records.next()) {
      const fragments = new FragmentCursor(records.fragment);
      while (fragments.next()) {
        const message = this.#take(key, fragments);
        if (message !== undefined) return wholeRecord(records, message);
      }
    }
    return undefined;
  }

  #take(key: string, fragment: FragmentCursor): Uint8Array | undefined {
    let partial = this.#partials.get(key);
    if (partial === undefined || partial.next !== fragment.seq) {
      partial?.clear();
      this.#makeRoom();
      partial = new Reassembly(fragment.seq, this.#maxMessage, this.#maxMessage + 2_048, this.#budget);
    }
    // A Map iterates in the order of insertion: the one that was used last goes to the end.
    this.#partials.delete(key);
    this.#partials.set(key, partial);
    while (partial.add(fragment) === 'full' && this.#partials.size > 1) this.#dropOldest();
    const message = partial.take();
    if (message === undefined) return undefined;
    partial.clear();
    this.#partials.delete(key);
    return message;
  }

  #makeRoom(): void {
    while (this.#partials.size >= this.#capacity) this.#dropOldest();
  }

  #dropOldest(): void {
    for (const [key, partial] of this.#partials) {
      partial.clear();
      this.#partials.delete(key);
      return;
    }
  }
}

/** The message in one record, behind the header of the record that completed it. */
function wholeRecord(records: RecordCursor, message: Uint8Array): Uint8Array {
  const header = records.bytes.slice(records.start, records.start + RECORD_HEADER);
  header[11] = message.length >>> 8;
  header[12] = message.length;
  return concat(header, message);
}
