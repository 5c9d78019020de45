/**
 * A (D)TLS 1.3 connection after its handshake: exporter, tickets, key updates. All secrets stand in one packed block:
 * a 32-byte array costs 240 bytes of heap, four of them half of what an idle connection may cost.
 */
import { DECODE_ERROR, ILLEGAL_PARAMETER, UNEXPECTED_MESSAGE } from '../../base/alerts.ts';
import { EMPTY } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import { MAX_KEY_UPDATES, MAX_SESSION_LIFETIME_MS, MAX_TICKETS } from '../../base/limits.ts';
import { Reader } from '../../base/reader.ts';
import { hashLength } from '../../crypto/kdf/hash-length.ts';
import { exportKeyingMaterial13, nextTrafficSecret, resumptionPsk, type Schedule13 } from '../../crypto/kdf/key-schedule13.ts';
import type { ModernSuite } from '../../crypto/suites/suite.ts';
import type { IncomingMessage } from '../../record/carrier.ts';
import type { Session } from '../../session/session.ts';
import { EARLY_DATA } from '../../wire/extension.ts';
import { findExtension } from '../../wire/extensions.ts';
import { KEY_UPDATE, messageName, NEW_SESSION_TICKET } from '../../wire/handshake.ts';
import { readNewSessionTicket } from '../../wire/messages/new-session-ticket.ts';
import type { Established, EstablishedHost } from '../established.ts';
import type { PeerVerified } from '../peer-auth.ts';
import type { Handshake } from '../state.ts';
import { sessionOf } from './session.ts';
import { trafficKeys } from './key-schedule.ts';
import { MODERN_SHAPE } from './shape.ts';

const READ = 0;
const WRITE = 1;
const EXPORTER = 2;
const RESUMPTION = 3;

const UPDATE_NOT_REQUESTED = 0;
const UPDATE_REQUESTED = 1;

export class ModernEstablished implements Established {
  readonly #lh: Schedule13;
  readonly #suite: ModernSuite;
  readonly #secrets: Uint8Array;
  /** Client: what a ticket makes a session of; undefined once no more are taken. */
  readonly #template: Session | undefined;
  readonly #now: () => number;
  sendTickets: (() => void) | undefined;
  #tickets = 0;
  #keyUpdates = 0;
  /** We asked for a KeyUpdate that has not come. */
  #asked = false;
  #readEpoch = 3;
  #writeEpoch = 3;

  constructor(hs: Handshake, suite: ModernSuite, _verified: PeerVerified) {
    const { schedule } = hs.modern;
    this.#lh = schedule.lh;
    this.#suite = suite;
    const size = hashLength(schedule.lh.hash);
    this.#secrets = new Uint8Array(4 * size);
    const client = hs.side === 'client';
    this.#put(READ, client ? schedule.serverApplication : schedule.clientApplication);
    this.#put(WRITE, client ? schedule.clientApplication : schedule.serverApplication);
    this.#put(EXPORTER, schedule.exporter);
    this.#put(RESUMPTION, schedule.resumption);
    this.#now = hs.context.now;
    this.#template = client && hs.client.resumption ? sessionOf(hs, EMPTY, EMPTY, 0, 0) : undefined;
  }

