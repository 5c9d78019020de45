/**
 * Bad input by name: what a hostile or broken peer may send, in TLS 1.2 and 1.3, each with the typed error on the side that
 * refuses and the alert as the other side sees it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as alerts from '../../src/base/alerts.ts';
import { concat } from '../../src/base/bytes.ts';
import * as limits from '../../src/base/limits.ts';
import { Reader } from '../../src/base/reader.ts';
import { Writer } from '../../src/base/writer.ts';
import * as cbc from '../../src/crypto/suites/aes-cbc.ts';
import * as gcm from '../../src/crypto/suites/aes-gcm.ts';
import * as modern from '../../src/crypto/suites/modern.ts';
import type { CipherSuite } from '../../src/crypto/suites/suite.ts';
import type { ClientContextInit, ServerContextInit } from '../../src/engine/context.ts';
import type { ClientOptions } from '../../src/handshake/context.ts';
import { tls11Client } from '../../src/versions/tls11.ts';
import { tls12Client, tls12Server } from '../../src/versions/tls12.ts';
import { tls13Client, tls13Server } from '../../src/versions/tls13.ts';
import * as e from '../../src/wire/extension.ts';
import { readExtensions } from '../../src/wire/extensions.ts';
import { secp256r1, secp384r1, x25519 } from '../../src/wire/group.ts';
import * as h from '../../src/wire/handshake.ts';
import { HELLO_RETRY_RANDOM, readServerHello, type ServerHello, writeServerHelloHead } from '../../src/wire/messages/server-hello.ts';
import * as s from '../../src/wire/signature-scheme.ts';
import { credential, issue } from '../support/certificates.ts';
import { clientContext, SCHEMES, serverContext } from '../support/contexts.ts';
import { type End, Pair } from '../support/pair.ts';
import { Connection } from '../../src/engine/connection.ts';
import { StreamCarrier } from '../../src/record/stream/carrier.ts';
import { streamFrontOf } from '../sim/scenario.ts';
import { type Belief, type Hand, type Outgoing, TamperCarrier, untouched } from './tamper-carrier.ts';
import { Forge } from './forge.ts';

type Version = 'TLS 1.2' | 'TLS 1.3';
const VERSIONS: readonly Version[] = ['TLS 1.2', 'TLS 1.3'];

interface Setup {
  readonly client?: Partial<ClientContextInit>;
  readonly server?: Partial<ServerContextInit>;
  readonly options?: ClientOptions;
  readonly clientHand?: Hand;
  readonly serverHand?: Hand;
  readonly belief?: Belief;
}

function contexts(version: Version, setup: Setup = {}) {
  const suites: readonly CipherSuite[] =
    version === 'TLS 1.3'
      ? [modern.TLS_AES_128_GCM_SHA256]
      : [gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, gcm.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256];
  return {
    client: clientContext({ suites, versions: [version === 'TLS 1.3' ? tls13Client : tls12Client], ...setup.client }),
    server: serverContext({ suites, versions: [version === 'TLS 1.3' ? tls13Server : tls12Server], ...setup.server }),
  };
}

function pairOf(version: Version, setup: Setup = {}): Pair {
  const { client, server } = contexts(version, setup);
  const { belief } = setup;
  return new Pair(
    new Connection(
      client,
      setup.options ?? { serverName: 'localhost' },
      (sink) => new TamperCarrier(sink, setup.clientHand ?? untouched, belief),
      streamFrontOf,
    ),
    new Connection(server, {}, (sink) => new TamperCarrier(sink, setup.serverHand ?? untouched, belief), streamFrontOf),
  );
}

function run(version: Version, setup: Setup = {}): Pair {
  const pair = pairOf(version, setup);
  pair.pump();
  return pair;
}

function connected(version: Version, setup: Setup = {}): Pair {
  const pair = run(version, setup);
  assert.equal(pair.client.connection.error?.message, undefined);
  assert.equal(pair.server.connection.error?.message, undefined);
  assert.ok(pair.server.connection.info !== undefined);
  return pair;
}

/** `by` refused with code and alert, and the other end was told. */
function assertRefused(pair: Pair, by: 'client' | 'server', code: string, alert: number, what?: string): void {
  const refusing = pair[by].connection.error;
  const other = pair[by === 'client' ? 'server' : 'client'].connection.error;
  assert.equal(refusing?.code, code, what);
  assert.equal(refusing?.alert, alert, what);
  assert.equal(refusing?.origin, 'local', what);
  assert.equal(other?.code, 'alert_received', what);
  assert.equal(other?.alert, alert, what);
  assert.equal(other?.origin, 'peer', what);
  for (const end of [pair.client, pair.server]) assert.equal(end.events.at(-1)?.type, 'closed', what);
}

const altering =
  (type: number, change: (body: Uint8Array) => Uint8Array): Hand =>
  (message) => [message.type === type ? { ...message, body: change(message.body) } : message];

const flipLast = (body: Uint8Array): Uint8Array => body.map((byte, i) => (i === body.length - 1 ? byte ^ 1 : byte));

// --- authentication ---

