/** What is learned: each version and side of ours, with each set of features on which the order of its messages depends. */
import { MAX_DUMMY_CCS, MAX_HELLO_VERIFY_REQUESTS } from '../../src/base/limits.ts';
import type { CryptoProvider } from '../../src/crypto/port.ts';
import { TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, TLS_RSA_WITH_AES_128_CBC_SHA } from '../../src/crypto/suites/aes-cbc.ts';
import { TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 } from '../../src/crypto/suites/aes-gcm.ts';
import { TLS_AES_128_GCM_SHA256 } from '../../src/crypto/suites/modern.ts';
import type { LegacySuite } from '../../src/crypto/suites/suite.ts';
import type { FrontFactory } from '../../src/engine/connection.ts';
import type { ClientContext, ClientOptions, ExternalPsk, ServerContext } from '../../src/handshake/context.ts';
import type { TraceEntry } from '../../src/handshake/flow.ts';
import { renegotiation } from '../../src/handshake/legacy/renegotiation.ts';
import type { LegacyStrategy } from '../../src/handshake/legacy/strategy.ts';
import type { ProtocolVersion } from '../../src/handshake/version.ts';
import type { Session } from '../../src/session/session.ts';
import { createTicketKeys } from '../../src/session/ticket.ts';
import { dtls10Client, dtls10Server } from '../../src/versions/dtls10.ts';
import { dtls12Client, dtls12Server } from '../../src/versions/dtls12.ts';
import { ssl30Client, ssl30Server } from '../../src/versions/ssl30.ts';
import { tls10Client, tls10Server } from '../../src/versions/tls10.ts';
import { tls11Client, tls11Server } from '../../src/versions/tls11.ts';
import { tls12Client, tls12Server } from '../../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../../src/versions/tls13.ts';
import { secp256r1, x25519 } from '../../src/wire/group.ts';
import { ECDSA_SECP256R1_SHA256, ECDSA_SHA1, RSA_PKCS1_MD5_SHA1 } from '../../src/wire/signature-scheme.ts';
import { NOW } from '../support/certificates.ts';
import { cheapCredential, cheapCrypto, cheapRsaCredential, cheapVerifier } from '../support/cheap-crypto.ts';
import { clientContext, serverContext } from '../support/contexts.ts';
import { dtlsPair } from '../support/dtls.ts';
import { connectPair } from '../support/pair.ts';
import { clientBox, datagramClientBox, endpointBox, serverBox } from './boxes.ts';
import { LegacyClientPeer, type LegacyPeerOptions, LegacyServerPeer } from './legacy-peer.ts';
import { ModernClientPeer, type ModernPeerOptions, ModernServerPeer } from './modern-peer.ts';
import type { Subject } from './oracle.ts';
import { Mapped } from './peer.ts';
import type { Mealy, Word } from './mealy.ts';
import { DatagramWire, StreamWire } from './wire.ts';

type Side = 'client' | 'server';

/** An undisturbed handshake as the flow runs it: what the peer of the subject sends, and what the subject answers to each. */
export interface Permitted {
  readonly word: Word;
  readonly answers: readonly string[];
}

export interface LearnedSubject {
  readonly name: string;
  /** Name of its files. */
  readonly file: string;
  readonly side: Side;
  readonly alphabet: readonly string[];
  /** A datagram that makes no sense is dropped: a handshake may come to a stop without an end. */
  readonly isDatagram: boolean;
  /** Messages that may stand anywhere and change nothing but a count. */
  readonly transparent: readonly string[];
  readonly atMost: ReadonlyMap<string, number>;
  /** Another instance of the black box. */
  start(): Subject & { readonly opening: string };
  /** The handshakes that the flow permits with these features. */
  permitted(): readonly Permitted[];
  /** What else must hold, in the place of what holds of handshakes. */
  judge?(machine: Mealy): string[];
}

interface Ends {
  readonly client: ClientContext;
  readonly server: ServerContext;
  readonly options: ClientOptions;
}

