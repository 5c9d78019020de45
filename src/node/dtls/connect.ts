/** `connect`: a session as client, on an endpoint of its own. */
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import type { PeerAddress } from '../../engine/association.ts';
import type { ClientOptions } from '../../handshake/context.ts';
import { decodeSession } from '../../session/codec.ts';
import { asciiHost } from '../tls/identity.ts';
import { DTLSEndpoint } from './endpoint.ts';
import { contextOf, type DatagramTuning, tuning } from './options.ts';
import type { ClientPsk, DTLSSecureContext, DTLSSecureContextOptions } from './secure-context.ts';
import type { DTLSSession } from './session.ts';
import { type DatagramReceiver, type DatagramTransport, type LocalAddress, UdpTransport } from './transport.ts';

export interface ConnectOptions
  extends Omit<DTLSSecureContextOptions, 'isServer' | 'psk' | 'sni' | 'pskIdentityHint' | 'requestCert' | 'sessionStore'>,
    DatagramTuning {
  readonly psk?: ClientPsk | undefined;
  readonly secureContext?: DTLSSecureContext | undefined;
  /** For server_name and for the check of the certificate; the host by default. `''`: neither name nor check of one. */
  readonly servername?: string | undefined;
  /** `session.session` of an earlier session with the same server. */
  readonly session?: Uint8Array | undefined;
  readonly bindHost?: string | undefined;
  readonly bindPort?: number | undefined;
  /** Instead of a UDP socket of its own: then `host` is not resolved. */
  readonly transport?: DatagramTransport | undefined;
  /** ms; 0: none. 60 s by default. */
  readonly handshakeTimeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Lines of the NSS key log: secrets. */
  readonly keylog?: ((line: string) => void) | undefined;
  /** Told of every step of the handshake. */
  readonly trace?: ClientOptions['trace'] | undefined;
}

/** Begins a session with a server. `session.opened` is fulfilled when the handshake is over. */
export function connect(host: string, port: number, options: ConnectOptions = {}): DTLSSession {
  const context = contextOf(options, false);
  const { signal, keylog } = options;
  signal?.throwIfAborted();
  const peer = { address: host, port };
  const transport = options.transport ?? udp(host, peer, options);
  const endpoint = new DTLSEndpoint(
    transport,
    { config: tuning(options), handshakeTimeoutMs: options.handshakeTimeout ?? 60_000, idleTimeoutMs: 0 },
    undefined,
    true,
  );
  const session = endpoint._connect(
    peer,
    keylog === undefined ? context.clientContext() : context.clientContextWith(keylog),
    clientOptions(host, options),
  );
  if (signal !== undefined) {
    const abort = (): void => session.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', abort, { once: true });
    void session.closed.catch(() => {}).then(() => signal.removeEventListener('abort', abort));
  }
  return session;
}

export function clientOptions(host: string, options: Pick<ConnectOptions, 'servername' | 'session' | 'trace'>): ClientOptions {
  const serverName = asciiHost(options.servername ?? host);
  const session = options.session === undefined ? undefined : decodeSession(options.session);
  return {
    ...(serverName === '' ? {} : { serverName }),
    ...(options.servername === '' ? { checkName: false } : {}),
    ...(session === undefined ? {} : { session }),
    ...(options.trace === undefined ? {} : { trace: options.trace }),
  };
}

function udp(host: string, peer: { address: string }, options: ConnectOptions): DatagramTransport {
  const bind = { port: options.bindPort ?? 0, address: options.bindHost, exclusive: true };
  const family = isIP(host);
  if (family !== 0) return new UdpTransport(createSocket(family === 6 ? 'udp6' : 'udp4'), { owned: true, bind });
  return new ResolvingTransport(
    host,
    peer,
    (found) => new UdpTransport(createSocket(found === 6 ? 'udp6' : 'udp4'), { owned: true, bind }),
  );
}

/** Finds the address first. What is sent goes to the address found, and what comes from there comes from the peer. */
class ResolvingTransport implements DatagramTransport {
  readonly #host: string;
  readonly #peer: { address: string };
  readonly #make: (family: number) => DatagramTransport;
  #inner: DatagramTransport | undefined;
  #address = '';
  #isClosed = false;
  #receiver: DatagramReceiver | undefined;

  constructor(host: string, peer: { address: string }, make: (family: number) => DatagramTransport) {
    this.#host = host;
    this.#peer = peer;
    this.#make = make;
  }

  open(receiver: DatagramReceiver): void {
    this.#receiver = receiver;
    const name = this.#peer.address;
    lookup(this.#host, (error, address, family) => {
      if (this.#isClosed) return;
      if (error !== null) {
        receiver.error(error);
        return;
      }
      this.#address = address;
      this.#inner = this.#make(family);
      this.#inner.open({
        ...receiver,
        message: (datagram, from) => {
          if (from.address === address) receiver.message(datagram, { address: name, port: from.port });
        },
        listening: () => receiver.listening(),
        error: (cause) => receiver.error(cause),
        closed: () => receiver.closed(),
      });
    });
  }

  send(datagram: Uint8Array, peer: PeerAddress, done: (error: Error | null) => void): void {
    if (this.#inner === undefined) done(null);
    else this.#inner.send(datagram, { address: this.#address, port: peer.port }, done);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#inner === undefined) this.#receiver?.closed();
    else this.#inner.close();
  }

  address(): LocalAddress {
    return this.#inner?.address?.() ?? { address: '', family: '', port: 0 };
  }

  ref(): void {
    this.#inner?.ref?.();
  }

  unref(): void {
    this.#inner?.unref?.();
  }
}