for (const version of VERSIONS) {
  // A handle that does not say whose key it is: else the context would have seen it.
  const stranger = issue('p256').key;
  const sign = (scheme: number, tbs: Uint8Array) => stranger.sign(scheme, tbs);
  const wrongKey = {
    chain: credential('p256').chain,
    key: { type: stranger.type, curve: stranger.curve!, schemes: stranger.schemes, sign },
  };

  test(`${version}: S15, S33: the server's key is not that of its certificate`, () => {
    assertRefused(run(version, { server: { credentials: [wrongKey] } }), 'client', 'bad_signature', alerts.DECRYPT_ERROR);
  });

  test(`${version}: S15, S33: the client's key is not that of its certificate`, () => {
    const pair = run(version, { client: { credentials: [wrongKey] }, server: { clientCertificate: 'require' } });
    assertRefused(pair, 'server', 'bad_signature', alerts.DECRYPT_ERROR);
  });

  test(`${version}: S15: a client certificate without CertificateVerify`, () => {
    const without: Hand = (message) => (message.type === h.CERTIFICATE_VERIFY ? [] : [message]);
    const pair = run(version, {
      client: { credentials: [credential('p256')] },
      server: { clientCertificate: 'require' },
      clientHand: without,
    });
    assertRefused(pair, 'server', 'unexpected_message', alerts.UNEXPECTED_MESSAGE);
  });

  test(`${version}: a bad signature of the server, and of the client`, () => {
    const server = version === 'TLS 1.3' ? h.CERTIFICATE_VERIFY : h.SERVER_KEY_EXCHANGE;
    assertRefused(run(version, { serverHand: altering(server, flipLast) }), 'client', 'bad_signature', alerts.DECRYPT_ERROR);
    const pair = run(version, {
      client: { credentials: [credential('p256')] },
      server: { clientCertificate: 'require' },
      clientHand: altering(h.CERTIFICATE_VERIFY, flipLast),
    });
    assertRefused(pair, 'server', 'bad_signature', alerts.DECRYPT_ERROR);
  });

  test(`${version}: a bad Finished of either side`, () => {
    assertRefused(run(version, { serverHand: altering(h.FINISHED, flipLast) }), 'client', 'bad_finished', alerts.DECRYPT_ERROR);
    assertRefused(run(version, { clientHand: altering(h.FINISHED, flipLast) }), 'server', 'bad_finished', alerts.DECRYPT_ERROR);
  });

  test(`${version}: a certificate of another name, authority, purpose and time`, () => {
    const day = 86_400_000;
    const cases: readonly [string, Partial<ServerContextInit>, ClientOptions, string, number][] = [
      ['name', { credentials: [issue('p256', { names: ['elsewhere.example'] })] }, {}, 'certificate_name_mismatch', alerts.BAD_CERTIFICATE],
      [
        'time',
        { credentials: [issue('p256', { notBefore: Date.now() - 9 * day, notAfter: Date.now() - day })] },
        {},
        'certificate_expired',
        alerts.CERTIFICATE_EXPIRED,
      ],
      [
        'purpose',
        { credentials: [issue('p256', { extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'] })] },
        {},
        'certificate_purpose',
        alerts.UNSUPPORTED_CERTIFICATE,
      ],
    ];
    for (const [what, server, options, code, alert] of cases) {
      assertRefused(run(version, { server, options: { serverName: 'localhost', ...options } }), 'client', code, alert, what);
    }
  });

  test(`${version}: an altered transcript: the ClientHello on its way is not the one that was sent`, () => {
    const pair = pairOf(version);
    let changed = false;
    // A byte of the client's random, in the first record.
    pair.wire = (from, bytes) => {
      if (from === 'server' || changed) return [bytes];
      changed = true;
      return [bytes.map((byte, i) => (i === 20 ? byte ^ 1 : byte))];
    };
    pair.pump();
    const { error } = pair.client.connection;
    // TLS 1.3: the keys differ already. TLS 1.2: the signature is over the randoms.
    assert.equal(error?.code, version === 'TLS 1.3' ? 'bad_record_mac' : 'bad_signature');
    assert.equal(pair.client.connection.info, undefined);
    assert.equal(pair.server.connection.info, undefined);
    assert.notEqual(pair.server.connection.error, undefined);
  });
}

// --- negotiation: nothing that was not offered (S9, S31, S32) ---

function helloBytes(hello: ServerHello): Uint8Array {
  const w = new Writer();
  writeServerHelloHead(w, hello);
  const at = w.open(2);
  for (const { type, body } of hello.extensions) {
    w.u16(type);
    w.vector(2, body);
  }
  w.close(2, at);
  return w.copy();
}

const alteringHello = (change: (hello: ServerHello) => Partial<ServerHello>): Hand =>
  altering(h.SERVER_HELLO, (body) => {
    const hello = readServerHello(new Reader(body));
    return helloBytes({ ...hello, ...change(hello) });
  });

const withExtension = (type: number, body = new Uint8Array(0)): Hand =>
  alteringHello(({ extensions }) => ({ extensions: [...extensions, { type, body }] }));

function* codePoints(offered: readonly number[], ranges: readonly (readonly [number, number])[]): Generator<number> {
  for (const [from, to] of ranges) for (let i = from; i <= to; i++) if (!offered.includes(i)) yield i;
}

for (const version of VERSIONS) {
  test(`${version}: S31: every suite that was not offered`, () => {
    const { client } = contexts(version);
    const offered = client.suites.map(({ id }) => id);
    const ranges = [
      [0, 0xc7],
      [0x1301, 0x1307],
      [0x5600, 0x5600],
      [0x0a0a, 0x0a0a],
      [0xc001, 0xc0b5],
      [0xc100, 0xc107],
      [0xcca8, 0xccae],
      [0xd001, 0xd005],
      [0xfefe, 0xfeff],
    ] as const;
    let count = 0;
    for (const suite of codePoints(offered, ranges)) {
      const pair = run(version, { serverHand: alteringHello(() => ({ suite })) });
      assertRefused(pair, 'client', 'wrong_cipher', alerts.ILLEGAL_PARAMETER, `0x${suite.toString(16)}`);
      count++;
    }
    assert.ok(count > 380, `${count}`);
  });

  test(`${version}: S9: every compression but the null one`, () => {
    for (let compression = 1; compression < 256; compression++) {
      const pair = run(version, { serverHand: alteringHello(() => ({ compression })) });
      assertRefused(pair, 'client', 'wrong_compression', alerts.ILLEGAL_PARAMETER);
    }
  });

  test(`${version}: S32: every extension that was not offered, and one that stands twice`, () => {
    const offered: number[] = [];
    const watch = pairOf(version, {
      clientHand: (message) => {
        if (message.type === h.CLIENT_HELLO) offered.push(...clientExtensions(message.body));
        return [message];
      },
    });
    watch.pump();
    assert.ok(offered.length > 3);
    // The signalling suite stands for an empty renegotiation_info.
    if (version === 'TLS 1.2') offered.push(e.RENEGOTIATION_INFO);
    for (const type of codePoints(offered, [
      [0, 70],
      [0x0a0a, 0x0a0a],
      [13172, 13172],
      [17513, 17513],
      [0xfe0d, 0xfe0d],
      [0xff01, 0xff03],
    ])) {
      const pair = run(version, { serverHand: withExtension(type) });
      assertRefused(pair, 'client', 'unsolicited_extension', alerts.UNSUPPORTED_EXTENSION, e.extensionName(type));
    }
    const twice = run(version, { serverHand: alteringHello(({ extensions }) => ({ extensions: [...extensions, extensions[0]!] })) });
    assertRefused(twice, 'client', 'duplicate_extension', alerts.ILLEGAL_PARAMETER);
    const inHello = run(version, { clientHand: altering(h.CLIENT_HELLO, repeatLastExtension) });
    assertRefused(inHello, 'server', 'duplicate_extension', alerts.ILLEGAL_PARAMETER);
  });

  test(`${version}: S31: every signature scheme that was not offered`, () => {
    const type = version === 'TLS 1.3' ? h.CERTIFICATE_VERIFY : h.SERVER_KEY_EXCHANGE;
    for (const scheme of codePoints(SCHEMES, [
      [0, 0],
      [0x0101, 0x0108],
      [0x0201, 0x0208],
      [0x0301, 0x0308],
      [0x0400, 0x0408],
      [0x0500, 0x0508],
      [0x0600, 0x0608],
      [0x0700, 0x070f],
      [0x0800, 0x0820],
      [0x0a0a, 0x0a0a],
      [0xfe00, 0xfe04],
    ])) {
      const at = version === 'TLS 1.3' ? 0 : 4 + 32;
      const hand = altering(type, (body) =>
        concat(body.subarray(0, at), Uint8Array.of(scheme >>> 8, scheme & 0xff), body.subarray(at + 2)),
      );
      assertRefused(run(version, { serverHand: hand }), 'client', 'wrong_scheme', alerts.ILLEGAL_PARAMETER, `0x${scheme.toString(16)}`);
    }
  });

  test(`${version}: S31: a scheme that was offered, but not for this key`, () => {
    const type = version === 'TLS 1.3' ? h.CERTIFICATE_VERIFY : h.SERVER_KEY_EXCHANGE;
    const at = version === 'TLS 1.3' ? 0 : 4 + 32;
    for (const scheme of [s.ED25519, s.RSA_PSS_RSAE_SHA256, s.RSA_PSS_PSS_SHA256]) {
      const hand = altering(type, (body) =>
        concat(body.subarray(0, at), Uint8Array.of(scheme >>> 8, scheme & 0xff), body.subarray(at + 2)),
      );
      assertRefused(run(version, { serverHand: hand }), 'client', 'wrong_scheme', alerts.ILLEGAL_PARAMETER);
    }
  });

  test(`${version}: S31: every group that was not offered`, () => {
    const ours = [x25519.id, secp256r1.id, secp384r1.id];
    for (const group of codePoints(ours, [
      [0, 64],
      [256, 262],
      [513, 515],
      [0x0a0a, 0x0a0a],
      [0x11eb, 0x11ed],
      [0xff01, 0xff02],
    ])) {
      const high = group >>> 8;
      const low = group & 0xff;
      const hand =
        version === 'TLS 1.3'
          ? alteringHello(({ extensions }) => ({
              extensions: extensions.map((each) =>
                each.type === e.KEY_SHARE ? { ...each, body: concat(Uint8Array.of(high, low), each.body.subarray(2)) } : each,
              ),
            }))
          : altering(h.SERVER_KEY_EXCHANGE, (body) => concat(body.subarray(0, 1), Uint8Array.of(high, low), body.subarray(3)));
      assertRefused(run(version, { serverHand: hand }), 'client', 'wrong_group', alerts.ILLEGAL_PARAMETER, `${group}`);
    }
  });

  test(`${version}: S21: an application protocol that was not offered, none at all, and two`, () => {
    const type = version === 'TLS 1.3' ? h.ENCRYPTED_EXTENSIONS : h.SERVER_HELLO;
    const setup = { client: { alpn: ['one'] }, server: { alpn: ['one'] } };
    const replace = (body: Uint8Array) => (message: Uint8Array) =>
      replaceExtension(message, type, e.APPLICATION_LAYER_PROTOCOL_NEGOTIATION, body);
    const cases = [
      ['another', Uint8Array.of(0, 4, 3, 0x74, 0x77, 0x6f), 'no_application_protocol', alerts.ILLEGAL_PARAMETER],
      ['none', Uint8Array.of(0, 0), 'decode_error', alerts.DECODE_ERROR],
      ['an empty one', Uint8Array.of(0, 1, 0), 'decode_error', alerts.DECODE_ERROR],
      ['two', Uint8Array.of(0, 8, 3, 0x6f, 0x6e, 0x65, 3, 0x74, 0x77, 0x6f), 'decode_error', alerts.DECODE_ERROR],
    ] as const;
    for (const [what, body, code, alert] of cases) {
      assertRefused(run(version, { ...setup, serverHand: altering(type, replace(body)) }), 'client', code, alert, what);
    }
    assertRefused(
      run(version, { client: { alpn: ['ftp'] }, server: { alpn: ['http/1.1'] } }),
      'server',
      'no_application_protocol',
      alerts.NO_APPLICATION_PROTOCOL,
    );
  });
}

/** Types of the extensions in the body of a ClientHello. */
function clientExtensions(body: Uint8Array): number[] {
  return readExtensions(behindHead(body)).map(({ type }) => type);
}

function behindHead(body: Uint8Array): Reader {
  const r = new Reader(body);
  r.take(34);
  r.vector(1);
  r.vector(2);
  r.vector(1);
  return r;
}

function repeatLastExtension(body: Uint8Array): Uint8Array {
  const r = behindHead(body);
  const head = body.subarray(0, r.position);
  const list = readExtensions(r);
  const w = new Writer();
  w.bytes(head);
  const at = w.open(2);
  for (const { type, body: content } of [...list, list[0]!]) {
    w.u16(type);
    w.vector(2, content);
  }
  w.close(2, at);
  return w.copy();
}

/** The message with another body in one of its extensions. */
function replaceExtension(message: Uint8Array, type: number, extension: number, body: Uint8Array): Uint8Array {
  const r = new Reader(message);
  if (type === h.SERVER_HELLO) {
    r.take(34);
    r.vector(1);
    r.take(3);
  }
  const head = message.subarray(0, r.position);
  const w = new Writer();
  w.bytes(head);
  const at = w.open(2);
  let found = false;
  for (const each of readExtensions(r)) {
    w.u16(each.type);
    w.vector(2, each.type === extension ? body : each.body);
    found ||= each.type === extension;
  }
  assert.ok(found);
  w.close(2, at);
  return w.copy();
}

// --- downgrades (S5, S23) ---

test('S23: a server that could have spoken TLS 1.3, and one that could have spoken 1.2, give themselves away', () => {
  const suites = [modern.TLS_AES_128_GCM_SHA256, gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, cbc.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA];
  const schemes = [...SCHEMES, s.ECDSA_SHA1];
  for (const [tail, versions] of [
    ['444f574e47524401', [tls13Client, tls12Client]],
    ['444f574e47524400', [tls13Client, tls12Client, tls11Client]],
  ] as const) {
    const sentinel = Uint8Array.from(Buffer.from(tail, 'hex'));
    const pair = run('TLS 1.2', {
      client: { suites, schemes, versions },
      serverHand: alteringHello(({ random }) => ({ random: concat(random.subarray(0, 24), sentinel) })),
    });
    assertRefused(pair, 'client', 'downgrade_detected', alerts.ILLEGAL_PARAMETER);
  }
});

test('S5: TLS_FALLBACK_SCSV from a client that could do better', () => {
  const insert = altering(h.CLIENT_HELLO, (body) => {
    const at = 34 + 1 + body[34]!;
    const length = ((body[at]! << 8) | body[at + 1]!) + 2;
    return concat(body.subarray(0, at), Uint8Array.of(length >>> 8, length & 0xff, 0x56, 0x00), body.subarray(at + 2));
  });
  const suites = [modern.TLS_AES_128_GCM_SHA256, gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256];
  const pair = run('TLS 1.2', { server: { suites, versions: [tls13Server, tls12Server] }, clientHand: insert });
  assertRefused(pair, 'server', 'inappropriate_fallback', alerts.INAPPROPRIATE_FALLBACK);
  const best = run('TLS 1.2', { clientHand: insert, belief: 'liar' });
  assert.ok(best.server.connection.info !== undefined, 'no fallback: 1.2 is the best that both have');
});

// --- key shares (S3, S17, S18) ---

test('S3: ServerKeyExchange with an RSA key (FREAK) in an RSA suite', () => {
  const body = concat(Uint8Array.of(0, 64), new Uint8Array(64).fill(0xff), Uint8Array.of(0, 3, 1, 0, 1), new Uint8Array(68));
  const inject: Hand = (message) => (message.type === h.SERVER_HELLO_DONE ? [{ type: h.SERVER_KEY_EXCHANGE, body }, message] : [message]);
  const pair = run('TLS 1.2', {
    client: { suites: [gcm.TLS_RSA_WITH_AES_128_GCM_SHA256] },
    server: { suites: [gcm.TLS_RSA_WITH_AES_128_GCM_SHA256], credentials: [credential('rsa')] },
    serverHand: inject,
  });
  assertRefused(pair, 'client', 'unexpected_message', alerts.UNEXPECTED_MESSAGE);
});

test('S17, S18: points off the curve, at infinity, compressed, of another length, of small order', () => {
  const p256 = (first: number, length: number) => Uint8Array.from({ length }, (_, i) => (i === 0 ? first : i));
  const bad: readonly [string, typeof secp256r1, Uint8Array][] = [
    ['off the curve', secp256r1, p256(4, 65)],
    ['compressed', secp256r1, p256(2, 33)],
    ['hybrid', secp256r1, p256(6, 65)],
    ['infinity', secp256r1, Uint8Array.of(0)],
    ['short', secp256r1, p256(4, 64)],
    ['long', secp256r1, p256(4, 66)],
    ['zero', x25519, new Uint8Array(32)],
    ['one: order 1', x25519, Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0))],
    ['short', x25519, new Uint8Array(31).fill(9)],
    ['long', x25519, new Uint8Array(33).fill(9)],
    ['order 8', x25519, Uint8Array.from(Buffer.from('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800', 'hex'))],
  ];
  for (const [what, group, point] of bad) {
    const groups = { client: { groups: [group, secp384r1] }, server: { groups: [group, secp384r1], credentials: [credential('p384')] } };
    const share = (type: number) =>
      type === h.SERVER_HELLO
        ? alteringHello(({ extensions }) => ({
            extensions: extensions.map((each) => (each.type === e.KEY_SHARE ? { ...each, body: entry(group.id, point) } : each)),
          }))
        : altering(h.CLIENT_HELLO, (body) => replaceClientExtension(body, e.KEY_SHARE, listed(entry(group.id, point))));
    assertRefused(
      run('TLS 1.3', { ...groups, serverHand: share(h.SERVER_HELLO) }),
      'client',
      'bad_key_share',
      alerts.ILLEGAL_PARAMETER,
      what,
    );
    assertRefused(
      run('TLS 1.3', { ...groups, clientHand: share(h.CLIENT_HELLO) }),
      'server',
      'bad_key_share',
      alerts.ILLEGAL_PARAMETER,
      what,
    );
    const client = altering(h.CLIENT_KEY_EXCHANGE, () => concat(Uint8Array.of(point.length), point));
    assertRefused(run('TLS 1.2', { ...groups, clientHand: client }), 'server', 'bad_ec_point', alerts.ILLEGAL_PARAMETER, what);
  }
});

test('S18: finite-field shares of 0, 1, p-1, p and beyond', () => {
  const suites = [gcm.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256];
  const setup = { client: { suites }, server: { suites, credentials: [credential('rsa')] } };
  let prime = new Uint8Array(0);
  run('TLS 1.2', {
    ...setup,
    serverHand: (message) => {
      if (message.type === h.SERVER_KEY_EXCHANGE) prime = new Reader(message.body).vector(2).slice();
      return [message];
    },
  });
  assert.equal(prime.length, 256);
  const minusOne = flipLast(prime);
  for (const [what, share] of [
    ['0', Uint8Array.of(0)],
    ['1', Uint8Array.of(1)],
    ['p-1', minusOne],
    ['p', prime],
    ['beyond', concat(Uint8Array.of(1), prime)],
  ] as const) {
    const client = altering(h.CLIENT_KEY_EXCHANGE, () => concat(Uint8Array.of(share.length >>> 8, share.length & 0xff), share));
    const pair = run('TLS 1.2', { ...setup, clientHand: client });
    assert.equal(pair.server.connection.error?.code, 'bad_dh_parameters', what);
    assert.equal(pair.client.connection.error?.alert, pair.server.connection.error?.alert, what);
  }
});

function entry(group: number, share: Uint8Array): Uint8Array {
  const w = new Writer();
  w.u16(group);
  w.vector(2, share);
  return w.copy();
}

function listed(content: Uint8Array): Uint8Array {
  const w = new Writer();
  w.vector(2, content);
  return w.copy();
}

function replaceClientExtension(body: Uint8Array, extension: number, content: Uint8Array | undefined): Uint8Array {
  const r = behindHead(body);
  const head = body.subarray(0, r.position);
  const w = new Writer();
  w.bytes(head);
  const at = w.open(2);
  for (const each of readExtensions(r)) {
    const now = each.type === extension ? content : each.body;
    if (now === undefined) continue;
    w.u16(each.type);
    w.vector(2, now);
  }
  w.close(2, at);
  return w.copy();
}

// --- HelloRetryRequest (S27) ---

const RETRY: Setup = { client: { groups: [x25519, secp256r1, secp384r1], keyShares: 1 }, server: { groups: [secp256r1] } };

test('S27: a second HelloRetryRequest, one that changes nothing, and one for a group that was not offered or had a share', () => {
  const again: Hand = (message) => (message.type === h.SERVER_HELLO && !isRetry(message.body) ? [retry(secp384r1.id), message] : [message]);
  assertRefused(run('TLS 1.3', { ...RETRY, serverHand: again }), 'client', 'unexpected_message', alerts.UNEXPECTED_MESSAGE);
  const useless = alteringHello((hello) =>
    isRetryHello(hello) ? { extensions: hello.extensions.filter(({ type }) => type !== e.KEY_SHARE) } : {},
  );
  assertRefused(run('TLS 1.3', { ...RETRY, serverHand: useless }), 'client', 'useless_hello_retry_request', alerts.ILLEGAL_PARAMETER);
  for (const [group, code] of [
    [x25519.id, 'wrong_group'],
    [0x0019, 'wrong_group'],
    [0x0a0a, 'wrong_group'],
  ] as const) {
    const hand = alteringHello((hello) => (isRetryHello(hello) ? { extensions: withGroup(hello, group) } : {}));
    assertRefused(run('TLS 1.3', { ...RETRY, serverHand: hand }), 'client', code, alerts.ILLEGAL_PARAMETER, `${group}`);
  }
});

test('S27: after HelloRetryRequest neither suite nor group nor version changes', () => {
  const suites = [modern.TLS_AES_128_GCM_SHA256, modern.TLS_CHACHA20_POLY1305_SHA256];
  const setup = { client: { ...RETRY.client, suites }, server: { ...RETRY.server, suites } };
  const suite = alteringHello((hello) => (isRetryHello(hello) ? { suite: 0x1303 } : { suite: 0x1301 }));
  assertRefused(run('TLS 1.3', { ...setup, serverHand: suite }), 'client', 'wrong_cipher', alerts.ILLEGAL_PARAMETER);
  const group = alteringHello((hello) => (isRetryHello(hello) ? { extensions: withGroup(hello, secp384r1.id) } : {}));
  const pair = run('TLS 1.3', { ...setup, serverHand: group });
  // The client answers for secp384r1; the server, which asked for secp256r1, sees that it did not.
  assertRefused(pair, 'server', 'second_client_hello_changed', alerts.ILLEGAL_PARAMETER);
});

test('S27: the second ClientHello is the first but for what may change', () => {
  const second = (change: (body: Uint8Array) => Uint8Array): Hand => {
    let count = 0;
    return (message) => (message.type === h.CLIENT_HELLO && ++count === 2 ? [{ ...message, body: change(message.body) }] : [message]);
  };
  const cases: readonly [string, (body: Uint8Array) => Uint8Array][] = [
    ['another random', (body) => body.map((byte, i) => (i === 10 ? byte ^ 1 : byte))],
    ['another legacy_version', (body) => body.map((byte, i) => (i === 1 ? 2 : byte))],
    ['another session ID', (body) => body.map((byte, i) => (i === 40 ? byte ^ 1 : byte))],
    ['another name', (body) => replaceClientExtension(body, e.SERVER_NAME, undefined)],
    ['no supported_versions', (body) => replaceClientExtension(body, e.SUPPORTED_VERSIONS, undefined)],
    ['other groups', (body) => replaceClientExtension(body, e.SUPPORTED_GROUPS, Uint8Array.of(0, 2, 0, 0x17))],
    ['other schemes', (body) => replaceClientExtension(body, e.SIGNATURE_ALGORITHMS, Uint8Array.of(0, 2, 4, 3))],
    [
      'two shares',
      (body) => replaceClientExtension(body, e.KEY_SHARE, listed(concat(entry(0x17, new Uint8Array(65)), entry(0x1d, new Uint8Array(32))))),
    ],
    ['no share', (body) => replaceClientExtension(body, e.KEY_SHARE, listed(new Uint8Array(0)))],
  ];
  for (const [what, change] of cases) {
    const pair = run('TLS 1.3', { ...RETRY, clientHand: second(change) });
    const { error } = pair.server.connection;
    assert.equal(error?.alert, alerts.ILLEGAL_PARAMETER, `${what}: ${error?.message}`);
    assert.equal(pair.client.connection.error?.alert, alerts.ILLEGAL_PARAMETER, what);
    assert.equal(pair.server.connection.info, undefined);
  }
});

function isRetry(body: Uint8Array): boolean {
  return Buffer.from(body.subarray(2, 34)).equals(HELLO_RETRY_RANDOM);
}

function isRetryHello(hello: ServerHello): boolean {
  return Buffer.from(hello.random).equals(HELLO_RETRY_RANDOM);
}

function withGroup(hello: ServerHello, group: number) {
  return hello.extensions.map((each) => (each.type === e.KEY_SHARE ? { ...each, body: Uint8Array.of(group >>> 8, group & 0xff) } : each));
}

function retry(group: number): Outgoing {
  const extensions = [
    { type: e.SUPPORTED_VERSIONS, body: Uint8Array.of(3, 4) },
    { type: e.KEY_SHARE, body: Uint8Array.of(group >>> 8, group & 0xff) },
  ];
  return {
    type: h.SERVER_HELLO,
    body: helloBytes({
      version: 0x0303,
      random: HELLO_RETRY_RANDOM,
      sessionId: new Uint8Array(0),
      suite: 0x1301,
      compression: 0,
      extensions,
    }),
  };
}

// --- records (S25, S36, S42, S43) ---

/** The client's end sends forged records to the server. */
function forging(version: Version): { pair: Pair; forge: Forge } {
  const forge = new Forge();
  const suite: CipherSuite = version === 'TLS 1.3' ? modern.TLS_AES_128_GCM_SHA256 : gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
  return { pair: connected(version, { client: { suites: [forge.arm(suite)] }, server: { suites: [suite] } }), forge };
}

function sendForged({ pair, forge }: ReturnType<typeof forging>, type: number, plain: Uint8Array): Pair {
  forge.next = () => ({ type, plain });
  pair.client.connection.carrier.writeData(type === 0 ? 23 : type, Uint8Array.of(0));
  pair.pump();
  return pair;
}

for (const version of VERSIONS) {
  test(`${version}: S42: a record of more than 2^14 bytes of content, and one of just so many`, () => {
    assertRefused(
      sendForged(forging(version), 23, new Uint8Array(limits.MAX_PLAINTEXT + 1)),
      'server',
      'record_overflow',
      alerts.RECORD_OVERFLOW,
    );
    const most = sendForged(forging(version), 23, new Uint8Array(limits.MAX_PLAINTEXT));
    assert.equal(most.server.received[0]?.length, limits.MAX_PLAINTEXT);
  });

  test(`${version}: S36: a record header that claims more than any record may hold`, () => {
    for (const length of [limits.MAX_PLAINTEXT + limits.MAX_EXPANSION_LEGACY + 1, 0xffff]) {
      const pair = connected(version);
      pair.server.connection.receive(Uint8Array.of(23, 3, 3, length >>> 8, length & 0xff));
      pair.pump();
      assert.equal(pair.server.connection.error?.code, 'record_overflow');
      assert.equal(pair.client.connection.error?.alert, alerts.RECORD_OVERFLOW);
    }
  });

  test(`${version}: S25: empty records: of the handshake, of alerts, and a flood of application data`, () => {
    assertRefused(sendForged(forging(version), 22, new Uint8Array(0)), 'server', 'bad_record', alerts.UNEXPECTED_MESSAGE);
    // RFC 9846 §5.4; RFC 5246 has no word for it.
    if (version === 'TLS 1.3')
      assertRefused(sendForged(forging(version), 21, new Uint8Array(0)), 'server', 'bad_record', alerts.UNEXPECTED_MESSAGE);
    else assertRefused(sendForged(forging(version), 21, new Uint8Array(0)), 'server', 'bad_alert', alerts.DECODE_ERROR);
    const flood = forging(version);
    for (let i = 0; i < limits.MAX_EMPTY_RECORDS; i++) sendForged(flood, 23, new Uint8Array(0));
    assert.equal(flood.pair.server.connection.error, undefined, 'so many are allowed');
    assertRefused(sendForged(flood, 23, new Uint8Array(0)), 'server', 'too_many_empty_records', alerts.UNEXPECTED_MESSAGE);
    const resets = forging(version);
    for (let i = 0; i < 3 * limits.MAX_EMPTY_RECORDS; i++) sendForged(resets, 23, new Uint8Array(i % 4 === 0 ? 1 : 0));
    assert.equal(resets.pair.server.connection.error, undefined, 'data in between starts the count again');
  });

  test(`${version}: an alert of one byte, of three, and two in a record`, () => {
    for (const content of [[1], [1, 0, 0], [1, 90, 1, 90]]) {
      assertRefused(sendForged(forging(version), 21, Uint8Array.from(content)), 'server', 'bad_alert', alerts.DECODE_ERROR);
    }
  });

  test(`${version}: records of unknown content types, and ChangeCipherSpec behind the handshake`, () => {
    for (const type of [0, 1, 20, 24, 25, 64, 255]) {
      if (type === 0 && version === 'TLS 1.2') continue;
      const pair = sendForged(forging(version), type, Uint8Array.of(1));
      assert.equal(pair.server.connection.error?.alert, alerts.UNEXPECTED_MESSAGE, `${type}: ${pair.server.connection.error?.message}`);
      assert.equal(pair.client.connection.error?.alert, alerts.UNEXPECTED_MESSAGE, `${type}`);
    }
  });

  test(`${version}: a record that does not authenticate`, () => {
    const pair = connected(version);
    pair.wire = (_from, bytes) => [bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte))];
    pair.client.connection.send(Uint8Array.of(1, 2, 3));
    const record = pair.client.connection.takeOutput()!;
    pair.server.connection.receive(record.map((byte, i) => (i === record.length - 1 ? byte ^ 1 : byte)));
    pair.wire = (_from, bytes) => [bytes];
    pair.pump();
    assertRefused(pair, 'server', 'bad_record_mac', alerts.BAD_RECORD_MAC);
    assert.equal(pair.server.received.length, 0);
  });

  test(`${version}: S43: a handshake message over the border of two keys`, () => {
    const type = version === 'TLS 1.3' ? h.SERVER_HELLO : h.CLIENT_KEY_EXCHANGE;
    const side = version === 'TLS 1.3' ? 'serverHand' : 'clientHand';
    const by = version === 'TLS 1.3' ? 'client' : 'server';
    // The first bytes of another message in the clear, in the record in front of the change.
    const hand: Hand = (message) => (message.type === type ? [message, { type: 0, body: Uint8Array.of(20, 0), record: 22 }] : [message]);
    const pair = run(version, { [side]: hand, belief: 'victim' });
    const { error } = pair[by].connection;
    assert.equal(error?.alert, alerts.UNEXPECTED_MESSAGE, error?.message);
    assert.equal(pair[by].connection.info, undefined);
  });
}

