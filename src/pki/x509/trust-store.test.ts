/** Anchors by name, exactly and alike, and by themselves; what they are made of. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { root } from '../../../test/x509/ca.ts';
import * as der from '../asn1/der-writer.ts';
import { writePem } from '../asn1/pem.ts';
import { nameDer } from '../certs/fields.ts';
import { Certificate } from './certificate.ts';
import { Name } from './name.ts';
import { createTrustStore, hashBytes, toTrustStore } from './trust-store.ts';

const name = (text: string): Name => new Name(nameDer(text));
const one = root('CN=One').certificate;
const twin = root('CN=One').certificate;
const shouting = root('CN=ONE').certificate;
const two = root('CN=Two').certificate;

test('every form: DER, PEM as text and as bytes, parsed, one or many; in the order given', () => {
  const pem = writePem('CERTIFICATE', one.der) + writePem('OTHER', Uint8Array.of(1)) + writePem('CERTIFICATE', two.der);
  for (const source of [[one, two], [one.der, two.der], pem, new TextEncoder().encode(pem), [pem], [one, two.der]]) {
    const { anchors } = createTrustStore(source);
    assert.deepEqual(
      anchors.map(({ subject }) => subject.toString()),
      ['CN=One', 'CN=Two'],
    );
  }
  assert.equal(createTrustStore(one).anchors[0], one);
  assert.equal(createTrustStore(one.der).anchors.length, 1);
  assert.equal(createTrustStore([]).anchors.length, 0);
  const store = createTrustStore(one);
  assert.equal(toTrustStore(store), store);
  assert.equal(toTrustStore(one).anchors[0], one);
  assert.equal(toTrustStore(pem).anchors.length, 2);
});

test('nothing is read before it is asked for, and then but once', () => {
  const store = createTrustStore([Uint8Array.of(0x30, 0)]);
  for (let i = 0; i < 2; i++) assert.throws(() => store.anchors, { code: 'bad_der' });
  const good = createTrustStore(one.der);
  assert.equal(good.anchors, good.anchors);
});

test('by name: the same bytes before the same name in another form, which exact look-ups do not find', () => {
  const store = createTrustStore([one, shouting, two, twin]);
  assert.deepEqual(store.named(name('CN=One')), [one, twin]);
  assert.deepEqual(store.named(name('CN=One'), true), [one, twin]);
  assert.deepEqual(store.named(name('CN=ONE')), [shouting]);
  assert.deepEqual(store.named(name('CN=Two')), [two]);
  for (let i = 0; i < 2; i++) {
    assert.deepEqual(store.named(name('CN=one')), [one, shouting, twin]);
    assert.deepEqual(store.named(name('CN=one'), true), []);
    assert.deepEqual(store.named(name('CN=Three')), []);
    assert.deepEqual(store.named(name('CN=Three'), true), []);
  }
});

test('by name: two names of one hash are two names', () => {
  const [text, other] = ['CN=163o1nq27nq', 'CN=1iuhn3a296u'];
  assert.equal(hashBytes(nameDer(text)), hashBytes(nameDer(other)));
  const [a, b] = [root(text).certificate, root(other).certificate];
  const alike = root(text.toUpperCase()).certificate;
  assert.deepEqual(createTrustStore([a, b]).named(name(text)), [a]);
  assert.deepEqual(createTrustStore([a, b]).named(name(other)), [b]);
  for (const exact of [true, false]) assert.deepEqual(createTrustStore(b).named(name(text), exact), []);
  assert.deepEqual(createTrustStore([b, alike]).named(name(text)), [alike]);
  assert.deepEqual(createTrustStore([b, alike]).named(name(text), true), []);
  assert.equal(createTrustStore([a, b]).find(b), b);
});

test('a name that cannot be read is nobody’s', () => {
  const unreadable = new Name(der.sequence(der.octetString(Uint8Array.of(1))));
  assert.deepEqual(createTrustStore([one]).named(unreadable), []);
});

test('by itself: the very same bytes', () => {
  const store = createTrustStore([one, two]);
  assert.equal(store.find(new Certificate(one.der.slice())), one);
  assert.equal(store.find(twin), undefined);
  assert.equal(createTrustStore(one.der).find(one)?.equals(one), true, 'before anything else was asked');
});
