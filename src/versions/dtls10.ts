/** DTLS 1.0, RFC 4347: TLS 1.1 over datagrams; deprecated by RFC 8996. */
import { legacyClient } from '../handshake/legacy/client/role.ts';
import { legacyServer } from '../handshake/legacy/server/role.ts';
import { strategyDtls10 } from '../handshake/legacy/strategy-dtls.ts';
import type { ProtocolVersion } from '../handshake/version.ts';
import { DTLS10 } from '../wire/version.ts';

const common = { id: DTLS10, name: 'DTLSv1', rank: 2, family: 'legacy', helloCookie: true, strategy: strategyDtls10 } as const;

export const dtls10Client: ProtocolVersion = /* @__PURE__ */ Object.assign({}, common, { client: legacyClient });
export const dtls10Server: ProtocolVersion = /* @__PURE__ */ Object.assign({}, common, { server: legacyServer });
