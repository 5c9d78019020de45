/** PSKs of TLS 1.3: offered by a client, chosen and checked by a server. RFC 9846 §4.3.11. */
import { DECRYPT_ERROR } from '../../base/alerts.ts';
import { concat, equal } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import { isPromise, type MaybePromise, then } from '../../base/maybe-promise.ts';
import type { LabelPrefix } from '../../crypto/kdf/hkdf.ts';
import { finishedMac } from '../../crypto/kdf/key-schedule13.ts';
import type { HashName } from '../../crypto/port.ts';
import { decodeSession } from '../../session/codec.ts';
import type { Session } from '../../session/session.ts';
import type { ExternalPsk } from '../context.ts';
import type { Handshake } from '../state.ts';
import { bestOf } from '../version.ts';
import { KeySchedule } from './key-schedule.ts';
import { modernOffer, type NamedPsk, type OfferedPsk, type SelectedPsk } from './state.ts';

/** The binder over `partial`, the parts of the ClientHello without its binders, after what the transcript already holds. */
export function binderOf(hs: Handshake, { schedule, session }: OfferedPsk | SelectedPsk, ...partial: readonly Uint8Array[]): Uint8Array {
  const key = schedule.binderKey(session === undefined ? 'ext' : 'res');
  const { length } = hs.transcript;
  const said = length === 0 && partial.length === 1 ? partial[0]! : concat(hs.transcript.messages(), ...partial);
  return finishedMac(schedule.lh, key, hs.crypto.digest(schedule.hash, said));
}

/** The schedule of a connection with this PSK: its binder needs the beginning, and the rest goes on from there. */
function scheduleOf(hs: Handshake, secret: Uint8Array, hash: HashName = 'sha256'): KeySchedule {
  return new KeySchedule(hs.crypto, hash, labelPrefix(hs), secret);
}

/** Of the version, or before it is chosen of the one that is offered. */
export function labelPrefix(hs: Handshake): LabelPrefix {
  const version = hs.hasVersion ? hs.version : bestOf(hs.context.versions, 'modern');
  return version?.labelPrefix ?? 'tls13 ';
}

/** Client: collects what it can offer. */
export function preparePsks(hs: Handshake): MaybePromise<void> {
  const { client } = hs;
  const offers: OfferedPsk[] = [];
  const { session } = hs.options;
  if (session !== undefined && client.resumption && isUsable(hs, session)) {
    const age = client.now() - session.created + session.ageAdd;
    const schedule = scheduleOf(hs, session.secret, session.hash);
    offers.push({ identity: session.ticket, obfuscatedAge: (age % 2 ** 32) >>> 0, schedule, session });
  }
  modernOffer(hs).offeredPsks = offers;
  if (client.psk === undefined) return;
  return then(client.psk(undefined), (psk: ExternalPsk | undefined) => {
    if (psk === undefined) return;
    offers.push({ identity: psk.identity, obfuscatedAge: 0, schedule: scheduleOf(hs, psk.key, psk.hash), session: undefined });
  });
}

function isUsable(hs: Handshake, session: Session): boolean {
  const { client, options } = hs;
  const version = bestOf(client.versions, 'modern');
  if (version === undefined || session.version !== version.id || session.ticket.length === 0) return false;
  //= rfc9846#section-4.7.1
  //# Clients MUST NOT use tickets for longer
  //# than 7 days after issuance, regardless of the ticket_lifetime
  //= rfc9846#section-4.3.11.1
  //# Clients MUST NOT attempt to use tickets which have ages greater than the "ticket_lifetime" value
  //# which was provided with the ticket.
  if (client.now() - session.created >= session.lifetimeMs) return false;
  //= rfc9846#section-4.7.1
  //# Clients MUST only resume if the new SNI value is valid for the server certificate presented in the
  //# original session
  if (session.serverName !== (options.serverName ?? '')) return false;
  return client.suites.some((suite) => suite.family === 'modern' && suite.hash === session.hash);
}

/** Server: the first PSK that is known, may be used and is bound to `hash`; its binder is checked. */
export function selectPsk(hs: Handshake, hash: HashName): MaybePromise<SelectedPsk | undefined> {
  const { peerPsks, pskDheAllowed } = hs.modern;
  //= rfc9846#section-4.2.1
  //# it MUST also select a key establishment mode from the list indicated by the client's
  //# "psk_key_exchange_modes" extension
  //= rfc9846#section-4.3.9
  //# Servers MUST NOT select a key exchange mode that is not listed by the client.
  if (peerPsks.length === 0 || !pskDheAllowed) return undefined;
  return tryPsk(hs, hash, 0);
}

function tryPsk(hs: Handshake, hash: HashName, index: number): MaybePromise<SelectedPsk | undefined> {
  for (let i = index; i < hs.modern.peerPsks.length; i++) {
    const named = hs.modern.peerPsks[i]!;
    const found = resolvePsk(hs, named, i);
    if (isPromise(found)) {
      return found.then((psk) => (psk?.schedule.hash === hash ? accept(hs, named, psk) : tryPsk(hs, hash, i + 1)));
    }
    //= rfc9846#section-4.3.11
    //# The server MUST ensure that it selects a compatible PSK (if any) and cipher suite.
    //= rfc9846#section-4.7.1
    //# Any ticket MUST only be resumed with a cipher suite that has the same KDF hash algorithm as that
    //# used to establish the original connection.
    if (found?.schedule.hash === hash) return accept(hs, named, found);
  }
  return undefined;
}

function resolvePsk(hs: Handshake, named: NamedPsk, index: number): MaybePromise<SelectedPsk | undefined> {
  const sealed = hs.server.tickets?.open(named.identity);
  const session = sealed === undefined ? undefined : decodeSession(sealed);
  if (session !== undefined) {
    return mayResume(hs, session) ? { index, schedule: scheduleOf(hs, session.secret, session.hash), session } : undefined;
  }
  if (hs.server.findPsk === undefined) return undefined;
  return then(hs.server.findPsk(named.identity), (psk) =>
    //= rfc9846#section-4.3.11
    //# the Hash algorithm MUST be set when the PSK is established or default to SHA-256 if no such
    //# algorithm is defined
    psk === undefined ? undefined : { index, schedule: scheduleOf(hs, psk.key, psk.hash), session: undefined },
  );
}

/** S29: a session is resumed only under the name, the context and the client certificates that made it. */
function mayResume(hs: Handshake, session: Session): boolean {
  const { server } = hs;
  const age = server.now() - session.created;
  if (session.version !== hs.version.id || age < 0 || age >= session.lifetimeMs) return false;
  if (session.serverName !== hs.serverName || !equal(session.contextId, server.contextId)) return false;
  if (server.clientCertificate === 'require') return session.peerChain.length > 0 && session.peerTrusted;
  return true;
}

function accept(hs: Handshake, named: NamedPsk, psk: SelectedPsk): SelectedPsk {
  const { clientHelloRaw } = hs;
  const partial = clientHelloRaw.subarray(0, clientHelloRaw.length - hs.modern.bindersLength);
  const binder = binderOf(hs, psk, partial);
  //= rfc9846#section-4.3.11
  //# Prior to accepting PSK key establishment, the server MUST validate
  //# the corresponding binder value (see Section 4.2.11.2 below).  If this
  //# value is not present or does not validate, the server MUST abort the
  //# handshake.
  if (!hs.crypto.timingSafeEqual(binder, named.binder)) fail(DECRYPT_ERROR, 'bad_psk_binder');
  return psk;
}
