/** The server's hellos: version choice, name, context, then the version's own decisions. RFC 9846 §4.2, §4.3.1; RFC 5246 §7.4.1. */
import { ILLEGAL_PARAMETER, INAPPROPRIATE_FALLBACK, PROTOCOL_VERSION, UNRECOGNIZED_NAME } from '../base/alerts.ts';
import { equal } from '../base/bytes.ts';
import { fail } from '../base/errors.ts';
import { type MaybePromise, then } from '../base/maybe-promise.ts';
import { Reader } from '../base/reader.ts';
import type { IncomingMessage } from '../record/carrier.ts';
import { X509 } from '../wire/certificate-type.ts';
import { COOKIE, EARLY_DATA, KEY_SHARE, PADDING, PRE_SHARED_KEY, SERVER_NAME, SUPPORTED_VERSIONS } from '../wire/extension.ts';
import { findExtension, type RawExtension } from '../wire/extensions.ts';
import { type ClientHello, readClientHello } from '../wire/messages/client-hello.ts';
import { TLS_EMPTY_RENEGOTIATION_INFO_SCSV, TLS_FALLBACK_SCSV } from '../wire/suite.ts';
import { DTLS10, DTLS12 } from '../wire/version.ts';
import type { ServerContext } from './context.ts';
import { chooseAlpn } from './extensions/alpn.ts';
import { readOffers } from './extensions/blocks.ts';
import { readServerName } from './extensions/server-name.ts';
import type { Handlers } from './flow.ts';
import { type Handshake, ONLY_X509 } from './state.ts';
import type { ProtocolVersion, ServerRole } from './version.ts';

export const serverFront: Handlers<Handshake> = {
  ClientHello: onClientHello,
  HelloRetryRequest: sendHelloRetryRequest,
  SecondClientHello: onSecondClientHello,
  ServerHello: (hs) => roleOf(hs.version).sendServerHello(hs),
};

/** Takes in a ClientHello: from here on version, suite and credential are decided. */
export function onClientHello(hs: Handshake, message: IncomingMessage): MaybePromise<void> {
  const hello = readClientHello(new Reader(message.body), hs.server.versions[0]!.helloCookie);
  hs.clientRandom = hello.random;
  hs.clientVersion = hello.version;
  hs.peerSuites = hello.suites;
  hs.renegotiationScsv = hello.suites.includes(TLS_EMPTY_RENEGOTIATION_INFO_SCSV);
  checkOrder(hello);
  const name = findExtension(hello.extensions, SERVER_NAME);
  if (name !== undefined) hs.serverName = readServerName(name);
  return then(selectContext(hs), () => {
    hs.version = chooseVersion(hs.server, hello);
    const role = roleOf(hs.version);
    readOffers(hs, hello.extensions, [...hs.context.extensions, ...role.extensions]);
    hs.sessionId = hello.sessionId;
    hs.clientHelloRaw = message.raw;
    hs.firstExtensions = hello.extensions;
    return then(chooseAlpn(hs), () => role.onClientHello(hs, hello));
  });
}

function sendHelloRetryRequest(hs: Handshake): void {
  hs.retried = true;
  roleOf(hs.version).sendHelloRetryRequest?.(hs);
}

function onSecondClientHello(hs: Handshake, message: IncomingMessage): MaybePromise<void> {
  const hello = readClientHello(new Reader(message.body), hs.version.helloCookie);
  checkOrder(hello);
  //= rfc9846#section-4.2.2
  //# the client MUST send the same
  //# ClientHello without modification, except as follows:
  const changed =
    hello.version !== hs.clientVersion ||
    !equal(hello.random, hs.clientRandom) ||
    !equal(hello.sessionId, hs.sessionId) ||
    hello.suites.length !== hs.peerSuites.length ||
    hello.suites.some((suite, index) => suite !== hs.peerSuites[index]) ||
    !sameExtensions(hello.extensions, hs.firstExtensions);
  if (changed) fail(ILLEGAL_PARAMETER, 'second_client_hello_changed');
  const role = roleOf(hs.version);
  hs.clientHelloRaw = message.raw;
  forgetOffers(hs);
  readOffers(hs, hello.extensions, [...hs.context.extensions, ...role.extensions]);
  return role.onSecondClientHello?.(hs, hello);
}

/** What a second ClientHello may leave out, bring in or change: RFC 9846 §4.2.2. */
const MAY_CHANGE: readonly number[] = [KEY_SHARE, EARLY_DATA, COOKIE, PRE_SHARED_KEY, PADDING];

function sameExtensions(second: readonly RawExtension[], first: readonly RawExtension[]): boolean {
  const kept = (list: readonly RawExtension[]) => list.filter(({ type }) => !MAY_CHANGE.includes(type));
  const before = new Map(kept(first).map(({ type, body }) => [type, body]));
  const after = kept(second);
  return (
    after.length === before.size &&
    after.every(({ type, body }) => {
      const other = before.get(type);
      return other !== undefined && equal(body, other);
    })
  );
}

