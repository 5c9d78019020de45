/**
 * Puts handshake messages together from fragments that come in any order, overlapping, repeated, cut anew (D11).
 *
 * Always true: nothing is stored beyond what arrived, rounded up to a page; the first fragment of a message fixes its type
 * and length; the cost of a fragment is proportional to its length, however many came before it (a bit per byte says what is
 * there, so there is nothing to search or merge).
 */
import { MAX_MESSAGES_AHEAD } from '../../base/limits.ts';
import { type FragmentCursor, MESSAGE_HEADER, putMessageHeader } from './fragment.ts';

/** What became of a fragment. */
export type FragmentOutcome = 'taken' | 'stale' | 'ahead' | 'mismatch' | 'tooLong' | 'full';

/** Bytes held by all associations of an endpoint together. */
export interface MemoryBudget {
  used: number;
  readonly limit: number;
}

const PAGE = 1_024;

interface Partial {
  readonly type: number;
  readonly length: number;
  /** The message with its header, once it is complete. */
  raw: Uint8Array | undefined;
  /** Each: bytes of the message, then a bit per byte. */
  pages: (Uint8Array | undefined)[] | undefined;
  /** Bytes of the body that are there. */
  have: number;
  /** Bytes allocated. */
  held: number;
}

export class Reassembly {
  readonly #maxMessage: number;
  readonly #maxHeld: number;
  readonly #budget: MemoryBudget | undefined;
  /** message_seq of the message to be taken next. */
  next: number;
  /** Index i: the message `next + i`. */
  #partials: (Partial | undefined)[] = [];
  #held = 0;

  constructor(next: number, maxMessage: number, maxHeld: number, budget?: MemoryBudget) {
    this.next = next;
    this.#maxMessage = maxMessage;
    this.#maxHeld = maxHeld;
    this.#budget = budget;
  }

  /** Bytes held of messages not yet taken. */
  get held(): number {
    return this.#held;
  }

  /** Takes in the cursor's current fragment. */
  add(f: FragmentCursor): FragmentOutcome {
    const index = f.seq - this.next;
    if (index < 0) return 'stale';
    if (index >= MAX_MESSAGES_AHEAD) return 'ahead';
    if (f.length > this.#maxMessage) return 'tooLong';
    const known = this.#partials[index];
    if (known !== undefined) {
      if (known.type !== f.type || known.length !== f.length) return 'mismatch';
      return known.raw === undefined ? this.#merge(known, f, index) : 'taken';
    }
    const length = f.end - f.start;
    if (length === 0 && f.length > 0) return 'taken';
    const partial: Partial = { type: f.type, length: f.length, raw: undefined, pages: undefined, have: 0, held: 0 };
    if (length < f.length) {
      // The header counts from the beginning: a short message is longer when it is complete than its page is.
      if (!this.#allow(MESSAGE_HEADER + Math.min(PAGE, f.length), index)) return 'full';
      this.#store(index, partial);
      partial.held = MESSAGE_HEADER;
      this.#count(MESSAGE_HEADER);
      return this.#merge(partial, f, index);
    }
    if (!this.#allow(MESSAGE_HEADER + length, index)) return 'full';
    this.#store(index, partial);
    const raw = this.#allocate(partial, MESSAGE_HEADER + length);
    putMessageHeader(raw, f.type, f.length, f.seq);
    raw.set(f.bytes.subarray(f.start, f.end), MESSAGE_HEADER);
    partial.raw = raw;
    return 'taken';
  }

  /** The next message with its header, when it is complete. */
  take(): Uint8Array | undefined {
    const raw = this.#partials[0]?.raw;
    if (raw === undefined) return undefined;
    this.#free(this.#partials[0]!);
    this.#partials.shift();
    this.next++;
    return raw;
  }

  /** Lets go of all that was not taken. */
  clear(): void {
    for (const partial of this.#partials) if (partial !== undefined) this.#free(partial);
    this.#partials = [];
  }

  #merge(partial: Partial, f: FragmentCursor, index: number): FragmentOutcome {
    partial.pages ??= [];
    let at = f.start;
    let offset = f.offset;
    while (at < f.end) {
      const number = Math.floor(offset / PAGE);
      const first = number * PAGE;
      const size = Math.min(PAGE, partial.length - first);
      let page = partial.pages[number];
      if (page === undefined) {
        const bytes = size + Math.ceil(size / 8);
        if (!this.#allow(bytes, index)) return 'full';
        page = this.#allocate(partial, bytes);
        partial.pages[number] = page;
      }
      const from = offset - first;
      const count = Math.min(size - from, f.end - at);
      page.set(f.bytes.subarray(at, at + count), from);
      partial.have += mark(page, size, from, from + count);
      at += count;
      offset += count;
    }
    if (partial.have === partial.length) this.#complete(partial, f.seq);
    return 'taken';
  }

  #complete(partial: Partial, seq: number): void {
    const raw = new Uint8Array(MESSAGE_HEADER + partial.length);
    putMessageHeader(raw, partial.type, partial.length, seq);
    let at = MESSAGE_HEADER;
    for (const page of partial.pages ?? []) {
      const size = Math.min(PAGE, raw.length - at);
      raw.set(page!.subarray(0, size), at);
      at += size;
    }
    this.#free(partial);
    partial.pages = undefined;
    partial.raw = raw;
    partial.held = raw.length;
    this.#count(raw.length);
  }

  /** Whether so many bytes more may be held for the message at `index`: those that come later in order make room. */
  #allow(bytes: number, index: number): boolean {
    while (this.#held + bytes > this.#maxHeld || this.#overBudget(bytes)) {
      const last = this.#partials.length - 1;
      const partial = this.#partials[last];
      if (last <= index) return false;
      if (partial !== undefined) this.#free(partial);
      this.#partials.pop();
    }
    return true;
  }

  #overBudget(bytes: number): boolean {
    const budget = this.#budget;
    return budget !== undefined && budget.used + bytes > budget.limit;
  }

  #store(index: number, partial: Partial): void {
    while (this.#partials.length < index) this.#partials.push(undefined);
    this.#partials[index] = partial;
  }

  #allocate(partial: Partial, bytes: number): Uint8Array {
    partial.held += bytes;
    this.#count(bytes);
    return new Uint8Array(bytes);
  }

  #free(partial: Partial): void {
    this.#count(-partial.held);
    partial.held = 0;
  }

  #count(bytes: number): void {
    this.#held += bytes;
    if (this.#budget !== undefined) this.#budget.used += bytes;
  }
}

/** Sets the bits `from` to `to` of a page whose bits begin at `base`. How many were not set. */
function mark(page: Uint8Array, base: number, from: number, to: number): number {
  let fresh = 0;
  for (let bit = from; bit < to; ) {
    const index = base + (bit >>> 3);
    const low = bit & 7;
    const high = Math.min(8, low + to - bit);
    const mask = ((1 << high) - 1) & ~((1 << low) - 1);
    const before = page[index]!;
    fresh += ONES[mask & ~before]!;
    page[index] = before | mask;
    bit += high - low;
  }
  return fresh;
}

/** How many bits of a byte are set. */
const ONES: Uint8Array = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, value) => {
  let count = 0;
  for (let rest = value; rest > 0; rest >>>= 1) count += rest & 1;
  return count;
});
