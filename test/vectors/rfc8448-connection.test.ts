/**
 * The traces of RFC 8448 through whole connections: given the randoms and the ephemeral keys, our client and our server send
 * the trace's records.
 *
 * Byte for byte: every record of sections 3, 5, 6 and 7, from ClientHello to close_notify, of both roles, with three
 * exceptions. Signatures with a random part (RSA-PSS, ECDSA) are the trace's: what we were asked to sign is verified against
 * them. The server's NewSessionTicket in section 3 carries early_data and a two-byte nonce, which ours never does: it is sealed
 * from the trace's message. What stands in the hellos beside what we send by ourselves (renegotiation_info and session_ticket
 * in a TLS 1.3 ClientHello, supported_groups in EncryptedExtensions, a cookie in HelloRetryRequest), and the order of
 * extensions, comes from the extension modules that a context is given: the test gives them in the trace's order.
 *
 * Section 4 is 0-RTT, which is not spoken: only its PSK is checked, as what the ticket of section 3 leads to. Its key schedule
 * is in rfc8448.test.ts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY, equal, fromHex, toHex } from '../../src/base/bytes.ts';
import { Reader } from '../../src/base/reader.ts';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import type { CryptoProvider, GroupName, PrivateKeyHandle } from '../../src/crypto/port.ts';
import * as suites from '../../src/crypto/suites/modern.ts';
import { Connection } from '../../src/engine/connection.ts';
import { createClientContext, createServerContext } from '../../src/engine/context.ts';
import type { ExtensionModule } from '../../src/handshake/extensions/module.ts';
import { cookie } from '../../src/handshake/extensions/cookie.ts';
import { keyShare } from '../../src/handshake/extensions/key-share.ts';
import { pskKeyExchangeModes } from '../../src/handshake/extensions/psk-key-exchange-modes.ts';
import { recordSizeLimit } from '../../src/handshake/extensions/record-size-limit.ts';
import { serverName } from '../../src/handshake/extensions/server-name.ts';
import { signatureAlgorithms } from '../../src/handshake/extensions/signature-algorithms.ts';
import { supportedGroups } from '../../src/handshake/extensions/supported-groups.ts';
import { supportedVersions } from '../../src/handshake/extensions/supported-versions.ts';
import type { ProtocolVersion } from '../../src/handshake/version.ts';
import { parseCertificate } from '../../src/pki/x509/certificate.ts';
import type { CertificateVerifier } from '../../src/pki/x509/verifier.ts';
import { StreamCarrier } from '../../src/record/stream/carrier.ts';
import { tls13Client, tls13Server } from '../../src/versions/tls13.ts';
import * as e from '../../src/wire/extension.ts';
import { readExtensions } from '../../src/wire/extensions.ts';
import * as groups from '../../src/wire/group.ts';
import * as h from '../../src/wire/handshake.ts';
import { streamFrontOf } from '../sim/scenario.ts';
import { fixedCrypto } from '../support/fixed-crypto.ts';
import { absent, sharedText } from './files.ts';

const PATH = 'rfc/rfc8448.txt';
const skip = absent(PATH);

interface Step {
  readonly section: number;
  readonly who: 'client' | 'server';
  readonly what: string;
  readonly values: Readonly<Record<string, Uint8Array>>;
}

function allSteps(): Step[] {
  const text = sharedText(PATH)!
    .replace(/\n+Thomson .*\[Page \d+\]\n\f?\n?RFC 8448.*\n+/g, '\n')
    .replace(/\f/g, '');
  const found: Step[] = [];
  let section = 0;
  for (const part of text.split(/\n(?=\d\. {2}\S| {3}\{(?:client|server)\})/)) {
    const heading = /^(\d)\. {2}/.exec(part);
    if (heading !== null) section = Number(heading[1]);
    const step = /^ {3}\{(client|server)\} {2}([\s\S]*?)(?::\n|\n\n|$)/.exec(part);
    if (step === null) continue;
    const values: Record<string, Uint8Array> = {};
    for (const value of part.matchAll(/^ {6}([A-Za-z ]+?) \((\d+) octets?\): {2}((?:[0-9a-f]{2}\s*)+)$/gm)) {
      values[value[1]!.replace(/\s+/g, ' ')] = fromHex(value[3]!.replace(/\s+/g, ''));
    }
    found.push({ section, who: step[1] as 'client' | 'server', what: step[2]!.replace(/\s+/g, ' '), values });
  }
  return found;
}

/** One section: its records in order, its messages by role and name, its ephemeral keys. */
class Trace {
  readonly steps: readonly Step[];
  constructor(section: number) {
    this.steps = allSteps().filter((step) => step.section === section);
  }