interface Variant {
  readonly version: VersionPair;
  readonly features: string;
  readonly suite: LegacySuite;
  readonly clientCertificate?: 'none' | 'request' | 'require';
  /** Whether the client has a certificate. */
  readonly certified?: boolean;
  readonly resumed?: boolean;
  /** Another handshake on the same connection is welcome. */
  readonly renegotiates?: boolean;
}

interface VersionPair {
  readonly name: string;
  readonly file: string;
  readonly client: ProtocolVersion;
  readonly server: ProtocolVersion;
}

const V: Record<'ssl30' | 'tls10' | 'tls11' | 'tls12' | 'dtls10' | 'dtls12', VersionPair> = {
  ssl30: { name: 'SSL 3.0', file: 'ssl30', client: ssl30Client, server: ssl30Server },
  tls10: { name: 'TLS 1.0', file: 'tls10', client: tls10Client, server: tls10Server },
  tls11: { name: 'TLS 1.1', file: 'tls11', client: tls11Client, server: tls11Server },
  tls12: { name: 'TLS 1.2', file: 'tls12', client: tls12Client, server: tls12Server },
  dtls10: { name: 'DTLS 1.0', file: 'dtls10', client: dtls10Client, server: dtls10Server },
  dtls12: { name: 'DTLS 1.2', file: 'dtls12', client: dtls12Client, server: dtls12Server },
};

const ENDINGS = ['ApplicationData', 'WarningAlert', 'FatalAlert', 'close_notify'] as const;
const FROM_LEGACY_CLIENT: readonly string[] = [
  'ClientHello',
  'Certificate',
  'EmptyCertificate',
  'ClientKeyExchange',
  'CertificateVerify',
  'ChangeCipherSpec',
  'Finished',
  'HelloRequest',
  ...ENDINGS,
];
const FROM_LEGACY_SERVER: readonly string[] = [
  'HelloRequest',
  'ServerHello',
  'Certificate',
  'EmptyCertificate',
  'ServerKeyExchange',
  'CertificateRequest',
  'ServerHelloDone',
  'NewSessionTicket',
  'ChangeCipherSpec',
  'Finished',
  ...ENDINGS,
];
const FROM_MODERN_CLIENT: readonly string[] = [
  'ClientHello',
  'Certificate',
  'EmptyCertificate',
  'CertificateVerify',
  'Finished',
  'KeyUpdate',
  'NewSessionTicket',
  'EndOfEarlyData',
  'HelloRequest',
  'ChangeCipherSpec',
  ...ENDINGS,
];
const FROM_MODERN_SERVER: readonly string[] = [
  'HelloRetryRequest',
  'ServerHello',
  'EncryptedExtensions',
  'CertificateRequest',
  'Certificate',
  'EmptyCertificate',
  'CertificateVerify',
  'Finished',
  'NewSessionTicket',
  'KeyUpdate',
  'HelloRequest',
  'ChangeCipherSpec',
  ...ENDINGS,
];

/** Fewer than the bounds of base/limits.ts, which have tests of their own. */
const AT_MOST: ReadonlyMap<string, number> = new Map([
  ['WarningAlert', 4],
  ['HelloRequest', 4],
  ['ClientHello', 4],
  ['HelloVerifyRequest', 4],
]);

const ECDHE = TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
const OLD_ECDHE = TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA;
const RSA = TLS_RSA_WITH_AES_128_CBC_SHA;

