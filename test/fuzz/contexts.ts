/** Contexts for fuzzing: as many features as go together, cheap public keys, the same randomness for each input. */
import * as cbc from '../../src/crypto/suites/aes-cbc.ts';
import * as gcm from '../../src/crypto/suites/aes-gcm.ts';
import { TLS_AES_128_GCM_SHA256 } from '../../src/crypto/suites/modern.ts';
import type { ClientContext, ServerContext } from '../../src/handshake/context.ts';
import { certificateAuthorities } from '../../src/handshake/extensions/certificate-authorities.ts';
import { clientCertificateType, serverCertificateType } from '../../src/handshake/extensions/certificate-types.ts';
import { useSrtp } from '../../src/handshake/extensions/use-srtp.ts';
import type { ProtocolVersion } from '../../src/handshake/version.ts';
import { createMemoryStore } from '../../src/session/cache.ts';
import { createTicketKeys } from '../../src/session/ticket.ts';
import { dtls12Client, dtls12Server } from '../../src/versions/dtls12.ts';
import { tls12Client, tls12Server } from '../../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../../src/versions/tls13.ts';
import { secp256r1, x25519 } from '../../src/wire/group.ts';
import { ECDSA_SECP256R1_SHA256 } from '../../src/wire/signature-scheme.ts';
import { NOW } from '../support/certificates.ts';
import { cheapCredential, cheapCrypto, cheapVerifier } from '../support/cheap-crypto.ts';
import { clientContext, EXTENSIONS, serverContext } from '../support/contexts.ts';

export type FuzzedVersion = 'tls12' | 'tls13' | 'dtls12';

export interface FuzzedContexts {
  readonly client: ClientContext;
  readonly server: ServerContext;
}

const VERSIONS: Record<FuzzedVersion, { readonly client: ProtocolVersion; readonly server: ProtocolVersion }> = {
  tls12: { client: tls12Client, server: tls12Server },
  tls13: { client: tls13Client, server: tls13Server },
  dtls12: { client: dtls12Client, server: dtls12Server },
};

/** `mutual`: the server demands a certificate. `keeps`: sessions and tickets are given out. */
export function fuzzedContexts(version: FuzzedVersion, mutual: boolean, retry = false): FuzzedContexts {
  const crypto = cheapCrypto();
  const modern = version === 'tls13';
  const common = {
    crypto,
    suites: modern ? [TLS_AES_128_GCM_SHA256] : [gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, cbc.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA],
    schemes: [ECDSA_SECP256R1_SHA256],
    extensions: [
      ...EXTENSIONS,
      certificateAuthorities,
      clientCertificateType,
      serverCertificateType,
      ...(version === 'dtls12' ? [useSrtp([1])] : []),
    ],
    verifier: cheapVerifier,
    now: () => NOW,
    alpn: ['one', 'two'],
  } as const;
  const { client, server } = VERSIONS[version];
  return {
    client: clientContext({
      ...common,
      versions: [client],
      groups: retry ? [secp256r1, x25519] : [x25519, secp256r1],
      keyShares: 1,
      credentials: mutual ? [cheapCredential()] : [],
      requestOcsp: true,
    }),
    server: serverContext({
      ...common,
      versions: [server],
      groups: [x25519],
      credentials: [{ ...cheapCredential(), ocspResponse: Uint8Array.of(0x30, 0) }],
      clientCertificate: mutual ? 'require' : 'none',
      tickets: createTicketKeys(crypto),
      sessions: createMemoryStore(() => NOW, 64),
    }),
  };
}
