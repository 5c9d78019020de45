/** TLS 1.3, RFC 9846. */
import { modernClient, modernServer } from '../handshake/modern/roles.ts';
import type { ProtocolVersion } from '../handshake/version.ts';
import { TLS12, TLS13 } from '../wire/version.ts';

const base = {
  id: TLS13,
  name: 'TLSv1.3',
  rank: 4,
  family: 'modern',
  helloCookie: false,
  legacyVersion: TLS12,
  labelPrefix: 'tls13 ',
} as const;

export const tls13Client: ProtocolVersion = /* @__PURE__ */ Object.assign({}, base, { client: modernClient });
export const tls13Server: ProtocolVersion = /* @__PURE__ */ Object.assign({}, base, { server: modernServer });
