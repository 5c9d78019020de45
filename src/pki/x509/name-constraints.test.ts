/** Each form of name against each form of constraint, and the state alone: sets that join, and the bound of the work. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { issue, root } from '../../../test/x509/ca.ts';
import { fromHex } from '../../base/bytes.ts';
import { MAX_NAME_CONSTRAINT_WORK } from '../../base/limits.ts';
import { nullValue } from '../asn1/der-writer.ts';
import { nameDer } from '../certs/fields.ts';
import type { Certificate } from './certificate.ts';
import type { Fault } from './failure.ts';
import type { GeneralName } from './general-name.ts';
import { ipAddressBytes } from './ip-address.ts';
import { Name } from './name.ts';
import { NameConstraintState } from './name-constraints.ts';

const ca = root('CN=Name constraints');

const dns = (value: string): GeneralName => ({ kind: 'dns', value });
const email = (value: string): GeneralName => ({ kind: 'email', value });
const uri = (value: string): GeneralName => ({ kind: 'uri', value });
const net = (hex: string): GeneralName => ({ kind: 'ip', value: fromHex(hex) });
const ip = (text: string): GeneralName => ({ kind: 'ip', value: ipAddressBytes(text)! });
const directory = (text: string): GeneralName => ({ kind: 'directory', value: new Name(nameDer(text)) });

type Verdict = 'accepted' | 'not permitted' | 'excluded' | 'not comparable' | 'bad constraint' | 'budget';

function verdictOf(found: Fault | undefined): Verdict {
  if (found === undefined) return 'accepted';
  if (found.reason === 'budget') return 'budget';
  assert.equal(found.reason, 'name-constraint');
  if (found.step === 'RFC 5280 6.1.4 (g)') return 'bad constraint';
  if (found.step === 'RFC 5280 6.1.3 (c)') return 'excluded';
  assert.equal(found.step, 'RFC 5280 6.1.3 (b)');
  return found.message.includes('cannot be compared') ? 'not comparable' : 'not permitted';
}

/** Of a certificate with these alternative names and no subject. */
function holder(...subjectAltNames: GeneralName[]): Certificate {
  return issue(ca, '', { subjectAltNames }).certificate;
}

const certificates = new Map<string, Certificate>();

/** What is said of a name under one constraint that permits it, and under the same as one that excludes it. */
function judge(constraint: GeneralName, name: GeneralName, leadingDot = true): [permitted: Verdict, excluded: Verdict] {
  const key = JSON.stringify(name);
  const certificate = certificates.get(key) ?? holder(name);
  certificates.set(key, certificate);
  const [permitted, excluded] = [new NameConstraintState(leadingDot), new NameConstraintState(leadingDot)];
  return [
    verdictOf(permitted.add({ permitted: [constraint], excluded: undefined }) ?? permitted.check(certificate)),
    verdictOf(excluded.add({ permitted: undefined, excluded: [constraint] }) ?? excluded.check(certificate)),
  ];
}

const WITHIN: [Verdict, Verdict] = ['accepted', 'excluded'];
const OUTSIDE: [Verdict, Verdict] = ['not permitted', 'accepted'];
const ODD: [Verdict, Verdict] = ['not comparable', 'not comparable'];
const REFUSED: [Verdict, Verdict] = ['bad constraint', 'bad constraint'];

type Case = readonly [constraint: string, name: string, expected: [Verdict, Verdict]];

function assertCases(form: (value: string) => GeneralName, cases: readonly Case[]): void {
  for (const [constraint, name, expected] of cases)
    assert.deepEqual(judge(form(constraint), form(name)), expected, `${JSON.stringify(name)} under ${JSON.stringify(constraint)}`);
}