test('TLS 1.3: S42: a record of zeros alone has no content type; padding counts', () => {
  assertRefused(sendForged(forging('TLS 1.3'), 0, new Uint8Array(0)), 'server', 'bad_record', alerts.UNEXPECTED_MESSAGE);
  assertRefused(sendForged(forging('TLS 1.3'), 0, new Uint8Array(100)), 'server', 'bad_record', alerts.UNEXPECTED_MESSAGE);
  // Content, its type, and zeros: a padded record.
  const padded = sendForged(forging('TLS 1.3'), 0, Uint8Array.from([7, 8, 9, 23, ...new Uint8Array(100)]));
  assert.deepEqual([...Buffer.concat(padded.server.received)], [7, 8, 9]);
  const full = new Uint8Array(limits.MAX_PLAINTEXT);
  full[0] = 7;
  full[1] = 23;
  assert.deepEqual([...Buffer.concat(sendForged(forging('TLS 1.3'), 0, full).server.received)], [7], 'padded to the limit');
  const beyond = new Uint8Array(limits.MAX_PLAINTEXT + 1);
  beyond[0] = 7;
  beyond[1] = 23;
  assertRefused(sendForged(forging('TLS 1.3'), 0, beyond), 'server', 'record_overflow', alerts.RECORD_OVERFLOW);
});

