/** Mappers for SSL 3.0 to (D)TLS 1.2: a client and a server that send their messages in whatever order they are told to. */
import { concat, EMPTY, equal } from '../../src/base/bytes.ts';
import { Reader } from '../../src/base/reader.ts';
import { Writer } from '../../src/base/writer.ts';
import type { KxState } from '../../src/crypto/kx/kx.ts';
import type { CryptoProvider } from '../../src/crypto/port.ts';
import type { DirectionKeys, Protection } from '../../src/crypto/protect/protection.ts';
import type { LegacySuite } from '../../src/crypto/suites/suite.ts';
import type { Credential } from '../../src/handshake/context.ts';
import type { LegacyStrategy } from '../../src/handshake/legacy/strategy.ts';
import { Transcript } from '../../src/handshake/transcript.ts';
import { parseCertificate } from '../../src/pki/x509/certificate.ts';
import type { Session } from '../../src/session/session.ts';
import * as e from '../../src/wire/extension.ts';
import * as h from '../../src/wire/handshake.ts';
import { type NamedGroup, secp256r1, x25519 } from '../../src/wire/group.ts';
import { readCertificateLegacy, writeCertificateLegacy } from '../../src/wire/messages/certificate-legacy.ts';
import { ECDSA_SIGN, RSA_SIGN, writeCertificateRequestLegacy } from '../../src/wire/messages/certificate-request-legacy.ts';
import { readClientHello, writeClientHelloHead } from '../../src/wire/messages/client-hello.ts';
import { writeDigitallySigned } from '../../src/wire/messages/digitally-signed.ts';
import { writeNewSessionTicketLegacy } from '../../src/wire/messages/new-session-ticket-legacy.ts';
import { readServerHello, writeServerHelloHead } from '../../src/wire/messages/server-hello.ts';
import { TLS_EMPTY_RENEGOTIATION_INFO_SCSV } from '../../src/wire/suite.ts';
import { type Peer, sendChangeCipherSpec } from './peer.ts';
import type { Item, Wire } from './wire.ts';

export interface LegacyPeerOptions {
  readonly crypto: CryptoProvider;
  readonly strategy: LegacyStrategy;
  readonly suite: LegacySuite;
  readonly wire: Wire;
  /** Ours: its chain is what Certificate shows. */
  readonly credential: Credential;
  /** The session to resume. */
  readonly session?: Session | undefined;
  /** Server: tickets are announced and given. */
  readonly tickets?: boolean;
}

type Message = Item & { readonly kind: 'message' };
type Side = 'client' | 'server';

/** What both sides do alike: the transcript, the secrets, ChangeCipherSpec and Finished. */
abstract class LegacyPeer implements Peer {
  readonly wire: Wire;
  protected readonly options: LegacyPeerOptions;
  protected transcript!: Transcript;
  protected clientRandom: Uint8Array = EMPTY;
  protected serverRandom: Uint8Array = EMPTY;
  protected isExtended = false;
  protected kx: KxState;
  protected isConnected = false;
  protected clientVerifyData: Uint8Array = EMPTY;
  protected serverVerifyData: Uint8Array = EMPTY;
  /** Before there is another: the one that a peer without a key exchange would have (CVE-2014-0224). */
  #master: Uint8Array = new Uint8Array(48);
  readonly #side: Side;
  #sentFinished = false;
  #gotFinished = false;

  constructor(side: Side, options: LegacyPeerOptions) {
    this.#side = side;
    this.options = options;
    this.wire = options.wire;
    this.kx = this.#newKx(undefined);
    this.begin();
  }

  abstract send(symbol: string): void;
  abstract onMessage(message: Message): string;