  get records(): { who: 'client' | 'server'; what: string; payload: Uint8Array; record: Uint8Array }[] {
    return this.steps
      .filter(({ what }) => what.startsWith('send '))
      .map(({ who, what, values }) => ({ who, what, payload: values['payload'] ?? EMPTY, record: values['complete record']! }));
  }

  /** The n-th message of a name, with its header. */
  message(who: 'client' | 'server', name: string, n = 0): Uint8Array {
    const all = this.steps.filter((step) => step.who === who && step.values[name] !== undefined && step.what.startsWith('construct'));
    return all[n]!.values[name]!;
  }

  has(who: 'client' | 'server', name: string): boolean {
    return this.steps.some((step) => step.who === who && step.values[name] !== undefined);
  }

  keys(who: 'client' | 'server'): (readonly [GroupName, Uint8Array])[] {
    return this.steps
      .filter((step) => step.who === who && step.what.startsWith('create an ephemeral'))
      .map(({ what, values }) => [what.includes('x25519') ? ('x25519' as const) : ('secp256r1' as const), values['private key']!] as const);
  }
}

/** An extension of the trace that we do not send by ourselves; `from`: the first ClientHello that has it. */
function literal(type: number, where: number, body: Uint8Array, from = 0): ExtensionModule {
  let hellos = 0;
  return {
    type,
    where,
    offer(_hs, w) {
      if (hellos++ < from) return false;
      w.bytes(body);
      return true;
    },
    onAnswer(_hs, r) {
      r.rest();
    },
    answer(_hs, w) {
      w.bytes(body);
      return true;
    },
  };
}

/** The handle of a key that once signed: gives that signature, when it is one over what it is asked to sign. */
function pastKey(leaf: Uint8Array, verifyMessage: Uint8Array): PrivateKeyHandle {
  const { spki } = parseCertificate(leaf);
  const scheme = (verifyMessage[4]! << 8) | verifyMessage[5]!;
  const key = nodeCrypto.importPublicKey(spki)!;
  return {
    type: key.type,
    ...(key.curve === undefined ? {} : { curve: key.curve }),
    bits: key.bits,
    schemes: [scheme],
    spki,
    sign(asked, tbs) {
      const signature = verifyMessage.slice(8);
      assert.equal(asked, scheme);
      assert.equal(nodeCrypto.verify(scheme, key, tbs, signature), true, 'the signature of the trace is over other content');
      return signature;
    },
  };
}

/** What was signed is checked by the handshake; whom the certificates of the traces are from is not the question. */
const anyone: CertificateVerifier = {
  verify({ chain, crypto }) {
    const certificate = parseCertificate(chain[0]!);
    return { certificate, key: crypto.importPublicKey(certificate.spki)!, path: [], trusted: true };
  },
};

const byId: Readonly<Record<number, ExtensionModule>> = {
  [e.SERVER_NAME]: serverName,
  [e.SUPPORTED_GROUPS]: supportedGroups,
  [e.KEY_SHARE]: keyShare,
  [e.SUPPORTED_VERSIONS]: supportedVersions,
  [e.SIGNATURE_ALGORITHMS]: signatureAlgorithms,
  [e.PSK_KEY_EXCHANGE_MODES]: pskKeyExchangeModes,
  [e.RECORD_SIZE_LIMIT]: recordSizeLimit,
  [e.COOKIE]: cookie,
};

function extensionsOf(message: Uint8Array, head: (r: Reader) => void): { type: number; body: Uint8Array }[] {
  const r = new Reader(message.subarray(4));
  head(r);
  return r.remaining === 0 ? [] : readExtensions(r);
}

const clientHead = (r: Reader): void => {
  r.take(34);
  r.vector(1);
  r.vector(2);
  r.vector(1);
};
const serverHead = (r: Reader): void => {
  r.take(34);
  r.vector(1);
  r.take(3);
};
const noHead = (): void => {};

const ALL_GROUPS = Object.values(groups as Record<string, unknown>).filter(
  (each): each is groups.NamedGroup => typeof each === 'object' && each !== null && 'kind' in each,
);

function groupsIn(body: Uint8Array): groups.NamedGroup[] {
  return new Reader(body).u16List(2, 2).map((id) => ALL_GROUPS.find((group) => group.id === id)!);
}

const ALL_SUITES = Object.values(suites);
const NOW = Date.UTC(2019, 0, 1);

