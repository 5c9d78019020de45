/** What mutation testing looks at, and the tests that have to notice. */
export interface Area {
  readonly name: string;
  /** Files that are altered. */
  readonly files: readonly string[];
  /** Test files that run against each alteration, those that cover it. */
  readonly tests: readonly string[];
}

export const AREAS: readonly Area[] = [
  {
    name: 'protect',
    files: ['src/crypto/protect/*.ts', '!src/crypto/protect/*.test.ts'],
    tests: [
      'src/crypto/protect/schemes.test.ts',
      'src/crypto/protect/exact-bytes.test.ts',
      'src/crypto/protect/record-number.test.ts',
      'src/crypto/protect/unpad.test.ts',
      'src/crypto/protect/cbc.test.ts',
    ],
  },
  { name: 'replay', files: ['src/record/datagram/replay.ts'], tests: ['src/record/datagram/replay.test.ts'] },
  { name: 'reassembly', files: ['src/record/datagram/reassembly.ts'], tests: ['src/record/datagram/reassembly.test.ts'] },
  { name: 'cookie', files: ['src/record/datagram/cookie.ts'], tests: ['src/record/datagram/cookie.test.ts'] },
  {
    name: 'flow',
    files: ['src/handshake/flow.ts'],
    tests: ['src/handshake/flow.test.ts'],
  },
  {
    name: 'host-name',
    files: ['src/pki/x509/host-name.ts', 'src/pki/x509/dns-name.ts'],
    tests: ['src/pki/x509/host-name.test.ts', 'src/pki/x509/dns-name.test.ts'],
  },
  {
    name: 'certificates',
    files: ['src/pki/x509/path-validate.ts', 'src/pki/x509/name-constraints.ts'],
    tests: [
      'src/pki/x509/path-validate.test.ts',
      'src/pki/x509/path-signatures.test.ts',
      'src/pki/x509/name-constraints.test.ts',
      'src/pki/x509/policies.test.ts',
    ],
  },
  { name: 'policies', files: ['src/pki/x509/policies.ts'], tests: ['src/pki/x509/policies.test.ts'] },
  {
    name: 'path-building',
    files: ['src/pki/x509/path-build.ts', 'src/pki/x509/issuer-index.ts', 'src/pki/x509/trust-store.ts'],
    tests: ['src/pki/x509/trust-store.test.ts', 'src/pki/x509/issuer-index.test.ts', 'src/pki/x509/path-build.test.ts'],
  },
  {
    name: 'profiles',
    files: ['src/pki/x509/profile.ts', 'src/pki/x509/profile-rfc5280.ts', 'src/pki/x509/profile-webpki.ts'],
    tests: ['src/pki/x509/profiles.test.ts'],
  },
  {
    name: 'revocation',
    files: ['src/pki/x509/status.ts', 'src/pki/x509/crl-check.ts', 'src/pki/x509/ocsp-check.ts', 'src/pki/x509/revoked-store.ts'],
    tests: ['src/pki/x509/status.test.ts', 'src/pki/x509/crl-check.test.ts', 'src/pki/x509/ocsp-check.test.ts'],
  },
  {
    name: 'verifier',
    files: ['src/pki/x509/verifier.ts', 'src/pki/x509/known-intermediates.ts', 'src/pki/x509/identity.ts', 'src/pki/x509/failure.ts'],
    tests: ['src/pki/x509/identity.test.ts', 'src/pki/x509/verifier.test.ts'],
  },
  {
    name: 'verdict',
    files: ['src/pki/x509/validate.ts', 'src/pki/x509/report.ts'],
    tests: ['src/pki/x509/validate.test.ts'],
  },
];
