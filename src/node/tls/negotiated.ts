/** What was negotiated, as node:tls says it. */
import type * as nodeTls from 'node:tls';
import type { ConnectionInfo } from '../../engine/info.ts';
import { groupName } from '../../wire/group.ts';
import { sigalgName } from './algorithms.ts';
import { SUITES_12 } from './catalogue.ts';
import { certificateObject, detailedCertificate } from './peer.ts';
import type { SecureContext } from './secure-context.ts';

export function cipherOf(info: ConnectionInfo): nodeTls.CipherNameAndProtocol {
  return { name: info.opensslSuite, standardName: info.suite, version: suiteVersion(info) };
}

export function peerCertificateOf(
  info: ConnectionInfo | undefined,
  trust: SecureContext,
  detailed: boolean,
): nodeTls.PeerCertificate | nodeTls.DetailedPeerCertificate {
  const chain = info?.peerChain ?? [];
  if (chain.length === 0) return {} as nodeTls.PeerCertificate;
  return detailed ? detailedCertificate(chain, trust.trust) : certificateObject(chain[0]!);
}

/** The algorithms that signed, where any did: the list of both sides is not kept. */
export function sigalgsOf(info: ConnectionInfo): string[] {
  return [...new Set([info.scheme, info.peerScheme])].filter((scheme) => scheme !== 0).map(sigalgName);
}

export function ephemeralKeyInfo(info: ConnectionInfo): nodeTls.EphemeralKeyInfo | object | null {
  if (info.side === 'server') return null;
  return info.group === 0 ? {} : ephemeralKey(groupName(info.group));
}

function suiteVersion(info: ConnectionInfo): string {
  if (info.versionId === 0x0304) return 'TLSv1.3';
  const suite = SUITES_12.find((one) => one.id === info.suiteId);
  return suite === undefined || suite.minVersion === 0x0303 ? 'TLSv1.2' : suite.minVersion === 0x0300 ? 'SSLv3' : 'TLSv1.0';
}

/** As OpenSSL names and measures them. */
function ephemeralKey(name: string): nodeTls.EphemeralKeyInfo {
  switch (name) {
    case 'x25519':
      return { type: 'ECDH', name: 'X25519', size: 253 };
    case 'x448':
      return { type: 'ECDH', name: 'X448', size: 448 };
    case 'secp256r1':
      return { type: 'ECDH', name: 'prime256v1', size: 256 };
    default: {
      const bits = /(\d+)(r1)?$/.exec(name);
      const size = bits === null ? 0 : Number(bits[1]);
      return name.startsWith('ffdhe') ? { type: 'DH', size } : { type: 'ECDH', name, size };
    }
  }
}
