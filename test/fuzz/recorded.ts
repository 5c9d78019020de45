/** Flights of undisturbed handshakes: what inputs begin with. */
import { Reader } from '../../src/base/reader.ts';
import { MESSAGE_HEADER } from '../../src/record/datagram/fragment.ts';
import type { Session } from '../../src/session/session.ts';
import { connectPair } from '../support/pair.ts';
import { TamperCarrier, untouched } from '../negative/tamper-carrier.ts';
import { Connection, type CarrierFactory } from '../../src/engine/connection.ts';
import { streamFrontOf } from '../sim/scenario.ts';
import { Pair } from '../support/pair.ts';
import { dtlsPair } from '../support/dtls.ts';
import { fuzzedContexts, type FuzzedVersion } from './contexts.ts';

/** Bodies of all messages of TLS 1.2 and 1.3 handshakes with everything in them. */
export function recordedMessages(): readonly Uint8Array[] {
  const bodies: Uint8Array[] = [];
  for (const version of ['tls12', 'tls13'] as const) {
    const carriers: TamperCarrier[] = [];
    const carrier: CarrierFactory = (sink) => {
      const made = new TamperCarrier(sink, untouched);
      carriers.push(made);
      return made;
    };
    const { client, server } = fuzzedContexts(version, true);
    const pair = new Pair(
      new Connection(client, { serverName: 'localhost' }, carrier, streamFrontOf),
      new Connection(server, {}, carrier, streamFrontOf),
    );
    pair.pump();
    for (const { meant } of carriers) for (const { body } of meant) bodies.push(body);
  }
  return bodies;
}

/** Every piece that each side sends, in the order of the wire. */
export function recordedFlights(version: FuzzedVersion, mutual: boolean): readonly { from: 'client' | 'server'; bytes: Uint8Array }[] {
  const { client, server } = fuzzedContexts(version, mutual);
  if (version === 'dtls12') {
    const link = dtlsPair(client, server);
    link.handshake();
    return link.sent.map(({ from, datagram }) => ({ from, bytes: datagram }));
  }
  const pieces: { from: 'client' | 'server'; bytes: Uint8Array }[] = [];
  const pair = connectPair(client, server);
  pair.wire = (from, bytes) => {
    pieces.push({ from, bytes: bytes.slice() });
    return [bytes];
  };
  pair.pump();
  return pieces;
}

/** Bodies of the extensions in recorded hellos, with their types. */
export function recordedExtensions(): readonly { readonly type: number; readonly body: Uint8Array }[] {
  const list: { type: number; body: Uint8Array }[] = [];
  for (const version of ['tls12', 'tls13', 'dtls12'] as const) {
    for (const { bytes } of recordedFlights(version, false).slice(0, 2)) {
      // Behind record and message header, version and random.
      const r = new Reader(bytes);
      r.take(version === 'dtls12' ? 13 + MESSAGE_HEADER : 9);
      const isClient = r.bytes[version === 'dtls12' ? 13 : 5] === 1;
      r.take(34);
      r.vector(1);
      if (isClient && version === 'dtls12') r.vector(1);
      if (isClient) {
        r.vector(2);
        r.vector(1);
      } else r.take(3);
      const block = r.sub(2);
      while (block.remaining > 0) list.push({ type: block.u16(), body: block.vector(2) });
    }
  }
  return list;
}

/** The first session that a server of this version gives out. */
export function recordedSession(version: 'tls12' | 'tls13'): Session {
  const { client, server } = fuzzedContexts(version, false);
  const pair = connectPair(client, server);
  pair.pump();
  const event = pair.client.events.find((each) => each.type === 'session');
  if (event?.type !== 'session') throw new Error(`no session: ${String(pair.client.connection.error)}`);
  return event.session;
}