export const SUBJECTS: readonly LearnedSubject[] = [
  legacy('server', { version: V.tls12, features: 'ECDHE', suite: ECDHE }),
  legacy('server', { version: V.tls12, features: 'ECDHE, client certificate requested', suite: ECDHE, clientCertificate: 'request' }),
  legacy('server', { version: V.tls12, features: 'ECDHE, client certificate required', suite: ECDHE, clientCertificate: 'require' }),
  legacy('server', { version: V.tls12, features: 'resumption', suite: ECDHE, resumed: true }),
  legacy('server', { version: V.tls12, features: 'ECDHE, renegotiation allowed', suite: ECDHE, renegotiates: true }),
  legacy('client', { version: V.tls12, features: 'ECDHE', suite: ECDHE }),
  legacy('client', { version: V.tls12, features: 'ECDHE, with a certificate', suite: ECDHE, certified: true }),
  legacy('client', { version: V.tls12, features: 'resumption', suite: ECDHE, resumed: true }),
  modern('server', { features: 'certificate' }),
  modern('server', { features: 'client certificate required', clientCertificate: 'require' }),
  modern('server', { features: 'external PSK', psk: true }),
  modern('server', { features: 'HelloRetryRequest', retry: true }),
  modern('client', { features: 'certificate' }),
  modern('client', { features: 'with a certificate', certified: true }),
  modern('client', { features: 'external PSK', psk: true }),
  legacy('server', { version: V.tls11, features: 'RSA', suite: RSA }),
  legacy('server', { version: V.tls10, features: 'RSA', suite: RSA }),
  legacy('server', { version: V.ssl30, features: 'RSA', suite: RSA }),
  legacy('server', { version: V.dtls12, features: 'ECDHE, cookie', suite: ECDHE }),
  legacy('server', {
    version: V.dtls12,
    features: 'ECDHE, cookie, client certificate required',
    suite: ECDHE,
    clientCertificate: 'require',
  }),
  legacy('client', { version: V.dtls12, features: 'ECDHE, cookie', suite: ECDHE }),
  legacy('server', { version: V.dtls10, features: 'ECDHE, cookie', suite: OLD_ECDHE }),
  legacy('client', { version: V.dtls10, features: 'ECDHE, cookie', suite: OLD_ECDHE }),
];

/** More than a word has hellos: the bound has tests of its own. */
const RENEGOTIATIONS = 100;

const common = { verifier: cheapVerifier, now: () => NOW, middleboxCompatibility: false } as const;

// --- SSL 3.0 to (D)TLS 1.2 ---

/** `front`: another flow over streams in the place of ours, for the learner to find out. */
export function legacy(side: Side, variant: Variant, front?: FrontFactory): LearnedSubject {
  const { version, suite } = variant;
  const isDatagram = version.client.helloCookie;
  const strategy = version.client.strategy!;
  const made = { ends: undefined as Ends | undefined, session: undefined as Session | undefined };
  const ends = (): Ends => {
    if (made.ends === undefined) {
      made.ends = legacyEnds(cheapCrypto(), variant);
      if (variant.resumed === true) made.session = firstSession(made.ends);
    }
    return made.ends;
  };
  const options = (): ClientOptions => (made.session === undefined ? ends().options : { ...ends().options, session: made.session });
  const isServer = side === 'server';
  return {
    name: `${version.name} ${side}: ${variant.features}`,
    file: fileOf(version.file, side, variant.features),
    side,
    alphabet: isServer ? FROM_LEGACY_CLIENT : isDatagram ? ['HelloVerifyRequest', ...FROM_LEGACY_SERVER] : FROM_LEGACY_SERVER,
    isDatagram,
    // What comes ahead of Finished is kept until it is there.
    transparent: isDatagram ? ['ApplicationData'] : [],
    atMost: AT_MOST,
    start() {
      const { client, server } = ends();
      const peer = peerOptions(strategy, suite, isDatagram, made.session);
      if (isServer) {
        const box = isDatagram ? endpointBox(server) : serverBox(server, front);
        return new Mapped(box, new LegacyClientPeer(peer));
      }
      const box = isDatagram ? datagramClientBox(client, options()) : clientBox(client, options(), front);
      return new Mapped(box, new LegacyServerPeer(peer));
    },
    permitted() {
      const plays: Permitted[] = [];
      for (const each of counterparts(side, variant)) {
        const other = legacyEnds(cheapCrypto(), each);
        const { client, server } = isServer
          ? { client: other.client, server: ends().server }
          : { client: ends().client, server: other.server };
        plays.push(played(side, { client, server, options: options() }, isDatagram));
      }
      return isDatagram ? plays.flatMap((play) => withCookies(side, play)) : plays;
    },
  };
}

