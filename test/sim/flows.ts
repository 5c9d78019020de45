/** The flows that connections run, each from its first message to its last, and the scenarios that belong to it. */
import type { CheckedFlow } from '../../src/handshake/flow-check.ts';
import { inlineGoto } from '../../src/handshake/flow-check.ts';
import type { Flow, Handlers } from '../../src/handshake/flow.ts';
import { datagramClientFront, datagramServerFront, legacyDatagramFront } from '../../src/handshake/cookie-exchange.ts';
import { clientFront } from '../../src/handshake/front-client.ts';
import { serverFront } from '../../src/handshake/front-server.ts';
import { legacyStreamFront, streamFront } from '../../src/handshake/front.ts';
import { legacyClient } from '../../src/handshake/legacy/client/role.ts';
import { pskClient } from '../../src/handshake/legacy/client/psk-role.ts';
import { pskFlow } from '../../src/handshake/legacy/flow-psk.ts';
import { legacyFlow } from '../../src/handshake/legacy/flow.ts';
import { legacyServer } from '../../src/handshake/legacy/server/role.ts';
import { modernFlow } from '../../src/handshake/modern/flow.ts';
import { modernClient, modernServer } from '../../src/handshake/modern/roles.ts';
import type { Handshake } from '../../src/handshake/state.ts';
import * as matrix from './matrix.ts';
import type { Scenario } from './scenario.ts';

export interface PlayedFlow extends CheckedFlow<Handshake> {
  /** Name of the file in docs/flows. */
  readonly file: string;
  readonly front: Flow<Handshake>;
  readonly version: Flow<Handshake>;
  /** Absent where the order of messages is another flow's but for what the endpoint does (datagrams). */
  scenarios?(): Iterable<Scenario>;
}

export const FLOWS: readonly PlayedFlow[] = [
  {
    name: 'TLS 1.3',
    file: 'tls13',
    front: streamFront,
    version: modernFlow,
    flow: inlineGoto(streamFront, modernFlow),
    client: join(clientFront, modernClient.handlers),
    server: join(serverFront, modernServer.handlers),
    scenarios: matrix.modernScenarios,
  },
  {
    name: 'SSL 3.0 to TLS 1.2',
    file: 'tls12',
    front: legacyStreamFront,
    version: legacyFlow,
    flow: inlineGoto(legacyStreamFront, legacyFlow),
    client: join(clientFront, legacyClient.handlers),
    server: join(serverFront, legacyServer.handlers),
    *scenarios() {
      for (const version of matrix.LEGACY_VERSIONS) yield* matrix.legacyScenarios(version);
    },
  },
  {
    name: 'DTLS 1.0 and 1.2',
    file: 'dtls12',
    front: legacyDatagramFront,
    version: legacyFlow,
    flow: inlineGoto(legacyDatagramFront, legacyFlow),
    client: join(datagramClientFront, legacyClient.handlers),
    server: join(datagramServerFront, legacyServer.handlers),
  },
  {
    name: 'DTLS 1.2 with pre-shared keys',
    file: 'dtls12-psk',
    front: legacyDatagramFront,
    version: pskFlow,
    flow: inlineGoto(legacyDatagramFront, pskFlow),
    client: join(datagramClientFront, pskClient.handlers),
    server: join(datagramServerFront, legacyServer.handlers),
  },
];

function join(front: Handlers<Handshake>, version: Handlers<Handshake>): Handlers<Handshake> {
  return { ...front, ...version };
}
