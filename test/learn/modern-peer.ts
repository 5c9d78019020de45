/** Mappers for TLS 1.3: a client and a server that send their messages in whatever order they are told to. */
import { ascii, concat, EMPTY, equal } from '../../src/base/bytes.ts';
import { Reader } from '../../src/base/reader.ts';
import { Writer } from '../../src/base/writer.ts';
import { finishedMac, nextTrafficSecret } from '../../src/crypto/kdf/key-schedule13.ts';
import type { CryptoProvider, PendingKeyShare } from '../../src/crypto/port.ts';
import type { Protection } from '../../src/crypto/protect/protection.ts';
import type { ModernSuite } from '../../src/crypto/suites/suite.ts';
import type { Credential, ExternalPsk } from '../../src/handshake/context.ts';
import { KeySchedule, trafficKeys } from '../../src/handshake/modern/key-schedule.ts';
import { replaceByHash } from '../../src/handshake/modern/message-hash.ts';
import { MODERN_SHAPE } from '../../src/handshake/modern/shape.ts';
import { Transcript } from '../../src/handshake/transcript.ts';
import * as e from '../../src/wire/extension.ts';
import { findExtension } from '../../src/wire/extensions.ts';
import { type NamedGroup, secp256r1, x25519 } from '../../src/wire/group.ts';
import * as h from '../../src/wire/handshake.ts';
import { writeCertificate } from '../../src/wire/messages/certificate.ts';
import { writeDigitallySigned } from '../../src/wire/messages/certificate-verify.ts';
import { type ClientHello, readClientHello, writeClientHelloHead } from '../../src/wire/messages/client-hello.ts';
import { writeNewSessionTicket } from '../../src/wire/messages/new-session-ticket.ts';
import { HELLO_RETRY_RANDOM, isHelloRetryRequest, readServerHello, writeServerHelloHead } from '../../src/wire/messages/server-hello.ts';
import { extension } from './legacy-peer.ts';
import { type Peer, sendChangeCipherSpec } from './peer.ts';
import type { Item, Wire } from './wire.ts';

export interface ModernPeerOptions {
  readonly crypto: CryptoProvider;
  readonly suite: ModernSuite;
  readonly wire: Wire;
  readonly credential: Credential;
  readonly psk?: ExternalPsk | undefined;
}

type Message = Item & { readonly kind: 'message' };
type Side = 'client' | 'server';

abstract class ModernPeer implements Peer {
  readonly wire: Wire;
  protected readonly options: ModernPeerOptions;
  protected readonly transcript: Transcript;
  protected schedule: KeySchedule;
  readonly #side: Side;
  /** Secrets in use; undefined: none yet. */
  #write: Uint8Array | undefined;
  #read: Uint8Array | undefined;
  #serverFinished = false;

  constructor(side: Side, options: ModernPeerOptions) {
    this.#side = side;
    this.options = options;
    this.wire = options.wire;
    this.transcript = new Transcript(options.crypto);
    this.transcript.start(options.suite.hash);
    this.schedule = this.newSchedule();
  }

  abstract send(symbol: string): void;
  abstract onMessage(message: Message): string;

  onChangeCipherSpec(): string {
    return 'ChangeCipherSpec';
  }

  protected newSchedule(psk?: Uint8Array): KeySchedule {
    const { crypto, suite } = this.options;
    return new KeySchedule(crypto, suite.hash, 'tls13 ', psk);
  }

  protected build(type: number, write: (w: Writer) => void): void {
    const w = new Writer();
    write(w);
    this.transcript.add(this.wire.message(type, w.copy()));
  }