/** The peers with which the subject gets along, where that makes another order of messages. */
function counterparts(side: Side, variant: Variant): readonly Variant[] {
  if (side === 'server') {
    if (variant.clientCertificate === 'request') return [variant, { ...variant, certified: true }];
    return [{ ...variant, certified: variant.clientCertificate === 'require' }];
  }
  if (variant.resumed === true) return [variant];
  return [variant, { ...variant, clientCertificate: 'request' }];
}

function legacyEnds(crypto: CryptoProvider, variant: Variant): Ends {
  const { version, suite } = variant;
  const rsa = suite === RSA;
  const credential = rsa ? cheapRsaCredential() : cheapCredential();
  const both = {
    ...common,
    crypto,
    suites: [suite],
    groups: [x25519, secp256r1],
    schemes: [ECDSA_SECP256R1_SHA256, ECDSA_SHA1, RSA_PKCS1_MD5_SHA1],
  } as const;
  return {
    client: clientContext({
      ...both,
      versions: [version.client],
      credentials: variant.certified === true ? [credential] : [],
      offerTickets: variant.resumed === true,
    }),
    server: serverContext({
      ...both,
      versions: [version.server],
      credentials: [credential],
      clientCertificate: variant.clientCertificate ?? 'none',
      ...(variant.renegotiates === true ? { renegotiation: renegotiation('allow', { limit: RENEGOTIATIONS }) } : {}),
      tickets: variant.resumed === true ? TICKETS : undefined,
    }),
    options: {},
  };
}

const TICKETS = createTicketKeys(cheapCrypto(9));

function peerOptions(strategy: LegacyStrategy, suite: LegacySuite, isDatagram: boolean, session: Session | undefined): LegacyPeerOptions {
  const version = strategy.shape.wireVersion;
  return {
    crypto: cheapCrypto(2),
    strategy,
    suite,
    wire: isDatagram ? new DatagramWire(version) : new StreamWire(version),
    credential: suite === RSA ? cheapRsaCredential() : cheapCredential(),
    session,
  };
}

function firstSession({ client, server, options }: Ends): Session {
  const pair = connectPair(client, server, options);
  pair.pump();
  const event = pair.client.events.find((each) => each.type === 'session');
  if (event?.type !== 'session') throw new Error(`no session: ${String(pair.client.connection.error)}`);
  return event.session;
}

// --- TLS 1.3 ---

interface ModernVariant {
  readonly features: string;
  readonly clientCertificate?: 'none' | 'request' | 'require';
  readonly certified?: boolean;
  readonly psk?: boolean;
  readonly retry?: boolean;
}

const PSK: ExternalPsk = { identity: Uint8Array.of(1, 2, 3), key: new Uint8Array(32).fill(9) };

export function modern(side: Side, variant: ModernVariant, front?: FrontFactory): LearnedSubject {
  const isServer = side === 'server';
  let made: Ends | undefined;
  const ends = (): Ends => (made ??= modernEnds(variant));
  return {
    name: `TLS 1.3 ${side}: ${variant.features}`,
    file: fileOf('tls13', side, variant.features),
    side,
    alphabet: isServer ? FROM_MODERN_CLIENT : FROM_MODERN_SERVER,
    isDatagram: false,
    // RFC 9846 §5: dropped, wherever it stands in the handshake.
    transparent: ['ChangeCipherSpec'],
    atMost: new Map([...AT_MOST, ['ChangeCipherSpec', MAX_DUMMY_CCS]]),
    start() {
      const peer: ModernPeerOptions = {
        crypto: cheapCrypto(2),
        suite: TLS_AES_128_GCM_SHA256,
        wire: new StreamWire(0x0303),
        credential: cheapCredential(),
        ...(variant.psk === true ? { psk: PSK } : {}),
      };
      if (isServer) return new Mapped(serverBox(ends().server, front), new ModernClientPeer(peer));
      return new Mapped(clientBox(ends().client, ends().options, front), new ModernServerPeer(peer));
    },
    permitted() {
      return modernCounterparts(side, variant).map((each) => {
        const other = modernEnds(each);
        const client = isServer ? other.client : ends().client;
        const server = isServer ? ends().server : other.server;
        return played(side, { client, server, options: ends().options }, false);
      });
    },
  };
}