function checkOrder(hello: ClientHello): void {
  //= rfc9846#section-4.2.2
  //# MUST follow the procedures for the appropriate prior version of TLS
  //= rfc5246#section-7.4.1.2
  //# all implementations MUST support, CompressionMethod.null
  if (!hello.compressions.includes(0)) fail(ILLEGAL_PARAMETER, 'wrong_compression', 'null is not offered');
  const at = hello.extensions.findIndex((extension) => extension.type === PRE_SHARED_KEY);
  //= rfc9846#section-4.3.11
  //# Servers MUST check that it is the last extension and otherwise fail
  //# the handshake with an "illegal_parameter" alert.
  if (at >= 0 && at !== hello.extensions.length - 1) fail(ILLEGAL_PARAMETER, 'misplaced_extension', 'pre_shared_key is not last');
}

function selectContext(hs: Handshake): MaybePromise<void> {
  const { selectContext: select } = hs.server;
  if (select === undefined || hs.serverName === '') {
    hs.serverNameUsed = hs.serverName !== '';
    return;
  }
  return then(select(hs.serverName), (context) => {
    //= rfc6066#section-9
    //# these alerts MUST NOT be sent unless the sending party has received an extended hello message
    if (context === null) fail(UNRECOGNIZED_NAME, 'unrecognized_name');
    if (context !== undefined) hs.context = context;
    hs.serverNameUsed = true;
  });
}

/** RFC 9846 §4.3.1: with supported_versions, nothing else counts; without, legacy_version is the highest. */
function chooseVersion(context: ServerContext, hello: ClientHello): ProtocolVersion {
  const extension = findExtension(hello.extensions, SUPPORTED_VERSIONS);
  let chosen: ProtocolVersion | undefined;
  if (extension !== undefined) {
    //= rfc9846#section-4.3.1
    //# servers MUST NOT use the ClientHello.legacy_version value for version negotiation
    //= rfc9846#appendix-E.2
    //# the server MUST negotiate using that extension
    const offered = extension.u16List(1, 2);
    extension.finish();
    //= rfc9846#section-4.3.1
    //# Servers MUST only select a version of TLS present in that extension and MUST ignore any unknown
    //# versions that are present in that extension.
    //= rfc9846#section-4.3.1
    //# Servers MUST be prepared to receive ClientHellos that include this extension but do not include
    //# 0x0304 in the list of versions.
    chosen = context.versions.find((version) => offered.includes(version.id));
    //= rfc9846#section-4.2.2
    //# A server which receives a legacy_version value not equal to 0x0303 MUST abort
    //# the handshake with a "protocol_version" alert.
    //= rfc9846#appendix-E.5
    //# Implementations receiving Hello messages with other version numbers MUST abort the handshake
    if (chosen?.family === 'modern' && hello.version !== chosen.legacyVersion)
      fail(PROTOCOL_VERSION, 'wrong_version', `legacy_version 0x${hello.version.toString(16)}`);
  } else {
    const highest = rankOf(hello.version, context.versions[0]!.helloCookie);
    if (highest < 0) fail(PROTOCOL_VERSION, 'unsupported_version', `client offers 0x${hello.version.toString(16)}`);
    //= rfc9846#section-4.3.1
    //# servers which are compliant with this specification and which also support TLS 1.2 MUST
    //# negotiate TLS 1.2 or prior
    //= rfc9846#appendix-E.2
    //# the server MUST negotiate the minimum of ClientHello.legacy_version and TLS 1.2
    //= rfc5246#appendix-E.1
    //# it MUST reply according to the highest version supported by the server
    //= rfc5746#section-3.6
    //# they MUST accept version numbers higher than their highest version number and negotiate the
    //# highest common version
    chosen = context.versions.find((version) => version.family === 'legacy' && version.rank <= highest);
  }
  //= rfc9846#appendix-E.2
  //# the server MUST abort the handshake with a "protocol_version" alert
  //= rfc5246#appendix-E.1
  //# it MUST send a "protocol_version" alert message and close the connection
  if (chosen === undefined) fail(PROTOCOL_VERSION, 'no_shared_version', `client offers 0x${hello.version.toString(16)}`);
  // RFC 7507 §3: the client would have preferred what we also have.
  if (hello.suites.includes(TLS_FALLBACK_SCSV) && chosen !== context.versions[0]) fail(INAPPROPRIATE_FALLBACK, 'inappropriate_fallback');
  return chosen;
}

/** The rank of a legacy_version; a number beyond the last legacy version counts as that. */
function rankOf(version: number, datagram: boolean): number {
  // DTLS counts down.
  if (datagram) return version > DTLS10 ? -1 : version > DTLS12 ? 2 : 3;
  return version < 0x0300 ? -1 : Math.min(3, version - 0x0300);
}

function roleOf(version: ProtocolVersion): ServerRole {
  if (version.server === undefined) throw new RangeError(`${version.name} has no server role`);
  return version.server;
}

/** A second ClientHello speaks for itself: nothing of the first one's offers may be left (S27). */
function forgetOffers(hs: Handshake): void {
  hs.peerGroups = undefined;
  hs.peerSchemes = undefined;
  hs.peerCertificateSchemes = undefined;
  hs.peerAuthorities = [];
  hs.statusRequested = false;
  hs.statusesRequested = false;
  hs.peerCertificateType = X509;
  hs.peerTakesTypes = ONLY_X509;
  hs.maxFragmentLength = undefined;
  hs.peerRecordSizeLimit = undefined;
  hs.modernState?.forgetOffers();
}
