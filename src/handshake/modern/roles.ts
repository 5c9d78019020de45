/** TLS 1.3 as two values: what the front needs of each role. */
import { certificateAuthorities } from '../extensions/certificate-authorities.ts';
import { cookie } from '../extensions/cookie.ts';
import { earlyData } from '../extensions/early-data.ts';
import { keyShare } from '../extensions/key-share.ts';
import { preSharedKey } from '../extensions/pre-shared-key.ts';
import { pskKeyExchangeModes } from '../extensions/psk-key-exchange-modes.ts';
import { supportedVersions } from '../extensions/supported-versions.ts';
import type { ClientRole, ServerRole } from '../version.ts';
import { modernClientHandlers } from './client/index.ts';
import * as client from './client/server-hello.ts';
import { modernFlow } from './flow.ts';
import { preparePsks } from './psk.ts';
import * as server from './server/hellos.ts';
import { modernServerHandlers } from './server/index.ts';

export const modernClient: ClientRole = {
  flow: modernFlow,
  handlers: modernClientHandlers,
  extensions: [supportedVersions, cookie, pskKeyExchangeModes, keyShare, preSharedKey],
  prepare: preparePsks,
  onServerHello: client.onServerHello,
  onHelloRetryRequest: client.onHelloRetryRequest,
};

export const modernServer: ServerRole = {
  flow: modernFlow,
  handlers: modernServerHandlers,
  extensions: [supportedVersions, cookie, pskKeyExchangeModes, keyShare, earlyData, certificateAuthorities, preSharedKey],
  onClientHello: server.onClientHello,
  onSecondClientHello: server.onSecondClientHello,
  sendServerHello: server.sendServerHello,
  sendHelloRetryRequest: server.sendHelloRetryRequest,
};
