/**
 * Handshakes of DTLS 1.2 and 1.0 with a cookie over a bad network, cell by cell: loss × duplication × reordering × MTU × how the
 * ends authenticate. Each run is seeded and under a virtual clock; both ends must agree on an exporter, and nothing may storm.
 *
 * The seed decides what the network does. Keys and signatures are random all the same, and an ECDSA signature is two bytes longer
 * or shorter: where that changes how a flight is cut, the same seed gives another run.
 */
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import { TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA } from '../../src/crypto/suites/aes-cbc.ts';
import { TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_PSK_WITH_AES_128_GCM_SHA256 } from '../../src/crypto/suites/aes-gcm.ts';
import { Endpoint } from '../../src/engine/endpoint.ts';
import type { ClientContext, ServerContext } from '../../src/handshake/context.ts';
import { datagramConfig, type DatagramOptions, LOSSY_LINK } from '../../src/record/datagram/config.ts';
import type { Session } from '../../src/session/session.ts';
import { createTicketKeys } from '../../src/session/ticket.ts';
import { dtls10Client, dtls10Server } from '../../src/versions/dtls10.ts';
import { dtls12Client, dtls12Server } from '../../src/versions/dtls12.ts';
import { credential } from '../support/certificates.ts';
import { clientContext, serverContext } from '../support/contexts.ts';
import { dtlsPair } from '../support/dtls.ts';
import { Network } from './network.ts';

export const MODES = ['certificate', 'clientCertificate', 'psk', 'resumption', 'dtls10'] as const;
export type Mode = (typeof MODES)[number];
/** `rfc6347`: the defaults. `lossy`: what `lossyLink` switches on. */
export const PROFILES = ['rfc6347', 'lossy'] as const;
export type Profile = (typeof PROFILES)[number];

export const LOSSES: readonly number[] = [0, 0.1, 0.2, 0.3, 0.5];
export const MTUS: readonly number[] = [100, 256, 576, 1_400];

export interface Cell {
  readonly profile: Profile;
  readonly loss: number;
  readonly duplicate: number;
  readonly reorder: number;
  readonly mtu: number;
  readonly mode: Mode;
}

export interface Outcome {
  /** When both ends were through, ms; undefined: not within the time. */
  readonly time: number | undefined;
  /** An end gave up at its deadline, and said so. */
  readonly gaveUp: boolean;
  readonly datagrams: number;
}

/** Virtual time after which a run counts as not completed. */
const PATIENCE_MS = 7_200_000;
/** How long an end tries: longer than the last flight is kept, so that whoever is left alone with it finds out. */
const DEADLINE_MS = 3_600_000;
/** Round trip of 50 ms; what is reordered comes up to 300 ms late, and 1 in 50 of it 3 s late. */
export const DELAY_MS = 25;
const LATENESS_MS = 300;

export function* cells(profiles: readonly Profile[] = PROFILES): Generator<Cell> {
  for (const profile of profiles)
    for (const mode of MODES)
      for (const mtu of MTUS)
        for (const loss of LOSSES)
          for (const duplicate of [0, 0.2]) for (const reorder of [0, 0.2]) yield { profile, loss, duplicate, reorder, mtu, mode };
}

export function nameOf(cell: Cell): string {
  const percent = (value: number): string => `${100 * value} %`;
  return `${cell.profile} ${cell.mode}, MTU ${cell.mtu}, loss ${percent(cell.loss)}, twice ${percent(cell.duplicate)}, late ${percent(cell.reorder)}`;
}

