/** OCSP responses for the whole chain: beside each certificate in TLS 1.3, by status_request_v2 (RFC 6961) below. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as alerts from '../src/base/alerts.ts';
import { Reader } from '../src/base/reader.ts';
import { Writer } from '../src/base/writer.ts';
import { nodeCrypto } from '../src/crypto/node/index.ts';
import * as gcm from '../src/crypto/suites/aes-gcm.ts';
import type { LegacySuite } from '../src/crypto/suites/suite.ts';
import type { ClientContextInit } from '../src/engine/context.ts';
import type { Credential } from '../src/handshake/context.ts';
import type { ExtensionModule } from '../src/handshake/extensions/module.ts';
import { statusRequestV2 } from '../src/handshake/extensions/status-request-v2.ts';
import type { Handshake } from '../src/handshake/state.ts';
import { createOcspResponse } from '../src/pki/certs/revocation.ts';
import { createCertificateVerifier } from '../src/pki/x509/verifier.ts';
import type { VerifyRequest } from '../src/pki/x509/verifier.ts';
import { tls12Client, tls12Server } from '../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../src/versions/tls13.ts';
import { IN_CLIENT_HELLO, IN_LEGACY_SERVER_HELLO, STATUS_REQUEST } from '../src/wire/extension.ts';
import { readCertificateStatus, writeCertificateStatuses } from '../src/wire/messages/certificate-status.ts';
import { clientContext, EXTENSIONS, MODERN_SUITES, serverContext } from './support/contexts.ts';
import { connectPair, type Pair } from './support/pair.ts';
import { DAY, issue, NOW, root, type TestCa, testKey } from './x509/ca.ts';

const anchor = root('CN=Multi-staple root');
const upper = issue(anchor, 'CN=Upper CA', { ca: true });
const lower = issue(upper, 'CN=Lower CA', { ca: true });
const key = testKey('p256', 'multi-staple leaf');
const leaf = issue(lower, 'CN=localhost', { subjectAltNames: ['localhost'] }, key);

type Status = 'good' | 'revoked';

function staple(one: TestCa, issuer: TestCa, status: Status = 'good'): Uint8Array {
  return createOcspResponse({
    crypto: nodeCrypto,
    issuer: issuer.certificate,
    responder: issuer,
    producedAt: NOW,
    answers: [{ certificate: one.certificate, status, thisUpdate: NOW - 1_000, nextUpdate: NOW + DAY }],
  }) as Uint8Array;
}
const staples = [staple(leaf, lower), staple(lower, upper), staple(upper, anchor)] as const;
const shown: Credential = { chain: [leaf, lower, upper].map((one) => one.certificate.der), key: key.handle };

const suites: readonly LegacySuite[] = Object.values(gcm);
const VERSIONS = [
  { name: 'TLS 1.3', client: [tls13Client], server: [tls13Server], suites: MODERN_SUITES },
  { name: 'TLS 1.2', client: [tls12Client], server: [tls12Server], suites },
] as const;

/** What the verifier was given, and what came of it. */
function run(
  version: (typeof VERSIONS)[number],
  credential: Credential,
  revocation: 'if-covered' | 'required',
  client: Partial<ClientContextInit> = {},
  own: readonly ExtensionModule[] = EXTENSIONS,
): { pair: Pair; seen: readonly VerifyRequest[] } {
  const seen: VerifyRequest[] = [];
  const real = createCertificateVerifier({ trustAnchors: [anchor.certificate], revocation });
  const verifier = {
    verify(request: VerifyRequest) {
      seen.push(request);
      return real.verify(request);
    },
  };
  const pair = connectPair(
    clientContext({
      versions: version.client,
      suites: version.suites,
      verifier,
      requestOcsp: true,
      extensions: own,
      now: () => NOW,
      ...client,
    }),
    serverContext({ versions: version.server, suites: version.suites, credentials: [credential], now: () => NOW }),
  );
  pair.pump();
  return { pair, seen };
}