// --- floods (S14, S24, S25) ---

test('TLS 1.2: S25: a flood of warnings', () => {
  const flood = forging('TLS 1.2');
  for (let i = 0; i < limits.MAX_WARNINGS; i++) sendForged(flood, 21, Uint8Array.of(1, 111));
  assert.equal(flood.pair.server.connection.error, undefined);
  assert.equal(flood.pair.server.events.filter(({ type }) => type === 'alert').length, limits.MAX_WARNINGS);
  assertRefused(sendForged(flood, 21, Uint8Array.of(1, 111)), 'server', 'too_many_warnings', alerts.UNEXPECTED_MESSAGE);
});

test('TLS 1.3: S25: user_canceled without end; every other alert is fatal, whatever its level says', () => {
  const flood = forging('TLS 1.3');
  for (let i = 0; i < limits.MAX_WARNINGS; i++) sendForged(flood, 21, Uint8Array.of(1, alerts.USER_CANCELED));
  assert.equal(flood.pair.server.connection.error, undefined);
  assertRefused(sendForged(flood, 21, Uint8Array.of(1, alerts.USER_CANCELED)), 'server', 'too_many_warnings', alerts.UNEXPECTED_MESSAGE);
  const warned = sendForged(forging('TLS 1.3'), 21, Uint8Array.of(1, alerts.UNRECOGNIZED_NAME));
  assert.equal(warned.server.connection.error?.code, 'alert_received');
  assert.equal(warned.server.connection.error?.alert, alerts.UNRECOGNIZED_NAME);
});

