import assert from 'node:assert/strict';
import test from 'node:test';
import { concat, fromHex, toHex } from '../../base/bytes.ts';
import { TlsError } from '../../base/errors.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { DerReader } from './der-reader.ts';
import * as der from './der-writer.ts';
import { oidBytes } from './oid.ts';
import { readPem, writePem } from './pem.ts';

function refused(hex: string, read: (reader: DerReader) => unknown, what: RegExp): void {
  assert.throws(
    () => read(new DerReader(fromHex(hex))),
    (error: unknown) => error instanceof TlsError && error.code === 'bad_der' && error.origin === 'api' && what.test(error.detail ?? ''),
    hex,
  );
}

test('DER that is not DER is refused with field and offset', () => {
  const integer = (reader: DerReader): unknown => reader.integer('n');
  const cases: readonly (readonly [string, (reader: DerReader) => unknown, RegExp])[] = [
    ['', integer, /n at offset 0: missing/],
    ['02', integer, /truncated/],
    ['0200', integer, /empty INTEGER/],
    ['020201', integer, /length beyond the end/],
    ['02810101', integer, /length not minimal/],
    ['0282000101', integer, /length not minimal/],
    ['0280010000', integer, /indefinite/],
    ['0285000000000101', integer, /above 32 bits/],
    ['02020001', integer, /not minimal/],
    ['0202ff80', integer, /not minimal/],
    ['1f0101', integer, /tag 0x1f/],
    ['1f0101', (reader) => reader.header('x'), /tag number above 30/],
    ['0000', (reader) => reader.header('x'), /tag zero/],
    ['010101', (reader) => reader.boolean('b'), /not a DER boolean/],
    ['01020000', (reader) => reader.boolean('b'), /not a DER boolean/],
    ['050100', (reader) => reader.null('z'), /NULL with content/],
    ['0600', (reader) => reader.oid('o'), /empty OBJECT/],
    ['060180', (reader) => reader.oid('o'), /truncated OBJECT/],
    ['06022a80', (reader) => reader.oid('o'), /truncated OBJECT/],
    ['06032a8001', (reader) => reader.oid('o'), /arc not minimal/],
    ['060a2affffffffffffffff7f', (reader) => reader.oid('o'), /above 53 bits/],
    ['0300', (reader) => reader.bitStringBytes('s'), /whole bytes/],
    ['03020180', (reader) => reader.bitStringBytes('s'), /whole bytes/],
    ['03020881', (reader) => reader.namedBits('s'), /bad BIT STRING/],
    ['03020701', (reader) => reader.namedBits('s'), /unused bits set/],
    ['03010f', (reader) => reader.namedBits('s'), /bad BIT STRING/],
    ['0204ffffffff', (reader) => reader.smallInteger('i'), /not minimal/],
    ['020180', (reader) => reader.smallInteger('i'), /negative/],
    ['02050100000000', (reader) => reader.smallInteger('i'), /too large/],
    ['0206010000000000', (reader) => reader.smallInteger('i'), /too large/],
    ['30020000', (reader) => reader.sequence('q').finish('q'), /trailing bytes/],
  ];
  for (const [hex, read, what] of cases) refused(hex, read, what);
});

test('nesting is bounded at 16', () => {
  const nested = (levels: number): Uint8Array => {
    let value: Uint8Array = der.nullValue();
    for (let i = 0; i < levels; i++) value = der.sequence(value);
    return value;
  };
  const descend = (bytes: Uint8Array): void => {
    let reader = new DerReader(bytes);
    while (reader.peek() === 0x30) reader = reader.sequence('level');
    reader.null('end');
  };
  descend(nested(16));
  assert.throws(() => descend(nested(17)), /nested too deep/);
  assert.throws(() => descend(nested(5_000)), /nested too deep/);
});

