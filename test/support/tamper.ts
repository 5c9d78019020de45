/** A wire that shows the handshake messages which pass in the clear, and lets a test change them. */
import { Reader } from '../../src/base/reader.ts';
import { Writer } from '../../src/base/writer.ts';
import type { Wire } from './pair.ts';

/** A handshake message, or ChangeCipherSpec by the name of the flow's pseudo-message. */
export interface ClearMessage {
  readonly type: number;
  readonly body: Uint8Array;
}

export const CCS = 0x100;

/** What arrives in place of the messages of one flight. */
export type Tamper = (from: 'client' | 'server', messages: readonly ClearMessage[]) => readonly ClearMessage[];

/** `version`: on the records that it writes. Behind a ChangeCipherSpec of a side, its records pass untouched. Messages must not be split over pieces. */
export function tampering(tamper: Tamper, version = 0x0303): Wire {
  const sealed = { client: false, server: false };
  return (from, bytes) => {
    if (sealed[from]) return [bytes];
    const messages: ClearMessage[] = [];
    const clear = new Writer();
    const r = new Reader(bytes);
    while (r.remaining > 0 && !sealed[from]) {
      const start = r.position;
      const type = r.u8();
      r.u16();
      const content = r.vector(2);
      if (type === 22) clear.bytes(content);
      else if (type === 20) {
        readMessages(clear, messages);
        messages.push({ type: CCS, body: content });
        sealed[from] = true;
      } else {
        r.position = start;
        break;
      }
    }
    readMessages(clear, messages);
    const out = new Writer();
    for (const message of tamper(from, messages)) writeRecord(out, version, message);
    out.bytes(r.rest());
    return out.length === 0 ? [] : [out.copy()];
  };
}

function readMessages(clear: Writer, messages: ClearMessage[]): void {
  const r = new Reader(clear.copy());
  while (r.remaining > 0) messages.push({ type: r.u8(), body: r.vector(3) });
  clear.length = 0;
}

function writeRecord(w: Writer, version: number, message: ClearMessage): void {
  w.u8(message.type === CCS ? 20 : 22);
  w.u16(version);
  const at = w.open(2);
  if (message.type !== CCS) {
    w.u8(message.type);
    w.vector(3, message.body);
  } else w.bytes(message.body);
  w.close(2, at);
}
