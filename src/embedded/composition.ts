/**
 * What the module is made of: everything optional is a value here, so that an entry bundles what it is composed of and nothing
 * else. `complete.ts` is all of it; `dtls-psk.ts` is what a device with a pre-shared key needs.
 */
import type { CryptoProvider, PrivateKeyHandle } from '../crypto/port.ts';
import type { Connection } from '../engine/connection.ts';
import type { CoreConnection } from '../engine/core-connection.ts';
import type { ClientContext, ClientOptions, Credential, ServerContext } from '../handshake/context.ts';
import type { DatagramConfig } from '../record/datagram/config.ts';
import type { DropTally } from '../record/datagram/drops.ts';
import type { OptionRange, TlsConfig } from './config.ts';
import type { Registry } from './registry.ts';
import type { RecordWatch } from './record-watch.ts';
import type { SessionTable } from './sessions.ts';
import type { IpStack } from './stack.ts';
import type { t_tls_certificate } from './types.ts';

export type Transport = 'tls' | 'dtls';

/** Our certificate, as it is configured, and what is in it. */
export interface HostEntry {
  readonly configured: t_tls_certificate;
  /** DER, leaf first. */
  readonly chain: readonly Uint8Array[];
  /** The private key: DER of PKCS #8, and what signs with it unless a registered driver does. */
  readonly pkcs8: Uint8Array;
  readonly key: PrivateKeyHandle;
}

/** What there is between `tls_start` and `tls_stop`. */
export interface Running {
  readonly crypto: CryptoProvider;
  /** Of the host certificates, in their order. */
  readonly credentials: readonly Credential[];
  client(transport: Transport): ClientContext;
  server(transport: Transport, verify: boolean): ServerContext;
}

/** The engine of a connection; what it has no use for is absent. */
export type Engine = CoreConnection & Partial<Pick<Connection, 'heartbeat' | 'receiveEnd'>>;

export interface Composition<Stack = IpStack> {
  /** The options that it has to do with. */
  readonly options: Readonly<Record<string, OptionRange>>;
  /** The certificates of the configuration, checked. Throws a `CodeError`. */
  hosts(config: Readonly<TlsConfig>): readonly HostEntry[];
  /** Takes the registered algorithms into use. Throws where one is missing. */
  start(config: Readonly<TlsConfig>, registry: Registry, hosts: readonly HostEntry[]): Running;
  /** The network of the native interfaces. */
  stack(): Stack;
  /** A client's connection over datagrams of its own port. */
  readonly dtlsClient: (context: ClientContext, config: DatagramConfig<DropTally>, options: ClientOptions) => Engine;
  /** Sessions that can be resumed; absent: none can. */
  readonly sessions?: (capacity: number) => SessionTable;
  /** Looks at records as they pass, for the structures of the guide. */
  readonly watch?: () => RecordWatch;
}
