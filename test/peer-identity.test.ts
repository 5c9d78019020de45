/** Who the peer is: raw public keys (RFC 7250), must-staple, pins, and S33, every way to prove oneself with every wrong identity. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as alerts from '../src/base/alerts.ts';
import { nodeCrypto, privateKeyFromKeyObject } from '../src/crypto/node/index.ts';
import * as gcm from '../src/crypto/suites/aes-gcm.ts';
import type { LegacySuite } from '../src/crypto/suites/suite.ts';
import type { ClientContextInit, ServerContextInit } from '../src/engine/context.ts';
import type { Credential, ServerContext } from '../src/handshake/context.ts';
import { clientCertificateType, serverCertificateType } from '../src/handshake/extensions/certificate-types.ts';
import { createOcspResponse } from '../src/pki/certs/revocation.ts';
import { issueCertificate } from '../src/pki/certs/create.ts';
import { parseCertificate } from '../src/pki/x509/certificate.ts';
import { createRawKeyVerifier } from '../src/pki/x509/raw-key.ts';
import { createCertificateVerifier, dangerouslyTrustAnyCertificate } from '../src/pki/x509/verifier.ts';
import { tls12Client, tls12Server } from '../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../src/versions/tls13.ts';
import { AUTHORITY, credential, issue, type KeyKind, makeKey, NOW, toPem } from './support/certificates.ts';
import { clientContext, EXTENSIONS, MODERN_SUITES, serverContext, testVerifier } from './support/contexts.ts';
import { connectPair, type Pair } from './support/pair.ts';

const DAY = 86_400_000;
const extensions = [...EXTENSIONS, clientCertificateType, serverCertificateType];
const legacySuites: readonly LegacySuite[] = Object.values(gcm);
const VERSIONS = [
  { name: 'TLS 1.3', client: [tls13Client], server: [tls13Server], suites: MODERN_SUITES },
  { name: 'TLS 1.2', client: [tls12Client], server: [tls12Server], suites: legacySuites },
] as const;
type Version = (typeof VERSIONS)[number];

function rawKey(kind: KeyKind = 'p256'): Credential & { rawPublicKey: Uint8Array } {
  const key = privateKeyFromKeyObject(makeKey(kind));
  return { chain: [], key, rawPublicKey: key.spki! };
}
const serverKey = rawKey();
const clientKey = rawKey('ed25519');
const trusting = (...keys: { rawPublicKey: Uint8Array }[]) => createRawKeyVerifier({ keys: keys.map((one) => one.rawPublicKey) });

/** Server contexts of the pairs: their tickets are theirs. */
const contexts = new WeakMap<Pair, ServerContext>();

function run(version: Version, client: Partial<ClientContextInit>, server: Partial<ServerContextInit>): Pair {
  const { suites } = version;
  const serving = serverContext({ versions: version.server, suites, extensions, ...server });
  const pair = connectPair(clientContext({ versions: version.client, suites, extensions, ...client }), serving);
  contexts.set(pair, serving);
  pair.pump();
  if (pair.client.connection.error === undefined) pair.client.connection.send(Buffer.from('ping'));
  pair.pump();
  return pair;
}

function connected(pair: Pair, what: string): void {
  assert.equal(pair.client.connection.error, undefined, what);
  assert.equal(pair.server.connection.error, undefined, what);
  assert.equal(Buffer.concat(pair.server.received).toString(), 'ping', what);
}

/** Nobody ever sees data of a peer whom one side refused, and the other is told. */
function refused(pair: Pair, by: 'client' | 'server', code: string, alert: number, what: string): void {
  const other = by === 'client' ? 'server' : 'client';
  assert.equal(pair[by].connection.error?.code, code, what);
  assert.equal(pair[by].connection.error?.alert, alert, what);
  assert.equal(pair[other].connection.error?.alert, alert, what);
  assert.equal(pair.server.received.length, 0, what);
  assert.equal(pair.client.received.length, 0, what);
}

