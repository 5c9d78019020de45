/** What was negotiated, and how far it can be trusted. No secrets. */
import type { TlsError } from '../base/errors.ts';
import type { Credential } from '../handshake/context.ts';
import type { Side } from '../handshake/flow.ts';
import type { PeerProof } from '../handshake/peer-auth.ts';
import type { Handshake } from '../handshake/state.ts';
import type { ProtocolVersion } from '../handshake/version.ts';

export interface ConnectionInfo {
  readonly side: Side;
  readonly version: ProtocolVersion['name'];
  readonly versionId: number;
  /** IANA name and number of the suite, and OpenSSL's name. */
  readonly suite: string;
  readonly suiteId: number;
  readonly opensslSuite: string;
  /** The key agreement's group; 0 where there was none. */
  readonly group: number;
  /** Our signature scheme and the peer's; 0 where nothing was signed. */
  readonly scheme: number;
  readonly peerScheme: number;
  /** '' where none was agreed. */
  readonly alpn: string;
  /** The server_name of the client; '' where none was sent. */
  readonly serverName: string;
  readonly resumed: boolean;
  /** DER, leaf first. */
  readonly peerChain: readonly Uint8Array[];
  /** RFC 6962: the SignedCertificateTimestampList that came with the certificate, where the context asks for one. */
  readonly peerTimestamps: Uint8Array | undefined;
  /** RFC 7250: the SubjectPublicKeyInfo that it showed in the place of a chain. */
  readonly peerRawKey: Uint8Array | undefined;
  readonly peerProof: PeerProof;
  /** The chain led to a trust anchor and fits the name; false also where there was none. */
  readonly peerTrusted: boolean;
  /** Why not, where the context accepts it all the same. */
  readonly trustError: TlsError | undefined;
  readonly extendedMasterSecret: boolean;
  readonly encryptThenMac: boolean;
  /** RFC 5746 was negotiated; always so in TLS 1.3. */
  readonly secureRenegotiation: boolean;
  /** A HelloRetryRequest came before (TLS 1.3). */
  readonly helloRetried: boolean;
  /** The peer answers heartbeat requests (RFC 6520). */
  readonly heartbeat: boolean;
  /** Handshakes on this connection behind the first. */
  readonly renegotiations: number;
  /** Which of our certificates was shown. */
  readonly credential: Credential | undefined;
  /** RFC 5764; 0 for none. */
  readonly srtpProfile: number;
  /** What was switched on that lowers the safety, by option name. */
  readonly dangers: readonly string[];
}

export function infoOf(hs: Handshake, trustError: TlsError | undefined): ConnectionInfo {
  const { version, suite } = hs;
  return {
    side: hs.side,
    version: version.name,
    versionId: version.id,
    suite: suite.name,
    suiteId: suite.id,
    opensslSuite: suite.openssl,
    group: hs.group,
    scheme: hs.scheme,
    peerScheme: hs.peerScheme,
    alpn: hs.alpn,
    //= rfc9846#section-4.7.1
    //# implementations MUST use the value sent in the resumption ClientHello rather than the value sent
    //# in the previous session
    serverName: hs.serverName,
    resumed: hs.resumed !== undefined,
    peerChain: hs.peerChain,
    peerTimestamps: hs.peerTimestamps,
    peerRawKey: hs.peerRawKey,
    peerProof: hs.peerVerified?.proof ?? 'none',
    peerTrusted: hs.peerTrusted,
    trustError,
    extendedMasterSecret: hs.isModern || hs.extendedMasterSecret,
    encryptThenMac: hs.encryptThenMac,
    secureRenegotiation: hs.isModern || hs.secureRenegotiation,
    helloRetried: hs.retried,
    heartbeat: hs.peerHeartbeatMode === 1,
    renegotiations: hs.previous === undefined ? 0 : hs.previous.count + 1,
    credential: hs.credential,
    srtpProfile: hs.srtpProfile,
    dangers: dangersOf(hs),
  };
}

/** Those of the context, and what its verifier lets pass. */
function dangersOf({ context }: Handshake): readonly string[] {
  const { dangers, verifier } = context;
  const more = verifier.dangers?.filter((one) => !dangers.includes(one)) ?? [];
  return more.length === 0 ? dangers : [...dangers, ...more];
}
