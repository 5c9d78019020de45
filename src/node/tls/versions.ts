/** `minVersion`, `maxVersion`, `secureProtocol` and the version bits of `secureOptions`. */
import { constants } from 'node:crypto';
import type { ProtocolVersion } from '../../handshake/version.ts';
import { ssl30Client, ssl30Server } from '../../versions/ssl30.ts';
import { tls10Client, tls10Server } from '../../versions/tls10.ts';
import { tls11Client, tls11Server } from '../../versions/tls11.ts';
import { tls12Client, tls12Server } from '../../versions/tls12.ts';
import { tls13Client, tls13Server } from '../../versions/tls13.ts';
import { codedTypeError } from './errors.ts';

export type VersionName = 'TLSv1.3' | 'TLSv1.2' | 'TLSv1.1' | 'TLSv1' | 'SSLv3';

export interface VersionOptions {
  readonly minVersion?: string | null | undefined;
  readonly maxVersion?: string | null | undefined;
  readonly secureProtocol?: string | null | undefined;
  readonly secureOptions?: number | null | undefined;
  readonly dangerouslyAllowSsl30?: boolean | undefined;
}

interface Entry {
  readonly name: VersionName;
  readonly client: ProtocolVersion;
  readonly server: ProtocolVersion;
  /** The bit of `secureOptions` that switches it off. */
  readonly off: number;
}

/** Best first. SSL 3.0 is there under its switch only. */
const VERSIONS: readonly Entry[] = [
  { name: 'TLSv1.3', client: tls13Client, server: tls13Server, off: constants.SSL_OP_NO_TLSv1_3 },
  { name: 'TLSv1.2', client: tls12Client, server: tls12Server, off: constants.SSL_OP_NO_TLSv1_2 },
  { name: 'TLSv1.1', client: tls11Client, server: tls11Server, off: constants.SSL_OP_NO_TLSv1_1 },
  { name: 'TLSv1', client: tls10Client, server: tls10Server, off: constants.SSL_OP_NO_TLSv1 },
  { name: 'SSLv3', client: ssl30Client, server: ssl30Server, off: constants.SSL_OP_NO_SSLv3 },
];

export const DEFAULTS: { min: VersionName; max: VersionName } = { min: 'TLSv1.2', max: 'TLSv1.3' };

/** The versions asked for, best first, before the ciphers have their say. */
export function chooseVersions(options: VersionOptions): VersionName[] {
  const { min, max } = range(options);
  const first = indexOf(max);
  const last = indexOf(min);
  const off = options.secureOptions ?? 0;
  return VERSIONS.filter((version, index) => index >= first && index <= last && (off & version.off) === 0).map((version) => version.name);
}

export function clientVersions(names: readonly VersionName[]): ProtocolVersion[] {
  return VERSIONS.filter((version) => names.includes(version.name)).map((version) => version.client);
}

export function serverVersions(names: readonly VersionName[]): ProtocolVersion[] {
  return VERSIONS.filter((version) => names.includes(version.name)).map((version) => version.server);
}

function range(options: VersionOptions): { min: string; max: string } {
  const { minVersion, maxVersion, secureProtocol } = options;
  const ssl30 = options.dangerouslyAllowSsl30 === true;
  if (!ssl30) for (const version of [minVersion, maxVersion]) if (version === 'SSLv3') throw invalidVersion(version);
  if (secureProtocol !== undefined && secureProtocol !== null) {
    if (minVersion !== undefined && minVersion !== null) throw conflict('minVersion');
    if (maxVersion !== undefined && maxVersion !== null) throw conflict('maxVersion');
    return ofProtocol(String(secureProtocol), ssl30);
  }
  return { min: minVersion ?? (ssl30 ? 'SSLv3' : DEFAULTS.min), max: maxVersion ?? DEFAULTS.max };
}

/** `TLSv1_2_client_method` and the like: one version, or all from TLS 1.0 on. */
function ofProtocol(method: string, ssl30: boolean): { min: string; max: string } {
  const match = /^(TLS|SSLv23|TLSv1|TLSv1_1|TLSv1_2|TLSv1_3)(_server|_client)?_method$/.exec(method);
  if (match !== null) {
    if (match[1] === 'TLS' || match[1] === 'SSLv23') return { min: 'TLSv1', max: match[1] === 'TLS' ? 'TLSv1.3' : 'TLSv1.2' };
    const version = match[1]!.replace('_', '.');
    return { min: version, max: version };
  }
  if (ssl30 && /^SSLv3_(server_|client_)?method$/.test(method)) return { min: 'SSLv3', max: 'SSLv3' };
  if (/^SSLv[23]_/.test(method)) throw codedTypeError('ERR_TLS_INVALID_PROTOCOL_METHOD', `${method.slice(0, 5)} methods disabled`);
  throw codedTypeError('ERR_TLS_INVALID_PROTOCOL_METHOD', `Unknown method: ${method}`);
}

function indexOf(name: string): number {
  const index = VERSIONS.findIndex((version) => version.name === name);
  if (index < 0) throw invalidVersion(name);
  return index;
}

function invalidVersion(name: string): TypeError {
  return codedTypeError('ERR_TLS_INVALID_PROTOCOL_VERSION', `${JSON.stringify(name)} is not a valid TLS protocol version`);
}

function conflict(name: string): TypeError {
  return codedTypeError('ERR_TLS_PROTOCOL_VERSION_CONFLICT', `TLS protocol version '${name}' conflicts with secureProtocol`);
}
