/** Cases of published suites where the verdict here is another one on purpose, each with the sentence that decides it. */

const COMMON_NAME =
  'CA/B BR 7.1.4.3: the commonName "MUST contain exactly one entry that is one of the values contained in the Certificate\'s subjectAltName ' +
  'extension". The case has CN=example.com and another subjectAltName; webpki::cn::not-in-san of the same suite wants such a one refused.';

const DIFFERENCES: readonly (readonly [id: string, reason: string])[] = [
  [
    'rfc5280::pc::ica-noncritical-pc',
    'RFC 5280 4.2.1.11 tells CAs to mark policyConstraints as critical; PKITS, the test suite of RFC 5280, has valid paths where it is not ' +
      '(4.8.6, 4.10.1, 4.12.2 and others), so the rule stands in the profile webpki only.',
  ],
  [
    'rfc5280::serial::negative',
    'RFC 5280 4.1.2.2: certificate users "SHOULD be prepared to gracefully handle" negative serial numbers, and PKITS 4.4.14 has a valid path ' +
      'with one; the profile webpki refuses them.',
  ],
  ['webpki::nc::nc-permits-dns-san-pattern', COMMON_NAME],
  ['webpki::san::exact-localhost-ip-san', COMMON_NAME],
  ['webpki::san::leftmost-wildcard-san', COMMON_NAME],
];

export function differenceOf(id: string): string | undefined {
  return DIFFERENCES.find(([known]) => known === id)?.[1];
}
