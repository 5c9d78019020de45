/**
 * In what SSL 3.0, TLS 1.0, 1.1 and 1.2 (and DTLS 1.0, 1.2) differ, as values: the flow and its handlers are shared and
 * never ask for the version.
 */
import type { CryptoProvider, HashName, TranscriptHashName } from '../../crypto/port.ts';
import type { RecordShape } from '../../crypto/protect/protection.ts';
import type { Side } from '../flow.ts';
import type { Transcript } from '../transcript.ts';

export interface LegacyStrategy {
  /** What the transcript is hashed with, given the suite's PRF hash. */
  transcriptHash(prfHash: HashName): TranscriptHashName;
  /** PRF(secret, label, seed)[0..length-1]; `prfHash` counts in TLS 1.2 only. */
  prf(crypto: CryptoProvider, prfHash: HashName, secret: Uint8Array, label: string, seed: Uint8Array, length: number): Uint8Array;
  /** verify_data over the transcript as it stands. */
  finished(crypto: CryptoProvider, prfHash: HashName, master: Uint8Array, from: Side, transcript: Transcript): Uint8Array;
  /** Whether signatures name their scheme (TLS 1.2); before, the key's type decides. */
  readonly explicitSchemes: boolean;
  /** One for each type of key: the schemes of a peer that listed none, and of versions that do not list any. */
  readonly defaultSchemes: readonly number[];
  /** SSL 3.0, whose CertificateVerify signs hashes that hold the master secret. Undefined: all messages so far. */
  readonly certificateVerify?: {
    /** MD5 and SHA-1, which an RSA key signs as they are. */
    hashes(crypto: CryptoProvider, master: Uint8Array, transcript: Transcript): Uint8Array;
    /** What the SHA-1 half is the hash of: other keys sign it with SHA-1. */
    sha1Input(master: Uint8Array, transcript: Transcript): Uint8Array;
    /** Two forms of a DSS signature are about; what comes out is the DER that RFC 6101 asks for. */
    dssSignature(signature: Uint8Array): Uint8Array;
  };
  /** How a client says that it has no certificate: SSL 3.0 has an alert for it. */
  readonly noCertificate: 'message' | 'alert';
  /** Whether extensions exist; renegotiation_info alone does in SSL 3.0 (RFC 5746 §4.5). */
  readonly extensions: boolean;
  /** RFC 5705. */
  readonly exporter: boolean;
  /** How a renegotiation is refused: SSL 3.0 has no alert no_renegotiation (RFC 5746 §4.5). */
  readonly noRenegotiation: 'warning' | 'fatal';
  /** The shape of records, but for encrypt_then_mac. */
  readonly shape: Omit<RecordShape, 'encryptThenMac'>;
  /** SSL 3.0 sends the RSA-encrypted premaster secret without a length. */
  readonly bareRsa: boolean;
  /** CBC records are split 1/n-1 against BEAST (TLS 1.0 and SSL 3.0). */
  readonly splitRecords: boolean;
  /** The end of the random of a server whose best version has this rank; undefined: no downgrade to tell. RFC 9846 §4.2.3. */
  sentinel(bestRank: number): Uint8Array | undefined;
}