test('TLS 1.3: S24: a flood of KeyUpdates', () => {
  const pair = connected('TLS 1.3');
  for (let i = 0; i < limits.MAX_KEY_UPDATES; i++) pair.client.connection.updateKeys(false);
  pair.pump();
  assert.equal(pair.server.connection.error, undefined);
  pair.client.connection.updateKeys(false);
  pair.pump();
  assertRefused(pair, 'server', 'too_many_key_updates', alerts.UNEXPECTED_MESSAGE);
});

test('TLS 1.3: S24: ten thousand requests for KeyUpdate in a pipe get one answer, and data keeps the count down', () => {
  const pair = connected('TLS 1.3');
  const { client, server } = pair;
  let received = 0;
  for (let i = 0; i < 10_000; i++) {
    client.connection.updateKeys(true);
    if (i % 16 === 15) client.connection.send(Uint8Array.of(1));
  }
  const chunks: Uint8Array[] = [];
  for (let out = client.connection.takeOutput(); out !== undefined; out = client.connection.takeOutput()) chunks.push(out);
  // Nobody takes the server's output in the meantime.
  for (const chunk of chunks) server.connection.receive(chunk);
  for (let event = server.connection.poll(); event !== undefined; event = server.connection.poll()) if (event.type === 'data') received++;
  assert.equal(server.connection.error, undefined);
  assert.equal(received, 625);
  // The answer may wait for the next data (RFC 9846 §4.7.3), and is one.
  server.connection.send(Uint8Array.of(42));
  const answer = server.connection.takeOutput()!;
  assert.ok(answer.length < 100, `${answer.length} bytes of answers`);
  assert.equal(server.connection.takeOutput(), undefined);
  client.connection.receive(answer);
  pair.pump();
  assert.deepEqual([...Buffer.concat(client.received)], [42]);
});