  protected sendShared(symbol: string): void {
    const { options } = this;
    switch (symbol) {
      case 'Certificate':
        return this.build(h.CERTIFICATE, (w) => writeCertificate(w, EMPTY, options.credential.chain, () => undefined));
      case 'EmptyCertificate':
        return this.build(h.CERTIFICATE, (w) => writeCertificate(w, EMPTY, [], () => undefined));
      case 'CertificateVerify':
        return this.#sendCertificateVerify();
      case 'Finished':
        return this.#sendFinished();
      case 'ChangeCipherSpec':
        return sendChangeCipherSpec(this.wire);
      case 'KeyUpdate':
        return this.#sendKeyUpdate();
      case 'NewSessionTicket':
        return this.build(h.NEW_SESSION_TICKET, (w) => {
          writeNewSessionTicket(w, { lifetime: 60, ageAdd: 1, nonce: Uint8Array.of(1), ticket: Uint8Array.of(1, 2) });
        });
      case 'EndOfEarlyData':
        return this.build(h.END_OF_EARLY_DATA, () => undefined);
      case 'HelloRequest':
        return this.build(h.HELLO_REQUEST, () => undefined);
      default:
        throw new RangeError(`no message ${symbol}`);
    }
  }

  /** ServerHello stands in the transcript, and the secret is known. */
  protected enterHandshake(shared: Uint8Array): void {
    this.schedule.enterHandshake(shared, this.transcript.digest());
    const { clientHandshake, serverHandshake } = this.schedule;
    this.#setWrite(this.#side === 'client' ? clientHandshake : serverHandshake);
    this.#setRead(this.#side === 'client' ? serverHandshake : clientHandshake);
  }

  protected onFinished(message: Message): string {
    const secret = this.#side === 'client' ? this.schedule.serverHandshake : this.schedule.clientHandshake;
    const expected = finishedMac(this.schedule.lh, secret, this.transcript.digest());
    this.transcript.add(message.raw);
    if (this.#side === 'client') {
      this.#serverFinished = true;
      this.schedule.enterApplication(this.transcript.digest());
      this.#setRead(this.schedule.serverApplication);
    } else this.#setRead(this.schedule.clientApplication);
    return equal(expected, message.body) ? 'Finished' : 'Finished (wrong)';
  }

  protected onShared(message: Message): string {
    if (message.type === h.FINISHED) return this.onFinished(message);
    if (message.type === h.KEY_UPDATE && this.#read !== undefined) this.#setRead(nextTrafficSecret(this.schedule.lh, this.#read));
    this.transcript.add(message.raw);
    return h.messageName(message.type);
  }

  #sendFinished(): void {
    const secret = this.#side === 'client' ? this.schedule.clientHandshake : this.schedule.serverHandshake;
    const key = secret.length === 0 ? new Uint8Array(32) : secret;
    const mac = finishedMac(this.schedule.lh, key, this.transcript.digest());
    this.build(h.FINISHED, (w) => w.bytes(mac));
    if (this.#write === undefined) return;
    if (this.#side === 'server') {
      if (this.#serverFinished) return;
      this.#serverFinished = true;
      this.schedule.enterApplication(this.transcript.digest());
      this.#setWrite(this.schedule.serverApplication);
    } else if (this.#serverFinished) this.#setWrite(this.schedule.clientApplication);
  }

  #sendCertificateVerify(): void {
    const { key } = this.options.credential;
    const content = concat(
      new Uint8Array(64).fill(0x20),
      ascii(`TLS 1.3, ${this.#side} CertificateVerify`),
      Uint8Array.of(0),
      this.transcript.digest(),
    );
    const scheme = key.schemes[0]!;
    const signature = key.sign(scheme, content) as Uint8Array;
    this.build(h.CERTIFICATE_VERIFY, (w) => writeDigitallySigned(w, scheme, signature));
  }

  #sendKeyUpdate(): void {
    this.build(h.KEY_UPDATE, (w) => w.u8(1));
    if (this.#write !== undefined) this.#setWrite(nextTrafficSecret(this.schedule.lh, this.#write));
  }

  #setWrite(secret: Uint8Array): void {
    this.#write = secret;
    this.wire.setWrite(this.#protection(secret, 'write'));
  }

  #setRead(secret: Uint8Array): void {
    this.#read = secret;
    this.wire.setRead(this.#protection(secret, 'read'));
  }

  #protection(secret: Uint8Array, direction: 'read' | 'write'): Protection {
    const { crypto, suite } = this.options;
    return suite.protection.protect(crypto, trafficKeys(this.schedule.lh, secret, suite.protection), MODERN_SHAPE, direction);
  }
}

export class ModernClientPeer extends ModernPeer {
  readonly #random: Uint8Array;
  /** Of its share: the first, until it is told another. */
  #group: NamedGroup = x25519;
  #pending: PendingKeyShare | undefined;

