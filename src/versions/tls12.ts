/** TLS 1.2, RFC 5246. */
import { legacyClient } from '../handshake/legacy/client/role.ts';
import { legacyServer } from '../handshake/legacy/server/role.ts';
import { strategyTls12 } from '../handshake/legacy/strategy-tls12.ts';
import type { ProtocolVersion } from '../handshake/version.ts';
import { TLS12 } from '../wire/version.ts';

const common = { id: TLS12, name: 'TLSv1.2', rank: 3, family: 'legacy', helloCookie: false, strategy: strategyTls12 } as const;

export const tls12Client: ProtocolVersion = /* @__PURE__ */ Object.assign({}, common, { client: legacyClient });
export const tls12Server: ProtocolVersion = /* @__PURE__ */ Object.assign({}, common, { server: legacyServer });