  onChangeCipherSpec(): string {
    this.wire.setRead(this.#protection(this.#side === 'client' ? 'server' : 'client', 'read'));
    return 'ChangeCipherSpec';
  }

  /** A handshake begins. */
  protected begin(): void {
    const { crypto, strategy, suite } = this.options;
    this.transcript = new Transcript(crypto);
    this.transcript.start(strategy.transcriptHash(suite.prfHash));
    this.#sentFinished = false;
    this.#gotFinished = false;
    this.isConnected = false;
  }

  protected message(type: number, body: Uint8Array): void {
    // Whatever comes next, comes as the first message of another handshake.
    if (this.isConnected) this.wire.restart();
    this.transcript.add(this.wire.message(type, body));
  }

  protected build(type: number, write: (w: Writer) => void): void {
    const w = new Writer();
    write(w);
    this.message(type, w.copy());
  }

  /** What both sides send. */
  protected sendShared(symbol: string): void {
    const { options } = this;
    switch (symbol) {
      case 'Certificate':
        return this.build(h.CERTIFICATE, (w) => writeCertificateLegacy(w, options.credential.chain));
      case 'EmptyCertificate':
        return this.build(h.CERTIFICATE, (w) => writeCertificateLegacy(w, []));
      case 'ChangeCipherSpec':
        sendChangeCipherSpec(this.wire);
        this.wire.setWrite(this.#protection(this.#side, 'write'));
        return;
      case 'Finished':
        this.message(h.FINISHED, this.#verifyData(this.#side));
        this.#sentFinished = true;
        return this.#maybeConnected();
      case 'HelloRequest':
        // It counts in no transcript.
        if (this.isConnected) this.wire.restart();
        this.wire.message(h.HELLO_REQUEST, EMPTY);
        return;
      default:
        throw new RangeError(`no message ${symbol}`);
    }
  }

  protected onFinished(message: Message): string {
    const expected = this.#verifyData(this.#side === 'client' ? 'server' : 'client');
    this.transcript.add(message.raw);
    this.#gotFinished = true;
    this.#maybeConnected();
    return equal(expected, message.body) ? 'Finished' : 'Finished (wrong)';
  }

  /** The premaster secret is known: the transcript ends with ClientKeyExchange. */
  protected makeMaster(premaster: Uint8Array): void {
    const { crypto, strategy, suite } = this.options;
    const label = this.isExtended ? 'extended master secret' : 'master secret';
    const seed = this.isExtended ? this.transcript.digest() : concat(this.clientRandom, this.serverRandom);
    this.#master = strategy.prf(crypto, suite.prfHash, premaster, label, seed, 48);
  }

  protected resume(session: Session): void {
    this.#master = session.secret;
  }

  protected sign(tbs: Uint8Array, w: Writer): void {
    const { credential, strategy } = this.options;
    const scheme = credential.key.schemes[0]!;
    const signature = credential.key.sign(scheme, tbs) as Uint8Array;
    writeDigitallySigned(w, { scheme: strategy.explicitSchemes ? scheme : undefined, signature });
  }

  protected newKx(peerChain?: readonly Uint8Array[]): void {
    this.kx = this.#newKx(peerChain);
  }

  #newKx(peerChain: readonly Uint8Array[] | undefined): KxState {
    const { crypto, strategy, credential } = this.options;
    const peerKey = peerChain?.[0] === undefined ? undefined : parseCertificate(peerChain[0]).subjectKey(crypto);
    return {
      crypto,
      groups: GROUPS,
      clientVersion: strategy.shape.wireVersion,
      minDhBits: 0,
      bareRsa: strategy.bareRsa,
      privateKey: credential.key,
      ...(peerKey === undefined ? {} : { peerKey }),
      pickPsk: () => undefined,
      findPsk: () => undefined,
    };
  }

  #maybeConnected(): void {
    if (!this.#sentFinished || !this.#gotFinished) return;
    this.isConnected = true;
    this.wire.restart();
  }

  #verifyData(from: Side): Uint8Array {
    const { crypto, strategy, suite } = this.options;
    const data = strategy.finished(crypto, suite.prfHash, this.#master, from, this.transcript);
    if (from === 'client') this.clientVerifyData = data;
    else this.serverVerifyData = data;
    return data;
  }

  #protection(from: Side, direction: 'read' | 'write'): Protection {
    const { crypto, strategy, suite } = this.options;
    const { macKeyLength, keyLength, ivLength } = suite.protection;
    const seed = concat(this.serverRandom, this.clientRandom);
    const block = strategy.prf(crypto, suite.prfHash, this.#master, 'key expansion', seed, 2 * (macKeyLength + keyLength + ivLength));
    const which = from === 'client' ? 0 : 1;
    const cut = (at: number, length: number): Uint8Array => block.subarray(at + which * length, at + (which + 1) * length);
    const keys: DirectionKeys = {
      macKey: cut(0, macKeyLength),
      key: cut(2 * macKeyLength, keyLength),
      iv: cut(2 * (macKeyLength + keyLength), ivLength),
    };
    return suite.protection.protect(crypto, keys, { ...strategy.shape, encryptThenMac: false }, direction);
  }
}

export class LegacyClientPeer extends LegacyPeer {
  #cookie: Uint8Array = EMPTY;
  readonly #sessionId: Uint8Array;

  constructor(options: LegacyPeerOptions) {
    super('client', options);
    this.clientRandom = options.crypto.random(32);
    const { session } = options;
    this.#sessionId = session === undefined ? EMPTY : session.sessionId.length > 0 ? session.sessionId : options.crypto.random(32);
  }

  send(symbol: string): void {
    switch (symbol) {
      case 'ClientHello':
        return this.#sendClientHello();
      case 'ClientKeyExchange':
        return this.#sendClientKeyExchange();
      case 'CertificateVerify':
        return this.build(h.CERTIFICATE_VERIFY, (w) => this.sign(this.transcript.messages(), w));
      default:
        this.sendShared(symbol);
    }
  }

  onMessage(message: Message): string {
    const { type, body, raw } = message;
    switch (type) {
      case h.HELLO_REQUEST:
        return 'HelloRequest';
      case h.HELLO_VERIFY_REQUEST:
        this.#cookie = body.slice(3);
        this.begin();
        return 'HelloVerifyRequest';
      case h.FINISHED:
        return this.onFinished(message);
      case h.SERVER_HELLO:
        this.#onServerHello(body);
        break;
      case h.CERTIFICATE:
        this.newKx(readCertificateLegacy(new Reader(body)));
        break;
      case h.SERVER_KEY_EXCHANGE:
        this.options.suite.kx.readServerParams(this.kx, new Reader(body));
        break;
    }
    this.transcript.add(raw);
    return h.messageName(type);
  }

  #sendClientHello(): void {
    const { strategy, suite, session } = this.options;
    const again = this.isConnected ? this.clientVerifyData : EMPTY;
    if (this.isConnected) {
      this.begin();
      this.isConnected = true;
    }
    this.build(h.CLIENT_HELLO, (w) => {
      writeClientHelloHead(
        w,
        {
          version: strategy.shape.wireVersion,
          random: this.clientRandom,
          sessionId: this.#sessionId,
          cookie: this.#cookie,
          suites: strategy.extensions ? [suite.id] : [suite.id, TLS_EMPTY_RENEGOTIATION_INFO_SCSV],
          compressions: Uint8Array.of(0),
        },
        this.wire.isDatagram,
      );
      if (!strategy.extensions) return;
      const at = w.open(2);
      extension(w, e.EXTENDED_MASTER_SECRET, EMPTY);
      extension(w, e.RENEGOTIATION_INFO, Uint8Array.of(again.length, ...again));
      extension(w, e.SUPPORTED_GROUPS, Uint8Array.of(0, 2 * GROUPS.length, ...GROUPS.flatMap(({ id }) => [id >>> 8, id & 0xff])));
      extension(w, e.EC_POINT_FORMATS, Uint8Array.of(1, 0));
      if (session !== undefined && session.sessionId.length === 0) extension(w, e.SESSION_TICKET, session.ticket);
      if (strategy.explicitSchemes) extension(w, e.SIGNATURE_ALGORITHMS, SCHEMES);
      w.close(2, at);
    });
  }

  #onServerHello(body: Uint8Array): void {
    const hello = readServerHello(new Reader(body));
    this.serverRandom = hello.random;
    this.isExtended = hello.extensions.some(({ type }) => type === e.EXTENDED_MASTER_SECRET);
    const { session } = this.options;
    if (session !== undefined && hello.sessionId.length > 0 && equal(hello.sessionId, this.#sessionId)) this.resume(session);
  }

  #sendClientKeyExchange(): void {
    const w = new Writer();
    let premaster: Uint8Array;
    try {
      premaster = this.options.suite.kx.writeClientParams(this.kx, w) as Uint8Array;
    } catch {
      // Without the server's parameters: something of the right form.
      w.length = 0;
      premaster = new Uint8Array(32);
      w.vector(1, premaster);
    }
    this.message(h.CLIENT_KEY_EXCHANGE, w.copy());
    this.makeMaster(premaster);
  }
}

export class LegacyServerPeer extends LegacyPeer {
  #hello: ReturnType<typeof readClientHello> | undefined;

