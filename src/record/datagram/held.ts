/**
 * Records that came too early, RFC 6347 §4.1: of the next epoch, until its keys are there (D7). Bounded; handshake records
 * displace others, because without Finished there will be no handshake to wait for.
 */
import { MAX_HELD_BYTES, MAX_HELD_RECORDS } from '../../base/limits.ts';
import { HANDSHAKE } from '../../wire/content.ts';

export class HeldRecords {
  #records: Uint8Array[] = [];
  #bytes = 0;
  /** The epoch of what is held. */
  epoch = -1;

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a record (its content type first), which becomes this object's; false when there is no room. */
  add(epoch: number, record: Uint8Array): boolean {
    if (epoch !== this.epoch) this.#clear();
    this.epoch = epoch;
    while (this.#records.length >= MAX_HELD_RECORDS || this.#bytes + record.length > MAX_HELD_BYTES) {
      if (record[0] !== HANDSHAKE || !this.#displace()) return false;
    }
    this.#records.push(record);
    this.#bytes += record.length;
    return true;
  }

  take(): Uint8Array | undefined {
    const record = this.#records.shift();
    if (record !== undefined) this.#bytes -= record.length;
    return record;
  }

  #clear(): void {
    this.#records = [];
    this.#bytes = 0;
  }

  /** Gives up the latest record that is not of the handshake. */
  #displace(): boolean {
    for (let i = this.#records.length - 1; i >= 0; i--) {
      if (this.#records[i]![0] === HANDSHAKE) continue;
      this.#bytes -= this.#records[i]!.length;
      this.#records.splice(i, 1);
      return true;
    }
    return false;
  }
}
