/** The client's hellos: RFC 9846 §4.2, RFC 5246 §7.4.1. */
import { ILLEGAL_PARAMETER, PROTOCOL_VERSION, UNEXPECTED_MESSAGE, UNSUPPORTED_EXTENSION } from '../base/alerts.ts';
import { equal } from '../base/bytes.ts';
import { fail } from '../base/errors.ts';
import { type MaybePromise, then } from '../base/maybe-promise.ts';
import { Reader } from '../base/reader.ts';
import { Writer } from '../base/writer.ts';
import type { IncomingMessage } from '../record/carrier.ts';
import { PRE_SHARED_KEY, SUPPORTED_VERSIONS } from '../wire/extension.ts';
import { findExtension } from '../wire/extensions.ts';
import { CLIENT_HELLO } from '../wire/handshake.ts';
import { writeClientHelloHead } from '../wire/messages/client-hello.ts';
import { DOWNGRADE_TLS11, DOWNGRADE_TLS12, readServerHello, type ServerHello } from '../wire/messages/server-hello.ts';
import { TLS_EMPTY_RENEGOTIATION_INFO_SCSV, TLS_FALLBACK_SCSV } from '../wire/suite.ts';
import { writeOffers } from './extensions/blocks.ts';
import type { ExtensionModule } from './extensions/module.ts';
import type { Handlers } from './flow.ts';
import type { Handshake } from './state.ts';
import { SSL30 } from '../wire/version.ts';
import { bestOf, type ProtocolVersion } from './version.ts';

export const clientFront: Handlers<Handshake> = {
  ClientHello: sendClientHello,
  HelloRetryRequest: onHelloRetryRequest,
  SecondClientHello: sendClientHello,
  ServerHello: onServerHello,
};

//= rfc9846#section-4.2.2
//# this list MUST contain exactly one byte, set to zero
//= rfc5246#section-7.4.1.2
//# This vector MUST contain, and all implementations MUST support, CompressionMethod.null.
const NULL_COMPRESSION = /* @__PURE__ */ Uint8Array.of(0);

/** The first ClientHello, and the second: it differs in what the extensions now say. */
export function sendClientHello(hs: Handshake): MaybePromise<void> {
  if (hs.clientRandom.length > 0) return writeHello(hs);
  startHello(hs);
  const prepare = hs.client.versions.find((version) => version.client?.prepare !== undefined)?.client?.prepare;
  return prepare === undefined ? writeHello(hs) : then(prepare(hs), () => writeHello(hs));
}

function writeHello(hs: Handshake): void {
  const { client } = hs;
  const body = new Writer(512);
  const suites = usableSuites(hs);
  const isFirst = hs.previous === undefined;
  // SSL 3.0 has no extension but renegotiation_info, and that only in later handshakes (RFC 5746 §4.5).
  const extensions = !isFirst || hasExtensions(client.versions);
  //= rfc5746#section-3.5
  //# The SCSV
  //# MUST NOT be included.
  hs.renegotiationScsv = isFirst && bestOf(client.versions, 'legacy') !== undefined;
  //= rfc5746#section-3.4
  //# The client MUST include either an empty "renegotiation_info" extension, or the
  //# TLS_EMPTY_RENEGOTIATION_INFO_SCSV signaling cipher suite value in the ClientHello.
  if (hs.renegotiationScsv) suites.push(TLS_EMPTY_RENEGOTIATION_INFO_SCSV);
  if (client.fallbackScsv) suites.push(TLS_FALLBACK_SCSV);
  writeClientHelloHead(
    body,
    {
      version: hs.clientVersion,
      random: hs.clientRandom,
      sessionId: hs.sessionId,
      cookie: hs.helloCookie,
      suites,
      //= rfc5246#section-7.4.1.2
      //# If the session_id field is not empty (implying a session resumption request), it MUST include
      //# the compression_method from that session.
      compressions: NULL_COMPRESSION,
    },
    client.versions[0]!.helloCookie,
  );
  if (extensions) {
    const at = body.open(2);
    writeOffers(hs, body, clientModules(hs));
    body.close(2, at);
  }
  hs.patchHello?.(body);
  //= rfc9846#appendix-E.5
  //= type=implication
  //# Implementations MUST NOT send an SSL version 2.0 compatible CLIENT-HELLO.
  hs.carrier.message(CLIENT_HELLO, (w) => w.bytes(body.view()));
}