test('TLS 1.3: S24, S43: KeyUpdate must end its record', () => {
  const broken = forging('TLS 1.3');
  const pair = sendForged(broken, 22, Uint8Array.of(h.KEY_UPDATE, 0, 0, 1, 0, h.KEY_UPDATE, 0, 0, 1, 0));
  assert.equal(pair.server.connection.error?.code, 'excess_handshake_data');
  assert.equal(pair.server.connection.error?.alert, alerts.UNEXPECTED_MESSAGE);
});

test('TLS 1.3: KeyUpdate with a value that does not exist, empty, too long, and from before the handshake is over', () => {
  for (const [body, alert] of [
    [[2], alerts.ILLEGAL_PARAMETER],
    [[255], alerts.ILLEGAL_PARAMETER],
    [[], alerts.DECODE_ERROR],
    [[0, 0], alerts.DECODE_ERROR],
  ] as const) {
    const pair = sendForged(forging('TLS 1.3'), 22, Uint8Array.from([h.KEY_UPDATE, 0, 0, body.length, ...body]));
    assert.equal(pair.server.connection.error?.alert, alert, `${body}`);
    assert.equal(pair.client.connection.error?.alert, alert, `${body}`);
  }
});

test('TLS 1.3: more tickets than a client keeps', () => {
  const pair = connected('TLS 1.3', { server: { ticketCount: 3 * limits.MAX_TICKETS } });
  const count = pair.client.events.filter(({ type }) => type === 'session').length;
  assert.equal(count, limits.MAX_TICKETS);
});

