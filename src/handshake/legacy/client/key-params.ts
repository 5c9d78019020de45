/**
 * The parameters of a key exchange as a client sees them: RFC 5246 §7.4.3 without its signature, §7.4.5 and §7.4.7. Whether the
 * server has been proven is not asked here.
 */
import { type MaybePromise, then } from '../../../base/maybe-promise.ts';
import { Reader } from '../../../base/reader.ts';
import { Writer } from '../../../base/writer.ts';
import type { KxState } from '../../../crypto/kx/kx.ts';
import type { IncomingMessage } from '../../../record/carrier.ts';
import { CLIENT_KEY_EXCHANGE } from '../../../wire/handshake.ts';
import { verifiedBySharedSecret } from '../../peer-auth.ts';
import type { Handshake } from '../../state.ts';

/** The server's parameters. What stands behind them is left to be read. */
export function readServerParams(hs: Handshake, message: IncomingMessage): Reader {
  const kx = kxOf(hs);
  const r = new Reader(message.body);
  hs.legacy.suite.kx.readServerParams(kx, r);
  hs.group = kx.group ?? 0;
  return r;
}

/** Of suites that sign nothing. */
export function onUnsignedKeyExchange(hs: Handshake, message: IncomingMessage): void {
  readServerParams(hs, message).finish();
}

export function onServerHelloDone(_hs: Handshake, message: IncomingMessage): void {
  new Reader(message.body).finish();
}

/** Agrees on the premaster secret. */
export function sendClientParams(hs: Handshake): MaybePromise<void> {
  const { legacy } = hs;
  const kx = kxOf(hs);
  const body = new Writer(160);
  return then(legacy.suite.kx.writeClientParams(kx, body), (premaster) => {
    legacy.premaster = premaster;
    hs.group = kx.group ?? 0;
    hs.carrier.message(CLIENT_KEY_EXCHANGE, (w) => w.bytes(body.view()));
  });
}

/** Of pre-shared keys: nobody without the key can send the right Finished. */
export function sendPskKeyExchange(hs: Handshake): MaybePromise<void> {
  hs.peerVerified = verifiedBySharedSecret('psk');
  return sendClientParams(hs);
}

/** What the key exchange sees of the handshake. Made when the server's key is known. */
function kxOf(hs: Handshake): KxState {
  const { legacy, client } = hs;
  legacy.kx ??= {
    crypto: hs.crypto,
    groups: client.groups.filter((group) => group.kind === legacy.suite.kx.needsGroup),
    clientVersion: hs.clientVersion,
    minDhBits: client.minDhBits,
    bareRsa: legacy.strategy.bareRsa,
    ...(hs.peerKey === undefined ? {} : { peerKey: hs.peerKey }),
    pickPsk: (hint) => client.psk?.(hint),
    findPsk: () => undefined,
  };
  return legacy.kx;
}