  constructor(options: ModernPeerOptions) {
    super('client', options);
    this.#random = options.crypto.random(32);
  }

  send(symbol: string): void {
    if (symbol === 'ClientHello') this.#sendClientHello();
    else this.sendShared(symbol);
  }

  onMessage(message: Message): string {
    const { type, body, raw } = message;
    if (type !== h.SERVER_HELLO) return this.onShared(message);
    const hello = readServerHello(new Reader(body));
    const share = findExtension(hello.extensions, e.KEY_SHARE);
    if (isHelloRetryRequest(body)) {
      const id = share?.u16();
      this.#group = [x25519, secp256r1].find((group) => group.id === id) ?? this.#group;
      replaceByHash(this.options.crypto, this.transcript, this.options.suite.hash);
      this.transcript.add(raw);
      return 'HelloRetryRequest';
    }
    this.transcript.add(raw);
    share?.u16();
    const secret = share === undefined ? undefined : this.#pending?.finish(share.vector(2));
    const usesPsk = findExtension(hello.extensions, e.PRE_SHARED_KEY) !== undefined;
    this.schedule = this.newSchedule(usesPsk ? this.options.psk?.key : undefined);
    this.enterHandshake(secret ?? new Uint8Array(32));
    return 'ServerHello';
  }

  #sendClientHello(): void {
    const { crypto, suite, psk } = this.options;
    this.#pending = crypto.startKeyShare(this.#group.name);
    const { share } = this.#pending;
    const w = new Writer();
    writeClientHelloHead(
      w,
      {
        version: 0x0303,
        random: this.#random,
        sessionId: EMPTY,
        cookie: EMPTY,
        suites: [suite.id],
        compressions: Uint8Array.of(0),
      },
      false,
    );
    const at = w.open(2);
    extension(w, e.SUPPORTED_VERSIONS, Uint8Array.of(2, 3, 4));
    extension(w, e.SUPPORTED_GROUPS, Uint8Array.of(0, 4, ...[x25519, secp256r1].flatMap(({ id }) => [id >>> 8, id & 0xff])));
    extension(w, e.SIGNATURE_ALGORITHMS, Uint8Array.of(0, 4, 0x04, 0x03, 0x08, 0x04));
    const entry = concat(Uint8Array.of(this.#group.id >>> 8, this.#group.id, share.length >>> 8, share.length), share);
    extension(w, e.KEY_SHARE, concat(Uint8Array.of(entry.length >>> 8, entry.length), entry));
    if (psk === undefined) w.close(2, at);
    else this.#offerPsk(w, at, psk);
    this.transcript.add(this.wire.message(h.CLIENT_HELLO, w.copy()));
  }

  /** The binder is over all of the message that stands before the binders, its header with the true length included. */
  #offerPsk(w: Writer, at: number, psk: ExternalPsk): void {
    extension(w, e.PSK_KEY_EXCHANGE_MODES, Uint8Array.of(1, 1));
    w.u16(e.PRE_SHARED_KEY);
    const block = w.open(2);
    const identities = w.open(2);
    w.vector(2, psk.identity);
    w.u32(0);
    w.close(2, identities);
    const before = w.length;
    const binders = w.open(2);
    const binder = w.open(1);
    w.zeros(32);
    w.close(1, binder);
    w.close(2, binders);
    w.close(2, block);
    w.close(2, at);
    const header = Uint8Array.of(h.CLIENT_HELLO, w.length >>> 16, w.length >>> 8, w.length);
    const schedule = this.newSchedule(psk.key);
    const hash = this.transcript.digest(concat(header, w.copy().subarray(0, before)));
    w.buffer.set(finishedMac(schedule.lh, schedule.binderKey('ext'), hash), before + 3);
  }
}

export class ModernServerPeer extends ModernPeer {
  readonly #random: Uint8Array;
  #hello: ClientHello | undefined;