test('domain names: the name itself, and whatever has labels added on the left', () => {
  assertCases(dns, [
    ['example.com', 'example.com', WITHIN],
    ['example.com', 'EXAMPLE.Com', WITHIN],
    ['EXAMPLE.com', 'a.b.example.com', WITHIN],
    ['example.com', 'notexample.com', OUTSIDE],
    ['example.com', 'com', OUTSIDE],
    ['example.com', 'example.org', OUTSIDE],
    ['', 'anything.example', WITHIN],
    // With a leading dot: only what is below.
    ['.example.com', 'example.com', OUTSIDE],
    ['.example.com', 'a.example.com', WITHIN],
    ['.example.com', 'a.b.example.com', WITHIN],
    // Neither a name nor a constraint.
    ['example.com', 'a b.example.com', ODD],
    ['example.com', '', ODD],
    ['example.com', '*', ODD],
    ['*.example.com', 'a.example.com', REFUSED],
    ['a b', 'a.example.com', REFUSED],
    ['.', 'a.example.com', REFUSED],
    ['..example.com', 'a.example.com', REFUSED],
  ]);
  assert.deepEqual(judge(dns('.example.com'), dns('a.example.com'), false), REFUSED, 'a form that RFC 5280 does not define');
  assert.deepEqual(judge(dns('example.com'), dns('a.example.com'), false), WITHIN);
  assert.deepEqual(judge(dns(''), dns('a.example.com'), false), WITHIN);
});

test('wildcards: all of their names must be permitted, none of them excluded', () => {
  assertCases(dns, [
    ['example.com', '*.example.com', WITHIN],
    ['.example.com', '*.example.com', WITHIN],
    ['example.com', '*.a.example.com', WITHIN],
    // One of its names is excluded, and not all are permitted.
    ['foo.example.com', '*.example.com', ['not permitted', 'excluded']],
    ['foo.example.com', '*.a.foo.example.com', WITHIN],
    ['a.foo.example.com', '*.example.com', OUTSIDE],
    ['foo.example.org', '*.example.com', OUTSIDE],
    ['foo.example.com', '*.com', OUTSIDE],
    ['foo.example.com', 'bar.example.com', OUTSIDE],
    // No name of `*.com` is below `.example.com`, for it has one label too few.
    ['.example.com', '*.com', OUTSIDE],
  ]);
});

test('mailboxes: one, all of a host, or all of the hosts of a domain', () => {
  assertCases(email, [
    ['a@example.com', 'a@example.com', WITHIN],
    ['a@EXAMPLE.com', 'a@example.COM', WITHIN],
    ['a@example.com', 'A@example.com', OUTSIDE],
    ['a@example.com', 'b@example.com', OUTSIDE],
    ['a@example.com', 'a@example.org', OUTSIDE],
    ['a@example.com', 'a@mail.example.com', OUTSIDE],
    ['a@mail.example.com', 'a@example.com', OUTSIDE],
    ['example.com', 'x@example.com', WITHIN],
    ['Example.com', 'x@eXample.com', WITHIN],
    ['example.com', 'x@mail.example.com', OUTSIDE],
    ['mail.example.com', 'x@example.com', OUTSIDE],
    ['example.com', 'x@example.org', OUTSIDE],
    ['.example.com', 'x@mail.example.com', WITHIN],
    ['.example.com', 'x@a.mail.example.com', WITHIN],
    ['.example.com', 'x@example.com', OUTSIDE],
    ['.example.com', 'x@mail.example.org', OUTSIDE],
    ['', 'x@example.com', WITHIN],
    // What is no mailbox cannot be compared; a constraint that is none is refused.
    ['example.com', 'x', ODD],
    ['example.com', 'example.com', ODD],
    ['example.com', '@example.com', ODD],
    ['example.com', 'x@', ODD],
    ['example.com', 'x@a b', ODD],
    ['@example.com', 'x@example.com', REFUSED],
    ['x@a b', 'x@example.com', REFUSED],
    ['a b', 'x@example.com', REFUSED],
  ]);
});

test('local parts: atoms, and quoted strings for what they stand for', () => {
  for (const local of ['a', 'Z', 'a-z.0-9', "!#$%&'*+/=?^_`{|}~.-", '""', '"a b"', '"a@b"', '"a\\"b"', '"a\\\\"', '"\\ \\~"'])
    assert.deepEqual(judge(email('example.com'), email(`${local}@example.com`)), WITHIN, local);
  for (const local of [
    'a b',
    'a@b',
    'a,b',
    'a:b',
    'a"b',
    'a(b)',
    '[a]',
    'a\\b',
    'a\x7f',
    '"a',
    'a"',
    '"',
    '"a"b"',
    '"a"b',
    'b"a"',
    '"a\\"',
    '"a\x01"',
    '"\\\x1f"',
    '"\\\x7f"',
  ])
    assert.deepEqual(judge(email('example.com'), email(`${local}@example.com`)), ODD, local);
  assertCases(email, [
    ['abc@example.com', '"abc"@example.com', WITHIN],
    ['abc@example.com', '"\\a\\b\\c"@example.com', WITHIN],
    ['"a b"@example.com', '"a\\ b"@example.com', WITHIN],
    ['abc@example.com', '"abcd"@example.com', OUTSIDE],
    ['"a"b@example.com', 'a@example.com', REFUSED],
  ]);
});