function startHello(hs: Handshake): void {
  const { client } = hs;
  hs.clientRandom = hs.crypto.random(32);
  //= rfc9846#section-4.2.2
  //# In TLS 1.3, the client indicates
  //# its version preferences in the "supported_versions" extension
  //# (Section 4.2.1) and the legacy_version field MUST be set to 0x0303,
  //# which is the version number for TLS 1.2.
  const legacy = bestOf(client.versions, 'legacy');
  const modern = bestOf(client.versions, 'modern');
  hs.clientVersion = modern?.legacyVersion ?? legacy!.id;
  // Its version of the record layer is all that a server of SSL 3.0 alone may know.
  if (hs.clientVersion === SSL30) hs.carrier.setVersion(SSL30, undefined);
  if (hs.previous !== undefined) hs.clientVersion = hs.previous.clientVersion;
  const session = client.versions.find((version) => version.client?.resumption !== undefined)?.client?.resumption?.offered(hs);
  // RFC 5077 §3.4: with a ticket, an ID of our own shows whether it was accepted.
  if (session !== undefined) hs.sessionId = session.sessionId.length > 0 ? session.sessionId : hs.crypto.random(32);
  //= rfc9846#section-4.2.2
  //# this field MUST be non-empty, so a client not offering a pre-TLS 1.3 session MUST generate a new
  //# 32-byte value
  //= rfc9846#section-4.2.2
  //# Otherwise, it MUST be set as a zero-length list
  else if (modern !== undefined && client.middleboxCompatibility) hs.sessionId = hs.crypto.random(32);
}

/** The suites of the context that some offered version can use. */
function usableSuites(hs: Handshake): number[] {
  const { versions, suites } = hs.client;
  const modern = bestOf(versions, 'modern') !== undefined;
  const bestLegacy = bestOf(versions, 'legacy')?.rank ?? -1;
  const list: number[] = [];
  for (const suite of suites) {
    if (suite.family === 'modern' ? modern : bestLegacy >= suite.minVersion - 0x0300) list.push(suite.id);
  }
  return list;
}

/** All extension modules in the order of the wire. */
function clientModules(hs: Handshake): ExtensionModule[] {
  const modules = hasExtensions(hs.context.versions) ? [...hs.context.extensions] : [];
  let last: ExtensionModule | undefined;
  for (const version of hs.context.versions) {
    for (const module of version.client?.extensions ?? []) {
      if (module.type === PRE_SHARED_KEY) last = module;
      else if (!modules.includes(module)) modules.push(module);
    }
  }
  //= rfc9846#section-4.3
  //# When multiple extensions of different types are present, the extensions
  //# MAY appear in any order, with the exception of "pre_shared_key"
  //# (Section 4.2.11) which MUST be the last extension in the ClientHello
  //= rfc9846#section-4.3.11
  //# The "pre_shared_key" extension MUST be the last extension in the ClientHello (this facilitates
  //# implementation as described below).
  if (last !== undefined) modules.push(last);
  return modules;
}

function hasExtensions(versions: readonly ProtocolVersion[]): boolean {
  return versions.some((version) => version.family === 'modern' || version.strategy?.extensions === true);
}

function onHelloRetryRequest(hs: Handshake, message: IncomingMessage): MaybePromise<void> {
  const hello = readServerHello(new Reader(message.body));
  const version = selectedVersion(hs, hello);
  const role = version.client;
  if (role?.onHelloRetryRequest === undefined) fail(UNEXPECTED_MESSAGE, 'unexpected_message', 'HelloRetryRequest before TLS 1.3');
  hs.version = version;
  //= rfc9846#section-4.2.4
  //# the client MUST check the legacy_version, legacy_session_id_echo, cipher_suite, and
  //# legacy_compression_method
  checkEcho(hs, hello);
  hs.retried = true;
  return role.onHelloRetryRequest(hs, hello);
}

function onServerHello(hs: Handshake, message: IncomingMessage): MaybePromise<void> {
  const hello = readServerHello(new Reader(message.body));
  return enterVersion(hs, hello, selectedVersion(hs, hello));
}

/** Where no version has supported_versions: legacy_version is the server's choice. */
export function onLegacyServerHello(hs: Handshake, message: IncomingMessage): MaybePromise<void> {
  const hello = readServerHello(new Reader(message.body));
  return enterVersion(hs, hello, legacyVersion(hs, hello));
}

function enterVersion(hs: Handshake, hello: ServerHello, version: ProtocolVersion): MaybePromise<void> {
  //= rfc9846#section-4.2.4
  //# The value of selected_version in the HelloRetryRequest
  //# "supported_versions" extension MUST be retained in the ServerHello,
  //# and a client MUST abort the handshake with an "illegal_parameter"
  //# alert if the value changes.
  if (hs.retried && hs.version !== version) fail(ILLEGAL_PARAMETER, 'wrong_version', 'changed after HelloRetryRequest');
  hs.version = version;
  checkSentinel(hs, hello);
  checkEcho(hs, hello);
  hs.serverRandom = hello.random;
  const role = version.client;
  if (role === undefined) fail(PROTOCOL_VERSION, 'unsupported_version');
  return role.onServerHello(hs, hello);
}

