/**
 * The key exchange as a client sees it: RFC 5246 §7.4.3 without its signature, §7.4.5, and ClientKeyExchange, §7.4.7: the
 * premaster secret is agreed on, and with it who can have it.
 */
import { INTERNAL_ERROR } from '../../../base/alerts.ts';
import { fail } from '../../../base/errors.ts';
import { type MaybePromise, then } from '../../../base/maybe-promise.ts';
import { Reader } from '../../../base/reader.ts';
import { Writer } from '../../../base/writer.ts';
import type { KxState } from '../../../crypto/kx/kx.ts';
import type { IncomingMessage } from '../../../record/carrier.ts';
import { CLIENT_KEY_EXCHANGE } from '../../../wire/handshake.ts';
import { unauthenticated, verifiedByKeyTransport, verifiedBySharedSecret } from '../../peer-auth.ts';
import type { Handshake } from '../../state.ts';
import { encryptsToKey, isSigned } from '../authentication.ts';

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

export function sendClientKeyExchange(hs: Handshake): MaybePromise<void> {
  const { legacy } = hs;
  const kx = kxOf(hs);
  proveServer(hs);
  const body = new Writer(160);
  return then(legacy.suite.kx.writeClientParams(kx, body), (premaster) => {
    legacy.premaster = premaster;
    hs.group = kx.group ?? 0;
    hs.carrier.message(CLIENT_KEY_EXCHANGE, (w) => w.bytes(body.view()));
  });
}

/** What the key exchange sees of the handshake. Made when the server's key is known. */
export function kxOf(hs: Handshake): KxState {
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

/** Where no signature proves the server, the secret itself will: nobody else can send the right Finished. */
function proveServer(hs: Handshake): void {
  const { suite } = hs.legacy;
  if (isSigned(suite)) {
    if (hs.peerVerified === undefined) fail(INTERNAL_ERROR, 'internal_error', 'server not authenticated');
  } else if (encryptsToKey(suite)) hs.peerVerified = verifiedByKeyTransport(hs);
  else if (suite.auth === 'psk') hs.peerVerified = verifiedBySharedSecret('psk');
  else hs.peerVerified = unauthenticated(hs);
}