/** Random bytes in the order in which they are asked for. */
function script(...parts: readonly Uint8Array[]): (length: number) => Uint8Array {
  const left = [...parts];
  return (length) => {
    const next = left.shift();
    assert.equal(next?.length, length, 'random bytes that the trace does not know of');
    return next.slice();
  };
}

function clientOf(trace: Trace, overrides: Partial<CryptoProvider> = {}): Connection {
  const hello = trace.message('client', 'ClientHello');
  const r = new Reader(hello.subarray(4));
  r.u16();
  const random = r.take(32);
  const sessionId = r.vector(1);
  const suiteIds = r.u16List(2, 2);
  // The second ClientHello has the cookie in its place, which is not the end.
  const second = trace.steps.filter(({ what, who }) => who === 'client' && what.startsWith('construct a ClientHello')).length > 1;
  const order = extensionsOf(second ? trace.message('client', 'ClientHello', 1) : hello, clientHead);
  const offered = extensionsOf(hello, clientHead);
  const body = (type: number) => offered.find((each) => each.type === type)!.body;
  const isFirst = (type: number) => offered.some((each) => each.type === type);
  const extensions = order.map(({ type, body: content }) => byId[type] ?? literal(type, e.IN_CLIENT_HELLO, content, isFirst(type) ? 0 : 1));
  const certificate = trace.has('client', 'Certificate') ? trace.message('client', 'Certificate') : undefined;
  const leaf = certificate === undefined ? undefined : leafOf(certificate);
  const context = createClientContext({
    crypto: {
      ...fixedCrypto({ random: script(random, ...(sessionId.length > 0 ? [sessionId] : [])), keys: trace.keys('client') }),
      ...overrides,
    },
    versions: [tls13Client],
    suites: suiteIds.map((id) => ALL_SUITES.find((suite) => suite.id === id)!),
    groups: groupsIn(body(e.SUPPORTED_GROUPS)),
    schemes: new Reader(body(e.SIGNATURE_ALGORITHMS)).u16List(2, 2),
    extensions,
    verifier: anyone,
    now: () => NOW,
    middleboxCompatibility: sessionId.length > 0,
    recordSizeLimit: 0x4001,
    dangerouslyAllowWeakKeys: true, // the traces' keys have 1 024 bits
    credentials: leaf === undefined ? [] : [{ chain: [leaf], key: pastKey(leaf, trace.message('client', 'CertificateVerify')) }],
  });
  return new Connection(context, { serverName: 'server', checkName: false }, (sink) => new StreamCarrier(sink), streamFrontOf);
}

function leafOf(certificate: Uint8Array): Uint8Array {
  const r = new Reader(certificate.subarray(4));
  r.vector(1);
  return r.sub(3).vector(3).slice();
}

function serverOf(trace: Trace): Connection {
  const hellos = trace.steps
    .filter(({ who, what }) => who === 'server' && what.startsWith('construct a ServerHello'))
    .map(({ values }) => values['ServerHello']!);
  const hello = hellos.at(-1)!;
  const retry = hellos.length > 1 ? hellos[0]! : undefined;
  const encrypted = extensionsOf(trace.message('server', 'EncryptedExtensions'), noHead);
  const leaf = leafOf(trace.message('server', 'Certificate'));
  const request = trace.has('server', 'CertificateRequest') ? trace.message('server', 'CertificateRequest') : undefined;
  const answered = extensionsOf(retry ?? hello, serverHead);
  const own = tls13Server.server!;
  // HelloRetryRequest: a cookie that the client did not ask for, and that comes back.
  const handedOut = answered.find(({ type }) => type === e.COOKIE)?.body;
  const returning: ExtensionModule = {
    ...literal(e.COOKIE, e.IN_HELLO_RETRY_REQUEST, handedOut ?? EMPTY),
    onOffer(_hs, r) {
      assert.deepEqual(r.rest(), handedOut);
    },
  };
  const ordered = answered.map(({ type }) => (type === e.COOKIE ? returning : own.extensions.find((module) => module.type === type)!));
  const version: ProtocolVersion = {
    ...tls13Server,
    server: {
      ...own,
      extensions: [...ordered, ...own.extensions.filter(({ type }) => type !== e.COOKIE && !answered.some((each) => each.type === type))],
      sendHelloRetryRequest(hs) {
        hs.offered.push(e.COOKIE);
        own.sendHelloRetryRequest!(hs);
      },
    },
  };
  const group = new Reader(answered.find(({ type }) => type === e.KEY_SHARE)!.body).u16();
  const context = createServerContext({
    crypto: fixedCrypto({ random: script(hello.slice(6, 38)), keys: trace.keys('server') }),
    versions: [version],
    suites: [suites.TLS_AES_128_GCM_SHA256],
    groups: ALL_GROUPS.filter(({ id }) => id === group),
    schemes: request === undefined ? [0x0804] : new Reader(extensionsOf(request, (r) => r.vector(1))[0]!.body).u16List(2, 2),
    extensions: [
      ...encrypted.map(
        ({ type, body }): ExtensionModule =>
          type === e.SUPPORTED_GROUPS
            ? { ...supportedGroups, ...literal(type, supportedGroups.where, body), onOffer: supportedGroups.onOffer! }
            : byId[type]!,
      ),
      signatureAlgorithms,
    ],
    verifier: anyone,
    now: () => NOW,
    recordSizeLimit: 0x4001,
    clientCertificate: request === undefined ? 'none' : 'require',
    dangerouslyAllowWeakKeys: true,
    credentials: [{ chain: [leaf], key: pastKey(leaf, trace.message('server', 'CertificateVerify')) }],
  });
  return new Connection(context, {}, (sink) => new StreamCarrier(sink), streamFrontOf);
}

