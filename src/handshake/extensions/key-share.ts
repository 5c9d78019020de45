/** key_share, RFC 9846 §4.3.8: the client's halves, the group that a server asks for, the server's half. */
import { ILLEGAL_PARAMETER } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import { IN_CLIENT_HELLO, IN_HELLO_RETRY_REQUEST, IN_SERVER_HELLO, KEY_SHARE } from '../../wire/extension.ts';
import { BRAINPOOLP256R1, BRAINPOOLP512R1, groupName, type NamedGroup, SECP256R1 } from '../../wire/group.ts';
import type { PeerShare } from '../modern/state.ts';
import { modernOffer } from '../modern/state.ts';
import type { Handshake } from '../state.ts';
import type { ExtensionModule } from './module.ts';

export const keyShare: ExtensionModule = {
  type: KEY_SHARE,
  where: IN_CLIENT_HELLO | IN_SERVER_HELLO | IN_HELLO_RETRY_REQUEST,
  offer(hs, w) {
    const state = modernOffer(hs);
    //= rfc9846#section-4.3.8
    //# the client MUST replace the original "key_share" extension with one containing only a new
    //# KeyShareEntry
    if (state.retryGroup !== undefined) startShares(hs, [state.retryGroup]);
    //= rfc9846#section-4.3.8
    //# Each KeyShareEntry value MUST correspond to a group offered in the "supported_groups" extension
    //# and MUST appear in the same order.
    else if (state.shares.length === 0) startShares(hs, shareable(hs).slice(0, hs.client.keyShares));
    const at = w.open(2);
    for (const { group, pending } of state.shares) {
      w.u16(group.id);
      w.vector(2, pending.share);
    }
    w.close(2, at);
    return true;
  },
  onOffer(hs, r) {
    const list = r.sub(2);
    const shares: PeerShare[] = [];
    const seen = new Set<number>();
    while (list.remaining > 0) {
      const group = list.u16();
      const share = list.vector(2, 1);
      //= rfc9846#section-4.3.8
      //# Clients MUST NOT offer multiple KeyShareEntry values
      //# for the same group.
      if (seen.has(group)) fail(ILLEGAL_PARAMETER, 'duplicate_key_share', groupName(group));
      seen.add(group);
      //= rfc9846#section-4.3.8
      //# receiving implementations MUST permit reuse by the peer in order to prevent interoperability
      //# issues
      shares.push({ group, share });
    }
    modernOffer(hs).peerShares = shares;
  },
  answer(hs, w, where) {
    const { group, answer } = hs.modern;
    if (group === undefined) return false;
    w.u16(group.id);
    //= rfc9846#section-4.3.9
    //# In this mode, the client and server MUST supply "key_share" values as described in Section
    //# 4.3.8.
    //= rfc9846#section-9.2
    //# "key_share" is REQUIRED for DHE or ECDHE key exchange.
    if (where === IN_SERVER_HELLO) w.vector(2, answer!.share);
    return true;
  },
  onAnswer(hs, r, where) {
    const id = r.u16();
    if (where === IN_HELLO_RETRY_REQUEST) hs.modern.retryGroup = groupToRetry(hs, id);
    else finishShare(hs, id, r.vector(2, 1));
  },
};

function startShares(hs: Handshake, groups: readonly NamedGroup[]): void {
  //= rfc9846#section-4.3.8
  //# The key_exchange values for each KeyShareEntry MUST be generated independently.
  //= rfc9846#section-4.3.8
  //# Clients and Servers MUST NOT reuse a key share for multiple connections.
  modernOffer(hs).shares = groups.map((group) => ({ group, pending: hs.crypto.startKeyShare(group.name) }));
}

/** Groups that TLS 1.3 has no use for: RFC 9846 Appendix B.3.1.4. */
export function isObsoleteGroup(id: number): boolean {
  //= rfc9846#appendix-B.3.1.4
  //# Values within "obsolete_RESERVED" ranges are used in previous versions of TLS and MUST NOT be
  //# offered or negotiated by TLS 1.3 implementations.
  return id < SECP256R1 || (id >= BRAINPOOLP256R1 && id <= BRAINPOOLP512R1);
}

function shareable(hs: Handshake): readonly NamedGroup[] {
  return hs.context.groups.filter((group) => !isObsoleteGroup(group.id));
}

function groupToRetry(hs: Handshake, id: number): NamedGroup {
  const group = shareable(hs).find((each) => each.id === id);
  //= rfc9846#section-4.3.8
  //# Upon receipt of this extension in a HelloRetryRequest, the client MUST
  //# verify that (1) the selected_group field corresponds to a group which
  //# was provided in the "supported_groups" extension in the original
  //# ClientHello and (2) the selected_group field does not correspond to a
  //# group which was provided in the "key_share" extension in the original
  //# ClientHello.
  //= rfc9846#section-4.3.8
  //# If either of these checks fails, then the client MUST abort the handshake with an
  //# "illegal_parameter" alert.
  if (group === undefined || hs.modern.shares.some((share) => share.group.id === id))
    fail(ILLEGAL_PARAMETER, 'wrong_group', `HelloRetryRequest for ${groupName(id)}`);
  return group;
}

function finishShare(hs: Handshake, id: number, peerShare: Uint8Array): void {
  //= rfc9846#section-4.3.8
  //# This value MUST be in the same group as the KeyShareEntry value offered by the client that the
  //# server has selected for the negotiated key exchange.
  const ours = hs.modern.shares.find((share) => share.group.id === id);
  //= rfc9846#section-4.3.8
  //# the client MUST verify that the selected NamedGroup in the ServerHello is the same as that in the
  //# HelloRetryRequest
  //= rfc9846#section-4.3.8
  //# If this check fails, the client MUST abort the handshake with an "illegal_parameter" alert.
  if (ours === undefined) fail(ILLEGAL_PARAMETER, 'wrong_group', groupName(id));
  const secret = ours.pending.finish(peerShare);
  if (secret === undefined) fail(ILLEGAL_PARAMETER, 'bad_key_share', groupName(id));
  hs.modern.sharedSecret = secret;
  hs.group = id;
}
