/**
 * The order of a handshake as data, and the one runner that executes it in both roles over every carrier.
 *
 * A flow reads like the RFC's figure. Diagrams, the permitted sequences, the negative tests and the text of
 * `unexpected_message` come from the same list, so they cannot differ from what runs.
 */
import { UNEXPECTED_MESSAGE } from '../base/alerts.ts';
import { fail } from '../base/errors.ts';
import { isPromise, type MaybePromise, then } from '../base/maybe-promise.ts';
import type { Carrier, IncomingMessage, TranscriptSink } from '../record/carrier.ts';
import { CCS_MESSAGE } from '../wire/handshake.ts';

export type Side = 'client' | 'server';

/** A named, pure condition: printable in diagrams and testable over the feature matrix. */
export interface Guard<H, R = boolean> {
  readonly label: string;
  test(hs: H): R;
}

export interface MessageStep<H> {
  readonly kind: 'msg';
  readonly from: Side;
  readonly msg: number;
  /** Key of the handlers. */
  readonly name: string;
  /** What the sender decides; absent: always sent. */
  readonly sendIf?: Guard<H>;
  /** What the receiver may assume: required, forbidden, or the peer decides. Absent: required, or `maybe` where there is a `sendIf`. */
  readonly expectIf?: Guard<H, boolean | 'maybe'>;
}

/** A block that the sender of its first message decides on, and the receiver recognises by that message. */
export interface OptionalStep<H> {
  readonly kind: 'opt';
  readonly name: string;
  readonly from: Side;
  readonly sendIf: Guard<H>;
  readonly body: Flow<H>;
}

/** A branch on what both sides know. */
export interface BranchStep<H> {
  readonly kind: 'alt';
  readonly name: string;
  readonly if: Guard<H>;
  readonly then: Flow<H>;
  readonly else: Flow<H>;
}

/** Something done between messages that belongs to the order: a change of keys. */
export interface ActionStep<H> {
  readonly kind: 'act';
  readonly name: string;
  readonly by: Side | 'both';
  readonly if?: Guard<H>;
  /** It puts something on the wire: our turn begins, if it has not. */
  readonly sends?: boolean;
  run(hs: H): MaybePromise<void>;
}

/** Goes over to the flow of the version that was chosen. */
export interface GotoStep<H> {
  readonly kind: 'goto';
  readonly name: string;
  pick(hs: H): Binding<H>;
}

export type Step<H> = MessageStep<H> | OptionalStep<H> | BranchStep<H> | ActionStep<H> | GotoStep<H>;
export type Flow<H> = readonly Step<H>[];

/** `sendX` for messages from our side (no argument), `onX` for the peer's. */
export type Handler<H> = (hs: H, message: IncomingMessage) => MaybePromise<void>;
/** The handlers of one role, by the step's name. */
export type Handlers<H> = { readonly [name: string]: Handler<H> };
export interface Binding<H> {
  readonly flow: Flow<H>;
  readonly handlers: Handlers<H>;
}

/** One step as it happened: what ladders are drawn from. */
export interface TraceEntry {
  readonly from: Side;
  readonly kind: 'message' | 'action';
  readonly name: string;
  /** Bytes of the message with its header; 0 for actions and ChangeCipherSpec. */
  readonly length: number;
}

/** What the runner needs of the state that the handlers share. */
export interface FlowState {
  readonly side: Side;
  readonly carrier: Carrier;
  readonly transcript: TranscriptSink & { readonly length: number };
  /** Told of every step; undefined in normal use. */
  readonly trace: ((entry: TraceEntry) => void) | undefined;
  /** The number by which flows know a message: its type, or a pseudo-number. */
  classify(message: IncomingMessage): number;
  /** What errors call a message of that number. */
  nameOf(type: number): string;
  /** Messages to be dropped unread at this point (HelloRequest, RFC 5246 §7.4.1.1). */
  ignores(type: number): boolean;
}

/** What the runner waits for: bytes from the peer, a promise, or nothing any more. */
export type FlowStatus = 'input' | 'async' | 'done';

interface Frame<H> {
  readonly flow: Flow<H>;
  at: number;
}

const NO_MESSAGE: IncomingMessage = /* @__PURE__ */ Object.freeze({ type: -1, body: new Uint8Array(0), raw: new Uint8Array(0) });

export class FlowRunner<H extends FlowState> {
  readonly #hs: H;
  #handlers: Handlers<H>;
  readonly #frames: Frame<H>[];
  #incoming: IncomingMessage | undefined;
  #incomingType = -1;
  /** The side whose flight is under way; undefined before the first message. */
  #turn: Side | undefined;
  #skipped: string[] = [];

  constructor(hs: H, binding: Binding<H>) {
    this.#hs = hs;
    this.#handlers = binding.handlers;
    this.#frames = [{ flow: binding.flow, at: 0 }];
  }

  /**
   * Goes on as far as possible. A promise in the result means: call again when it is fulfilled. Throws what handlers
   * throw; the flow must not be advanced after that.
   */
  advance(): FlowStatus | PromiseLike<void> {
    for (;;) {
      const step = this.#current();
      if (step === undefined) {
        this.#hs.carrier.finished();
        return 'done';
      }
      const result = this.#execute(step);
      if (result === 'wait') return 'input';
      if (isPromise(result)) return result;
    }
  }

  /** The first message has been taken from the carrier already: the ClientHello that asks for another handshake. */
  feed(message: IncomingMessage): void {
    this.#incoming = message;
    this.#incomingType = this.#hs.classify(message);
  }

