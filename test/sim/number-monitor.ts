/**
 * Looks at every datagram that two connections send: no epoch and sequence number may come twice from one side (D4), and where a
 * suite sends its nonce, the nonce is that number (D8).
 */
import assert from 'node:assert/strict';
import { RecordCursor } from '../../src/record/datagram/record-header.ts';

export class NumberMonitor {
  readonly #seen = new Set<string>();
  /** Records of keyed epochs so far. */
  protectedRecords = 0;

  look(from: string, datagram: Uint8Array): void {
    const records = new RecordCursor(datagram);
    while (records.next()) {
      const number = `${from} ${records.epoch} ${records.seq}`;
      assert.ok(!this.#seen.has(number), `a number used twice: ${number}`);
      this.#seen.add(number);
      if (records.epoch > 0) this.protectedRecords++;
    }
  }
}
