/** An agent of node:https whose connections are of this library: kept alive, told apart by everything that decides on trust. */
import type * as http from 'node:http';
import * as https from 'node:https';
import type { Duplex } from 'node:stream';
import { connect, type ConnectionOptions } from '../tls/connect.ts';
import { SessionCache } from './session-cache.ts';

/** As of node:https, and what `connect` of `veritls/tls` takes besides, for every request. */
export interface AgentOptions extends http.AgentOptions, Omit<ConnectionOptions, keyof http.AgentOptions> {
  /** How many names TLS sessions are kept for; 0: none are. Default 100. */
  readonly maxCachedSessions?: number | undefined;
}

const DEFAULT_CACHED = 100;

/** What an agent hands to `createConnection`. */
type Asked = ConnectionOptions & { readonly servername?: string };

export class Agent extends https.Agent {
  readonly #sessions: SessionCache;

  constructor(options: AgentOptions = {}) {
    super(options as https.AgentOptions);
    this.#sessions = new SessionCache(options.maxCachedSessions ?? DEFAULT_CACHED);
  }

  override createConnection(options: object): Duplex {
    const asked = options as Asked;
    const name = this.getName(asked as https.RequestOptions);
    const session = asked.session ?? this.#sessions.take(name);
    const socket = connect({ ...asked, ...(session === undefined ? {} : { session }) });
    socket.on('session', (fresh: Buffer) => this.#sessions.put(name, fresh));
    socket.once('close', (hadError: boolean) => {
      if (hadError) this.#sessions.evict(name);
    });
    return socket;
  }

  /** Connections are shared by requests of one name: whatever weakens or strengthens trust is part of it. */
  override getName(options: https.RequestOptions = {}): string {
    const own = options as Asked;
    const parts = TOLD_APART.map((key) => textOf(own[key])).join(':');
    return `${super.getName(options)}:${parts}`;
  }
}

/** The options that the name of node:https leaves out. */
const TOLD_APART = [
  'key',
  'secureContext',
  'checkServerIdentity',
  'pskCallback',
  'verifier',
  'revoked',
  'revocationSource',
  'revocation',
  'pinnedKeys',
  'ALPNProtocols',
  'allowPartialTrustChain',
  'minDHSize',
  'requestOCSP',
  'requireCloseNotify',
  'dangerouslyAllowSsl30',
  'dangerouslyAllowWeakKeys',
] as const satisfies readonly (keyof Asked)[];

/** Text by itself; objects and functions by their identity. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (typeof value === 'object' || typeof value === 'function') {
    let id = identities.get(value);
    if (id === undefined) identities.set(value, (id = ++lastIdentity));
    return `#${id}`;
  }
  return JSON.stringify(value);
}

const identities = new WeakMap<object, number>();
let lastIdentity = 0;