test('URIs: their host, as for mailboxes', () => {
  assertCases(uri, [
    ['host.example', 'https://host.example', WITHIN],
    ['HOST.example', 'HTTPS://host.EXAMPLE/', WITHIN],
    ['host.example', 'https://a.host.example/', OUTSIDE],
    ['host.example', 'https://example/', OUTSIDE],
    ['.example', 'https://host.example/', WITHIN],
    ['.example', 'https://a.host.example/', WITHIN],
    ['.host.example', 'https://host.example/', OUTSIDE],
    ['', 'https://host.example/', WITHIN],
    ['a b', 'https://host.example/', REFUSED],
    ['.', 'https://host.example/', REFUSED],
  ]);
});

test('URIs: where the host stands, and those that have none', () => {
  const hosts: readonly string[] = [
    'https://host.example/a/b',
    'https://host.example?q',
    'https://host.example#f',
    'https://host.example:8443',
    'https://host.example:8443/a',
    'https://host.example:/',
    'https://host.example./',
    'https://u:p@host.example/',
    'https://@host.example/',
    'https://evil.example@host.example/',
    'https://host.example/@evil.example/',
    'https://host.example?@evil.example',
    'https://host.example#@evil.example',
    'https://host.example/://evil.example/',
    'h://host.example',
    'A+9.-z://host.example',
  ];
  for (const value of hosts) assert.deepEqual(judge(uri('host.example'), uri(value)), WITHIN, value);
  for (const value of ['https://1.a1', 'https://1.1a']) assert.deepEqual(judge(uri(''), uri(value)), WITHIN, value);
  const without: readonly string[] = [
    'urn:host.example',
    'host.example',
    '//host.example',
    ' https://host.example',
    '1https://host.example',
    'a_b://host.example',
    'https:/host.example',
    'https:///host.example',
    'https://',
    'https://?host.example',
    'https://:8443/',
    'https://a@b@host.example/',
    'https://host.example:port/',
    'https://host.example:8443x/',
    'https://host.example:84:43/',
    'https://host example/',
    'https://192.0.2.1/',
    'https://host.12/',
    'https://[2001:db8::1]/',
  ];
  for (const value of without) assert.deepEqual(judge(uri('host.example'), uri(value)), ODD, value);
});

test('addresses: all bits under the mask, of the same family', () => {
  for (const [constraint, address, expected] of [
    ['c0000200ffffff00', '192.0.2.0', WITHIN],
    ['c0000200ffffff00', '192.0.2.255', WITHIN],
    ['c0000200ffffff00', '192.0.3.0', OUTSIDE],
    ['c0000200ffffff00', '193.0.2.0', OUTSIDE],
    ['c0000201ffffffff', '192.0.2.1', WITHIN],
    ['c0000201ffffffff', '192.0.2.0', OUTSIDE],
    ['c0000280ffffff80', '192.0.2.127', OUTSIDE],
    ['c0000280ffffff80', '192.0.2.128', WITHIN],
    ['0000000000000000', '203.0.113.9', WITHIN],
    // Bits outside of the mask do not count.
    ['c00002ffffffff00', '192.0.2.1', WITHIN],
    [`20010db8${'0'.repeat(24)}ffffffff${'0'.repeat(24)}`, '2001:db8::1', WITHIN],
    [`20010db8${'0'.repeat(24)}ffffffff${'0'.repeat(24)}`, '2001:db9::1', OUTSIDE],
    [`20010db8${'0'.repeat(23)}1${'f'.repeat(32)}`, '2001:db8::2', OUTSIDE],
    // The other family, and everything of it.
    ['0000000000000000', '2001:db8::1', OUTSIDE],
    ['0'.repeat(64), '192.0.2.1', OUTSIDE],
    ['c0000200ff00ff00', '192.0.2.1', REFUSED],
    ['c000020000ff0000', '192.0.2.1', REFUSED],
    ['c0000200fffffd00', '192.0.2.1', REFUSED],
    ['c00002007fffffff', '192.0.2.1', REFUSED],
    ['c0000200fffffffd', '192.0.2.1', REFUSED],
    [`${'0'.repeat(32)}ffff${'0'.repeat(27)}1`, '2001:db8::1', REFUSED],
  ] as const)
    assert.deepEqual(judge(net(constraint), ip(address)), expected, `${address} under ${constraint}`);
});

