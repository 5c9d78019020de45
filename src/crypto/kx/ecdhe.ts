/** ECDHE, RFC 8422 §5.4 and §5.7: named curves and uncompressed points only. */
import { ILLEGAL_PARAMETER } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import type { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';
import type { KeyExchange, KxState } from './kx.ts';

export const ecdhe: KeyExchange = {
  name: 'ECDHE',
  serverMessage: 'always',
  usesPsk: false,
  needsGroup: 'ec',
  writeServerParams: writeEcParams,
  readServerParams: readEcParams,
  writeClientParams: writeEcPoint,
  readClientParams: readEcPoint,
};

const NAMED_CURVE = 3;

/** `ServerECDHParams`: our curve is the first that both sides have. */
export function writeEcParams(state: KxState, w: Writer): void {
  const group = state.groups[0];
  if (group === undefined) throw new RangeError('no shared curve');
  state.group = group.id;
  state.pending = state.crypto.startKeyShare(group.name);
  w.u8(NAMED_CURVE);
  w.u16(group.id);
  //= rfc8422#section-2.3
  //# The server MUST send an ephemeral ECDH public key and a specification of the corresponding curve
  //# in the ServerKeyExchange message.
  w.vector(1, state.pending.share);
}

/** The curve must be one that we offered: explicit curves are gone (RFC 8422 §5.4). */
export function readEcParams(state: KxState, r: Reader): void {
  const kind = r.u8();
  if (kind !== NAMED_CURVE) fail(ILLEGAL_PARAMETER, 'bad_ec_point', 'not a named curve');
  const id = r.u16();
  if (!state.groups.some((group) => group.id === id)) fail(ILLEGAL_PARAMETER, 'wrong_group', 'curve that was not offered');
  state.group = id;
  state.peerShare = new Uint8Array(r.vector(1, 1));
}

/** `ClientECDiffieHellmanPublic`; the premaster secret. */
export function writeEcPoint(state: KxState, w: Writer): Uint8Array {
  const group = state.groups.find((one) => one.id === state.group);
  if (group === undefined || state.peerShare === undefined) throw new RangeError('no server parameters');
  const ours = state.crypto.startKeyShare(group.name);
  w.vector(1, ours.share);
  return ours.finish(state.peerShare) ?? fail(ILLEGAL_PARAMETER, 'bad_ec_point', "the server's point");
}

export function readEcPoint(state: KxState, r: Reader): Uint8Array {
  const point = r.vector(1, 1);
  const ours = state.pending;
  delete state.pending;
  //= rfc8422#section-5.1.2
  //# Implementations of this document MUST support the uncompressed format for all of their supported
  //# curves and MUST NOT support other formats for curves defined in this specification.
  //= rfc8422#section-5.2
  //# A client that receives a ServerHello message containing a Supported Point Formats Extension MUST
  //# respect the server's choice of point formats during the handshake (cf. Sections 5.6 and 5.7).
  //= rfc8422#section-5.11
  //# With the NIST curves, each party MUST validate the public key sent by its peer in the
  //# ClientKeyExchange and ServerKeyExchange messages.
  //= rfc8422#section-5.11
  //# A receiving party MUST check that the x and y parameters from the peer's public value satisfy the
  //# curve equation, y^2 = x^3 + ax + b mod p.
  return ours?.finish(point) ?? fail(ILLEGAL_PARAMETER, 'bad_ec_point', "the client's point");
}
