/** The whole module: both transports, every version, certificates, sessions, structures. */
import { createDatagramClientConnection } from '../engine/datagram.ts';
import type { ClientContext, ServerContext } from '../handshake/context.ts';
import { hostEntries, verifierOf } from './certificates.ts';
import type { Composition } from './composition.ts';
import { atMost, inOrder } from './config.ts';
import { config_tls, OPTIONS } from './config-tls.ts';
import type { t_tls_ret } from './constants.ts';
import { clientContextOf, demandAlgorithms, serverContextOf } from './contexts.ts';
import { initialize } from './module.ts';
import { driverKey, eemProvider } from './provider.ts';
import { psp_getcurrenttimedate } from './psp.ts';
import { RecordWatch } from './record-watch.ts';
import { forgetSecrets, noteSecret } from './secrets.ts';
import { SessionTable } from './sessions.ts';
import { newNativeStack } from './stacks.ts';

const complete: Composition = {
  options: OPTIONS,
  hosts(config) {
    atMost(config, 'g_tls_arr_host_cert', 'TLS_MAX_HOST_CERT');
    atMost(config, 'g_tls_arr_ca_cert', 'TLS_MAX_CA_CERT');
    atMost(config, 'g_tls_arr_rv_cert', 'TLS_MAX_RV_CERT');
    inOrder(config, 'TLS_MIN_PUB_KEY_SIZE', 'TLS_MAX_PUB_KEY_SIZE');
    inOrder(config, 'TLS_MIN_VERSION', 'TLS_MAX_VERSION');
    return hostEntries(config);
  },
  start(config, registry, hosts) {
    demandAlgorithms(config, registry);
    const crypto = eemProvider(registry, config);
    const credentials = hosts.map(({ chain, pkcs8, key }) => ({ chain, key: driverKey(registry, key.type, pkcs8) ?? key }));
    const parts = {
      config,
      registry,
      crypto,
      credentials,
      verifier: verifierOf(config),
      now: psp_getcurrenttimedate,
      keyLog: config.TLS_DEBUG_SECRETS === 1 ? noteSecret : undefined,
    };
    forgetSecrets();
    const clients = new Map<string, ClientContext>();
    const servers = new Map<string, ServerContext>();
    return {
      crypto,
      credentials,
      client: (transport) => once(clients, transport, () => clientContextOf(parts, transport)),
      server: (transport, verify) => once(servers, `${transport} ${verify}`, () => serverContextOf(parts, transport, verify)),
    };
  },
  stack: newNativeStack,
  dtlsClient: createDatagramClientConnection,
  sessions: (capacity) => new SessionTable(capacity),
  watch: () => new RecordWatch(),
};

/** Initializes the module: checks `config_tls`, makes the arrays of connections and sessions, creates `tls_mutex`. */
export function tls_init(): t_tls_ret {
  return initialize(config_tls, complete);
}

function once<T>(made: Map<string, T>, key: string, make: () => T): T {
  let value = made.get(key);
  if (value === undefined) {
    value = make();
    made.set(key, value);
  }
  return value;
}
