/**
 * In what SSL 3.0, TLS 1.0, 1.1 and 1.2 (and DTLS 1.0, 1.2) differ, as values: the flow and its handlers are shared and
 * never ask for the version.
 */
import type { CryptoProvider, HashName, TranscriptHashName } from '../../crypto/port.ts';
import type { RecordShape } from '../../crypto/protect/protection.ts';
import type { Transcript } from '../transcript.ts';

export interface LegacyStrategy {
  /** What the transcript is hashed with, given the suite's PRF hash. */
  transcriptHash(prfHash: HashName): TranscriptHashName;
  /** PRF(secret, label, seed)[0..length-1]; `prfHash` counts in TLS 1.2 only. */
  prf(crypto: CryptoProvider, prfHash: HashName, secret: Uint8Array, label: string, seed: Uint8Array, length: number): Uint8Array;
  /** verify_data over the transcript as it stands. */
  finished(crypto: CryptoProvider, prfHash: HashName, master: Uint8Array, from: 'client' | 'server', transcript: Transcript): Uint8Array;
  /** Whether signatures name their scheme (TLS 1.2); before, the key's type decides. */
  readonly explicitSchemes: boolean;
  /** The scheme of versions that do not name one. */
  implicitScheme(keyType: 'rsa' | 'ec' | 'dsa'): number;
  /** What CertificateVerify signs: the messages, or in SSL 3.0 hashes that hold the master secret. */
  certificateVerifyInput(crypto: CryptoProvider, master: Uint8Array, transcript: Transcript): Uint8Array;
  /** Whether extensions exist (not in SSL 3.0). */
  readonly extensions: boolean;
  /** The shape of records, but for encrypt_then_mac. */
  readonly shape: Omit<RecordShape, 'encryptThenMac'>;
  /** SSL 3.0 sends the RSA-encrypted premaster secret without a length. */
  readonly bareRsa: boolean;
  /** SSL 3.0 answers a CertificateRequest without a certificate by the alert no_certificate. */
  readonly emptyCertificate: 'message' | 'alert';
  /** CBC records are split 1/n-1 against BEAST (TLS 1.0 and SSL 3.0). */
  readonly splitRecords: boolean;
}
