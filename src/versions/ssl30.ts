/** SSL 3.0, RFC 6101; forbidden by RFC 7568. A context takes it only under its `dangerously…` switch. */
import { ssl30ClientRole } from '../handshake/legacy/client/role.ts';
import { ssl30ServerRole } from '../handshake/legacy/server/role.ts';
import { strategySsl30 } from '../handshake/legacy/strategy-ssl30.ts';
import type { ProtocolVersion } from '../handshake/version.ts';
import { SSL30 } from '../wire/version.ts';

const common = { id: SSL30, name: 'SSLv3', rank: 0, family: 'legacy', helloCookie: false, strategy: strategySsl30 } as const;

export const ssl30Client: ProtocolVersion = /* @__PURE__ */ Object.assign({}, common, { client: ssl30ClientRole });
export const ssl30Server: ProtocolVersion = /* @__PURE__ */ Object.assign({}, common, { server: ssl30ServerRole });
