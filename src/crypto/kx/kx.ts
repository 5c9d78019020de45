/** The key exchanges of SSL 3.0 to (D)TLS 1.2, one interface for all: RFC 5246 §7.4.3 and §7.4.7, RFC 4279, 5489, 8422. */
import type { MaybePromise } from '../../base/maybe-promise.ts';
import type { Reader } from '../../base/reader.ts';
import type { Writer } from '../../base/writer.ts';
import type { CryptoProvider, GroupName, PendingKeyShare, PrivateKeyHandle, PublicKey } from '../port.ts';

/** A pre-shared key and the name by which the other side finds it. */
export interface PskCredential {
  readonly identity: Uint8Array;
  readonly key: Uint8Array;
}

/** What a key exchange sees of the handshake, and keeps between its two messages. */
export interface KxState {
  readonly crypto: CryptoProvider;
  /** Named groups that we accept, best first, restricted to what the peer offered. */
  readonly groups: readonly { readonly id: number; readonly name: GroupName }[];
  /** The version in the ClientHello, which RSA's premaster secret repeats. */
  readonly clientVersion: number;
  /** Smallest DH prime accepted, in bits. */
  readonly minDhBits: number;
  /** SSL 3.0 sends the encrypted premaster secret without a length. */
  readonly bareRsa: boolean;
  /** Server: the key of our certificate (RSA decryption). */
  readonly privateKey?: PrivateKeyHandle;
  /** Client: the key in the server's certificate (RSA encryption). */
  readonly peerKey?: PublicKey;
  /** Server: the hint to send. */
  readonly pskHint?: Uint8Array;
  /** Client: the credential for the server's hint; undefined when there is none. */
  pickPsk(hint: Uint8Array | undefined): MaybePromise<PskCredential | undefined>;
  /** Server: the key of an identity; undefined when unknown. */
  findPsk(identity: Uint8Array): MaybePromise<Uint8Array | undefined>;

  /** Server: answer an unknown identity with `unknown_psk_identity`, instead of going on with a random key. */
  readonly tellUnknownPsk?: boolean;

  /** Between the messages: our ephemeral half. */
  pending?: PendingKeyShare;
  /** Between the messages: the peer's share. */
  peerShare?: Uint8Array;
  /** The named group in use, reported in the connection's info. */
  group?: number;
  /** Bits of the DH prime in use. */
  dhBits?: number;
  /** Its bytes. */
  dhPrimeLength?: number;
  /** The hint that came. */
  hint?: Uint8Array;
  /** The identity in use. */
  pskIdentity?: Uint8Array;
}

export interface KeyExchange {
  readonly name: 'RSA' | 'DHE' | 'ECDHE' | 'PSK' | 'DHE_PSK' | 'ECDHE_PSK' | 'RSA_PSK';
  /** Whether the server sends ServerKeyExchange; `maybe`: only with a PSK hint. */
  readonly serverMessage: 'always' | 'never' | 'maybe';
  readonly usesPsk: boolean;
  /** Whether named curves take part, so that the suite needs a shared one. */
  readonly needsGroup: 'ec' | 'dh' | 'none';
  /** The body of ServerKeyExchange up to the signature. */
  writeServerParams(state: KxState, w: Writer): void;
  readServerParams(state: KxState, r: Reader): void;
  /** Writes the body of ClientKeyExchange; gives the premaster secret. */
  writeClientParams(state: KxState, w: Writer): MaybePromise<Uint8Array>;
  /** Reads it; gives the premaster secret. */
  readClientParams(state: KxState, r: Reader): MaybePromise<Uint8Array>;
}
