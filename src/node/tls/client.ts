/** How a client connection is made of the options of `connect`. */
import type * as nodeTls from 'node:tls';
import { BAD_CERTIFICATE } from '../../base/alerts.ts';
import { TlsError } from '../../base/errors.ts';
import { type MaybePromise, then } from '../../base/maybe-promise.ts';
import { type Connection, createClientConnection } from '../../engine/connection.ts';
import type { ClientContext, ClientOptions, ExternalPsk } from '../../handshake/context.ts';
import type { TraceEntry } from '../../handshake/flow.ts';
import { type CertificateVerifier, dangerouslyTrustAnyCertificate } from '../../pki/x509/verifier.ts';
import { decodeSession } from '../../session/codec.ts';
import type { Session } from '../../session/session.ts';
import { argumentError, codedTypeError } from './errors.ts';
import { asciiHost } from './identity.ts';
import { detailedCertificate } from './peer.ts';
import type { SecureContext } from './secure-context.ts';

export type CheckServerIdentity = (host: string, cert: nodeTls.DetailedPeerCertificate) => Error | undefined;
export type ClientPskCallback = (hint: string | null) => MaybePromise<nodeTls.PSKCallbackNegotation | null | undefined>;

export interface ClientSettings {
  readonly secure: SecureContext;
  /** The host that the certificate must be for. */
  readonly host: string;
  /** server_name: the host unless told otherwise; '' for none. */
  readonly serverName: string | undefined;
  /** `rejectUnauthorized`. */
  readonly strict: boolean;
  readonly identity: CheckServerIdentity | undefined;
  readonly alpn: readonly string[];
  readonly session: Uint8Array | undefined;
  readonly requestOcsp: boolean;
  readonly psk: ClientPskCallback | undefined;
}

/** What the socket wants to be told of the handshake; undefined where nobody listens. */
export interface Watchers {
  readonly keyLog: ((line: string) => void) | undefined;
  readonly trace: ((entry: TraceEntry) => void) | undefined;
}

export function openClient(settings: ClientSettings, watchers: Watchers): Connection {
  const host = asciiHost(settings.host);
  const wanted = settings.serverName === undefined ? host : asciiHost(settings.serverName);
  const session = usableSession(settings);
  const options: ClientOptions = {
    serverName: wanted === '' ? undefined : wanted,
    alpn: settings.alpn.length === 0 ? undefined : settings.alpn,
    session,
    trace: watchers.trace,
  };
  return createClientConnection(contextOf(settings, host, wanted, watchers), options);
}

function contextOf(settings: ClientSettings, host: string, wanted: string, watchers: Watchers): ClientContext {
  const { secure, strict, identity, requestOcsp, psk } = settings;
  const base = secure.clientContext(strict);
  const ownCheck = identity !== undefined || wanted !== host;
  if (!ownCheck && !requestOcsp && psk === undefined && watchers.keyLog === undefined) return base;
  return Object.freeze({
    ...base,
    requestOcsp,
    keyLog: watchers.keyLog,
    psk:
      psk === undefined
        ? undefined
        : (hint: Uint8Array | undefined) => then(psk(hint === undefined ? null : Buffer.from(hint).toString()), externalPsk),
    verifier: ownCheck ? ownVerifier(settings, host) : base.verifier,
  });
}

/** The name is checked here: by the caller's function, or against a host that is not in server_name. */
function ownVerifier(settings: ClientSettings, host: string): CertificateVerifier {
  const { secure, identity, strict } = settings;
  const checking: CertificateVerifier = {
    dangers: secure.verifier.dangers,
    verify(request) {
      if (identity === undefined) return secure.verifier.verify({ ...request, hostName: host });
      return then(secure.verifier.verify({ ...request, hostName: undefined }), (verified) => {
        const chain = verified.path.length > 0 ? verified.path.map((one) => one.der) : request.chain;
        const refusal: unknown = identity(settings.host, detailedCertificate(chain, undefined));
        if (refusal === undefined) return verified;
        throw new TlsError({
          code: 'certificate_rejected',
          alert: BAD_CERTIFICATE,
          origin: 'local',
          detail: 'checkServerIdentity',
          cause: refusal,
        });
      });
    },
  };
  return strict ? checking : dangerouslyTrustAnyCertificate(checking);
}

/** A session whose peer was not trusted then must not stand for a trusted one now. */
function usableSession(settings: ClientSettings): Session | undefined {
  const session = settings.session === undefined ? undefined : decodeSession(settings.session);
  return session === undefined || (settings.strict && session.peerChain.length > 0 && !session.peerTrusted) ? undefined : session;
}

export function externalPsk(answer: nodeTls.PSKCallbackNegotation | null | undefined): ExternalPsk | undefined {
  if (answer === null || answer === undefined) return undefined;
  if (typeof answer !== 'object') throw argumentError('options.pskCallback', 'a function that gives an object or null', answer);
  const { psk, identity } = answer;
  if (typeof identity !== 'string')
    throw codedTypeError('ERR_INVALID_ARG_TYPE', 'options.pskCallback must give an identity of type string');
  return { identity: new Uint8Array(Buffer.from(identity)), key: pskBytes(psk) };
}

export function pskBytes(psk: unknown): Uint8Array {
  if (!ArrayBuffer.isView(psk))
    throw codedTypeError('ERR_INVALID_ARG_TYPE', 'options.pskCallback must give a key in a Buffer, TypedArray, or DataView');
  return new Uint8Array(psk.buffer, psk.byteOffset, psk.byteLength);
}
