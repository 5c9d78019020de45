/** One extension is one module: what it sends and reads in each message where it may stand. */
import type { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';
import type { Handshake } from '../state.ts';

export interface ExtensionModule {
  readonly type: number;
  /** Bit mask of the messages in which it may stand (`IN_…` of wire/extension.ts). */
  readonly where: number;
  /** Client: writes the body into a ClientHello; false: not sent. */
  offer?(hs: Handshake, w: Writer): boolean;
  /** Server: reads what the client offered. The caller checks that nothing is left. */
  onOffer?(hs: Handshake, r: Reader): void;
  /** Server: writes the body into the message `where`; false: not sent. Asked only when the client offered it. */
  answer?(hs: Handshake, w: Writer, where: number): boolean;
  /** Client: reads the server's answer in the message `where`. */
  onAnswer?(hs: Handshake, r: Reader, where: number): void;
}