/** One handshake. Throws on a storm, and when the ends do not agree. */
export function run(cell: Cell, seed: number): Outcome {
  const { client, server, session } = contexts(cell.mode);
  const network = new Network({
    // Other chances in each cell: what one shows is no echo of another.
    seed: seed + 10_000 * numberOf(cell),
    loss: cell.loss,
    duplicate: cell.duplicate,
    reorder: cell.reorder,
    delay: DELAY_MS,
    lateness: seed % 50 === 0 ? 3_000 : LATENESS_MS,
  });
  const tuning: Partial<DatagramOptions> = cell.profile === 'lossy' ? LOSSY_LINK : {};
  const make = (withServer: boolean): Endpoint =>
    new Endpoint({
      config: datagramConfig({ ...tuning, clock: network.clock.read, maxDatagram: cell.mtu }),
      server: withServer ? server : undefined,
      partialHellos: 'hold',
      handshakeTimeoutMs: DEADLINE_MS,
      idleTimeoutMs: 0,
    });
  const ours = network.add('10.0.0.1', 5_684, make(true));
  const theirs = network.add('10.0.0.2', 40_000, make(false));
  const options = { serverName: 'localhost', ...(session === undefined ? {} : { session }) };
  const association = theirs.endpoint.connect(ours.address, client, options);
  network.run(PATIENCE_MS, () => (theirs.has('handshake') && ours.has('handshake')) || theirs.has('error'));
  const datagrams = ours.datagramsOut + theirs.datagramsOut;
  let gaveUp = false;
  for (const node of [ours, theirs]) {
    for (const { event } of node.events) {
      if (event.type !== 'error') continue;
      if (event.error.code !== 'handshake_timeout') throw new Error(`${nameOf(cell)}, seed ${seed}: ${event.error.message}`);
      gaveUp = true;
    }
  }
  const other = ours.endpoint.find(theirs.address);
  if (!theirs.has('handshake') || !ours.has('handshake') || other === undefined) return { time: undefined, gaveUp, datagrams };
  const [a, b] = [association, other].map(({ connection }) =>
    Buffer.from(connection.exportKeyingMaterial(32, 'EXPORTER-sim')).toString('hex'),
  );
  if (a !== b) throw new Error(`${nameOf(cell)}, seed ${seed}: the exporters differ`);
  if ((association.info?.resumed === true) !== (cell.mode === 'resumption')) throw new Error(`${nameOf(cell)}, seed ${seed}: resumption`);
  return { time: network.clock.now, gaveUp, datagrams };
}

/** Some number that differs from cell to cell. */
function numberOf(cell: Cell): number {
  let number = 0;
  for (const character of nameOf(cell)) number = (31 * number + character.charCodeAt(0)) % 65_521;
  return number;
}

interface Contexts {
  readonly client: ClientContext;
  readonly server: ServerContext;
  readonly session: Session | undefined;
}

const made = new Map<Mode, Contexts>();

function contexts(mode: Mode): Contexts {
  let found = made.get(mode);
  if (found === undefined) {
    found = make(mode);
    made.set(mode, found);
  }
  return found;
}

function make(mode: Mode): Contexts {
  const old = mode === 'dtls10';
  const versions = { client: { versions: [old ? dtls10Client : dtls12Client] }, server: { versions: [old ? dtls10Server : dtls12Server] } };
  if (mode === 'psk') {
    const suites = [TLS_PSK_WITH_AES_128_GCM_SHA256];
    const psk = { identity: Uint8Array.of(1, 2, 3), key: new Uint8Array(16).fill(9) };
    return {
      client: clientContext({ ...versions.client, suites, psk: () => psk }),
      server: serverContext({ ...versions.server, suites, findPsk: () => psk, credentials: [] }),
      session: undefined,
    };
  }
  const suites = [old ? TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA : TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256];
  const mutual = mode === 'clientCertificate';
  const client = clientContext({ ...versions.client, suites, ...(mutual ? { credentials: [credential('p256')] } : {}) });
  const server = serverContext({
    ...versions.server,
    suites,
    tickets: createTicketKeys(nodeCrypto),
    clientCertificate: mutual ? 'require' : 'none',
  });
  if (mode !== 'resumption') return { client, server, session: undefined };
  const link = dtlsPair(client, server);
  link.handshake();
  const session = link.client.events.find((event) => event.type === 'session')?.session;
  return { client, server, session };
}
