/** pre_shared_key, RFC 9846 §4.3.11: the identities with their binders, and the server's choice. */
import { ILLEGAL_PARAMETER } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import { MAX_PSK_IDENTITIES } from '../../base/limits.ts';
import type { Writer } from '../../base/writer.ts';
import { hashLength } from '../../crypto/kdf/hash-length.ts';
import { IN_CLIENT_HELLO, IN_SERVER_HELLO, PRE_SHARED_KEY } from '../../wire/extension.ts';
import { CLIENT_HELLO } from '../../wire/handshake.ts';
import { binderOf } from '../modern/psk.ts';
import type { NamedPsk } from '../modern/state.ts';
import { modernOffer } from '../modern/state.ts';
import type { Handshake } from '../state.ts';
import type { ExtensionModule } from './module.ts';

export const preSharedKey: ExtensionModule = {
  type: PRE_SHARED_KEY,
  where: IN_CLIENT_HELLO | IN_SERVER_HELLO,
  offer(hs, w) {
    const offers = modernOffer(hs).offeredPsks;
    hs.patchHello = undefined;
    if (offers.length === 0) return false;
    const identities = w.open(2);
    for (const offer of offers) {
      w.vector(2, offer.identity);
      w.u32(offer.obfuscatedAge);
    }
    w.close(2, identities);
    const start = w.length;
    const binders = w.open(2);
    for (const offer of offers) {
      const size = hashLength(offer.schedule.hash);
      w.u8(size);
      w.zeros(size);
    }
    w.close(2, binders);
    const length = w.length - start;
    //= rfc9846#section-9.2
    //# "pre_shared_key" is REQUIRED for PSK key agreement.
    const patch = (body: Writer): void => fillBinders(hs, body, length);
    hs.patchHello = patch;
    return true;
  },
  onOffer(hs, r) {
    const identities = r.sub(2, 7);
    const list: { identity: Uint8Array; obfuscatedAge: number }[] = [];
    while (identities.remaining > 0) {
      //= rfc9846#section-4.3.11
      //= type=implication
      //# servers MUST ignore the value
      list.push({ identity: identities.vector(2, 1), obfuscatedAge: identities.u32() });
    }
    modernOffer(hs).bindersLength = r.remaining;
    const binders = r.sub(2, 33);
    const psks: NamedPsk[] = [];
    for (const { identity, obfuscatedAge } of list) {
      if (binders.remaining === 0) fail(ILLEGAL_PARAMETER, 'bad_extension', 'fewer binders than identities');
      const binder = binders.vector(1, 32);
      // Those beyond the bound are not looked at; they count as unknown.
      if (psks.length < MAX_PSK_IDENTITIES) psks.push({ identity, obfuscatedAge, binder });
    }
    if (binders.remaining > 0) fail(ILLEGAL_PARAMETER, 'bad_extension', 'more binders than identities');
    modernOffer(hs).peerPsks = psks;
  },
  answer(hs, w) {
    if (hs.modern.psk === undefined) return false;
    w.u16(hs.modern.psk.index);
    return true;
  },
  onAnswer(hs, r) {
    const index = r.u16();
    const offer = hs.modern.offeredPsks[index];
    //= rfc9846#section-4.3.11
    //# Clients MUST verify that the server's selected_identity is within the
    //# range supplied by the client, that the server selected a cipher suite
    //# indicating a Hash associated with the PSK, and that a server
    //# "key_share" extension is present if required by the ClientHello
    //# "psk_key_exchange_modes" extension.
    //= rfc9846#section-4.3.11
    //# If these values are not consistent, the client MUST abort the handshake with an
    //# "illegal_parameter" alert.
    if (offer === undefined) fail(ILLEGAL_PARAMETER, 'bad_psk', 'selected_identity');
    hs.modern.psk = { index, schedule: offer.schedule, session: offer.session };
  },
};

/** The binders are over the ClientHello up to their list: RFC 9846 §4.3.11.2. */
function fillBinders(hs: Handshake, body: Writer, length: number): void {
  const hello = body.view();
  let at = hello.length - length;
  const head = Uint8Array.of(CLIENT_HELLO, hello.length >>> 16, hello.length >>> 8, hello.length);
  const partial = hello.subarray(0, at);
  at += 2;
  for (const offer of hs.modern.offeredPsks) {
    const binder = binderOf(hs, offer, head, partial);
    hello.set(binder, at + 1);
    at += 1 + binder.length;
  }
}
