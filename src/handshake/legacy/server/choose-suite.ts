/**
 * The suite of a full handshake, with all that makes it possible: a group that both know, a certificate whose key the
 * suite can use, a scheme that the client verifies. RFC 5246 §7.4.1.3 and §7.4.2, RFC 8422 §5.1, RFC 7919 §4.
 */
import { HANDSHAKE_FAILURE, INSUFFICIENT_SECURITY } from '../../../base/alerts.ts';
import { fail } from '../../../base/errors.ts';
import { type MaybePromise, then } from '../../../base/maybe-promise.ts';
import type { SignatureKeyType } from '../../../crypto/port.ts';
import type { LegacySuite } from '../../../crypto/suites/suite.ts';
import { groupId, type NamedGroup } from '../../../wire/group.ts';
import type { Credential } from '../../context.ts';
import { chooseCredential, chooseScheme, credentialTypes } from '../../credentials.ts';
import { UNCOMPRESSED } from '../../extensions/ec-point-formats.ts';
import type { Handshake } from '../../state.ts';
import { encryptsToKey, isSigned, keyFits, keyTypes } from '../authentication.ts';
import { suiteFits } from '../roles.ts';

export interface Choice {
  readonly suite: LegacySuite;
  /** Undefined for suites without certificate. */
  readonly credential: Credential | undefined;
  /** The scheme of ServerKeyExchange; 0 where nothing is signed. */
  readonly scheme: number;
  /** Of the kind that the key exchange wants, best first; none for DHE with a client that names no group: the exchange has its own. */
  readonly groups: readonly NamedGroup[];
}

/** By our preference or the client's. Fails when nothing fits. */
export function chooseSuite(hs: Handshake): MaybePromise<Choice> {
  const shared = sharedGroups(hs);
  const offered = sharedSuites(hs);
  const candidates = offered.filter((suite) => keyExchangeFits(hs, suite, shared));
  // The caller's choice of a certificate is asked for once for each set of key types.
  const chosen = new Map<readonly SignatureKeyType[], MaybePromise<Credential | undefined>>();

  function attempt(at: number): MaybePromise<Choice> {
    const suite = candidates[at];
    //= rfc7919#section-4
    //# If the extension is present
    //# with FFDHE groups, none of the client's offered groups are acceptable
    //# by the server, and none of the client's proposed non-FFDHE cipher
    //# suites are acceptable to the server, the server MUST end the
    //# connection with a fatal TLS alert of type insufficient_security(71).
    if (suite === undefined && offered.some(({ kx }) => kx.needsGroup === 'dh') && namesFfdhe(hs) && !shared.some(isFfdhe))
      fail(INSUFFICIENT_SECURITY, 'no_shared_group', 'FFDHE');
    if (suite === undefined) fail(HANDSHAKE_FAILURE, 'no_shared_cipher');
    const groups = shared.filter((group) => group.kind === suite.kx.needsGroup);
    const types = keyTypes(suite);
    if (types.length === 0) return { suite, credential: undefined, scheme: 0, groups };
    if (!chosen.has(types)) chosen.set(types, credentialFor(hs, suite));
    return then(chosen.get(types), (credential) => {
      const scheme = credential === undefined ? undefined : schemeFor(hs, suite, credential);
      return scheme === undefined ? attempt(at + 1) : { suite, credential, scheme, groups };
    });
  }
  return attempt(0);
}

/** The groups of the context that the client takes, in our order. One that named none may be older than any curve but P-256. */
function sharedGroups(hs: Handshake): readonly NamedGroup[] {
  const peer = hs.peerGroups;
  if (peer !== undefined) return hs.context.groups.filter((group) => peer.includes(group.id));
  const curves = hs.context.groups.filter((group) => group.kind === 'ec');
  return curves.sort((a, b) => Number(b.name === 'secp256r1') - Number(a.name === 'secp256r1'));
}

function sharedSuites(hs: Handshake): LegacySuite[] {
  const { suites, preferServerOrder } = hs.server;
  const usable: LegacySuite[] = [];
  //= rfc5246#section-7.4.1.2
  //# the server MUST ignore those cipher suites, and process the remaining ones as usual
  for (const suite of suites) if (suiteFits(suite, hs.version) && hs.peerSuites.includes(suite.id)) usable.push(suite);
  if (!preferServerOrder) usable.sort((a, b) => hs.peerSuites.indexOf(a.id) - hs.peerSuites.indexOf(b.id));
  return usable;
}

function keyExchangeFits(hs: Handshake, suite: LegacySuite, groups: readonly NamedGroup[]): boolean {
  const { kx } = suite;
  if (kx.usesPsk && hs.server.findPsk === undefined) return false;
  if (kx.needsGroup === 'none') return true;
  if (kx.needsGroup === 'ec' && hs.peerPointFormats?.includes(UNCOMPRESSED) === false) return false;
  //= rfc8422#section-4
  //# servers MUST NOT negotiate the use of an ECC cipher suite unless they can complete the handshake
  //# while respecting the choice of curves specified by the client
  //= rfc8422#section-5.1
  //# A server that receives a ClientHello containing one or both of these extensions MUST use the
  //# client's enumerated capabilities to guide its selection of an appropriate cipher suite.
  //= rfc8422#section-5.1
  //# it MUST NOT negotiate the use of an ECC cipher suite
  if (groups.some((group) => group.kind === kx.needsGroup)) return true;
  //= rfc7919#section-4
  //# If a compatible TLS server receives a Supported Groups extension from
  //# a client that includes any FFDHE group (i.e., any codepoint between
  //# 256 and 511, inclusive, even if unknown to the server), and if none
  //# of the client-proposed FFDHE groups are known and acceptable to the
  //# server, then the server MUST NOT select an FFDHE cipher suite.
  return kx.needsGroup === 'dh' && !namesFfdhe(hs);
}

function namesFfdhe(hs: Handshake): boolean {
  return hs.peerGroups?.some((id) => id >= 256 && id <= 511) === true;
}

function isFfdhe(group: NamedGroup): boolean {
  return group.kind === 'dh';
}

function credentialFor(hs: Handshake, suite: LegacySuite): MaybePromise<Credential | undefined> {
  // A key that only decrypts need not sign by a scheme of the client's.
  return chooseCredential(hs, false, keyTypes(suite), !encryptsToKey(suite));
}

/** The scheme to sign with, 0 for none; undefined: the credential does not suit. */
function schemeFor(hs: Handshake, suite: LegacySuite, credential: Credential): number | undefined {
  const { key } = credential;
  //= rfc5246#section-7.4.2
  //# The certificate MUST be appropriate for the negotiated cipher suite's key exchange algorithm and
  //# any negotiated extensions.
  //= rfc8422#section-5.3
  //# A server that cannot satisfy this requirement MUST NOT choose an ECC cipher suite in its
  //# ServerHello message.)
  if (credentialTypes(credential).length === 0 || !keyFits(suite, key)) return undefined;
  if (!isSigned(suite)) return key.decryptRaw === undefined ? undefined : 0;
  //= rfc8422#section-5.1
  //# The
  //# server MUST consider the extensions in both cases.
  if (key.curve !== undefined && hs.peerGroups !== undefined && !hs.peerGroups.includes(groupId(key.curve))) return undefined;
  //= rfc5246#section-7.4.3
  //# In order to negotiate correctly, the server MUST check any candidate cipher suites against the
  //# "signature_algorithms" extension before selecting them.
  return chooseScheme(hs, credential, false);
}
