import assert from 'node:assert/strict';
import test from 'node:test';
import { issue, root } from '../../../test/x509/ca.ts';
import { ipAddressBytes, ipAddressText } from './ip-address.ts';
import { matchesDns, matchHostName } from './host-name.ts';

const ca = root('CN=Host name CA');

function names(...list: string[]): ReturnType<typeof issue>['certificate'] {
  return issue(ca, 'CN=common.example', {
    subjectAltNames: list.map((value) => (ipAddressBytes(value) === undefined ? { kind: 'dns', value } : value)),
  }).certificate;
}

test('domain names, RFC 9525 §6.3', () => {
  const cases: readonly (readonly [presented: string, reference: string, match: boolean])[] = [
    ['example.com', 'example.com', true],
    ['example.com', 'EXAMPLE.com', true],
    ['EXAMPLE.COM', 'example.com', true],
    ['example.com', 'example.com.', true],
    ['example.com', 'example.com..', false],
    ['example.com', 'www.example.com', false],
    ['www.example.com', 'example.com', false],
    ['*.example.com', 'www.example.com', true],
    ['*.example.com', 'WWW.Example.COM', true],
    ['*.example.com', 'a.b.example.com', false],
    ['*.example.com', 'example.com', false],
    ['*.example.com', '.example.com', false],
    ['*.example.com', '*.example.com', false],
    ['*.example.com', 'xn--bcher-kva.example.com', true],
    ['w*.example.com', 'www.example.com', false],
    ['*w.example.com', 'www.example.com', false],
    ['xn--*.example.com', 'xn--bcher-kva.example.com', false],
    ['www.*.com', 'www.example.com', false],
    ['*.*.example.com', 'a.b.example.com', false],
    ['*', 'localhost', false],
    ['*.com', 'example.com', false],
    ['*.', 'com', false],
    ['localhost', 'localhost', true],
    ['example.com.', 'example.com', false],
    ['.example.com', 'www.example.com', false],
    ['exa mple.com', 'exa mple.com', false],
    ['a..com', 'a..com', false],
    ['-a.com', '-a.com', false],
    ['a_b.example.com', 'a_b.example.com', true],
    [`${'a'.repeat(63)}.com`, `${'a'.repeat(63)}.com`, true],
    [`${'a'.repeat(64)}.com`, `${'a'.repeat(64)}.com`, false],
    ['xn--bcher-kva.example', 'bücher.example', false],
    ['', 'example.com', false],
    ['example.com', '', false],
    ['example.com\0.evil.com', 'example.com', false],
    ['1.2.3.4.example.com', '1.2.3.4', false],
    ['example.123', 'example.123', false],
    ['example.7', 'example.7', false],
    ['example.x1', 'example.x1', true],
    ['example.1x', 'example.1x', true],
    ['123.example', '123.example', true],
  ];
  for (const [presented, reference, match] of cases)
    assert.equal(matchHostName(names(presented), reference), match, `${presented} for ${reference}`);
});

test('IP addresses, bytes against bytes and never a wildcard', () => {
  const certificate = names('192.0.2.1', '2001:db8::1');
  for (const good of ['192.0.2.1', '2001:db8::1', '2001:DB8:0:0:0:0:0:1', '2001:db8:0:0:0:0:0.0.0.1'])
    assert.equal(matchHostName(certificate, good), true, good);
  for (const bad of [
    '192.0.2.2',
    '192.0.2.01',
    '::ffff:192.0.2.1',
    '[2001:db8::1]',
    '2001:db8::1%eth0',
    '2001:db8::',
    '3221225985',
    '192.0.513',
    '0xc0.0.2.1',
    '192.0.2.1.',
  ]) {
    assert.equal(matchHostName(certificate, bad), false, bad);
  }
  assert.equal(
    matchHostName(
      issue(ca, 'CN=x', {
        subjectAltNames: [
          { kind: 'dns', value: '192.0.2.1' },
          { kind: 'dns', value: '*.0.2.1' },
        ],
      }).certificate,
      '192.0.2.1',
    ),
    false,
  );
});

test('the common name only with the switch, and only without any subject alternative name', () => {
  const bare = issue(ca, 'CN=common.example').certificate;
  assert.equal(matchHostName(bare, 'common.example'), false);
  assert.equal(matchHostName(bare, 'common.example', { legacyCommonName: true }), true);
  assert.equal(matchHostName(names('other.example'), 'common.example', { legacyCommonName: true }), false);
  const mail = issue(ca, 'CN=common.example', { subjectAltNames: [{ kind: 'email', value: 'a@common.example' }] }).certificate;
  assert.equal(matchHostName(mail, 'common.example', { legacyCommonName: true }), false);
  const address = issue(ca, 'CN=192.0.2.7').certificate;
  assert.equal(matchHostName(address, '192.0.2.7', { legacyCommonName: true }), true);
});

test('names of another kind say nothing of a host', () => {
  const mixed = issue(ca, 'CN=x', {
    subjectAltNames: [
      '192.0.2.1',
      { kind: 'email', value: 'mail.example' },
      { kind: 'uri', value: 'uri.example' },
      { kind: 'dns', value: 'dns.example' },
    ],
  }).certificate;
  for (const [name, match] of [
    ['dns.example', true],
    ['192.0.2.1', true],
    ['mail.example', false],
    ['uri.example', false],
    ['192.0.2.2', false],
  ] as const)
    assert.equal(matchHostName(mixed, name), match, name);
});

test('any of several common names, as names and as addresses', () => {
  const several = issue(ca, 'CN=one.example,CN=TWO.example,CN=*.three.example,CN=192.0.2.7').certificate;
  for (const [name, match] of [
    ['one.example', true],
    ['two.example', true],
    ['x.three.example', true],
    ['three.example', false],
    ['four.example', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
  ] as const)
    assert.equal(matchHostName(several, name, { legacyCommonName: true }), match, name);
});

test('a wildcard stands for one whole label', () => {
  assert.equal(matchesDns('*.example.com', 'a.example.com'), true);
  assert.equal(matchesDns('*.example.com', '.example.com'), false);
  assert.equal(matchesDns('*.example.com', 'a.b.example.com'), false);
});

test('IP address text', () => {
  const texts = ['192.0.2.1', '::', '::1', '2001:db8::1', 'fe80::1:0:0:1', '1:2:3:4:5:6:7:8', '::ffff:c000:201', '1:0:2::3'];
  for (const text of texts) assert.equal(ipAddressText(ipAddressBytes(text)!), text);
  for (const bad of [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    ':::',
    '1::2::3',
    '12345::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    ':1',
    '1:',
    '::1.2.3',
    '1.2.3.4::',
    'g::',
  ]) {
    assert.equal(ipAddressBytes(bad), undefined, bad);
  }
});
