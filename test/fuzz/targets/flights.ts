/** Whole handshakes between live ends, one or both of which misbehave with good keys: whatever they do, the other ends well. */
import { Connection } from '../../../src/engine/connection.ts';
import { createDatagramClientConnection, createDatagramServerConnection } from '../../../src/engine/datagram.ts';
import type { ConnectionEvent } from '../../../src/engine/events.ts';
import { TlsError } from '../../../src/base/errors.ts';
import { datagramConfig } from '../../../src/record/datagram/config.ts';
import { TamperCarrier } from '../../negative/tamper-carrier.ts';
import { DatagramLink, VirtualClock } from '../../sim/datagram-link.ts';
import { streamFrontOf } from '../../sim/scenario.ts';
import { Pair } from '../../support/pair.ts';
import { type FuzzedContexts, fuzzedContexts, type FuzzedVersion } from '../contexts.ts';
import { Script } from '../input.ts';
import { misdeeds } from '../mutation.ts';
import { recordedFlights } from '../recorded.ts';
import { check, type FuzzTarget } from '../target.ts';

const HANDSHAKE_BOUNDS = { maxLength: 1_024, maxMs: 250, maxBytes: 16 << 20, maxBytesPerByte: 4_096 } as const;
const TLS: readonly FuzzedVersion[] = ['tls12', 'tls13'];
const HOLDS = 'no error but a TlsError that is not ours; ends that are both connected agree on their keys; nothing storms';

const made = new Map<string, FuzzedContexts>();

function contextsOf(version: FuzzedVersion, mutual: boolean, retry: boolean): FuzzedContexts {
  const key = `${version} ${mutual} ${retry}`;
  let found = made.get(key);
  if (found === undefined) made.set(key, (found = fuzzedContexts(version, mutual, retry)));
  return found;
}

export const tlsFlights: FuzzTarget = {
  ...HANDSHAKE_BOUNDS,
  file: 'flights.ts',
  name: 'TLS flights',
  holds: HOLDS,
  run(input) {
    const script = new Script(input);
    const setup = script.u8();
    const { client, server } = contextsOf(TLS[setup & 1]!, (setup & 2) !== 0, (setup & 4) !== 0);
    const hands = misdeeds(script);
    const belief = setup & 8 ? 'victim' : 'liar';
    const pair = new Pair(
      new Connection(client, { serverName: 'localhost' }, (sink) => new TamperCarrier(sink, hands.client, belief), streamFrontOf),
      new Connection(server, {}, (sink) => new TamperCarrier(sink, hands.server, belief), streamFrontOf),
    );
    pair.pump();
    for (const { connection } of [pair.client, pair.server])
      if (connection.info !== undefined && connection.error === undefined) say(connection);
    pair.pump();
    judge(pair.client, pair.server);
  },
  seeds: () => script(16),
};

export const dtlsFlights: FuzzTarget = {
  ...HANDSHAKE_BOUNDS,
  file: 'flights.ts',
  name: 'DTLS flights',
  holds: `${HOLDS}; a datagram that was altered changes nothing`,
  run(input) {
    const script = new Script(input);
    const setup = script.u8();
    const { client, server } = contextsOf('dtls12', (setup & 1) !== 0, false);
    const clock = new VirtualClock();
    const config = datagramConfig({ clock: clock.read, onExhausted: 'fail', maxRetransmissions: 3 });
    const link = new DatagramLink(
      clock,
      createDatagramClientConnection(client, config, { serverName: 'localhost' }),
      createDatagramServerConnection(server, config),
    );
    const extra = setup & 2 ? script.string() : undefined;
    const plan = script.rest();
    let datagrams = 0;
    link.meddler = (_from, datagram) => {
      const deed = plan[2 * datagrams] ?? 0;
      const at = plan[2 * datagrams + 1] ?? 0;
      datagrams++;
      switch (deed & 0x0f) {
        case 1:
          return false;
        case 2:
          return [datagram, datagram];
        case 3:
          return [datagram.map((byte, i) => (i === (at << (deed >>> 6)) % datagram.length ? byte ^ (1 << ((deed >>> 4) & 7)) : byte))];
        case 4:
          return [datagram.subarray(0, at % (datagram.length + 1))];
        case 5:
          return [datagram, ...(extra === undefined ? [] : [extra])];
        case 6:
          return [datagram, datagram.map((byte, i) => (i === at % datagram.length ? byte ^ 0x80 : byte))];
        default:
          return true;
      }
    };
    link.handshake(600_000);
    check(link.sent.length < 200, `a storm: ${link.sent.length} datagrams`);
    judge(link.client, link.server);
  },
  seeds: () => [
    ...[0, 1].map((mutual) => Uint8Array.of(mutual, 0, 0)),
    ...recordedFlights('dtls12', true).map(({ bytes }, i) =>
      Uint8Array.of(3, 255, bytes.length >>> 8, bytes.length & 0xff, ...bytes.subarray(0, 900), ...new Array<number>(2 * i).fill(0), 5, 0),
    ),
    ...[1, 2, 3, 4, 6].flatMap((deed) =>
      [0, 1, 2, 3, 4, 5].map((at) => Uint8Array.of(at & 1, ...new Array<number>(2 * at).fill(0), deed, 30)),
    ),
  ],
};

function say(connection: Connection): void {
  try {
    connection.send(Uint8Array.of(1, 2, 3));
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
  }
}

interface End {
  readonly connection: Connection;
  readonly events: readonly ConnectionEvent[];
}

function judge(client: End, server: End): void {
  for (const { connection } of [client, server]) {
    const { error } = connection;
    if (error === undefined) continue;
    check(error instanceof TlsError, `not a TlsError: ${String(error)}`);
    if (error.code === 'callback_failed' || error.code === 'internal_error') throw error.cause instanceof Error ? error.cause : error;
  }
  if (client.connection.info === undefined || server.connection.info === undefined) return;
  if (client.connection.error !== undefined || server.connection.error !== undefined) return;
  const [a, b] = [client, server].map(({ connection: { info } }) => info!);
  check(a!.versionId === b!.versionId && a!.suite === b!.suite, 'both connected, to different things');
  const keys = [client, server].map(({ connection }) => {
    try {
      return Buffer.from(connection.exportKeyingMaterial(16, 'EXPORTER-fuzz')).toString('hex');
    } catch (error) {
      if (error instanceof TlsError) return error.code;
      throw error;
    }
  });
  check(keys[0] === keys[1] || keys.includes('unsupported'), 'both connected, with different keys');
}

/** Each setup undisturbed, and each kind of deed at a few places. */
function script(setups: number): Uint8Array[] {
  const list: Uint8Array[] = [];
  for (let setup = 0; setup < setups; setup++) {
    list.push(Uint8Array.of(setup));
    for (let kind = 0; kind < 10; kind++) list.push(Uint8Array.of(setup, (setup * kind) & 0x87, kind, 0, 40 + kind, 3, 1, 2, 3));
  }
  return list;
}
