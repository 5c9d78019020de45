/** NamedGroup, RFC 9846 §4.3.7, RFC 8422 §5.1.1, RFC 7919 §2 and the registry. */
import type { GroupName } from '../crypto/port.ts';

export const SECP256R1 = 0x0017;
export const SECP384R1 = 0x0018;
export const SECP521R1 = 0x0019;
export const BRAINPOOLP256R1 = 0x001a;
export const BRAINPOOLP384R1 = 0x001b;
export const BRAINPOOLP512R1 = 0x001c;
export const X25519 = 0x001d;
export const X448 = 0x001e;
export const FFDHE2048 = 0x0100;
export const FFDHE3072 = 0x0101;
export const FFDHE4096 = 0x0102;
export const FFDHE6144 = 0x0103;
export const FFDHE8192 = 0x0104;
export const MLKEM768 = 0x0201;
export const SECP256R1MLKEM768 = 0x11eb;
export const X25519MLKEM768 = 0x11ec;
export const SECP384R1MLKEM1024 = 0x11ed;

/** A group as a context lists it. */
export interface NamedGroup {
  readonly id: number;
  readonly name: GroupName;
  /** Elliptic curves take part in ECDHE before TLS 1.3, ffdhe in DHE, and hybrids in TLS 1.3 only. */
  readonly kind: 'ec' | 'dh' | 'kem';
}

export const secp256r1: NamedGroup = { id: SECP256R1, name: 'secp256r1', kind: 'ec' };
export const secp384r1: NamedGroup = { id: SECP384R1, name: 'secp384r1', kind: 'ec' };
export const secp521r1: NamedGroup = { id: SECP521R1, name: 'secp521r1', kind: 'ec' };
export const brainpoolP256r1: NamedGroup = { id: BRAINPOOLP256R1, name: 'brainpoolP256r1', kind: 'ec' };
export const brainpoolP384r1: NamedGroup = { id: BRAINPOOLP384R1, name: 'brainpoolP384r1', kind: 'ec' };
export const brainpoolP512r1: NamedGroup = { id: BRAINPOOLP512R1, name: 'brainpoolP512r1', kind: 'ec' };
export const x25519: NamedGroup = { id: X25519, name: 'x25519', kind: 'ec' };
export const x448: NamedGroup = { id: X448, name: 'x448', kind: 'ec' };
export const ffdhe2048: NamedGroup = { id: FFDHE2048, name: 'ffdhe2048', kind: 'dh' };
export const ffdhe3072: NamedGroup = { id: FFDHE3072, name: 'ffdhe3072', kind: 'dh' };
export const ffdhe4096: NamedGroup = { id: FFDHE4096, name: 'ffdhe4096', kind: 'dh' };
export const ffdhe6144: NamedGroup = { id: FFDHE6144, name: 'ffdhe6144', kind: 'dh' };
export const ffdhe8192: NamedGroup = { id: FFDHE8192, name: 'ffdhe8192', kind: 'dh' };
export const mlkem768: NamedGroup = { id: MLKEM768, name: 'MLKEM768', kind: 'kem' };
export const x25519mlkem768: NamedGroup = { id: X25519MLKEM768, name: 'X25519MLKEM768', kind: 'kem' };
export const secp256r1mlkem768: NamedGroup = { id: SECP256R1MLKEM768, name: 'SecP256r1MLKEM768', kind: 'kem' };
export const secp384r1mlkem1024: NamedGroup = { id: SECP384R1MLKEM1024, name: 'SecP384r1MLKEM1024', kind: 'kem' };

const GROUPS: readonly NamedGroup[] = /* @__PURE__ */ [
  secp256r1,
  secp384r1,
  secp521r1,
  brainpoolP256r1,
  brainpoolP384r1,
  brainpoolP512r1,
  x25519,
  x448,
  ffdhe2048,
  ffdhe3072,
  ffdhe4096,
  ffdhe6144,
  ffdhe8192,
  mlkem768,
  x25519mlkem768,
  secp256r1mlkem768,
  secp384r1mlkem1024,
];

/** The registered name, or the number in hexadecimal. */
export function groupName(id: number): string {
  for (const group of GROUPS) if (group.id === id) return group.name;
  return `0x${id.toString(16).padStart(4, '0')}`;
}

/** The number of a group. */
export function groupId(name: GroupName): number {
  for (const group of GROUPS) if (group.name === name) return group.id;
  return 0;
}