test('TLS 1.2: S14: a flood of requests for renegotiation, from either side', () => {
  for (const from of ['client', 'server'] as const) {
    const pair = connected('TLS 1.2');
    const asking = pair[from].connection.carrier;
    const by = from === 'client' ? 'server' : 'client';
    for (let i = 0; i < 64 && pair[by].connection.error === undefined; i++) {
      // Any ClientHello is refused unread, and HelloRequest is empty.
      asking.message(from === 'client' ? h.CLIENT_HELLO : h.HELLO_REQUEST, () => {});
      asking.endFlight();
      pair.pump();
    }
    assert.equal(pair[by].connection.error?.alert, alerts.UNEXPECTED_MESSAGE, from);
    assert.ok(pair[from].events.filter(({ type }) => type === 'alert').length <= limits.MAX_RENEGOTIATION_REQUESTS, from);
  }
});

// --- memory (S36) ---

test('S36: what a peer claims is not what we hold', () => {
  const { server } = contexts('TLS 1.3');
  const count = 400;
  const held: Connection[] = [];
  const claims = (length: number) => Uint8Array.of(22, 3, 1, 0, 5, 1, length >>> 16, (length >>> 8) & 0xff, length & 0xff, 3);
  global.gc?.();
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < count; i++) {
    const connection = new Connection(server, {}, (sink) => new StreamCarrier(sink), streamFrontOf);
    connection.receive(claims(60_000));
    assert.equal(connection.error, undefined);
    held.push(connection);
  }
  const perConnection = (process.memoryUsage().arrayBuffers - before) / count;
  assert.ok(perConnection < 1_000, `${Math.round(perConnection)} bytes a connection for 1 byte of a ClientHello of 60 000`);
  const tooLong = new Connection(server, {}, (sink) => new StreamCarrier(sink), streamFrontOf);
  tooLong.receive(claims(limits.MAX_HELLO + limits.MAX_SMALL_MESSAGE + 1));
  assert.equal(tooLong.error?.code, 'message_too_long');
});

test('S36: every type of message has a bound, checked before a byte of it is stored', () => {
  const { server } = contexts('TLS 1.3');
  for (let type = 0; type < 256; type++) {
    const connection = new Connection(server, {}, (sink) => new StreamCarrier(sink), streamFrontOf);
    connection.receive(Uint8Array.of(22, 3, 1, 0, 4, type, 0xff, 0xff, 0xff));
    assert.notEqual(connection.error, undefined, `${type}`);
  }
});

test('a peer that speaks something else', () => {
  const { server, client } = contexts('TLS 1.3');
  for (const [bytes, code] of [
    ['GET / HTTP/1.1\r\n\r\n', 'http_request'],
    ['CONNECT example.org:443 HTTP/1.1\r\n', 'http_request'],
    ['SSH-2.0-OpenSSH_9.2\r\n', 'wrong_record_version'],
    ['\u0000\u0000\u0000\u0000\u0000\u0000', 'wrong_record_version'],
    ['\u0080\u002e\u0001\u0003\u0001', 'wrong_record_version'],
  ] as const) {
    for (const context of [server, client]) {
      const connection = new Connection(context, {}, (sink) => new StreamCarrier(sink), streamFrontOf);
      connection.receive(Uint8Array.from(Buffer.from(bytes, 'latin1')));
      assert.equal(connection.error?.code, code, bytes);
      connection.receive(Uint8Array.from(Buffer.from(bytes, 'latin1')));
    }
  }
});

// --- PSK (S22, S46, S47) ---