function modernCounterparts(side: Side, variant: ModernVariant): readonly ModernVariant[] {
  if (side === 'server') return [{ ...variant, certified: variant.clientCertificate === 'require' }];
  const asking = variant.psk === true ? [variant] : [variant, { ...variant, clientCertificate: 'request' as const }];
  return [...asking, ...asking.map((each) => ({ ...each, retry: true }))];
}

function modernEnds(variant: ModernVariant): Ends {
  const crypto = cheapCrypto();
  const both = { ...common, crypto, suites: [TLS_AES_128_GCM_SHA256], schemes: [ECDSA_SECP256R1_SHA256] } as const;
  const psk = variant.psk === true;
  const isClientRetried = variant.retry === true;
  return {
    client: clientContext({
      ...both,
      versions: [tls13Client],
      groups: [x25519, secp256r1],
      keyShares: 1,
      credentials: variant.certified === true ? [cheapCredential()] : [],
      ...(psk ? { psk: () => PSK } : {}),
    }),
    server: serverContext({
      ...both,
      versions: [tls13Server],
      groups: isClientRetried ? [secp256r1] : [x25519],
      credentials: [cheapCredential()],
      clientCertificate: variant.clientCertificate ?? 'none',
      tickets: undefined,
      ...(psk ? { findPsk: () => PSK } : {}),
    }),
    options: {},
  };
}

// --- undisturbed handshakes ---

/** Symbols for the names of steps. */
const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['SecondClientHello', 'ClientHello'],
  ['ClientHelloWithCookie', 'ClientHello'],
  ['ServerCertificate', 'Certificate'],
  ['ServerCertificateVerify', 'CertificateVerify'],
  ['ClientCertificate', 'Certificate'],
  ['ClientCertificateVerify', 'CertificateVerify'],
  ['ClientChangeCipherSpec', 'ChangeCipherSpec'],
  ['ServerChangeCipherSpec', 'ChangeCipherSpec'],
  ['ClientFinished', 'Finished'],
  ['ServerFinished', 'Finished'],
]);

function played(side: Side, { client, server, options }: Ends, isDatagram: boolean): Permitted {
  const entries: TraceEntry[] = [];
  const trace = (entry: TraceEntry): void => void (entry.kind === 'message' && entries.push(entry));
  const traced = { ...options, trace };
  if (isDatagram) dtlsPair(client, server, { client: traced }).handshake();
  else connectPair(client, server, traced).pump();
  const isBare = client.credentials.length === 0;
  const word: string[] = [];
  const answers: string[][] = [];
  for (const { from, name } of entries) {
    const symbol = name === 'ClientCertificate' && isBare ? 'EmptyCertificate' : (SYMBOLS.get(name) ?? name);
    if (from === side) answers.at(-1)?.push(symbol);
    else {
      word.push(symbol);
      answers.push([]);
    }
  }
  return { word, answers: answers.map((list) => (list.length === 0 ? '-' : list.join(', '))) };
}

/** A pair of connections has no cookies: those are the endpoint's. Ours asks for one; a client lets itself be asked a few times. */
function withCookies(side: Side, { word, answers }: Permitted): readonly Permitted[] {
  const [from, to] = side === 'server' ? ['ClientHello', 'HelloVerifyRequest'] : ['HelloVerifyRequest', 'ClientHello'];
  const times = side === 'server' ? [1] : Array.from({ length: MAX_HELLO_VERIFY_REQUESTS + 1 }, (_, i) => i);
  return times.map((count) => ({
    word: [...new Array<string>(count).fill(from), ...word],
    answers: [...new Array<string>(count).fill(to), ...answers],
  }));
}

function fileOf(version: string, side: Side, features: string): string {
  return `${version}-${side}-${features.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
}