for (const version of VERSIONS) {
  test(`raw public keys, ${version.name}: of the server, of the client, of both, beside certificates`, () => {
    let pair = run(version, { rawKeyVerifier: trusting(serverKey) }, { credentials: [serverKey] });
    connected(pair, 'server');
    const info = pair.client.connection.info!;
    assert.deepEqual(info.peerRawKey, serverKey.rawPublicKey);
    assert.equal(info.peerProof, 'rawKey');
    assert.equal(info.peerTrusted, true);
    assert.equal(info.peerChain.length, 0);
    assert.ok(!pair.client.events.some((event) => event.type === 'session'), 'a raw key leaves no session behind');

    const both = { rawKeyVerifier: trusting(clientKey), clientCertificate: 'require' } as const;
    pair = run(version, { rawKeyVerifier: trusting(serverKey), credentials: [clientKey] }, { ...both, credentials: [serverKey] });
    connected(pair, 'both');
    assert.deepEqual(pair.server.connection.info?.peerRawKey, clientKey.rawPublicKey);

    pair = run(version, { credentials: [clientKey] }, { ...both });
    connected(pair, 'the client only');
    assert.equal(pair.client.connection.info?.peerProof, 'certificate');
    assert.equal(pair.server.connection.info?.peerProof, 'rawKey');
    assert.ok(!pair.client.events.some((event) => event.type === 'session'), 'no ticket for a raw key');

    const chosen = credential('p256');
    const mixed: Credential = { ...chosen, rawPublicKey: chosen.key.spki! };
    pair = run(version, { rawKeyVerifier: trusting({ rawPublicKey: chosen.key.spki! }) }, { credentials: [mixed] });
    connected(pair, 'a credential that is both, raw preferred');
    assert.equal(pair.client.connection.info?.peerProof, 'rawKey');
    pair = run(version, {}, { credentials: [mixed] });
    connected(pair, 'the same to a client that takes certificates');
    assert.equal(pair.client.connection.info?.peerProof, 'certificate');

    pair = run(version, { rawKeyVerifier: trusting(serverKey) }, { credentials: [credential('p256')] });
    connected(pair, 'a client that would take either');
    assert.equal(pair.client.connection.info?.peerProof, 'certificate');
    pair = run(
      version,
      { credentials: [clientKey] },
      { clientCertificate: 'request', rawKeyVerifier: trusting(clientKey), extensions: EXTENSIONS },
    );
    connected(pair, 'a server that does not know of it: the client has nothing to show');
    assert.equal(pair.server.connection.info?.peerProof, 'none');
    for (const kind of ['rsa', 'p384', 'ed448', 'rsa-pss'] as const) {
      const other = rawKey(kind);
      connected(run(version, { rawKeyVerifier: trusting(other) }, { credentials: [other] }), kind);
    }
    const pin = createRawKeyVerifier({ pins: [nodeCrypto.digest('sha256', serverKey.rawPublicKey)] });
    connected(run(version, { rawKeyVerifier: pin }, { credentials: [serverKey] }), 'a pin');
    const pem = createRawKeyVerifier({ keys: [toPem('PUBLIC KEY', serverKey.rawPublicKey)] });
    connected(run(version, { rawKeyVerifier: pem }, { credentials: [serverKey] }), 'PEM');
  });

  test(`raw public keys, ${version.name}: no type in common`, () => {
    const only = { rawKeyVerifier: trusting(serverKey), rawKeysOnly: true } as const;
    refused(run(version, only, {}), 'server', 'unsupported_certificate', alerts.UNSUPPORTED_CERTIFICATE, 'server without raw key');
    refused(
      run(version, only, { extensions: EXTENSIONS }),
      'client',
      'unsupported_certificate',
      alerts.UNSUPPORTED_CERTIFICATE,
      'a server that goes on',
    );
    const server = { clientCertificate: 'require', rawKeyVerifier: trusting(clientKey), rawKeysOnly: true } as const;
    refused(
      run(version, { credentials: [credential('p256')] }, server),
      'server',
      'unsupported_certificate',
      alerts.UNSUPPORTED_CERTIFICATE,
      'client',
    );
    // The client offers a raw key, and nobody takes it.
    refused(
      run(version, { credentials: [clientKey] }, { clientCertificate: 'require' }),
      'server',
      'unsupported_certificate',
      alerts.UNSUPPORTED_CERTIFICATE,
      'raw key to a server of certificates',
    );
  });

  test(`S33, ${version.name}: every way to prove oneself, with every wrong identity, fails closed`, () => {
    const verifier = testVerifier;
    const good = credential('p256');
    const wrongKey = rawKey();
    /** A key that is not that of the certificate, or of the raw key: its holder only copied what is public. */
    const thief = (from: Credential): Credential => {
      const own = privateKeyFromKeyObject(makeKey('p256'));
      const { type, schemes } = own;
      return { ...from, key: { type, schemes, curve: 'secp256r1', sign: (scheme, tbs) => own.sign(scheme, tbs) } };
    };
    const otherRoot = (() => {
      const key = privateKeyFromKeyObject(makeKey('p256'));
      const der = issueCertificate({
        crypto: nodeCrypto,
        publicKey: key.spki!,
        issuer: { certificate: parseCertificate(AUTHORITY.der), key: privateKeyFromKeyObject(makeKey('p256')) },
        subject: 'CN=localhost',
        subjectAltNames: ['localhost'],
        notBefore: NOW - DAY,
        notAfter: NOW + DAY,
      }) as Uint8Array;
      return { chain: [der], key };
    })();
    const B = alerts.BAD_CERTIFICATE;
    const servers: [string, Credential, Partial<ClientContextInit>, string, number][] = [
      ['certificate for another name', issue('p256', { names: ['other.example'] }), {}, 'certificate_name_mismatch', B],
      ['expired certificate', issue('p256', { notAfter: NOW - DAY / 2 }), {}, 'certificate_expired', alerts.CERTIFICATE_EXPIRED],
      [
        'certificate for clients',
        issue('p256', { extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'] }),
        {},
        'certificate_purpose',
        alerts.UNSUPPORTED_CERTIFICATE,
      ],
      ['certificate signed by somebody else', otherRoot, {}, 'bad_certificate', B],
      ['certificate whose key it has not', thief(good), {}, 'bad_signature', alerts.DECRYPT_ERROR],
      [
        'certificate that is not pinned',
        good,
        { verifier: createCertificateVerifier({ trustAnchors: [AUTHORITY.der], pins: [new Uint8Array(32)] }) },
        'certificate_rejected',
        alerts.CERTIFICATE_UNKNOWN,
      ],
      ['raw key of somebody else', wrongKey, { rawKeyVerifier: trusting(serverKey) }, 'certificate_untrusted', B],
      ['raw key that it has not', thief(serverKey), { rawKeyVerifier: trusting(serverKey) }, 'bad_signature', alerts.DECRYPT_ERROR],
      ['raw key, no expected one', serverKey, { rawKeyVerifier: createRawKeyVerifier({}) }, 'certificate_untrusted', B],
      [
        'raw key, other pin',
        serverKey,
        { rawKeyVerifier: createRawKeyVerifier({ pins: [new Uint8Array(32)] }) },
        'certificate_untrusted',
        B,
      ],
      [
        'raw key, a callback that says no',
        serverKey,
        { rawKeyVerifier: createRawKeyVerifier({ accept: () => false }) },
        'certificate_untrusted',
        B,
      ],
    ];
    for (const [what, shown, client, code, alert] of servers)
      refused(run(version, client, { credentials: [shown] }), 'client', code, alert, `server: ${what}`);

    const clients: [string, Credential | undefined, Partial<ServerContextInit>, string, number][] = [
      [
        'nothing',
        undefined,
        {},
        'certificate_required',
        version.name === 'TLS 1.3' ? alerts.CERTIFICATE_REQUIRED : alerts.HANDSHAKE_FAILURE,
      ],
      [
        'certificate for servers',
        issue('p256', { extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'] }),
        {},
        'certificate_purpose',
        alerts.UNSUPPORTED_CERTIFICATE,
      ],
      ['expired certificate', issue('p256', { notAfter: NOW - DAY / 2 }), {}, 'certificate_expired', alerts.CERTIFICATE_EXPIRED],
      ['certificate signed by somebody else', otherRoot, {}, 'bad_certificate', B],
      ['certificate whose key it has not', thief(good), {}, 'bad_signature', alerts.DECRYPT_ERROR],
      [
        'certificate without the policy',
        good,
        {
          verifier: createCertificateVerifier({
            trustAnchors: [AUTHORITY.der],
            policy: { requireExplicitPolicy: true, initialPolicies: ['1.2.3'] },
          }),
        },
        'certificate_rejected',
        alerts.CERTIFICATE_UNKNOWN,
      ],
      ['raw key of somebody else', wrongKey, { rawKeyVerifier: trusting(clientKey) }, 'certificate_untrusted', B],
      ['raw key that it has not', thief(serverKey), { rawKeyVerifier: trusting(serverKey) }, 'bad_signature', alerts.DECRYPT_ERROR],
    ];
    for (const [what, shown, server, code, alert] of clients) {
      const pair = run(version, { credentials: shown === undefined ? [] : [shown] }, { clientCertificate: 'require', verifier, ...server });
      refused(pair, 'server', code, alert, `client: ${what}`);
      if (shown === undefined) continue;
      // Where a certificate is only asked for, a wrong one is no better than where it is a condition.
      refused(
        run(version, { credentials: [shown] }, { clientCertificate: 'request', verifier, ...server }),
        'server',
        code,
        alert,
        `asked: ${what}`,
      );
    }
  });

  test(`must-staple, ${version.name}: the promise is kept, or there is no connection`, () => {
    const key = privateKeyFromKeyObject(makeKey('p256'));
    const issuer = { certificate: parseCertificate(AUTHORITY.der), key: AUTHORITY.key };
    const der = issueCertificate({
      crypto: nodeCrypto,
      publicKey: key.spki!,
      issuer,
      subject: 'CN=localhost',
      subjectAltNames: ['localhost'],
      notBefore: NOW - DAY,
      notAfter: NOW + DAY,
      mustStaple: true,
    }) as Uint8Array;
    const staple = (status: 'good' | 'revoked', certificate = der): Uint8Array =>
      createOcspResponse({
        crypto: nodeCrypto,
        issuer: issuer.certificate,
        responder: issuer,
        producedAt: NOW,
        answers: [{ certificate: parseCertificate(certificate), status, thisUpdate: NOW - 1000, nextUpdate: NOW + DAY }],
      }) as Uint8Array;
    const shown: Credential = { chain: [der], key };
    const asks = { requestOcsp: true } as const;
    const S = alerts.BAD_CERTIFICATE_STATUS_RESPONSE;
    refused(run(version, asks, { credentials: [shown] }), 'client', 'bad_certificate_status', S, 'none');
    connected(run(version, {}, { credentials: [shown] }), 'not asked for');
    const kept = run(version, asks, { credentials: [{ ...shown, ocspResponse: staple('good') }] });
    connected(kept, 'good');
    // A resumed session brings no certificate and so no response; that is no broken promise.
    const event = kept.client.events.find((one) => one.type === 'session');
    assert.ok(event?.type === 'session');
    const again = connectPair(
      clientContext({ versions: version.client, suites: version.suites, extensions, ...asks, verifyResumed: true }),
      contexts.get(kept)!,
      { serverName: 'localhost', session: event.session },
    );
    again.pump();
    assert.equal(again.client.connection.error, undefined);
    assert.equal(again.client.connection.info?.resumed, true);
    refused(
      run(version, asks, { credentials: [{ ...shown, ocspResponse: staple('revoked') }] }),
      'client',
      'certificate_revoked',
      alerts.CERTIFICATE_REVOKED,
      'revoked',
    );
    refused(
      run(version, asks, { credentials: [{ ...shown, ocspResponse: staple('good', credential('p256').chain[0]) }] }),
      'client',
      'bad_certificate_status',
      S,
      'of another',
    );
    refused(
      run(version, asks, { credentials: [{ ...shown, ocspResponse: Uint8Array.of(0x30, 0) }] }),
      'client',
      'bad_certificate_status',
      S,
      'empty',
    );
  });
}

test('TLS 1.3: responses stand beside each certificate of the chain', () => {
  const [version] = VERSIONS;
  const good = credential('p256');
  const seen: (readonly (Uint8Array | undefined)[] | undefined)[] = [];
  const verifier = {
    verify: (request: Parameters<typeof testVerifier.verify>[0]) => {
      seen.push(request.ocspResponses);
      return testVerifier.verify({ ...request, ocspResponses: undefined, ocspResponse: undefined });
    },
  };
  const staples = [Uint8Array.of(1), Uint8Array.of(2)];
  connected(
    run(version, { verifier, requestOcsp: true }, { credentials: [{ ...good, ocspResponse: staples[0]!, ocspResponses: staples }] }),
    'two',
  );
  assert.deepEqual(
    seen[0]?.map((one) => [...(one ?? [])]),
    [[1], [2]],
  );
});

test('X17: what a verifier lets pass is told in the info, by the name of its switch', () => {
  const [version] = VERSIONS;
  const old = issue('p256', { notAfter: NOW - DAY / 2 });
  const timeless = createCertificateVerifier({ trustAnchors: [AUTHORITY.der], dangerouslyIgnoreValidity: true });
  let pair = run(version, { verifier: timeless }, { credentials: [old] });
  connected(pair, 'expired');
  assert.deepEqual(pair.client.connection.info?.dangers, ['dangerouslyIgnoreValidity']);
  pair = run(
    version,
    { verifier: dangerouslyTrustAnyCertificate(timeless) },
    { credentials: [issue('p256', { names: ['other.example'] })] },
  );
  connected(pair, 'any');
  assert.deepEqual(pair.client.connection.info?.dangers, ['dangerouslyIgnoreValidity', 'dangerouslyTrustAnyCertificate']);
  assert.equal(pair.client.connection.info?.peerTrusted, false);
  assert.equal(pair.client.connection.info?.trustError?.code, 'certificate_name_mismatch');
  assert.deepEqual(run(version, {}, {}).client.connection.info?.dangers, []);
});
