/** Finished, RFC 5246 §7.4.9: the first message under the new keys, and the proof that both saw the same handshake. */
import { DECRYPT_ERROR } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import type { IncomingMessage } from '../../record/carrier.ts';
import { FINISHED } from '../../wire/handshake.ts';
import type { Side } from '../flow.ts';
import type { Handshake } from '../state.ts';

/** Only the comparison can make one: without it no handshake completes. */
export class FinishedVerified {
  /** Types of the same shape are not this one. Never there at run time. */
  declare protected readonly brand: never;
  readonly from: Side;
  private constructor(from: Side) {
    this.from = from;
  }

  /** Compares what the peer sent with what it should have sent. */
  static check(hs: Handshake, from: Side, received: Uint8Array, expected: Uint8Array): FinishedVerified {
    //= rfc5246#section-7.4.9
    //# Recipients of Finished
    //# messages MUST verify that the contents are correct.
    if (!hs.crypto.timingSafeEqual(received, expected)) fail(DECRYPT_ERROR, 'bad_finished');
    return new FinishedVerified(from);
  }
}

/** Sends ours. */
export function sendFinished(hs: Handshake): void {
  const data = verifyData(hs, hs.side);
  hs.carrier.message(FINISHED, (w) => w.bytes(data));
}

/** Takes in the peer's. */
export function onFinished(hs: Handshake, message: IncomingMessage): void {
  const from = hs.side === 'client' ? 'server' : 'client';
  const expected = verifyData(hs, from);
  hs.legacy.finished = FinishedVerified.check(hs, from, message.body, expected);
}

function verifyData(hs: Handshake, from: Side): Uint8Array {
  const { legacy } = hs;
  const data = legacy.strategy.finished(hs.crypto, legacy.suite.prfHash, legacy.master, from, hs.transcript);
  if (from === 'client') legacy.clientVerifyData = data;
  else legacy.serverVerifyData = data;
  return data;
}