test('directory names: those that begin with the constraint', () => {
  for (const [constraint, name, expected] of [
    ['O=Example', 'O=Example', WITHIN],
    ['O=Example', 'CN=x,O=example', WITHIN],
    ['O=Example', 'CN=x,O=Other', OUTSIDE],
    ['CN=x,O=Example', 'O=Example', OUTSIDE],
    ['', 'O=Example', WITHIN],
  ] as const)
    assert.deepEqual(judge(directory(constraint), directory(name)), expected, `${name} under ${constraint}`);
});

test('forms that nothing can be said of: refused when such a name occurs, and only then', () => {
  const other = (oid: string): GeneralName => ({ kind: 'other', oid, value: nullValue() });
  const registered: GeneralName = { kind: 'registered', value: '1.2.3' };
  const edi: GeneralName = { kind: 'edi', value: fromHex('a506a10413027878') };
  for (const [constraint, name] of [
    [other('1.2.3'), other('1.2.4')],
    [registered, registered],
    [edi, edi],
  ] as const) {
    assert.deepEqual(judge(constraint, name), ODD, constraint.kind);
    assert.deepEqual(judge(constraint, dns('a.example')), ['accepted', 'accepted'], constraint.kind);
  }
  assert.deepEqual(judge(other('1.2.3'), registered), ['accepted', 'accepted']);
  assert.deepEqual(judge({ kind: 'x400', value: fromHex('a300') }, dns('a.example')), REFUSED);
});

test('a name of one form is not touched by a constraint on another', () => {
  const forms = [dns('a.example'), email('x@a.example'), uri('https://a.example'), ip('192.0.2.1'), directory('O=Example')];
  const constraints = [dns('b.example'), email('b.example'), uri('b.example'), net('cb007100ffffff00'), directory('O=Other')];
  for (const [i, constraint] of constraints.entries()) {
    for (const [k, name] of forms.entries())
      assert.deepEqual(judge(constraint, name), i === k ? OUTSIDE : ['accepted', 'accepted'], `${name.kind} under ${constraint.kind}`);
  }
});

test('one subtree of a list is enough to be permitted, or to be excluded', () => {
  const state = new NameConstraintState(false);
  assert.equal(
    state.add({ permitted: [dns('one.example'), dns('two.example'), email('')], excluded: [dns('no.one.example'), dns('no.two.example')] }),
    undefined,
  );
  for (const [names, expected] of [
    [['a.one.example'], 'accepted'],
    [['a.two.example'], 'accepted'],
    [['a.one.example', 'a.two.example'], 'accepted'],
    [['a.three.example'], 'not permitted'],
    [['a.one.example', 'a.three.example'], 'not permitted'],
    [['no.one.example'], 'excluded'],
    [['a.one.example', 'x.no.two.example'], 'excluded'],
  ] as const)
    assert.equal(verdictOf(state.check(holder(...names.map(dns)))), expected, names.join());
});

test('the constraints of several CAs: permitted sets intersect, excluded ones join', () => {
  const state = new NameConstraintState(false);
  assert.equal(state.isEmpty, true);
  assert.equal(verdictOf(state.check(holder(dns('anything.org')))), 'accepted');
  state.add({ permitted: [dns('example')], excluded: undefined });
  assert.equal(state.isEmpty, false);
  state.add({ permitted: [dns('a.example'), dns('b.example')], excluded: [dns('x.a.example')] });
  state.add({ permitted: undefined, excluded: [dns('y.a.example')] });
  for (const [name, expected] of [
    ['a.example', 'accepted'],
    ['c.b.example', 'accepted'],
    ['c.example', 'not permitted'],
    ['a.example.org', 'not permitted'],
    ['x.a.example', 'excluded'],
    ['y.a.example', 'excluded'],
  ] as const)
    assert.equal(verdictOf(state.check(holder(dns(name)))), expected, name);
  const excluding = new NameConstraintState(false);
  excluding.add({ permitted: undefined, excluded: [dns('x.example')] });
  assert.equal(excluding.isEmpty, false);
});