/** Plays one role of a trace: what it sends is compared, what the other sends is given to it. */
function playRole(trace: Trace, side: 'client' | 'server', connection: Connection): Uint8Array[] {
  const received: Uint8Array[] = [];
  let pending = EMPTY;
  const compare = (record: Uint8Array, what: string): void => {
    for (let out = connection.takeOutput(); out !== undefined; out = connection.takeOutput())
      pending = Uint8Array.from([...pending, ...out]);
    assert.equal(connection.error?.message, undefined, what);
    assert.equal(toHex(pending.subarray(0, record.length)), toHex(record), what);
    pending = pending.slice(record.length);
  };
  for (const { who, what, payload, record } of trace.records) {
    const name = `${side}: ${who} ${what}`;
    if (who === side) {
      if (what.startsWith('send application_data')) connection.send(payload);
      if (what.startsWith('send alert')) connection.close();
      // The tickets of the traces are not ours: see above.
      if (payload[0] === h.NEW_SESSION_TICKET) {
        connection.carrier.message(h.NEW_SESSION_TICKET, (w) => w.bytes(payload.subarray(4)));
        connection.carrier.endFlight();
      }
      compare(record, name);
    } else {
      connection.receive(record.slice());
      assert.equal(connection.error?.message, undefined, name);
    }
    for (let event = connection.poll(); event !== undefined; event = connection.poll()) {
      if (event.type === 'data') received.push(event.data);
      if (event.type === 'session') sessions.push(event.session.secret);
    }
  }
  compare(EMPTY, 'the end');
  assert.equal(pending.length, 0, 'more than the trace has');
  return received;
}

const sessions: Uint8Array[] = [];

for (const [section, title] of [
  [3, 'simple 1-RTT handshake'],
  [5, 'HelloRetryRequest'],
  [6, 'client authentication'],
  [7, 'compatibility mode'],
] as const) {
  test(`RFC 8448 section ${section}, ${title}: our client sends the trace's records`, { skip }, () => {
    const trace = new Trace(section);
    const sent = trace.records
      .filter(({ who, what }) => who === 'server' && what.includes('application_data'))
      .map(({ payload }) => payload);
    const received = playRole(trace, 'client', clientOf(trace));
    assert.deepEqual(received.map(toHex), sent.map(toHex));
  });

  test(`RFC 8448 section ${section}, ${title}: our server sends the trace's records`, { skip }, () => {
    const trace = new Trace(section);
    const sent = trace.records
      .filter(({ who, what }) => who === 'client' && what.includes('application_data'))
      .map(({ payload }) => payload);
    const received = playRole(trace, 'server', serverOf(trace));
    assert.deepEqual(received.map(toHex), sent.map(toHex));
  });
}

test('RFC 8448 section 4: the PSK of the ticket of section 3', { skip }, () => {
  sessions.length = 0;
  const trace = new Trace(3);
  playRole(trace, 'client', clientOf(trace));
  const early = new Trace(4).steps.find(({ what }) => what.startsWith('extract secret "early"'))!;
  assert.equal(sessions.length, 1);
  assert.ok(equal(sessions[0]!, early.values['IKM']!));
});

test('RFC 8448: the traces were read whole', { skip }, () => {
  assert.deepEqual(
    [3, 4, 5, 6, 7].map((section) => new Trace(section).records.length),
    [9, 10, 8, 6, 8],
  );
});
