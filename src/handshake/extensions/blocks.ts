/** Whole blocks of extensions: what each message may hold, and nothing that was not offered. */
import { DECODE_ERROR, ILLEGAL_PARAMETER, UNSUPPORTED_EXTENSION } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';
import { COOKIE, IN_CLIENT_HELLO, IN_HELLO_RETRY_REQUEST, RENEGOTIATION_INFO } from '../../wire/extension.ts';
import type { RawExtension } from '../../wire/extensions.ts';
import type { Handshake } from '../state.ts';
import type { ExtensionModule } from './module.ts';

/** The module of a type among lists; undefined for one that we do not know. */
export function findModule(type: number, ...lists: readonly (readonly ExtensionModule[])[]): ExtensionModule | undefined {
  for (const list of lists) for (const module of list) if (module.type === type) return module;
  return undefined;
}

/** Client: writes the offers of all modules, and notes which were made. */
export function writeOffers(hs: Handshake, w: Writer, modules: readonly ExtensionModule[]): void {
  hs.offered = [];
  for (const module of modules) {
    if (module.offer === undefined || (module.where & IN_CLIENT_HELLO) === 0) continue;
    const start = begin(w, module.type);
    if (end(w, start, module.offer(hs, w))) hs.offered.push(module.type);
  }
}

/** Server: hands each offer to its module; unknown ones are ignored, as RFC 9846 §4.2.2 asks. */
export function readOffers(hs: Handshake, offers: readonly RawExtension[], modules: readonly ExtensionModule[]): void {
  hs.offered = offers.map((offer) => offer.type);
  //= rfc9846#section-4.2.2
  //# Servers MUST ignore unrecognized extensions.
  //= rfc9846#section-9.3
  //# A server receiving a ClientHello MUST correctly ignore all unrecognized cipher suites, extensions,
  //# and other parameters
  //= rfc5746#section-3.6
  //# MUST ignore any unknown extensions offered by the client
  for (const module of modules) {
    if (module.onOffer === undefined) continue;
    for (const offer of offers) {
      if (offer.type !== module.type) continue;
      const r = new Reader(offer.body);
      module.onOffer(hs, r);
      checkEnd(r, offer);
    }
  }
}

/** Server: writes the answers that belong into the message `where`. */
export function writeAnswers(hs: Handshake, w: Writer, modules: readonly ExtensionModule[], where: number): void {
  for (const module of modules) {
    if (module.answer === undefined || (module.where & where) === 0) continue;
    //= rfc9846#section-4.3
    //# Implementations MUST NOT send extension responses
    //= rfc5246#section-7.4.1.4
    //# An extension type MUST NOT appear in the ServerHello unless the same extension type appeared in
    //# the corresponding ClientHello.
    //= rfc5077#section-3.2
    //# The server MUST NOT send this extension if it does not receive one in the ClientHello.
    if (!isOffered(hs, module.type)) continue;
    const start = begin(w, module.type);
    end(w, start, module.answer(hs, w, where));
  }
}

/** Client: hands each answer to its module. */
export function readAnswers(hs: Handshake, answers: readonly RawExtension[], modules: readonly ExtensionModule[], where: number): void {
  for (const answer of answers) {
    //= rfc9846#section-4.3
    //# Implementations MUST NOT send extension responses (i.e., in the
    //# ServerHello, EncryptedExtensions, HelloRetryRequest, and Certificate
    //# messages) if the remote endpoint did not send the corresponding extension requests, with the
    //# exception of the "cookie" extension in the HelloRetryRequest.  Upon
    //# receiving such an extension, an endpoint MUST abort the handshake with an
    //# "unsupported_extension" alert.
    //= rfc5246#section-7.4.1.4
    //# it MUST abort the handshake with an unsupported_extension fatal alert
    //= rfc5746#section-3.6
    //# TLS implementations MUST continue to comply with Section 7.4.1.4 for all other extensions
    const unasked = where === IN_HELLO_RETRY_REQUEST && answer.type === COOKIE;
    if (!unasked && !isOffered(hs, answer.type)) fail(UNSUPPORTED_EXTENSION, 'unsolicited_extension', `extension ${answer.type}`);
    //= rfc9846#section-4.3
    //# it MUST abort the handshake with an "illegal_parameter" alert
    //= rfc9846#section-4.4.1
    //# The client MUST check EncryptedExtensions for the presence of any forbidden extensions and if
    //# any are found MUST abort the handshake with an "illegal_parameter" alert.
    const module = findModule(answer.type, modules);
    if (module === undefined || (module.where & where) === 0) fail(ILLEGAL_PARAMETER, 'misplaced_extension', `extension ${answer.type}`);
    if (module.onAnswer === undefined) continue;
    const r = new Reader(answer.body);
    module.onAnswer(hs, r, where);
    checkEnd(r, answer);
  }
}

/** Whether the ClientHello carried it; the SCSV of RFC 5746 counts as an empty renegotiation_info. */
export function isOffered(hs: Handshake, type: number): boolean {
  return hs.offered.includes(type) || (type === RENEGOTIATION_INFO && hs.renegotiationScsv);
}

/** Writes type, length and body; takes all back when `body` says that there is nothing to send. */
export function append(w: Writer, type: number, body: () => boolean): boolean {
  const start = begin(w, type);
  return end(w, start, body());
}

/** Type, and room for the length: where `end` finds them. */
function begin(w: Writer, type: number): number {
  const start = w.length;
  w.u16(type);
  w.open(2);
  return start;
}

function end(w: Writer, start: number, said: boolean): boolean {
  //= rfc9846#section-4.3
  //# senders MUST NOT include data after the structure in the "extension_data" field
  if (said) w.close(2, start + 2);
  else w.length = start;
  return said;
}

function checkEnd(r: Reader, extension: RawExtension): void {
  //= rfc9846#section-4.3
  //# receivers MUST abort the handshake with a "decode_error" alert if there is data left over after
  //# parsing the structure
  if (r.remaining > 0) fail(DECODE_ERROR, 'bad_extension', `trailing bytes in extension ${extension.type}`);
}