  constructor(options: LegacyPeerOptions) {
    super('server', options);
    this.serverRandom = options.crypto.random(32);
  }

  send(symbol: string): void {
    const { options } = this;
    switch (symbol) {
      case 'HelloVerifyRequest':
        // It counts in no transcript, and neither does the hello that it answers.
        this.wire.message(h.HELLO_VERIFY_REQUEST, Uint8Array.of(0xfe, 0xff, 4, 1, 2, 3, 4));
        return;
      case 'ServerHello':
        return this.#sendServerHello();
      case 'ServerKeyExchange':
        return this.#sendServerKeyExchange();
      case 'CertificateRequest':
        return this.build(h.CERTIFICATE_REQUEST, (w) =>
          writeCertificateRequestLegacy(w, {
            types: [ECDSA_SIGN, RSA_SIGN],
            schemes: options.strategy.explicitSchemes ? options.credential.key.schemes : undefined,
            authorities: [],
          }),
        );
      case 'ServerHelloDone':
        return this.message(h.SERVER_HELLO_DONE, EMPTY);
      case 'NewSessionTicket':
        return this.build(h.NEW_SESSION_TICKET, (w) => writeNewSessionTicketLegacy(w, { lifetimeHint: 60, ticket: Uint8Array.of(7) }));
      default:
        this.sendShared(symbol);
    }
  }