test('S46: identities are bytes: one with NUL is not its beginning', () => {
  const key = new Uint8Array(32).fill(5);
  const seen: string[] = [];
  const findPsk = (identity: Uint8Array) => {
    seen.push(Buffer.from(identity).toString('latin1'));
    return Buffer.from(identity).equals(Buffer.from('admin')) ? { identity, key } : undefined;
  };
  const identity = Uint8Array.from(Buffer.from('admin\u0000guest\u00ff', 'latin1'));
  const psk = () => ({ identity, key });
  const modernPair = run('TLS 1.3', { client: { psk }, server: { findPsk } });
  assert.equal(modernPair.client.connection.info?.peerProof, 'certificate', 'unknown: the certificate is used');
  const suites = [gcm.TLS_PSK_WITH_AES_128_GCM_SHA256];
  const pair = run('TLS 1.2', { client: { psk, suites }, server: { findPsk, suites } });
  assert.equal(pair.server.connection.info, undefined);
  assert.deepEqual(seen, ['admin\u0000guest\u00ff', 'admin\u0000guest\u00ff']);
});

test('S47: an unknown identity and a wrong key look the same to a stranger', () => {
  const suites = [gcm.TLS_PSK_WITH_AES_128_GCM_SHA256];
  const key = new Uint8Array(32).fill(5);
  const findPsk = (identity: Uint8Array) => (Buffer.from(identity).toString() === 'known' ? { identity, key } : undefined);
  const seen = (identity: string) => {
    const lengths: number[] = [];
    const pair = pairOf('TLS 1.2', {
      client: { suites, psk: () => ({ identity: Uint8Array.from(Buffer.from(identity)), key: new Uint8Array(32) }) },
      server: { findPsk, suites },
    });
    pair.wire = (from, bytes) => {
      if (from === 'server') lengths.push(bytes.length);
      return [bytes];
    };
    pair.pump();
    return { lengths, alert: pair.client.connection.error?.alert };
  };
  assert.deepEqual(seen('known'), seen('wrong'));
});

test('S22: our own ClientHello sent back to us', () => {
  const { client } = contexts('TLS 1.3');
  const connection = new Connection(client, {}, (sink) => new StreamCarrier(sink), streamFrontOf);
  connection.receive(connection.takeOutput()!);
  assert.equal(connection.error?.code, 'unexpected_message');
});

test('TLS 1.3: a PSK binder that is wrong, and selected identities out of range', () => {
  const key = new Uint8Array(32).fill(5);
  const psk = () => ({ identity: Uint8Array.of(1), key });
  const setup = { client: { psk }, server: { findPsk: (identity: Uint8Array) => ({ identity, key }) } };
  assertRefused(
    run('TLS 1.3', { ...setup, clientHand: altering(h.CLIENT_HELLO, flipLast) }),
    'server',
    'bad_psk_binder',
    alerts.DECRYPT_ERROR,
  );
  for (const index of [1, 2, 0xffff]) {
    const hand = alteringHello(({ extensions }) => ({
      extensions: extensions.map((each) =>
        each.type === e.PRE_SHARED_KEY ? { ...each, body: Uint8Array.of(index >>> 8, index & 0xff) } : each,
      ),
    }));
    assertRefused(run('TLS 1.3', { ...setup, serverHand: hand }), 'client', 'bad_psk', alerts.ILLEGAL_PARAMETER, `${index}`);
  }
});

// --- the user's own callbacks ---

const thrown = new Error('the callback of a user');
const refuse = (): never => {
  throw thrown;
};
const reject = async (): Promise<never> => Promise.reject(thrown);

for (const version of VERSIONS) {
  test(`${version}: a callback that throws or rejects fails its connection only`, async () => {
    const key = credential('p256').key;
    const brokenKey = (sign: () => never | Promise<never>) => ({
      chain: credential('p256').chain,
      key: { type: key.type, curve: key.curve!, schemes: key.schemes, sign },
    });
    const verifier = (verify: () => never | Promise<never>) => ({ verify });
    const psk12 = version === 'TLS 1.2' ? { suites: [gcm.TLS_PSK_WITH_AES_128_GCM_SHA256] } : {};
    const known = { psk: () => ({ identity: Uint8Array.of(1), key: new Uint8Array(16).fill(1) }) };
    for (const fail of [refuse, reject]) {
      const cases: readonly [string, 'client' | 'server', Setup][] = [
        ['selectContext', 'server', { server: { selectContext: fail } }],
        ['selectAlpn', 'server', { client: { alpn: ['one'] }, server: { selectAlpn: fail } }],
        ['selectCredential of the server', 'server', { server: { selectCredential: fail } }],
        ['selectCredential of the client', 'client', { client: { selectCredential: fail }, server: { clientCertificate: 'request' } }],
        ['sign of the server', 'server', { server: { credentials: [brokenKey(fail)] } }],
        ['sign of the client', 'client', { client: { credentials: [brokenKey(fail)] }, server: { clientCertificate: 'require' } }],
        ['verify of the client', 'client', { client: { verifier: verifier(fail) } }],
        [
          'verify of the server',
          'server',
          { client: { credentials: [credential('p256')] }, server: { verifier: verifier(fail), clientCertificate: 'require' } },
        ],
        ['psk', 'client', { client: { psk: fail, ...psk12 }, server: { findPsk: () => undefined, ...psk12 } }],
        ['findPsk', 'server', { client: { ...known, ...psk12 }, server: { findPsk: fail, ...psk12 } }],
        ['keyLog', 'client', { client: { keyLog: refuse } }],
      ];
      for (const [what, side, setup] of cases) {
        const name = `${what} ${fail === refuse ? 'throws' : 'rejects'}`;
        const { client, server } = contexts(version, setup);
        const makePair = (): Pair =>
          new Pair(
            new Connection(client, { serverName: 'localhost' }, (sink) => new StreamCarrier(sink), streamFrontOf),
            new Connection(server, {}, (sink) => new StreamCarrier(sink), streamFrontOf),
          );
        // Another connection of good contexts is under way at the same time.
        const bystander = pairOf(version);
        const pair = makePair();
        await pair.settle();
        await bystander.settle();
        const { error } = pair[side].connection;
        assert.equal(error?.code, 'callback_failed', `${name}: ${error?.message}`);
        assert.equal(error?.cause, thrown, name);
        assert.equal(error?.alert, alerts.INTERNAL_ERROR, name);
        assert.equal(error?.origin, 'local', name);
        const other: End = pair[side === 'client' ? 'server' : 'client'];
        if (what !== 'psk') assert.equal(other.connection.error?.alert, alerts.INTERNAL_ERROR, name);
        assert.ok(bystander.client.connection.info !== undefined && bystander.server.connection.info !== undefined, name);
      }
    }
  });
}