  #current(): Step<H> | undefined {
    const frames = this.#frames;
    for (;;) {
      const frame = frames[frames.length - 1];
      if (frame === undefined) return undefined;
      if (frame.at < frame.flow.length) return frame.flow[frame.at];
      frames.pop();
    }
  }

  #done(): void {
    this.#frames[this.#frames.length - 1]!.at++;
  }

  #enter(flow: Flow<H>): void {
    this.#done();
    this.#frames.push({ flow, at: 0 });
  }

  #execute(step: Step<H>): MaybePromise<void> | 'wait' {
    const hs = this.#hs;
    switch (step.kind) {
      case 'msg':
        return step.from === hs.side ? this.#send(step) : this.#receive(step);
      case 'opt':
        return this.#optional(step);
      case 'alt':
        this.#enter(step.if.test(hs) ? step.then : step.else);
        return;
      case 'act': {
        this.#done();
        if (step.by !== 'both' && step.by !== hs.side) return;
        if (step.if !== undefined && !step.if.test(hs)) return;
        if (step.sends === true) this.#ourTurn();
        hs.trace?.({ from: hs.side, kind: 'action', name: step.name, length: 0 });
        return step.run(hs);
      }
      case 'goto': {
        const binding = step.pick(hs);
        this.#handlers = binding.handlers;
        this.#enter(binding.flow);
        return;
      }
    }
  }

  #send(step: MessageStep<H>): MaybePromise<void> {
    this.#done();
    if (step.sendIf !== undefined && !step.sendIf.test(this.#hs)) return;
    this.#ourTurn();
    const hs = this.#hs;
    const { trace } = hs;
    if (trace === undefined) return this.#handler(step.name)(hs, NO_MESSAGE);
    const before = hs.transcript.length;
    return then(this.#handler(step.name)(hs, NO_MESSAGE), () =>
      trace({ from: hs.side, kind: 'message', name: step.name, length: hs.transcript.length - before }),
    );
  }

  #receive(step: MessageStep<H>): MaybePromise<void> | 'wait' {
    const expect = this.#expectation(step);
    if (expect === false) {
      this.#done();
      return;
    }
    if (!this.#peek(step.msg)) return 'wait';
    if (this.#incomingType !== step.msg) {
      if (expect === true) this.#refuse(step);
      this.#skipped.push(step.name);
      this.#done();
      return;
    }
    this.#done();
    return this.#consume(step);
  }

  #optional(step: OptionalStep<H>): MaybePromise<void> | 'wait' {
    if (step.from === this.#hs.side) {
      if (step.sendIf.test(this.#hs)) this.#enter(step.body);
      else this.#done();
      return;
    }
    const first = step.body[0];
    if (!this.#peek(first?.kind === 'msg' ? first.msg : -1)) return 'wait';
    if (first?.kind === 'msg' && first.msg === this.#incomingType) this.#enter(step.body);
    else {
      this.#skipped.push(step.name);
      this.#done();
    }
  }

  #expectation(step: MessageStep<H>): boolean | 'maybe' {
    if (step.expectIf !== undefined) return step.expectIf.test(this.#hs);
    return step.sendIf === undefined ? true : 'maybe';
  }

  /** Makes sure that a message is at hand. */
  #peek(wanted: number): boolean {
    this.#theirTurn();
    while (this.#incoming === undefined) {
      const message = this.#hs.carrier.next(wanted);
      if (message === undefined) return false;
      if (this.#hs.ignores(message.type)) continue;
      this.#incoming = message;
      this.#incomingType = this.#hs.classify(message);
    }
    return true;
  }

  #consume(step: MessageStep<H>): MaybePromise<void> {
    const message = this.#incoming!;
    this.#incoming = undefined;
    this.#skipped = [];
    this.#hs.trace?.({ from: step.from, kind: 'message', name: step.name, length: message.raw.length });
    const result = this.#handler(step.name)(this.#hs, message);
    // A handler sees the transcript without its own message: CertificateVerify and Finished are computed over what precedes them.
    if (isPromise(result)) return result.then(() => this.#record(message));
    this.#record(message);
  }

  #record(message: IncomingMessage): void {
    //= rfc6066#section-1.1
    //# any messages associated with these extensions that are sent during the TLS handshake MUST be
    //# included in the hash calculations
    if (message.type !== CCS_MESSAGE) this.#hs.transcript.add(message.raw);
  }

  #refuse(step: MessageStep<H>): never {
    const expected = [...this.#skipped, step.name].join(' or ');
    //= rfc9846#section-4
    //# A peer which receives a handshake message in an unexpected order MUST abort the handshake with
    //# an "unexpected_message" alert.
    //= rfc5246#section-7.4
    //# sending handshake messages in an unexpected order results in a fatal error
    //= rfc9846#section-4.6
    //# Servers MUST NOT send this message, and clients receiving it MUST terminate the connection with
    //# an "unexpected_message" alert
    fail(UNEXPECTED_MESSAGE, 'unexpected_message', `expected ${expected}, got ${this.#hs.nameOf(this.#incomingType)}`);
  }

  #ourTurn(): void {
    const side = this.#hs.side;
    if (this.#turn === side) return;
    // Only now is the peer's flight complete: its first message does not end the wait for the rest.
    if (this.#turn !== undefined) this.#hs.carrier.answered();
    this.#turn = side;
    // Nothing goes out on top of a flight that was not in order.
    const { fault } = this.#hs.carrier;
    if (fault !== undefined) fail(fault.alert, fault.code, fault.detail);
  }

  #theirTurn(): void {
    const side: Side = this.#hs.side === 'client' ? 'server' : 'client';
    if (this.#turn === side) return;
    if (this.#turn !== undefined) this.#hs.carrier.endFlight();
    this.#turn = side;
  }

  #handler(name: string): Handler<H> {
    const handler = this.#handlers[name];
    if (handler === undefined) throw new RangeError(`no handler for ${name}`);
    return handler;
  }
}
