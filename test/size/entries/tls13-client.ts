/** The smallest TLS 1.3 client: one suite, one group, one scheme, no extension that it could do without. */
import { TLS_AES_128_GCM_SHA256 } from '../../../src/crypto/suites/modern.ts';
import { signatureAlgorithms } from '../../../src/handshake/extensions/signature-algorithms.ts';
import { supportedGroups } from '../../../src/handshake/extensions/supported-groups.ts';
import { type ClientContextInit, createClientConnection, createClientContext } from '../../../src/index.ts';
import { tls13Client } from '../../../src/versions/tls13.ts';
import { x25519 } from '../../../src/wire/group.ts';
import { ECDSA_SECP256R1_SHA256 } from '../../../src/wire/signature-scheme.ts';

type Rest = Pick<ClientContextInit, 'crypto' | 'verifier' | 'now'>;

export function connect(rest: Rest): unknown {
  const context = createClientContext({
    ...rest,
    versions: [tls13Client],
    suites: [TLS_AES_128_GCM_SHA256],
    groups: [x25519],
    schemes: [ECDSA_SECP256R1_SHA256],
    extensions: [supportedGroups, signatureAlgorithms],
  });
  return createClientConnection(context, { serverName: 'example.org' });
}