test('an empty extension is refused, as RFC 5280 §4.2.1.10 has it', () => {
  const empty = { permitted: undefined, excluded: undefined };
  assert.equal(verdictOf(new NameConstraintState(true).add(empty)), 'bad constraint');
});

test('which names of a certificate count: the subject, alternative names, and in their place mail addresses', () => {
  const named = (subject: string, subjectAltNames: GeneralName[] = []): Certificate => issue(ca, subject, { subjectAltNames }).certificate;
  const under = (constraint: GeneralName): ((certificate: Certificate, commonNames?: boolean) => Verdict) => {
    const state = new NameConstraintState(false);
    state.add({ permitted: [constraint], excluded: undefined });
    return (certificate, commonNames) => verdictOf(state.check(certificate, commonNames));
  };
  const organisation = under(directory('O=Example'));
  assert.equal(organisation(named('CN=x,O=Example', [dns('a.example')])), 'accepted');
  assert.equal(organisation(named('CN=x,O=Other', [dns('a.example')])), 'not permitted');
  assert.equal(organisation(named('CN=x,O=Example', [directory('O=Other')])), 'not permitted');
  assert.equal(organisation(named('', [dns('a.example')])), 'accepted', 'there is no name');

  const mail = under(email('a.example'));
  assert.equal(mail(named('emailAddress=x@a.example')), 'accepted');
  assert.equal(mail(named('emailAddress=x@b.example')), 'not permitted');
  assert.equal(mail(named('emailAddress=x@a.example,emailAddress=x@b.example')), 'not permitted');
  assert.equal(mail(named('emailAddress=x@b.example', [email('x@a.example')])), 'accepted');
  assert.equal(mail(named('CN=x@b.example'), true), 'accepted');

  const host = under(dns('a.example'));
  assert.equal(host(named('CN=b.example')), 'accepted', 'common names are no host names');
  assert.equal(host(named('CN=b.example'), false), 'accepted');
  assert.equal(host(named('CN=b.example'), true), 'not permitted');
  assert.equal(host(named('CN=x.a.example'), true), 'accepted');
  assert.equal(host(named('CN=b.example', [dns('a.example')]), true), 'accepted', 'where there are alternative names they alone count');
  const addresses = under(net('c0000200ffffff00'));
  assert.equal(addresses(named('CN=192.0.2.1'), true), 'accepted');
  assert.equal(addresses(named('CN=192.0.3.1'), true), 'not permitted');
});

test('the work is bounded: constraints read, and every name times every constraint', () => {
  const many = (count: number): GeneralName[] => new Array<GeneralName>(count).fill(directory('O=Example'));
  const budget = (found: Fault | undefined): boolean => found?.reason === 'budget';
  for (const [permitted, excluded] of [
    [MAX_NAME_CONSTRAINT_WORK, 0],
    [MAX_NAME_CONSTRAINT_WORK - 1, 1],
    [0, MAX_NAME_CONSTRAINT_WORK],
  ] as const) {
    const full = new NameConstraintState(false);
    assert.equal(full.add({ permitted: many(permitted), excluded: many(excluded) }), undefined);
    assert.ok(budget(full.add({ permitted: many(1), excluded: undefined })));
    const over = new NameConstraintState(false);
    assert.ok(budget(over.add({ permitted: many(permitted), excluded: many(excluded + 1) })));
  }
  const half = MAX_NAME_CONSTRAINT_WORK / 2;
  for (const side of ['permitted', 'excluded'] as const) {
    const one = new NameConstraintState(false);
    one.add({ permitted: undefined, excluded: undefined, [side]: many(half) });
    assert.equal(one.check(holder(dns('a.example'))), undefined, side);
    assert.ok(budget(one.check(holder(dns('a.example')))), side);
    const two = new NameConstraintState(false);
    two.add({ permitted: undefined, excluded: undefined, [side]: many(half) });
    assert.ok(budget(two.check(holder(dns('a.example'), dns('b.example')))), side);
  }
});
