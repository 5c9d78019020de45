/**
 * ChangeCipherSpec, RFC 5246 §7.1: no handshake message, but it has its place among them. The flow lists it, so it cannot
 * come early (S2); the change of keys is the step behind it.
 */
import type { Handshake } from '../state.ts';

export function sendChangeCipherSpec(hs: Handshake): void {
  hs.carrier.changeCipherSpec();
}

/** The carrier has checked its content. */
export function onChangeCipherSpec(): void {}