  onMessage(message: Message): string {
    const { type, body, raw } = message;
    if (type === h.FINISHED) return this.onFinished(message);
    if (type === h.CLIENT_HELLO) {
      // The transcript begins with the latest: a cookie came between, or another handshake begins.
      this.begin();
      this.#hello = readClientHello(new Reader(body), this.wire.isDatagram);
      this.clientRandom = this.#hello.random;
    }
    this.transcript.add(raw);
    if (type === h.CLIENT_KEY_EXCHANGE) this.makeMaster(this.#readPremaster(body));
    if (type === h.CERTIFICATE && readCertificateLegacy(new Reader(body)).length === 0) return 'EmptyCertificate';
    return h.messageName(type);
  }

  #sendServerHello(): void {
    const { options } = this;
    const { session, strategy } = options;
    const offered = (type: number): boolean => this.#hello?.extensions.some((each) => each.type === type) === true;
    this.isExtended = offered(e.EXTENDED_MASTER_SECRET);
    this.newKx();
    if (session !== undefined) this.resume(session);
    this.build(h.SERVER_HELLO, (w) => {
      writeServerHelloHead(w, {
        version: strategy.shape.wireVersion,
        random: this.serverRandom,
        sessionId: session === undefined ? EMPTY : (this.#hello?.sessionId ?? EMPTY),
        suite: options.suite.id,
        compression: 0,
      });
      if (!strategy.extensions) return;
      const at = w.open(2);
      if (this.isExtended) extension(w, e.EXTENDED_MASTER_SECRET, EMPTY);
      extension(w, e.RENEGOTIATION_INFO, Uint8Array.of(0));
      if (options.tickets === true && offered(e.SESSION_TICKET)) extension(w, e.SESSION_TICKET, EMPTY);
      w.close(2, at);
    });
  }

  #sendServerKeyExchange(): void {
    this.build(h.SERVER_KEY_EXCHANGE, (w) => {
      this.options.suite.kx.writeServerParams(this.kx, w);
      this.sign(concat(this.clientRandom, this.serverRandom, w.copy()), w);
    });
  }

  #readPremaster(body: Uint8Array): Uint8Array {
    try {
      return this.options.suite.kx.readClientParams(this.kx, new Reader(body)) as Uint8Array;
    } catch {
      return new Uint8Array(32);
    }
  }
}

/** secp256r1 for certificates: keys are agreed on in the first. */
const GROUPS: readonly NamedGroup[] = [x25519, secp256r1];
/** What the mapper's signatures are verified by: it verifies none itself. */
const SCHEMES: Uint8Array = Uint8Array.of(0, 6, 0x04, 0x03, 0x08, 0x04, 0x04, 0x01);

export function extension(w: Writer, type: number, body: Uint8Array): void {
  w.u16(type);
  w.vector(2, body);
}