test('times: both forms, leap years, and everything else refused', () => {
  const time = (text: string): number => {
    const content = new TextEncoder().encode(text);
    return new DerReader(der.element(text.length >= 15 || /^\d{14}/.test(text) ? 0x18 : 0x17, content)).time('t');
  };
  assert.equal(time('500101000000Z'), Date.UTC(1950, 0, 1));
  assert.equal(time('491231235959Z'), Date.UTC(2049, 11, 31, 23, 59, 59));
  assert.equal(time('20500101000000Z'), Date.UTC(2050, 0, 1));
  assert.equal(time('99991231235959Z'), Date.UTC(9999, 11, 31, 23, 59, 59));
  assert.equal(time('000229120000Z'), Date.UTC(2000, 1, 29, 12));
  assert.equal(time('240229000000Z'), Date.UTC(2024, 1, 29));
  for (const bad of [
    '230229000000Z',
    '21000229000000Z',
    '251301000000Z',
    '250001000000Z',
    '250132000000Z',
    '250431000000Z',
    '250100000000Z',
    '250101240000Z',
    '250101006000Z',
    '250101000060Z',
    '2501010000Z',
    '250101000000',
    '250101000000+0000',
    '20250101000000.5Z',
    '2025010100Z',
    '25010100000aZ',
    '250101000000z',
    ' 50101000000Z',
    '20250101000000+0100',
  ]) {
    assert.throws(() => time(bad), /bad_der/, bad);
  }
  for (let year = 1950; year < 2120; year += 7) {
    for (const [month, day] of [
      [1, 1],
      [2, 28],
      [3, 1],
      [12, 31],
    ] as const) {
      const at = Date.UTC(year, month - 1, day, 1, 2, 3);
      assert.equal(new DerReader(der.time(at)).time('t'), at, `${year}-${month}-${day}`);
    }
  }
});

test('object identifiers go back and forth', () => {
  for (const text of [
    '2.5.4.3',
    '1.2.840.113549.1.1.11',
    '0.9.2342.19200300.100.1.25',
    '2.999.3',
    '1.39.0',
    '2.16.840.1.101.3.4.2.1',
    '2.40.127.128.16383.16384',
  ]) {
    assert.equal(new DerReader(der.oid(text)).oid('o'), text);
  }
  assert.equal(toHex(oidBytes('1.2.840.113549')), '2a864886f70d');
  for (const bad of ['', '1', '3.1', '1.40', '1.2.', '1..2', '1.02', '1.2.x', '-1.2'])
    assert.throws(() => oidBytes(bad), /invalid_argument/, bad);
});

test('named bits', () => {
  for (let bits = 0; bits < 512; bits++) assert.equal(new DerReader(der.namedBits(bits)).namedBits('b'), bits);
  assert.equal(toHex(der.namedBits(1)), '03020780');
  assert.equal(toHex(der.namedBits(0x100)), '0303070080');
});

test('base 64 is strict', () => {
  for (let length = 0; length < 70; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 0xff);
    const text = encodeBase64(bytes);
    assert.equal(text, Buffer.from(bytes).toString('base64'));
    assert.deepEqual(decodeBase64(text), bytes);
  }
  for (const bad of [
    'A',
    'AA',
    'AAA',
    'AA=',
    'AAA==',
    'AB==',
    'AAB=',
    'AAAA=',
    '=AAA',
    'AA=A',
    'AA-_',
    'AAAAé',
    'A A*',
    '====',
    'AAAA====',
  ]) {
    assert.equal(decodeBase64(bad), undefined, bad);
  }
  assert.deepEqual(decodeBase64('AA AA\r\nAA==\n'), Uint8Array.of(0, 0, 0, 0));
});

test('PEM: several blocks, labels, headers, text around', () => {
  const one = Uint8Array.from({ length: 100 }, (_, i) => i);
  const two = Uint8Array.of(1);
  const text = `Subject: somebody\n${writePem('CERTIFICATE', one)}between\r\n${writePem('X509 CRL', two).replaceAll('\n', '\r\n')}after`;
  assert.deepEqual(readPem(text), [
    { label: 'CERTIFICATE', der: one, headers: [] },
    { label: 'X509 CRL', der: two, headers: [] },
  ]);
  assert.deepEqual(readPem(new TextEncoder().encode(text)).length, 2);
  assert.deepEqual(readPem('no PEM here'), []);
  const old = '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n';
  assert.deepEqual(readPem(old)[0]?.headers, ['Proc-Type: 4,ENCRYPTED', 'DEK-Info: DES-EDE3-CBC,00']);
  for (const bad of [
    '-----BEGIN CERTIFICATE-----\nAAAA\n',
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END X509 CRL-----\n',
    '-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----\n',
    '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n',
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    '-----BEGIN CERTIFICATE',
    `-----BEGIN ${'A'.repeat(100)}-----\nAAAA\n`,
  ]) {
    assert.throws(() => readPem(bad), /bad_pem/, bad);
  }
});

test('DER writer: lengths are minimal and sets are ordered', () => {
  for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
    const value = der.octetString(new Uint8Array(length));
    assert.equal(new DerReader(value).octetString('o').length, length);
  }
  assert.equal(toHex(der.setOf(der.integer(2), der.integer(1))), '3106020101020102');
  assert.equal(toHex(der.integer(0)), '020100');
  assert.equal(toHex(der.integer(128)), '02020080');
  assert.equal(toHex(der.integer(concat(Uint8Array.of(0, 0), Uint8Array.of(0x80)))), '02020080');
});
