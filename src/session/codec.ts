/** A session as bytes: inside tickets, in stores, and for a client that keeps it on disk. Versioned, never trusted unsealed. */
import { fromLatin1, latin1, plainView } from '../base/bytes.ts';
import { Reader } from '../base/reader.ts';
import { Writer } from '../base/writer.ts';
import type { HashName } from '../crypto/port.ts';
import type { Session } from './session.ts';

const FORMAT = 2;
const HASHES: readonly HashName[] = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

const EMS = 1;
const ETM = 2;
const TRUSTED = 4;

/** The bytes of a session. They hold its secret: seal them before they leave the process. */
export function encodeSession(s: Session): Uint8Array {
  const w = new Writer(256);
  w.u8(FORMAT);
  w.u16(s.version);
  w.u16(s.suite);
  w.u8(HASHES.indexOf(s.hash));
  w.u8((s.extendedMasterSecret ? EMS : 0) | (s.encryptThenMac ? ETM : 0) | (s.peerTrusted ? TRUSTED : 0));
  w.vector(1, s.secret);
  w.vector(1, s.sessionId);
  w.vector(2, s.ticket);
  w.u32(Math.floor(s.created / 2 ** 32));
  w.u32((s.created % 2 ** 32) >>> 0);
  w.u32(s.lifetimeMs);
  w.u32(s.ageAdd);
  // As a client sent it: any bytes.
  w.vector(2, fromLatin1(s.serverName));
  w.vector(1, fromLatin1(s.alpn));
  w.u32(s.maxEarlyData);
  w.vector(1, s.contextId);
  w.u16(s.peerScheme);
  const at = w.open(3);
  for (const certificate of s.peerChain) w.vector(3, certificate);
  w.close(3, at);
  return w.copy();
}

/** The session of such bytes, in memory of its own; undefined when they are not one of this format. */
export function decodeSession(bytes: Uint8Array): Session | undefined {
  try {
    return read(new Reader(plainView(bytes)));
  } catch {
    return undefined;
  }
}

function read(r: Reader): Session | undefined {
  if (r.u8() !== FORMAT) return undefined;
  const version = r.u16();
  const suite = r.u16();
  const hash = HASHES[r.u8()];
  if (hash === undefined) return undefined;
  const flags = r.u8();
  const secret = r.vector(1).slice();
  const sessionId = r.vector(1).slice();
  const ticket = r.vector(2).slice();
  const created = r.u32() * 2 ** 32 + r.u32();
  const lifetimeMs = r.u32();
  const ageAdd = r.u32();
  const serverName = latin1(r.vector(2));
  const alpn = latin1(r.vector(1));
  const maxEarlyData = r.u32();
  const contextId = r.vector(1).slice();
  const peerScheme = r.u16();
  const chain = r.sub(3);
  const peerChain: Uint8Array[] = [];
  while (chain.remaining > 0) peerChain.push(chain.vector(3).slice());
  r.finish();
  return {
    version,
    suite,
    hash,
    secret,
    sessionId,
    ticket,
    created,
    lifetimeMs,
    ageAdd,
    extendedMasterSecret: (flags & EMS) !== 0,
    encryptThenMac: (flags & ETM) !== 0,
    serverName,
    alpn,
    maxEarlyData,
    peerChain,
    peerScheme,
    peerTrusted: (flags & TRUSTED) !== 0,
    contextId,
  };
}
