/** The leaf's purpose, key usage and names: which combinations are refused, and by which rule. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { issue, root } from '../../../test/x509/ca.ts';
import {
  ANY_EXTENDED_KEY_USAGE,
  CLIENT_AUTH,
  CODE_SIGNING,
  EMAIL_PROTECTION,
  OCSP_SIGNING,
  SERVER_AUTH,
  TIME_STAMPING,
} from '../asn1/oids.ts';
import type { CertificateFields } from '../certs/create.ts';
import { DIGITAL_SIGNATURE, KEY_AGREEMENT, KEY_CERT_SIGN, KEY_ENCIPHERMENT, NON_REPUDIATION } from './extensions.ts';
import { checkIdentity, type IdentityOptions } from './identity.ts';

const ca = root('CN=Identity');

/** What is refused, and by which section; `accepted` where nothing is. */
function outcome(fields: Partial<CertificateFields>, options: Partial<IdentityOptions>): string {
  const { certificate } = issue(ca, 'CN=common.example', fields);
  const found = checkIdentity(certificate, { purposes: [], anyPurpose: false, usageForPurpose: false, hostNames: [], ...options });
  return found === undefined ? 'accepted' : `${found.reason}, ${found.step}`;
}

test('purposes: all that are asked for', () => {
  const extendedKeyUsage = [SERVER_AUTH, CLIENT_AUTH];
  assert.equal(outcome({ extendedKeyUsage }, { purposes: [SERVER_AUTH, CLIENT_AUTH] }), 'accepted');
  assert.equal(outcome({ extendedKeyUsage }, { purposes: [SERVER_AUTH, CODE_SIGNING] }), 'extended-key-usage, RFC 5280 4.2.1.12');
  const any = { extendedKeyUsage: [ANY_EXTENDED_KEY_USAGE] };
  assert.equal(outcome(any, { purposes: [SERVER_AUTH], anyPurpose: true }), 'accepted');
  assert.equal(outcome(any, { purposes: [SERVER_AUTH] }), 'extended-key-usage, RFC 5280 4.2.1.12');
});

test('key usage: all bits that are asked for, where there is the extension', () => {
  const both = DIGITAL_SIGNATURE | KEY_AGREEMENT;
  for (const [keyUsage, keyUsageAllOf, expected] of [
    [DIGITAL_SIGNATURE, DIGITAL_SIGNATURE, 'accepted'],
    [both, DIGITAL_SIGNATURE, 'accepted'],
    [both, both, 'accepted'],
    [both, 0, 'accepted'],
    [both, undefined, 'accepted'],
    [DIGITAL_SIGNATURE, both, 'key-usage, RFC 5280 4.2.1.3'],
    [KEY_AGREEMENT, DIGITAL_SIGNATURE, 'key-usage, RFC 5280 4.2.1.3'],
    [0, both, 'accepted'],
  ] as const)
    assert.equal(outcome({ keyUsage }, { keyUsageAllOf }), expected, `${keyUsage} for ${keyUsageAllOf}`);
});

test('§4.2.1.12 a key usage that none of the purpose’s bits is in', () => {
  const refused = 'key-usage, RFC 5280 4.2.1.12';
  const bits = [DIGITAL_SIGNATURE, NON_REPUDIATION, KEY_ENCIPHERMENT, KEY_AGREEMENT, KEY_CERT_SIGN];
  for (const [purpose, consistent] of [
    [SERVER_AUTH, [DIGITAL_SIGNATURE, KEY_ENCIPHERMENT, KEY_AGREEMENT]],
    [CLIENT_AUTH, [DIGITAL_SIGNATURE, KEY_AGREEMENT]],
    [CODE_SIGNING, [DIGITAL_SIGNATURE]],
    [EMAIL_PROTECTION, [DIGITAL_SIGNATURE, NON_REPUDIATION, KEY_ENCIPHERMENT, KEY_AGREEMENT]],
    [TIME_STAMPING, [DIGITAL_SIGNATURE, NON_REPUDIATION]],
    [OCSP_SIGNING, [DIGITAL_SIGNATURE, NON_REPUDIATION]],
    ['1.3.6.1.4.1.99999.2', bits],
  ] as const) {
    const extendedKeyUsage = [purpose];
    for (const keyUsage of bits) {
      const expected = consistent.includes(keyUsage) ? 'accepted' : refused;
      assert.equal(outcome({ keyUsage, extendedKeyUsage }, { purposes: [purpose] }), expected, `${purpose}: ${keyUsage}`);
      // Without the extension only where the profile wants it.
      const without = { keyUsage, extendedKeyUsage: [] };
      assert.equal(outcome(without, { purposes: [purpose] }), 'accepted', `${purpose}: ${keyUsage}`);
      assert.equal(outcome(without, { purposes: [purpose], usageForPurpose: true }), expected, `${purpose}: ${keyUsage}`);
    }
    assert.equal(outcome({ keyUsage: 0, extendedKeyUsage }, { purposes: [purpose], usageForPurpose: true }), 'accepted');
    assert.equal(outcome({ keyUsage: KEY_CERT_SIGN, extendedKeyUsage }, { usageForPurpose: true }), 'accepted', 'nothing is asked for');
  }
  const two = { keyUsage: KEY_ENCIPHERMENT, extendedKeyUsage: [SERVER_AUTH, CLIENT_AUTH] };
  assert.equal(outcome(two, { purposes: [SERVER_AUTH, CLIENT_AUTH] }), refused, 'each of several');
});

test('names: the leaf is for all of them', () => {
  const fields = { subjectAltNames: ['a.example', '192.0.2.1'] };
  const refused = 'host-name, RFC 9525 6';
  assert.equal(outcome(fields, { hostNames: ['a.example', '192.0.2.1'] }), 'accepted');
  assert.equal(outcome(fields, { hostNames: ['a.example', 'b.example'] }), refused);
  assert.equal(outcome(fields, { hostNames: ['common.example'], legacyCommonName: true }), refused);
  assert.equal(outcome({}, { hostNames: ['common.example'], legacyCommonName: true }), 'accepted');
  assert.equal(outcome({}, { hostNames: ['common.example'] }), refused);
  const { certificate } = issue(ca, 'CN=x', fields);
  const long = { purposes: [], anyPurpose: false, usageForPurpose: false, hostNames: ['a'.repeat(1_000)] };
  assert.equal(checkIdentity(certificate, long)?.message, `certificate is not for "${'a'.repeat(253)}"`);
});