/** Which of our versions the server chose. */
function selectedVersion(hs: Handshake, hello: ServerHello): ProtocolVersion {
  const { versions } = hs.client;
  //= rfc9846#section-4.3.1
  //# clients MUST check for this extension prior to processing the rest of the ServerHello
  //= rfc9846#section-4.3.1
  //# clients MUST ignore the ServerHello.legacy_version value and MUST use only the
  //# "supported_versions" extension
  const extension = findExtension(hello.extensions, SUPPORTED_VERSIONS);
  if (extension === undefined) return legacyVersion(hs, hello);
  if (!hs.offered.includes(SUPPORTED_VERSIONS)) fail(UNSUPPORTED_EXTENSION, 'unsolicited_extension', 'supported_versions');
  const id = extension.u16();
  extension.finish();
  //= rfc9846#section-4.3.1
  //# If the "supported_versions" extension in the ServerHello contains a
  //# version not offered by the client or contains a version prior to TLS
  //# 1.3, the client MUST abort the handshake with an "illegal_parameter"
  //# alert.
  const version = versions.find((each) => each.id === id && each.family === 'modern');
  if (version === undefined) fail(ILLEGAL_PARAMETER, 'wrong_version', `supported_versions 0x${id.toString(16)}`);
  //= rfc9846#section-4.2.3
  //# A client which receives a TLS 1.3 Server Hello with a legacy_version
  //# value not equal to 0x0303 MUST abort the handshake with a
  //# "protocol_version" alert.
  //= rfc9846#appendix-E.5
  //# Implementations receiving Hello messages with other version numbers MUST abort the handshake
  if (hello.version !== version.legacyVersion) fail(PROTOCOL_VERSION, 'wrong_version', 'legacy_version');
  return version;
}

function legacyVersion(hs: Handshake, hello: ServerHello): ProtocolVersion {
  const version = hs.client.versions.find((each) => each.id === hello.version && each.family === 'legacy');
  //= rfc9846#appendix-E.1
  //# the client MUST abort the handshake with a "protocol_version" alert
  //= rfc5246#appendix-E.1
  //# the client MUST send a "protocol_version" alert message and close the connection
  if (version === undefined) fail(PROTOCOL_VERSION, 'unsupported_version', `server chose 0x${hello.version.toString(16)}`);
  return version;
}

function checkEcho(hs: Handshake, hello: ServerHello): void {
  //= rfc9846#section-4.2.3
  //# the client MUST abort the handshake with an "illegal_parameter" alert
  if (hello.compression !== 0) fail(ILLEGAL_PARAMETER, 'wrong_compression');
  //= rfc9846#section-4.2.3
  //# A client
  //# which receives a legacy_session_id_echo field that does not match what
  //# it sent in the ClientHello MUST abort the handshake with an
  //# "illegal_parameter" alert.
  if (hs.version.family === 'modern' && !equal(hello.sessionId, hs.sessionId)) fail(ILLEGAL_PARAMETER, 'wrong_session_id');
  //= rfc9846#section-4.2.3
  //# A client which receives a cipher suite that was not offered MUST abort the handshake with an
  //# "illegal_parameter" alert.
  //= rfc9846#section-4.2.4
  //# A client which receives a cipher suite that was not offered MUST abort the handshake.
  if (!usableSuites(hs).includes(hello.suite)) fail(ILLEGAL_PARAMETER, 'wrong_cipher', 'a suite that was not offered');
}

/** S23: a server that could have spoken a newer version says so in its random. */
function checkSentinel(hs: Handshake, hello: ServerHello): void {
  const best = Math.max(...hs.client.versions.map((version) => version.rank));
  const chosen = hs.version.rank;
  if (chosen >= best || chosen === 4) return;
  const tail = hello.random.subarray(24);
  //= rfc9846#section-4.2.3
  //# TLS 1.3 clients receiving a ServerHello indicating TLS 1.2 or below
  //# MUST check that the last 8 bytes are not equal to either of these values.
  if ((best === 4 && equal(tail, DOWNGRADE_TLS12)) || ((best === 4 || chosen < 3) && equal(tail, DOWNGRADE_TLS11)))
    //= rfc9846#section-4.2.3
    //# If a match is found, the client MUST abort the handshake with an "illegal_parameter" alert.
    fail(ILLEGAL_PARAMETER, 'downgrade_detected');
}
