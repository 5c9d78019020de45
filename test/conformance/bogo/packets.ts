/**
 * Datagrams and orders in the runner's stream: an octet that says what follows, and numbers in network order. The runner
 * also holds the clock.
 */
const PACKET = 0x50;
const TIMEOUT = 0x54;
const TIMEOUT_ACK = 0x74;
const MTU = 0x4d;
const EXPECT_TIMEOUT = 0x45;
const SET_TIMEOUT = 0x55;
const NEVER = 2n ** 64n - 1n;
const NS_PER_MS = 1_000_000;

export type PacketOp =
  | { readonly type: 'packet'; readonly datagram: Uint8Array }
  /** The clock is moved on. */
  | { readonly type: 'advance'; readonly ms: number }
  | { readonly type: 'mtu'; readonly bytes: number }
  /** The next timeout must be so far off; Infinity: there must be none. */
  | { readonly type: 'expectTimeout'; readonly ms: number }
  | { readonly type: 'initialTimeout'; readonly ms: number };

export const ADVANCE_ACK: Uint8Array = Uint8Array.of(TIMEOUT_ACK);

export function framePacket(datagram: Uint8Array): Uint8Array {
  const out = Buffer.alloc(5 + datagram.length);
  out[0] = PACKET;
  out.writeUInt32BE(datagram.length, 1);
  out.set(datagram, 5);
  return out;
}

export class PacketReader {
  #bytes = Buffer.alloc(0);

  push(chunk: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
  }

  next(): PacketOp | undefined {
    const bytes = this.#bytes;
    if (bytes.length === 0) return undefined;
    const isLong = bytes[0] === TIMEOUT || bytes[0] === EXPECT_TIMEOUT;
    const head = isLong ? 9 : 5;
    if (bytes.length < head) return undefined;
    const length = bytes[0] === PACKET ? bytes.readUInt32BE(1) : 0;
    if (bytes.length < head + length) return undefined;
    this.#bytes = bytes.subarray(head + length);
    if (isLong) {
      const ns = bytes.readBigUInt64BE(1);
      const ms = ns === NEVER ? Number.POSITIVE_INFINITY : Number(ns) / NS_PER_MS;
      return { type: bytes[0] === TIMEOUT ? 'advance' : 'expectTimeout', ms };
    }
    const value = bytes.readUInt32BE(1);
    switch (bytes[0]) {
      case PACKET:
        return { type: 'packet', datagram: bytes.subarray(head, head + length) };
      case MTU:
        return { type: 'mtu', bytes: value };
      case SET_TIMEOUT:
        return { type: 'initialTimeout', ms: value };
      default:
        throw new Error(`unknown order ${bytes[0]}`);
    }
  }
}

/** Stands still unless the runner moves it: ms. */
export class RunnerClock {
  now = 0;
  readonly read = (): number => this.now;
}
