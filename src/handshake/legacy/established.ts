/** A connection of SSL 3.0 to (D)TLS 1.2 whose handshake is over: exporter, tls-unique, and how another handshake comes about. */
import { ascii, concat, EMPTY } from '../../base/bytes.ts';
import { misuse } from '../../base/errors.ts';
import type { CryptoProvider, HashName } from '../../crypto/port.ts';
import type { IncomingMessage } from '../../record/carrier.ts';
import { messageName } from '../../wire/handshake.ts';
import type { Danger } from '../dangers.ts';
import type { ConnectionRenegotiation, EstablishedHost, FinishedMessages, RenegotiateOptions } from '../established.ts';
import { applyRecordLimits } from '../record-limits.ts';
import type { Handshake } from '../state.ts';
import { establish, PlainEstablished, provenFinished, provenPeer } from './plain-established.ts';

const MASTER = 48;
const RANDOM = 32;
const VERIFY_DATA: number = MASTER + 2 * RANDOM;

/** RFC 5705 §4. Labels of the protocol itself: an exporter that took them would give away its keys. */
const RESERVED_LABELS: readonly string[] = [
  'client finished',
  'server finished',
  'master secret',
  'extended master secret',
  'key expansion',
];

/** In `dangers`: keying material is exported from a master secret that is not bound to its handshake. */
const EXPORTER_DANGER: Danger = 'dangerouslyExportWithoutExtendedMasterSecret';

/** The last step of the flow. */
export function complete(hs: Handshake): void {
  establish(hs, provenPeer(hs), provenFinished(hs), () => {
    hs.previous?.checkPeer(hs);
    applyRecordLimits(hs, 0);
    return new LegacyEstablished(hs);
  });
}

export class LegacyEstablished extends PlainEstablished {
  readonly #crypto: CryptoProvider;
  readonly #prfHash: HashName;
  /** Master secret, randoms and verify_data in one block. */
  readonly #block: Uint8Array;
  readonly #mayExport: boolean;
  readonly #isUnique: boolean;
  #renegotiation: ConnectionRenegotiation | undefined;

  constructor(hs: Handshake) {
    super(hs);
    const { legacy } = hs;
    this.#crypto = hs.crypto;
    this.#prfHash = legacy.suite.prfHash;
    this.#mayExport = hs.extendedMasterSecret || hs.context.dangers.includes(EXPORTER_DANGER);
    this.#isUnique = hs.extendedMasterSecret || hs.resumed === undefined;
    this.#block = concat(legacy.master, hs.clientRandom, hs.serverRandom, legacy.clientVerifyData, legacy.serverVerifyData);
    this.#renegotiation = hs.context.renegotiation?.attach(hs, this.#isUnique);
  }

  override exportKeyingMaterial(label: string, context: Uint8Array | undefined, length: number): Uint8Array {
    if (!this.strategy.exporter) misuse('unsupported', 'no exporter');
    //= rfc7627#section-5.4
    //# Hence, the client or server MUST NOT
    //# export any key material based on the new master secret for any
    //# subsequent application-level authentication.  In particular, it MUST
    //# disable [RFC5705]
    if (!this.#mayExport) misuse('unsupported', 'no exporter without extended_master_secret');
    if (RESERVED_LABELS.includes(label)) misuse('invalid_argument', 'a label of the protocol itself');
    if (context !== undefined && context.length > 0xffff) misuse('invalid_argument', 'context too long');
    ascii(label);
    // RFC 5705 §4: no context and an empty one differ.
    const value = context === undefined ? EMPTY : concat(Uint8Array.of(context.length >>> 8, context.length), context);
    const seed = concat(this.#block.subarray(MASTER, VERIFY_DATA), value);
    return this.strategy.prf(this.#crypto, this.#prfHash, this.#block.subarray(0, MASTER), label, seed, length);
  }

  protected override nameOf(type: number): string {
    return messageName(type);
  }

  protected override takesUp(host: EstablishedHost, message: IncomingMessage): boolean {
    return this.#renegotiation?.onRequest(host, this.#finished, message) === true;
  }

  mayRenegotiate(host: EstablishedHost): boolean {
    return this.#renegotiation?.may(host) === true;
  }

  renegotiate(host: EstablishedHost, options: RenegotiateOptions): void {
    if (this.#renegotiation === undefined) misuse('unsupported', 'no renegotiation');
    this.#renegotiation.start(host, this.#finished, options);
  }

  onRefusal(): void {
    this.#renegotiation?.onRefusal();
  }

  disableRenegotiation(): void {
    this.#renegotiation = undefined;
  }

  override forget(): void {
    super.forget();
    this.#block.fill(0);
  }

  override get finishedMessages(): FinishedMessages | undefined {
    //= rfc7627#section-5.4
    //# Hence, the client or server MUST NOT use the current handshake's
    //# "verify_data" for application-level authentication.
    if (!this.#isUnique) return undefined;
    return this.#finished;
  }

  get #finished(): FinishedMessages {
    const both = this.#block.subarray(VERIFY_DATA);
    return { client: both.slice(0, both.length / 2), server: both.slice(both.length / 2) };
  }
}
