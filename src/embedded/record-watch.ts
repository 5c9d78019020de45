/**
 * Looks at records as they pass, in one direction: their lengths, for the buffers that the configuration bounds, and what the
 * hellos show in the clear, for the structures of the guide. Reads headers only; nothing here decides on what is authentic.
 */

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
const CHANGE_CIPHER_SPEC = 20;
/** Enough of a hello: header, version, random, session ID, suite. */
const HEAD = 4 + 2 + 32 + 1 + 32 + 2;

export class RecordWatch {
  /** The random value of the hello. */
  random: Uint8Array | undefined;
  /** The session ID of the hello. */
  sessionId: Uint8Array | undefined;
  /** Records since the last change of keys. */
  sequence = 0;
  /** Bytes of handshake records. */
  handshakeBytes = 0;
  /** The longest record so far, header included. */
  longest = 0;
  /** Datagrams: the epoch of the last record. */
  epoch = 0;
  /** The last record number that stood on the wire, of the last epoch. */
  lastNumber = -1;
  /** Datagrams: which of the last 32 numbers have passed, bit 0 the last. */
  window = 0;
  /** The last record number of the epoch before. */
  previousEpochNumber = -1;
  /** Handshake messages that went in more than one piece, and the last piece in the clear. */
  fragments = 0;
  fragmentLength = 0;
  fragmentOffset = 0;
  messageSeq = -1;
  /** Messages of the flight that is going out or went out last, and which of them is the change of cipher. */
  flightMessages = 0;
  changeIndex = 0;
  /** What of it went in the clear, as it went. */
  readonly flight: Uint8Array[] = [];
  /** The last piece of a message that went in several, in the clear. */
  fragment: Uint8Array | undefined;
  /** The cipher suite of a ServerHello. */
  suite = 0;
  #flightOver = false;
  /** The cookie of a hello. */
  cookie: Uint8Array = new Uint8Array(0);
  #header = new Uint8Array(5);
  #headerLength = 0;
  #left = 0;
  #type = 0;
  #head: number[] | undefined;

  /** Bytes of a stream. */
  stream(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#left === 0) {
        this.#header[this.#headerLength++] = bytes[at++]!;
        if (this.#headerLength === 5) this.#begin();
        continue;
      }
      const take = Math.min(this.#left, bytes.length - at);
      if (this.#head !== undefined) this.#keepHead(bytes.subarray(at, at + take), 4);
      this.#left -= take;
      at += take;
    }
  }

  /** One datagram. */
  datagram(bytes: Uint8Array): void {
    for (let at = 0; at + 13 <= bytes.length; ) {
      const length = (bytes[at + 11]! << 8) | bytes[at + 12]!;
      const epoch = (bytes[at + 3]! << 8) | bytes[at + 4]!;
      let number = 0;
      for (let i = 5; i < 11; i++) number = number * 256 + bytes[at + i]!;
      if (epoch >= this.epoch) {
        if (epoch > this.epoch) {
          this.previousEpochNumber = this.lastNumber;
          this.lastNumber = -1;
          this.window = 0;
        }
        this.epoch = epoch;
        this.#slide(number);
      }
      this.sequence = this.lastNumber + 1;
      if (bytes[at] === HANDSHAKE && epoch === 0) {
        const body = bytes.subarray(at + 13, at + 13 + length);
        this.handshakeBytes += length;
        this.#fragment(body);
        if (body[0] === CLIENT_HELLO || body[0] === SERVER_HELLO) {
          this.#head = [];
          this.#keepHead(body, 12);
        }
      }
      if (bytes[at] === CHANGE_CIPHER_SPEC && epoch === 0) {
        if (this.#flightOver) this.#newFlight();
        this.changeIndex = this.flightMessages;
      }
      this.longest = Math.max(this.longest, 13 + length);
      at += 13 + length;
    }
  }

  /** The other side has spoken: what comes now is another flight. */
  endFlight(): void {
    this.#flightOver = true;
  }

  #newFlight(): void {
    this.#flightOver = false;
    this.flightMessages = 0;
    this.changeIndex = 0;
    this.flight.length = 0;
  }

  #slide(number: number): void {
    if (number > this.lastNumber) {
      const by = this.lastNumber < 0 ? 32 : number - this.lastNumber;
      this.window = (by >= 32 ? 1 : (this.window << by) | 1) >>> 0;
      this.lastNumber = number;
    } else if (this.lastNumber - number < 32) this.window = (this.window | (1 << (this.lastNumber - number))) >>> 0;
  }

  #fragment(body: Uint8Array): void {
    if (body.length < 12) return;
    const total = (body[1]! << 16) | (body[2]! << 8) | body[3]!;
    const seq = (body[4]! << 8) | body[5]!;
    // What is sent again is no flight of its own.
    const isNew =
      seq > this.messageSeq || (seq === this.messageSeq && ((body[6]! << 16) | (body[7]! << 8) | body[8]!) > this.fragmentOffset);
    if (!isNew) return;
    if (this.#flightOver) this.#newFlight();
    this.flight.push(body.slice());
    this.messageSeq = seq;
    this.fragmentOffset = (body[6]! << 16) | (body[7]! << 8) | body[8]!;
    this.fragmentLength = (body[9]! << 16) | (body[10]! << 8) | body[11]!;
    if (this.fragmentLength < total) {
      this.fragments++;
      this.fragment = body.slice();
    }
    if (this.fragmentOffset === 0) this.flightMessages++;
    // The cookie stands behind the session ID, RFC 6347 §4.2.1.
    if (body[0] !== CLIENT_HELLO || this.fragmentOffset !== 0) return;
    const at = 12 + 35 + (body[12 + 34] ?? 0);
    const length = body[at] ?? 0;
    this.cookie = body.slice(at + 1, at + 1 + length);
  }

  #begin(): void {
    this.#headerLength = 0;
    const length = (this.#header[3]! << 8) | this.#header[4]!;
    this.#type = this.#header[0]!;
    this.#left = length;
    this.longest = Math.max(this.longest, 5 + length);
    if (this.#type === CHANGE_CIPHER_SPEC) this.sequence = 0;
    else this.sequence++;
    if (this.#type === HANDSHAKE) {
      this.handshakeBytes += length;
      if (this.random === undefined) this.#head = [];
    }
  }

  /** `header`: bytes of the handshake header, 4 in a stream and 12 in datagrams. */
  #keepHead(bytes: Uint8Array, header: number): void {
    const head = this.#head!;
    const wanted = HEAD - 4 + header;
    for (let i = 0; i < bytes.length && head.length < wanted; i++) head.push(bytes[i]!);
    if (head.length < header + 35) return;
    if (head[0] !== CLIENT_HELLO && head[0] !== SERVER_HELLO) {
      this.#head = undefined;
      return;
    }
    this.random = Uint8Array.from(head.slice(header + 2, header + 34));
    const end = header + 35 + head[header + 34]!;
    if (head.length < end) return;
    this.sessionId = Uint8Array.from(head.slice(header + 35, end));
    if (head[0] === SERVER_HELLO) {
      if (head.length < end + 2) return;
      this.suite = (head[end]! << 8) | head[end + 1]!;
    }
    this.#head = undefined;
  }
}