  constructor(options: ModernPeerOptions) {
    super('server', options);
    this.#random = options.crypto.random(32);
  }

  send(symbol: string): void {
    switch (symbol) {
      case 'ServerHello':
        return this.#sendServerHello();
      case 'HelloRetryRequest':
        return this.#sendHelloRetryRequest();
      case 'EncryptedExtensions':
        return this.build(h.ENCRYPTED_EXTENSIONS, (w) => w.u16(0));
      case 'CertificateRequest':
        return this.build(h.CERTIFICATE_REQUEST, (w) => {
          w.u8(0);
          const at = w.open(2);
          extension(w, e.SIGNATURE_ALGORITHMS, Uint8Array.of(0, 2, 0x04, 0x03));
          w.close(2, at);
        });
      default:
        this.sendShared(symbol);
    }
  }

  onMessage(message: Message): string {
    if (message.type === h.CLIENT_HELLO) {
      this.#hello = readClientHello(new Reader(message.body), false);
    }
    const name = this.onShared(message);
    // Context and length of an empty list.
    return message.type === h.CERTIFICATE && message.body.length === 4 ? 'EmptyCertificate' : name;
  }

  #head(random: Uint8Array) {
    const sessionId = this.#hello?.sessionId ?? EMPTY;
    return { version: 0x0303, random, sessionId, suite: this.options.suite.id, compression: 0 };
  }

  #sendHelloRetryRequest(): void {
    replaceByHash(this.options.crypto, this.transcript, this.options.suite.hash);
    this.build(h.SERVER_HELLO, (w) => {
      writeServerHelloHead(w, this.#head(HELLO_RETRY_RANDOM));
      const at = w.open(2);
      extension(w, e.SUPPORTED_VERSIONS, Uint8Array.of(3, 4));
      extension(w, e.KEY_SHARE, Uint8Array.of(secp256r1.id >>> 8, secp256r1.id));
      w.close(2, at);
    });
  }

  #sendServerHello(): void {
    const { crypto, psk } = this.options;
    const shares = this.#hello === undefined ? undefined : findExtension(this.#hello.extensions, e.KEY_SHARE)?.sub(2);
    const id = shares?.u16() ?? x25519.id;
    const peer = shares?.vector(2) ?? new Uint8Array(32);
    const group = [x25519, secp256r1].find((each) => each.id === id) ?? x25519;
    const answer = crypto.answerKeyShare(group.name, peer) ?? { share: peer, secret: new Uint8Array(32) };
    const usesPsk = psk !== undefined && this.#hello?.extensions.some(({ type }) => type === e.PRE_SHARED_KEY) === true;
    this.build(h.SERVER_HELLO, (w) => {
      writeServerHelloHead(w, this.#head(this.#random));
      const at = w.open(2);
      extension(w, e.SUPPORTED_VERSIONS, Uint8Array.of(3, 4));
      extension(
        w,
        e.KEY_SHARE,
        concat(Uint8Array.of(group.id >>> 8, group.id, answer.share.length >>> 8, answer.share.length), answer.share),
      );
      if (usesPsk) extension(w, e.PRE_SHARED_KEY, Uint8Array.of(0, 0));
      w.close(2, at);
    });
    this.schedule = this.newSchedule(usesPsk ? psk.key : undefined);
    this.enterHandshake(answer.secret);
  }
}
