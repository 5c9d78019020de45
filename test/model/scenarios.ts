/** The handshakes whose every interleaving is played: between two endpoints, as the simulator has them. */
import { TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA } from '../../src/crypto/suites/aes-cbc.ts';
import { TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 } from '../../src/crypto/suites/aes-gcm.ts';
import { Endpoint } from '../../src/engine/endpoint.ts';
import type { ClientContext, ServerContext } from '../../src/handshake/context.ts';
import type { ProtocolVersion } from '../../src/handshake/version.ts';
import { datagramConfig } from '../../src/record/datagram/config.ts';
import type { Session } from '../../src/session/session.ts';
import { createTicketKeys } from '../../src/session/ticket.ts';
import { dtls10Client, dtls10Server } from '../../src/versions/dtls10.ts';
import { dtls12Client, dtls12Server } from '../../src/versions/dtls12.ts';
import { secp256r1, x25519 } from '../../src/wire/group.ts';
import { ECDSA_SECP256R1_SHA256, ECDSA_SHA1 } from '../../src/wire/signature-scheme.ts';
import { NOW } from '../support/certificates.ts';
import { cheapCredential, cheapCrypto, cheapVerifier } from '../support/cheap-crypto.ts';
import { clientContext, serverContext } from '../support/contexts.ts';
import { dtlsPair } from '../support/dtls.ts';
import { seededRandom } from '../support/fixed-crypto.ts';

export interface ModelScenario {
  readonly name: string;
  readonly resumed: boolean;
  /** Two endpoints that have not said anything yet, the same each time, under this clock. */
  start(clock: () => number): { readonly client: Endpoint; readonly server: Endpoint; connect(): void };
}

export const SERVER = { address: '10.0.0.1', port: 5_684 };
export const CLIENT = { address: '10.0.0.2', port: 40_000 };

interface Features {
  readonly version?: 'DTLS 1.0' | 'DTLS 1.2';
  readonly mutual?: boolean;
  readonly resumed?: boolean;
  readonly cookies?: boolean;
  /** Longest datagram: what makes flights of more than one. */
  readonly maxDatagram?: number;
}

const WHOLE = 1_232;
/** A certificate in three datagrams. */
const CUT = 300;

export const SCENARIOS: readonly ModelScenario[] = [
  scenario('DTLS 1.2, full handshake with cookie', {}),
  scenario('DTLS 1.2, full handshake without cookie', { cookies: false }),
  scenario('DTLS 1.2, full handshake with cookie, in small datagrams', { maxDatagram: CUT }),
  scenario('DTLS 1.2, client certificate', { mutual: true }),
  scenario('DTLS 1.2, resumed', { resumed: true }),
  scenario('DTLS 1.0, full handshake with cookie', { version: 'DTLS 1.0' }),
  scenario('DTLS 1.0, resumed', { version: 'DTLS 1.0', resumed: true }),
];

function scenario(name: string, features: Features): ModelScenario {
  const { version = 'DTLS 1.2', mutual = false, resumed = false, cookies = true, maxDatagram = WHOLE } = features;
  // Each end has randomness of its own, begun anew by each run: what it does depends on nothing but what it received.
  const random = { client: seededRandom(1), server: seededRandom(2) };
  let made: { readonly client: ClientContext; readonly server: ServerContext; readonly session: Session | undefined } | undefined;
  const prepare = () => {
    const [client, server]: [ProtocolVersion, ProtocolVersion] =
      version === 'DTLS 1.2' ? [dtls12Client, dtls12Server] : [dtls10Client, dtls10Server];
    const common = {
      suites: [version === 'DTLS 1.2' ? TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 : TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA],
      groups: [x25519, secp256r1],
      schemes: [ECDSA_SECP256R1_SHA256, ECDSA_SHA1],
      verifier: cheapVerifier,
      now: () => NOW,
    } as const;
    const clientCrypto = cheapCrypto((length) => random.client(length));
    const serverCrypto = cheapCrypto((length) => random.server(length));
    const contexts = {
      client: clientContext({ ...common, crypto: clientCrypto, versions: [client], credentials: mutual ? [cheapCredential()] : [] }),
      server: serverContext({
        ...common,
        crypto: serverCrypto,
        versions: [server],
        credentials: [cheapCredential()],
        clientCertificate: mutual ? 'require' : 'none',
        tickets: createTicketKeys(serverCrypto),
      }),
    };
    return { ...contexts, session: resumed ? firstSession(contexts.client, contexts.server) : undefined };
  };
  return {
    name,
    resumed,
    start(clock) {
      made ??= prepare();
      random.client = seededRandom(1);
      random.server = seededRandom(2);
      const { client, server, session } = made;
      const config = datagramConfig({ clock, maxDatagram });
      const cookieSecret = new Uint8Array(16).fill(3);
      const endpoint = new Endpoint({
        config,
        server,
        cookies,
        cookieSecret,
        idleTimeoutMs: 0,
        handshakeTimeoutMs: 0,
        partialHellos: 'hold',
      });
      const other = new Endpoint({ config, idleTimeoutMs: 0, handshakeTimeoutMs: 0 });
      return {
        client: other,
        server: endpoint,
        connect: () => void other.connect(SERVER, client, { serverName: 'localhost', ...(session === undefined ? {} : { session }) }),
      };
    },
  };
}

function firstSession(client: ClientContext, server: ServerContext): Session {
  const link = dtlsPair(client, server);
  link.handshake();
  const event = link.client.events.find(({ type }) => type === 'session');
  if (event?.type !== 'session') throw new Error(`no session: ${String(link.client.connection.error)}`);
  return event.session;
}
