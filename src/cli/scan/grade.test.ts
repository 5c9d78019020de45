import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CertificateView } from '../certificate-view.ts';
import { type Gradable, type Grade, gradeOf } from './grade.ts';
import type { VersionFindings } from './survey.ts';

const NOW = Date.parse('2026-06-01T00:00:00Z');

function version(rank: number, ...names: string[]): VersionFindings {
  return {
    version: `rank ${rank}`,
    rank,
    accepted: names.length > 0,
    unknown: null,
    suites: names.map((name, id) => ({ id, name, openssl: name, fault: null })),
    order: null,
    groups: [],
    schemes: ['ecdsa_secp256r1_sha256'],
    resumption: null,
  };
}

const TLS13 = version(4, 'TLS_AES_128_GCM_SHA256');
const TLS12 = version(3, 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256');
const LEAF: CertificateView = {
  subject: 'CN=a.example',
  issuer: 'CN=CA',
  serial: '01',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2026-12-31T00:00:00Z',
  names: ['DNS:a.example'],
  key: { type: 'rsa', bits: 2048 },
  signature: 'RSA with SHA-256',
  ca: false,
  selfIssued: false,
  fingerprint256: '',
  spki256: '',
};
const GOOD: Gradable = {
  versions: [TLS13, TLS12],
  chain: [LEAF],
  trust: { trusted: true, proof: 'certificate' },
  features: {
    extendedMasterSecret: true,
    encryptThenMac: null,
    secureRenegotiation: true,
    ocspStapling: false,
    tickets: true,
    sessionIds: true,
    heartbeat: false,
    recordSizeLimit: null,
    compression: false,
    fallbackScsv: true,
    downgradeSentinel: true,
    dhBits: 2048,
    earlyData: false,
    clientCertificate: false,
    withoutName: 'same certificate',
  },
};

const CASES: readonly (readonly [what: string, change: Partial<Gradable>, grade: Grade, reason?: RegExp])[] = [
  ['nothing wrong', {}, 'A+'],
  ['no TLS 1.3', { versions: [TLS12] }, 'A-', /No TLS 1\.3/],
  ['TLS 1.3 alone', { versions: [TLS13] }, 'A+'],
  ['TLS 1.0', { versions: [TLS13, TLS12, version(1, 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA')] }, 'B', /TLS 1\.0/],
  ['TLS 1.1', { versions: [TLS13, TLS12, version(2, 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA')] }, 'B', /TLS 1\.1/],
  ['SSL 3.0', { versions: [TLS13, TLS12, version(0, 'TLS_RSA_WITH_AES_128_CBC_SHA')] }, 'F', /POODLE/],
  ['only old ones', { versions: [version(1, 'TLS_RSA_WITH_AES_128_CBC_SHA')] }, 'F', /clients of today/],
  [
    'anonymous',
    { versions: [TLS13, version(3, 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_DH_anon_WITH_AES_128_CBC_SHA')] },
    'F',
    /authenticate nobody/,
  ],
  [
    'null',
    { versions: [TLS13, version(3, 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_NULL_SHA')] },
    'F',
    /encrypt nothing/,
  ],
  ['RC4', { versions: [TLS13, version(3, 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_RC4_128_SHA')] }, 'D', /RC4/],
  [
    '3DES',
    { versions: [TLS13, version(3, 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA')] },
    'C',
    /64 bits/,
  ],
  ['no forward secrecy at all', { versions: [TLS13, version(3, 'TLS_RSA_WITH_AES_128_GCM_SHA256')] }, 'B', /both forward secrecy/],
  [
    'some without',
    { versions: [TLS13, version(3, 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_RSA_WITH_AES_128_GCM_SHA256')] },
    'A-',
    /without forward secrecy: TLS_RSA/,
  ],
  ['SHA-1 signatures', { versions: [TLS13, { ...TLS12, schemes: ['rsa_pkcs1_sha256', 'rsa_pkcs1_sha1'] }] }, 'B', /SHA-1/],
  [
    'a suite that fails',
    {
      versions: [
        TLS13,
        {
          ...TLS12,
          suites: [
            ...TLS12.suites,
            { id: 9, name: 'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256', openssl: '', fault: { code: 'bad_dh_parameters' } },
          ],
        },
      ],
    },
    'F',
    /too weak/,
  ],
  [
    'untrusted',
    {
      trust: { trusted: false, proof: 'certificate', failure: { reason: 'expired', rule: '', message: 'it has expired', certificate: 0 } },
    },
    'F',
    /it has expired/,
  ],
  ['expires soon', { chain: [{ ...LEAF, notAfter: '2026-06-05T00:00:00Z' }] }, 'A', /expires in 4 days/],
  ['weak key', { chain: [{ ...LEAF, key: { type: 'rsa', bits: 1024 } }] }, 'C', /RSA 1024/],
  ['very weak key', { chain: [{ ...LEAF, key: { type: 'rsa', bits: 512 } }] }, 'F', /RSA 512/],
  ['SHA-1 certificate', { chain: [{ ...LEAF, signature: 'RSA with SHA-1' }] }, 'F', /signed with SHA-1/],
  ['renegotiation', { features: { ...GOOD.features, secureRenegotiation: false } }, 'C', /RFC 5746/],
  ['master secret', { features: { ...GOOD.features, extendedMasterSecret: false } }, 'A-', /RFC 7627/],
  ['compression', { features: { ...GOOD.features, compression: true } }, 'F', /CRIME/],
  ['a prime of 1024 bits', { features: { ...GOOD.features, dhBits: 1024 } }, 'C', /Logjam/],
  ['a prime of 512 bits', { features: { ...GOOD.features, dhBits: 512 } }, 'F', /Logjam/],
  [
    'no SCSV with old versions',
    { versions: [TLS13, TLS12, version(2, 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA')], features: { ...GOOD.features, fallbackScsv: false } },
    'B',
    /TLS 1\.1/,
  ],
  ['no SCSV, and none needed', { features: { ...GOOD.features, fallbackScsv: false } }, 'A+'],
  ['no signs of a downgrade', { features: { ...GOOD.features, downgradeSentinel: false } }, 'B', /downgrade/],
  ['heartbeat', { features: { ...GOOD.features, heartbeat: true } }, 'A', /RFC 6520/],
  [
    'DTLS 1.2 with heartbeat',
    { versions: [{ ...TLS12, version: 'DTLSv1.2' }], features: { ...GOOD.features, heartbeat: true, downgradeSentinel: null } },
    'A+',
  ],
  ['early data', { features: { ...GOOD.features, earlyData: true } }, 'A', /replayed/],
];

for (const [what, change, grade, reason] of CASES) {
  test(`grade ${grade}: ${what}`, () => {
    const graded = gradeOf({ ...GOOD, ...change }, NOW);
    assert.equal(graded.grade, grade, JSON.stringify(graded.reasons));
    if (reason === undefined) assert.deepEqual(graded.reasons, []);
    else assert.match(graded.reasons[0]!.text, reason);
  });
}

test('the worst reason decides and comes first', () => {
  const { grade, reasons } = gradeOf({ ...GOOD, versions: [TLS12], trust: { trusted: false, proof: 'certificate' } }, NOW);
  assert.equal(grade, 'F');
  assert.deepEqual(
    reasons.map(({ ceiling }) => ceiling),
    ['F', 'A-'],
  );
});
