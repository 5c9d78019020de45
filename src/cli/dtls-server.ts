/** A DTLS echo server over UDP whose connections are recorded: what `serve --dtls` runs. */
import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { TlsError } from '../base/errors.ts';
import type { ConnectionInfo } from '../engine/info.ts';
import type { ServerContext } from '../handshake/context.ts';
import { DTLSEndpoint } from '../node/dtls/endpoint.ts';
import { tuning } from '../node/dtls/options.ts';
import { UdpTransport } from '../node/dtls/transport.ts';
import { HandshakeLog } from './handshake-log.ts';
import type { RunningServer } from './server.ts';
import type { TrustWitness } from './trust.ts';

export interface ServedAssociation {
  readonly number: number;
  readonly peer: string;
  readonly log: HandshakeLog;
  readonly witness: TrustWitness | undefined;
  info: ConnectionInfo | undefined;
  error: TlsError | undefined;
  handshakeMs: number | undefined;
}

export interface DatagramHooks {
  readonly context: () => { readonly context: ServerContext; readonly witness?: TrustWitness | undefined };
  readonly mtu?: number | undefined;
  readonly lossyLink?: boolean | undefined;
  readonly retransmitInitial?: number | undefined;
  /** The handshake is over, or has failed. */
  readonly shown: (association: ServedAssociation) => void;
  readonly closed: (association: ServedAssociation) => void;
}

export async function startDatagramServer(hooks: DatagramHooks, port: number, host: string): Promise<RunningServer> {
  let count = 0;
  const served = new Map<string, ServedAssociation>();
  const transport = new UdpTransport(createSocket(isIP(host) === 6 ? 'udp6' : 'udp4'), {
    owned: true,
    bind: { port, address: host, exclusive: true },
  });
  const endpoint: DTLSEndpoint = new DTLSEndpoint(
    transport,
    {
      config: tuning(hooks),
      server: hooks.context().context,
      receive: (peer) => {
        const { context, witness } = hooks.context();
        const log = new HandshakeLog(() => performance.now());
        served.set(`${peer.address} ${peer.port}`, {
          number: ++count,
          peer: `${peer.address} port ${peer.port}`,
          log,
          witness,
          info: undefined,
          error: undefined,
          handshakeMs: undefined,
        });
        return { context, trace: log.trace };
      },
    },
    (session) => {
      const { address, port: from } = session.remoteAddress;
      const association = served.get(`${address} ${from}`);
      session.onmessage = (data) => void session.send(data);
      if (association === undefined) return;
      association.info = session.info;
      association.handshakeMs = association.log.steps.at(-1)?.ms ?? 0;
      hooks.shown(association);
      const over = (): void => {
        served.delete(`${address} ${from}`);
        hooks.closed(association);
      };
      session.closed.then(over, over);
    },
    false,
  );
  endpoint.onretransmit = (peer, attempts) => {
    served.get(`${peer.address} ${peer.port}`)?.log.note('server', `no answer: sent again (${attempts})`);
  };
  endpoint.onfailure = (peer, error) => {
    const association = served.get(`${peer.address} ${peer.port}`);
    if (association === undefined) return;
    served.delete(`${peer.address} ${peer.port}`);
    association.error = error instanceof TlsError ? error : undefined;
    if (association.error?.alert !== undefined)
      association.log.alert(association.error.origin === 'peer' ? 'client' : 'server', association.error.alert);
    hooks.shown(association);
    hooks.closed(association);
  };
  const address = (await endpoint.listening)!;
  return { port: address.port, address: address.address, close: () => endpoint.close() };
}