for (const version of VERSIONS) {
  test(`${version.name}: responses for the whole chain make hard fail possible`, () => {
    const all = { ...shown, ocspResponse: staples[0], ocspResponses: [undefined, staples[1], staples[2]] };
    const { pair, seen } = run(version, all, 'required');
    assert.equal(pair.client.connection.error, undefined);
    assert.equal(pair.server.connection.error, undefined);
    assert.deepEqual(seen[0]?.ocspResponse, staples[0]);
    assert.deepEqual(seen[0]?.ocspResponses?.slice(1), staples.slice(1));
    const told = pair.client.events.filter((event) => event.type === 'ocsp');
    assert.deepEqual(told, [{ type: 'ocsp', response: staples[0] }]);
  });

  test(`${version.name}: a response that is missing, of length zero, wrong or bad news is no good news`, () => {
    const S = alerts.BAD_CERTIFICATE_STATUS_RESPONSE;
    const cases: readonly [string, Credential, string, number][] = [
      ['none above the leaf', { ...shown, ocspResponse: staples[0] }, 'bad_certificate_status', alerts.CERTIFICATE_UNKNOWN],
      [
        'none in the middle',
        { ...shown, ocspResponse: staples[0], ocspResponses: [undefined, undefined, staples[2]] },
        'bad_certificate_status',
        alerts.CERTIFICATE_UNKNOWN,
      ],
      [
        'none of the leaf',
        { ...shown, ocspResponses: [undefined, staples[1], staples[2]] },
        'bad_certificate_status',
        alerts.CERTIFICATE_UNKNOWN,
      ],
      [
        'two exchanged',
        { ...shown, ocspResponse: staples[0], ocspResponses: [undefined, staples[2], staples[1]] },
        'bad_certificate_status',
        S,
      ],
      [
        'an intermediate is revoked',
        { ...shown, ocspResponse: staples[0], ocspResponses: [undefined, staple(lower, upper, 'revoked'), staples[2]] },
        'certificate_revoked',
        alerts.CERTIFICATE_REVOKED,
      ],
    ];
    for (const [what, credential, code, alert] of cases) {
      const { pair } = run(version, credential, 'required');
      assert.equal(pair.client.connection.error?.code, code, `${what}: ${pair.client.connection.error?.detail}`);
      assert.equal(pair.client.connection.error?.alert, alert, what);
      assert.equal(pair.server.connection.error?.alert, alert, what);
    }
    // Soft fail: nothing said refuses nothing, but what is said counts.
    assert.equal(run(version, cases[0]![1], 'if-covered').pair.client.connection.error, undefined);
    assert.equal(run(version, cases[4]![1], 'if-covered').pair.client.connection.error?.code, 'certificate_revoked');
  });
}

test('status_request_v2 is offered beside status_request, answered only where one response does not do', () => {
  const [, version] = VERSIONS;
  const announced: number[] = [];
  const watching = (type: number): ExtensionModule => ({
    type,
    where: IN_CLIENT_HELLO | IN_LEGACY_SERVER_HELLO,
    offer: (hs, w) => EXTENSIONS.find((one) => one.type === type)!.offer!(hs, w),
    onAnswer: () => announced.push(type),
  });
  const watched = [watching(STATUS_REQUEST), ...EXTENSIONS.filter((one) => one.type !== STATUS_REQUEST)];
  run(version, { ...shown, ocspResponse: staples[0] }, 'if-covered', {}, watched);
  assert.deepEqual(announced, [STATUS_REQUEST]);
  announced.length = 0;
  run(version, { ...shown, ocspResponse: staples[0], ocspResponses: [undefined, staples[1]] }, 'if-covered', {}, watched);
  assert.deepEqual(announced, []);
  // Nobody asks: nothing comes.
  const { seen } = run(version, { ...shown, ocspResponse: staples[0], ocspResponses: [...staples] }, 'if-covered', { requestOcsp: false });
  assert.equal(seen[0]?.ocspResponse ?? seen[0]?.ocspResponses, undefined);
});

test('CertificateStatus: lists are read strictly and only where they were agreed on', () => {
  const w = new Writer();
  writeCertificateStatuses(w, [staples[0], undefined, staples[2]]);
  assert.deepEqual(readCertificateStatus(new Reader(w.copy()), true), [staples[0], undefined, staples[2]]);
  assert.throws(() => readCertificateStatus(new Reader(w.copy()), false), { code: 'bad_certificate_status' });
  for (const bytes of [
    [2, 0, 0, 0],
    [2, 0, 0, 3, 0, 0],
    [2, 0, 0, 3, 0, 0, 1],
    [2, 0, 0, 4, 0, 0, 1, 9, 9],
    [1, 0, 0, 0],
    [3, 0, 0, 1, 0],
    [2, 0, 0, 33, ...new Array<number>(33).fill(0)],
  ])
    assert.throws(() => readCertificateStatus(new Reader(Uint8Array.from(bytes)), true), { origin: 'local' }, bytes.slice(0, 8).join(' '));
});

test('status_request_v2: items of other types are skipped, malformed ones are not', () => {
  const asked = (bytes: readonly number[]): boolean => {
    const hs = { statusesRequested: false } as Handshake;
    const r = new Reader(Uint8Array.from(bytes));
    statusRequestV2.onOffer!(hs, r);
    r.finish();
    return hs.statusesRequested;
  };
  assert.equal(asked([0, 7, 2, 0, 4, 0, 0, 0, 0]), true);
  assert.equal(asked([0, 7, 1, 0, 4, 0, 0, 0, 0]), false);
  assert.equal(asked([0, 11, 9, 0, 1, 7, 2, 0, 4, 0, 0, 0, 0]), true);
  for (const bytes of [[], [0, 0], [0, 7, 2, 0, 5, 0, 0, 0, 0], [0, 8, 2, 0, 5, 0, 0, 0, 0, 0], [0, 2, 2, 0]])
    assert.throws(() => asked(bytes), { origin: 'local' }, bytes.join(' '));
});
