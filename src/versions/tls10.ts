/** TLS 1.0, RFC 2246; deprecated by RFC 8996. */
import { legacyClient } from '../handshake/legacy/client/role.ts';
import { legacyServer } from '../handshake/legacy/server/role.ts';
import { strategyTls10 } from '../handshake/legacy/strategy-tls10.ts';
import type { ProtocolVersion } from '../handshake/version.ts';
import { TLS10 } from '../wire/version.ts';

const common = { id: TLS10, name: 'TLSv1', rank: 1, family: 'legacy', helloCookie: false, strategy: strategyTls10 } as const;

export const tls10Client: ProtocolVersion = /* @__PURE__ */ Object.assign({}, common, { client: legacyClient });
export const tls10Server: ProtocolVersion = /* @__PURE__ */ Object.assign({}, common, { server: legacyServer });