  exportKeyingMaterial(label: string, context: Uint8Array | undefined, length: number): Uint8Array {
    //= rfc9846#section-7.5
    //# Implementations MUST use the exporter_secret unless explicitly specified by the application.
    return exportKeyingMaterial13(this.#lh, this.#get(EXPORTER), label, context ?? EMPTY, length);
  }

  onData(): void {
    this.#keyUpdates = 0;
  }

  onMessage(host: EstablishedHost, message: IncomingMessage): void {
    if (message.type === KEY_UPDATE) this.#onKeyUpdate(host, message);
    else if (message.type === NEW_SESSION_TICKET && host.side === 'client') this.#onTicket(host, message);
    //= rfc9846#section-4.2.2
    //# it MUST terminate the connection with an "unexpected_message" alert
    //= rfc9846#section-4.7.2
    //# MUST send an "unexpected_message" fatal alert
    //= rfc9846#section-4.3.6
    //# Servers MUST NOT send a post-handshake CertificateRequest to clients which do not offer this
    //# extension.
    else fail(UNEXPECTED_MESSAGE, 'unexpected_message', `${messageName(message.type)} after the handshake`);
  }

  //= rfc9846#section-4.7.3
  //# struct {
  //#     KeyUpdateRequest request_update;
  //# } KeyUpdate;
  updateKeys(host: EstablishedHost, request: boolean): void {
    //= rfc9846#section-4.7.3
    //# Until receiving a subsequent KeyUpdate from the peer, the sender MUST NOT send another KeyUpdate
    //# with request_update set to "update_requested".
    const asks = request && !this.#asked;
    this.#asked ||= request;
    host.carrier.message(KEY_UPDATE, (w) => w.u8(asks ? UPDATE_REQUESTED : UPDATE_NOT_REQUESTED));
    //= rfc9846#section-4.7.3
    //# After sending a KeyUpdate message, the sender SHALL send all its traffic using the next
    //# generation of keys, computed as described in Section 7.2.
    //= rfc9846#section-4.7.3
    //# Both sender and receiver MUST encrypt their KeyUpdate messages with the old keys.
    this.#put(WRITE, nextTrafficSecret(this.#lh, this.#get(WRITE)));
    host.carrier.setWrite(++this.#writeEpoch, this.#protection(WRITE, 'write'));
  }

  #onKeyUpdate(host: EstablishedHost, message: IncomingMessage): void {
    const r = new Reader(message.body);
    const request = r.u8();
    r.finish();
    //= rfc9846#section-4.7.3
    //# If an implementation receives any other value, it MUST
    //# terminate the connection with an "illegal_parameter" alert.
    if (request !== UPDATE_NOT_REQUESTED && request !== UPDATE_REQUESTED) fail(ILLEGAL_PARAMETER, 'decode_error', 'request_update');
    if (++this.#keyUpdates > MAX_KEY_UPDATES) fail(UNEXPECTED_MESSAGE, 'too_many_key_updates');
    this.#asked = false;
    //= rfc9846#section-4.7.3
    //# Upon receiving a KeyUpdate, the receiver MUST update its receiving keys.
    //= rfc9846#section-4.7.3
    //# Additionally, both sides MUST enforce that a KeyUpdate with the old key is received before
    //# accepting any messages encrypted with the new key.
    this.#put(READ, nextTrafficSecret(this.#lh, this.#get(READ)));
    host.carrier.setRead(++this.#readEpoch, this.#protection(READ, 'read'));
    host.keyUpdated(request === UPDATE_REQUESTED);
  }

  #onTicket(host: EstablishedHost, message: IncomingMessage): void {
    const ticket = readNewSessionTicket(new Reader(message.body));
    //= rfc9846#section-4.7.1
    //# Clients MUST ignore unrecognized extensions.
    const early = findExtension(ticket.extensions, EARLY_DATA);
    if (early !== undefined && early.remaining !== 4) fail(DECODE_ERROR, 'bad_extension', 'early_data');
    //= rfc9846#section-4.7.1
    //# Clients which receive a NewSessionTicket message but do not support resumption MUST silently
    //# ignore this message.
    if (this.#template === undefined || this.#template.lifetimeMs === 0 || ticket.lifetime === 0 || ++this.#tickets > MAX_TICKETS) return;
    //= rfc9846#section-4.7.1
    //# Servers MUST NOT use any value greater
    //# than 604800 seconds (7 days).
    const lifetimeMs = Math.min(ticket.lifetime * 1000, MAX_SESSION_LIFETIME_MS, this.#template.lifetimeMs);
    host.session({
      ...this.#template,
      secret: resumptionPsk(this.#lh, this.#get(RESUMPTION), ticket.nonce),
      ticket: ticket.ticket.slice(),
      created: this.#now(),
      lifetimeMs,
      ageAdd: ticket.ageAdd,
      maxEarlyData: early === undefined ? 0 : early.u32(),
    });
  }

  #protection(which: number, direction: 'read' | 'write') {
    const { protection } = this.#suite;
    return protection.protect(this.#lh.crypto, trafficKeys(this.#lh, this.#get(which), protection), MODERN_SHAPE, direction);
  }

  #get(index: number): Uint8Array {
    const size = hashLength(this.#lh.hash);
    return this.#secrets.subarray(index * size, (index + 1) * size);
  }

  #put(index: number, secret: Uint8Array): void {
    this.#secrets.set(secret, index * hashLength(this.#lh.hash));
  }
}
