/** DTLS 1.2, RFC 6347: TLS 1.2 over datagrams. */
import { legacyClient } from '../handshake/legacy/client/role.ts';
import { legacyServer } from '../handshake/legacy/server/role.ts';
import { strategyDtls12 } from '../handshake/legacy/strategy-dtls.ts';
import type { ProtocolVersion } from '../handshake/version.ts';
import { DTLS12 } from '../wire/version.ts';

const common = { id: DTLS12, name: 'DTLSv1.2', rank: 3, family: 'legacy', helloCookie: true, strategy: strategyDtls12 } as const;

export const dtls12Client: ProtocolVersion = /* @__PURE__ */ Object.assign({}, common, { client: legacyClient });
export const dtls12Server: ProtocolVersion = /* @__PURE__ */ Object.assign({}, common, { server: legacyServer });
