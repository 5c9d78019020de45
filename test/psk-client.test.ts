/** A DTLS client of pre-shared keys that has no code for certificates, with a whole server over a lossy network. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ascii } from '../src/base/bytes.ts';
import type { TlsError } from '../src/base/errors.ts';
import { nodeCrypto } from '../src/crypto/node/index.ts';
import { TLS_PSK_WITH_AES_128_CCM_8 } from '../src/crypto/suites/aes-ccm.ts';
import { TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_PSK_WITH_AES_128_GCM_SHA256 } from '../src/crypto/suites/aes-gcm.ts';
import { TLS_PSK_WITH_NULL_SHA256 } from '../src/crypto/suites/null.ts';
import { Endpoint } from '../src/engine/endpoint.ts';
import { createPskClientContext, type PskClientContextInit } from '../src/engine/psk-context.ts';
import { datagramConfig } from '../src/record/datagram/config.ts';
import { dtls12PskClient } from '../src/versions/dtls12-psk.ts';
import { dtls12Client, dtls12Server } from '../src/versions/dtls12.ts';
import { Network } from './sim/network.ts';
import { clientContext, serverContext } from './support/contexts.ts';

const me = { identity: ascii('device-7'), key: new Uint8Array(16).fill(7) };
const suites = [TLS_PSK_WITH_AES_128_CCM_8, TLS_PSK_WITH_AES_128_GCM_SHA256];
const init: PskClientContextInit = { crypto: nodeCrypto, versions: [dtls12PskClient], suites, now: Date.now, psk: () => me };

test('a handshake with a server that has certificates too, with a hint and without, over a lossy link', () => {
  for (const [pskHint, loss] of [
    [undefined, 0],
    [ascii('hint'), 0],
    [ascii('hint'), 0.3],
  ] as const) {
    const network = new Network({ delay: 20, loss, seed: 5 });
    const config = datagramConfig({ clock: network.clock.read, maxRetransmissions: 50 });
    const server = serverContext({ versions: [dtls12Server], suites, findPsk: () => me, pskHint });
    const [near, far] = [
      network.add('10.0.0.2', 40_000, new Endpoint({ config })),
      network.add('10.0.0.1', 5684, new Endpoint({ config, server })),
    ];
    const association = near.endpoint.connect(far.address, createPskClientContext(init));
    network.run(600_000, () => near.has('handshake') && far.has('handshake'));
    assert.equal(association.info?.suite, 'TLS_PSK_WITH_AES_128_CCM_8');
    assert.equal(association.info.peerProof, 'psk');
    assert.equal(association.info.extendedMasterSecret, true);
    assert.ok(!near.has('session'), 'nothing to resume');
  }
});

test('a server without the key: the handshake fails', () => {
  const network = new Network({ delay: 20 });
  const config = datagramConfig({ clock: network.clock.read });
  const server = serverContext({ versions: [dtls12Server], suites, findPsk: () => ({ ...me, key: new Uint8Array(16) }) });
  const near = network.add('10.0.0.2', 40_000, new Endpoint({ config }));
  const far = network.add('10.0.0.1', 5684, new Endpoint({ config, server }));
  near.endpoint.connect(far.address, createPskClientContext(init));
  network.run(600_000, () => near.has('error') || near.has('handshake'));
  assert.ok(!near.has('handshake') && !far.has('handshake'));
});

test('what needs more than a key is refused', () => {
  const wrong: Partial<PskClientContextInit>[] = [
    { suites: [] },
    { suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256] },
    { suites: [TLS_PSK_WITH_NULL_SHA256] },
    { versions: [] },
    { versions: [dtls12Client] },
  ];
  const refusal = (error: TlsError): boolean => error.code === 'invalid_configuration' && error.origin === 'api';
  for (const one of wrong) assert.throws(() => createPskClientContext({ ...init, ...one }), refusal);
  const versions = [dtls12PskClient];
  assert.throws(() => clientContext({ versions, suites: [...suites, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256] }), refusal);
  assert.ok(clientContext({ versions, suites }));
});
