import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import * as aesCbc from './aes-cbc.ts';
import * as aesCcm from './aes-ccm.ts';
import * as aesGcm from './aes-gcm.ts';
import * as anon from './anon.ts';
import * as ariaGcm from './aria-gcm.ts';
import * as camelliaCbc from './camellia-cbc.ts';
import * as camelliaGcm from './camellia-gcm.ts';
import * as chacha20 from './chacha20.ts';
import * as modern from './modern.ts';
import * as nullSuites from './null.ts';
import * as rc4 from './rc4.ts';
import type { CipherSuite, LegacySuite } from './suite.ts';
import * as tripleDes from './triple-des.ts';

const FAMILIES = [aesCbc, aesCcm, aesGcm, anon, ariaGcm, camelliaCbc, camelliaGcm, chacha20, nullSuites, rc4, tripleDes];
const LEGACY: LegacySuite[] = [];
const ALL: CipherSuite[] = Object.values(modern);
for (const family of FAMILIES) {
  for (const [name, suite] of Object.entries(family)) {
    assert.equal(name, suite.name);
    LEGACY.push(suite);
    ALL.push(suite);
  }
}

test('numbers and names are unique, and a name says what the suite does', () => {
  assert.equal(new Set(ALL.map((suite) => suite.id)).size, ALL.length);
  assert.equal(new Set(ALL.map((suite) => suite.name)).size, ALL.length);
  assert.equal(new Set(ALL.map((suite) => suite.openssl)).size, ALL.length);
  for (const suite of LEGACY) {
    const [, kx, cipher] = /^TLS_(.*)_WITH_(.*)$/.exec(suite.name)!;
    const named = `${suite.kx.name}${suite.kx.usesPsk || suite.kx.name === 'RSA' ? '' : `_${suite.auth}`}`;
    // RFC 6655 turned two of its names round.
    const expected = kx!.replace('DH_anon', 'DHE_anon').replace('ECDH_anon', 'ECDHE_anon').replace('PSK_DHE', 'DHE_PSK').toLowerCase();
    assert.equal(named.toLowerCase(), expected, suite.name);
    assert.ok(cipher!.startsWith(suite.protection.name), `${suite.name}: ${suite.protection.name}`);
    assert.equal(suite.prfHash, cipher!.endsWith('SHA384') ? 'sha384' : 'sha256', suite.name);
  }
});

const listing = spawnSync('openssl', ['ciphers', '-V', 'ALL:COMPLEMENTOFALL@SECLEVEL=0'], { encoding: 'utf8' });

test('numbers, names and versions are those of openssl ciphers -V', { skip: listing.status === 0 ? false : 'no openssl here' }, () => {
  const versions: Record<string, number> = { SSLv3: 0x0300, TLSv1: 0x0301, 'TLSv1.0': 0x0301, 'TLSv1.2': 0x0303, 'TLSv1.3': 0x0304 };
  const auths: Record<string, string> = { RSA: 'rsa', ECDSA: 'ecdsa', DSS: 'dss', PSK: 'psk', None: 'anon' };
  let compared = 0;
  const missing: string[] = [];
  for (const line of listing.stdout.split('\n')) {
    const found = /0x(..),0x(..) - (\S+)\s+(\S+)\s+Kx=(\S+)\s+Au=(\S+)/.exec(line);
    if (found === null) continue;
    const [, high, low, name, version, , auth] = found;
    const suite = ALL.find((one) => one.id === Number.parseInt(`${high}${low}`, 16));
    if (suite === undefined) {
      missing.push(name!);
      continue;
    }
    compared++;
    assert.equal(suite.openssl, name);
    if (suite.family === 'legacy') {
      assert.equal(suite.minVersion, versions[version!], name);
      assert.equal(suite.auth, auths[auth!], name);
    }
  }
  assert.ok(compared > 120, `${compared} compared`);
  assert.deepEqual(
    missing.filter((name) => !name.startsWith('SRP-') && !/^ADH-CAMELLIA/.test(name)),
    [],
  );
});
