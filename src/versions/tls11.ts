/** TLS 1.1, RFC 4346; deprecated by RFC 8996. */
import { legacyClient } from '../handshake/legacy/client/role.ts';
import { legacyServer } from '../handshake/legacy/server/role.ts';
import { strategyTls11 } from '../handshake/legacy/strategy-tls11.ts';
import type { ProtocolVersion } from '../handshake/version.ts';
import { TLS11 } from '../wire/version.ts';

const common = { id: TLS11, name: 'TLSv1.1', rank: 2, family: 'legacy', helloCookie: false, strategy: strategyTls11 } as const;

export const tls11Client: ProtocolVersion = /* @__PURE__ */ Object.assign({}, common, { client: legacyClient });
export const tls11Server: ProtocolVersion = /* @__PURE__ */ Object.assign({}, common, { server: legacyServer });
