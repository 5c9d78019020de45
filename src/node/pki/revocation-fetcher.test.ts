import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { nodeCrypto } from '../../crypto/node/index.ts';
import {
  type Certificate,
  type CertificateVerifierOptions,
  createCertificateVerifier,
  createCrl,
  createOcspResponse,
  failureOf,
  type OcspAnswer,
  parseOcspRequest,
  type RevocationSource,
  writePem,
} from '../../pki/index.ts';
import { issue, root, testKey, type TestCa } from '../../../test/x509/ca.ts';
import { createRevocationFetcher, type RevocationFetcher, type RevocationFetcherOptions } from './index.ts';

// Everything happens now: `openssl ocsp` knows no other time.
const HOUR = 3_600_000;
const NOW = Math.floor(Date.now() / 1000) * 1000;
const life = { notBefore: NOW - HOUR, notAfter: NOW + 1000 * HOUR };

let server: Server;
let base = '';
const hits: string[] = [];
let handle: (url: string, body: Buffer, incoming: IncomingMessage, outgoing: ServerResponse) => void;

before(async () => {
  server = createServer((incoming, outgoing) => {
    hits.push(`${incoming.method} ${incoming.url}`);
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => handle(incoming.url ?? '', Buffer.concat(chunks), incoming, outgoing));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  hits.length = 0;
});

const anchor = root('CN=Fetch root', life);
const stranger = root('CN=Fetch root', life, testKey('p256', 'stranger'));
let serial = 0;
const leafWith = (fields: { ocspUris?: string[]; crlUris?: string[] }, issuer: TestCa = anchor): Certificate =>
  issue(issuer, 'CN=fetch', { ...life, subjectAltNames: ['fetch.example'], serial: Uint8Array.of(0x20, ++serial), ...fields }).certificate;

function ocsp(certificate: Certificate, status: OcspAnswer['status'], signer: TestCa = anchor): Buffer {
  const der = createOcspResponse({
    crypto: nodeCrypto,
    issuer: anchor.certificate,
    responder: signer,
    producedAt: NOW,
    answers: [{ certificate, status, thisUpdate: NOW, nextUpdate: NOW + HOUR }],
  });
  return Buffer.from(der as Uint8Array);
}

function crl(
  revoked: readonly Certificate[],
  fields: { number?: number; nextUpdate?: number; signer?: TestCa; baseNumber?: number } = {},
): Buffer {
  const { number = 1, nextUpdate = NOW + HOUR, signer = anchor, baseNumber } = fields;
  const entries = revoked.map((one) => ({ serial: one.serial, revocationDate: NOW }));
  return Buffer.from(
    createCrl({ crypto: nodeCrypto, issuer: signer, thisUpdate: NOW, nextUpdate, number, entries, baseNumber }) as Uint8Array,
  );
}

/** `accepted`, or the reason and words of the refusal. */
async function verdict(
  certificate: Certificate,
  revocationSource: RevocationSource,
  hard: boolean,
  more: Partial<CertificateVerifierOptions> = {},
): Promise<string> {
  const verifier = createCertificateVerifier({
    trustAnchors: [anchor.certificate],
    revocationSource,
    revocation: hard ? 'required' : 'if-covered',
    ...more,
  });
  try {
    await verifier.verify({ chain: [certificate.der], side: 'server', hostName: 'fetch.example', now: NOW, crypto: nodeCrypto });
    return 'accepted';
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    return `${failure.reason}: ${failure.message}`;
  }
}

async function using<T>(options: RevocationFetcherOptions, work: (fetcher: RevocationFetcher) => Promise<T>): Promise<T> {
  const fetcher = createRevocationFetcher(options);
  try {
    return await work(fetcher);
  } finally {
    fetcher.close();
  }
}

test('OCSP: good, revoked and unknown, asked once for each certificate, whoever asks at the same time', async () => {
  const [good, revoked, unknown] = [1, 2, 3].map(() => leafWith({ ocspUris: [`${base}/ocsp`] }));
  handle = (url, _body, _incoming, outgoing) => {
    const request = new Uint8Array(Buffer.from(decodeURIComponent(url.slice('/ocsp/'.length)), 'base64'));
    const [id] = parseOcspRequest(request).ids;
    const found = [good!, revoked!, unknown!].find((one) => Buffer.compare(one.serial, id!.serial) === 0)!;
    outgoing.end(ocsp(found, found === good ? 'good' : found === revoked ? 'revoked' : 'unknown'));
  };
  await using({}, async (fetcher) => {
    assert.deepEqual(await Promise.all([verdict(good!, fetcher, true), verdict(good!, fetcher, true)]), ['accepted', 'accepted']);
    assert.equal(await verdict(good!, fetcher, true), 'accepted');
    assert.equal(hits.length, 1);
    assert.match(hits[0]!, /^GET \/ocsp\/ME/);
    assert.match(await verdict(revoked!, fetcher, false), /^revoked/);
    assert.equal(await verdict(unknown!, fetcher, false), 'accepted');
    assert.match(await verdict(unknown!, fetcher, true), /^revocation-unknown: .*does not know/);
  });
});

test('OCSP: an answer for another certificate or of another signer is none, and is asked for again later', async () => {
  const one = leafWith({ ocspUris: [`${base}/o`] });
  const other = leafWith({});
  let now = NOW;
  await using({ now: () => now, retryMs: 1000 }, async (fetcher) => {
    handle = (_url, _body, _incoming, outgoing) => void outgoing.end(ocsp(other, 'good'));
    assert.match(await verdict(one, fetcher, true), /another certificate/);
    handle = (_url, _body, _incoming, outgoing) => void outgoing.end(ocsp(one, 'good', stranger));
    assert.match(await verdict(one, fetcher, true), /another certificate/, 'the failure is remembered for a second');
    assert.equal(hits.length, 1);
    now += 1001;
    assert.match(await verdict(one, fetcher, true), /revocation-unknown/);
    now += 1001;
    handle = (_url, _body, _incoming, outgoing) => void outgoing.end(ocsp(one, 'good'));
    assert.equal(await verdict(one, fetcher, true), 'accepted');
    now += HOUR - 3000;
    assert.equal(await verdict(one, fetcher, true), 'accepted');
    assert.equal(hits.length, 3, 'kept until nextUpdate');
    now += 3000;
    assert.equal(await verdict(one, fetcher, true), 'accepted');
    assert.equal(hits.length, 4);
  });
});

test('CRLs: after OCSP, or before it; kept for all certificates of the issuer; delta CRLs; other signers', async () => {
  const bad = leafWith({ crlUris: [`${base}/ca.crl`] });
  const good = leafWith({ crlUris: [`${base}/absent.crl`, `${base}/ca.crl`], ocspUris: [`${base}/down`] });
  handle = (url, _body, _incoming, outgoing) => {
    if (url === '/ca.crl') outgoing.end(crl([bad]));
    else outgoing.writeHead(404).end();
  };
  await using({}, async (fetcher) => {
    assert.equal(await verdict(good, fetcher, true), 'accepted');
    assert.match(await verdict(bad, fetcher, false), /^revoked/);
    assert.deepEqual(
      hits.map((hit) => hit.replace(/down.*/, 'down')),
      ['GET /down', 'GET /absent.crl', 'GET /ca.crl'],
    );
  });
  hits.length = 0;
  await using({ prefer: 'crl' }, async (fetcher) => {
    assert.equal(await verdict(good, fetcher, true), 'accepted');
    assert.ok(!hits.some((hit) => hit.includes('down')));
  });
  handle = (_url, _body, _incoming, outgoing) => void outgoing.end(crl([bad], { signer: stranger }));
  await using({}, async (fetcher) => {
    assert.equal(await verdict(bad, fetcher, false), 'accepted', 'what nobody proves revokes nobody');
    assert.match(await verdict(bad, fetcher, true), /^revocation-unknown: .*signature/);
  });
  handle = (_url, _body, _incoming, outgoing) => void outgoing.end(crl([], { nextUpdate: NOW - 1 + 1 }));
  await using({ retryMs: 0 }, async (fetcher) => assert.equal(await verdict(bad, fetcher, true), 'accepted'));
});

test('soft fail and hard fail when nothing answers as it should: each in bounded time and memory', async () => {
  const cases: [string, RegExp, typeof handle][] = [
    ['an error', /answered 500/, (_u, _b, _i, out) => void out.writeHead(500).end()],
    ['silence', /in time/, () => {}],
    [
      'a drip',
      /in time/,
      (_u, _b, _i, out) => {
        const timer = setInterval(() => out.write('0'), 20);
        out.on('close', () => clearInterval(timer));
      },
    ],
    ['too much', /more than 1000 bytes/, (_u, _b, _i, out) => void out.end(Buffer.alloc(2000))],
    [
      'too much without saying so',
      /more than 1000 bytes/,
      (_u, _b, _i, out) => {
        out.on('error', () => {});
        for (let i = 0; i < 100; i++) out.write(Buffer.alloc(500));
      },
    ],
    ['nonsense', /CRL/, (_u, _b, _i, out) => void out.end('0\0 nonsense')],
    ['nothing', /CRL/, (_u, _b, _i, out) => void out.end()],
    [
      'a broken connection',
      /broke off|ECONNRESET|hang up/,
      (_u, _b, _i, out) => {
        out.writeHead(200, { 'content-length': '100' });
        out.write('00');
        setTimeout(() => out.socket?.destroy(), 20);
      },
    ],
    ['a redirect to itself', /too many redirects/, (u, _b, _i, out) => void out.writeHead(302, { location: u }).end()],
    [
      'a redirect to https',
      /https: is not fetched/,
      (_u, _b, _i, out) => void out.writeHead(302, { location: 'https://127.0.0.1/' }).end(),
    ],
    [
      'a redirect to a file',
      /file: is not fetched/,
      (_u, _b, _i, out) => void out.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    ],
  ];
  for (const [name, words, handler] of cases) {
    const one = leafWith({ crlUris: [`${base}/x.crl`] });
    handle = handler;
    await using({ timeoutMs: 300, maxCrlBytes: 1000, retryMs: 0 }, async (fetcher) => {
      const start = Date.now();
      assert.match(await verdict(one, fetcher, true), words, name);
      assert.equal(await verdict(one, fetcher, false), 'accepted', name);
      assert.ok(Date.now() - start < 2000, name);
    });
  }
  handle = (url, _b, _i, out) => void (url === '/moved' ? out.end(crl([])) : out.writeHead(301, { location: '/moved' }).end());
  await using({}, async (fetcher) => assert.equal(await verdict(leafWith({ crlUris: [`${base}/y.crl`] }), fetcher, true), 'accepted'));
  assert.match(
    await using({}, (fetcher) => verdict(leafWith({ crlUris: ['ldap://127.0.0.1/cn=x', 'https://127.0.0.1/x'] }), fetcher, true)),
    /names no address/,
  );
  assert.match(
    await using({ allow: ({ hostname }) => hostname !== '127.0.0.1' }, (fetcher) =>
      verdict(leafWith({ crlUris: [`${base}/y`] }), fetcher, true),
    ),
    /is not allowed/,
  );
  const closed = createRevocationFetcher();
  closed.close();
  assert.match(await verdict(leafWith({ crlUris: [`${base}/z`] }), closed, true), /closed/);
});

test('nothing is fetched for a chain that is refused anyway, nor where a staple or a CRL at hand has said it', async () => {
  handle = (_u, _b, _i, out) => void out.end(crl([]));
  await using({}, async (fetcher) => {
    assert.match(await verdict(leafWith({ crlUris: [`${base}/n.crl`] }, stranger), fetcher, true), /^signature|^no-issuer/);
    const one = leafWith({ crlUris: [`${base}/n.crl`] });
    const verifier = createCertificateVerifier({ trustAnchors: [anchor.certificate], revocationSource: fetcher, revocation: 'required' });
    const staple = new Uint8Array(ocsp(one, 'good'));
    await verifier.verify({ chain: [one.der], side: 'server', now: NOW, crypto: nodeCrypto, ocspResponse: staple });
    assert.equal(fetcher.requests, 0);
    const throwing: RevocationSource = {
      find: () => {
        throw new Error('the disk is full');
      },
    };
    assert.match(await verdict(one, throwing, true), /the disk is full/);
    assert.equal(await verdict(one, throwing, false), 'accepted');
  });
  assert.deepEqual(hits, []);
});

test('the cache is bounded, and so are requests at one time', async () => {
  let open = 0;
  let most = 0;
  handle = (_u, _b, _i, out) => {
    most = Math.max(most, ++open);
    setTimeout(() => {
      open--;
      out.end(crl([]));
    }, 20);
  };
  const list = Array.from({ length: 12 }, (_, i) => leafWith({ crlUris: [`${base}/many/${i}`] }));
  await using({ maxRequests: 3, maxCacheBytes: 3000 }, async (fetcher) => {
    assert.deepEqual(new Set(await Promise.all(list.map((one) => verdict(one, fetcher, true)))), new Set(['accepted']));
    assert.equal(most, 3);
    await verdict(list[11]!, fetcher, true);
    assert.equal(fetcher.requests, 12);
    await verdict(list[0]!, fetcher, true);
    assert.equal(fetcher.requests, 13, 'the first had to go');
  });
});

const openssl = spawnSync('openssl', ['version']).status === 0;

test('an OCSP responder of OpenSSL', { skip: openssl ? false : 'no openssl here' }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'veritls-ocsp-'));
  let responder: ChildProcess | undefined;
  try {
    const port = await freePort();
    const good = leafWith({ ocspUris: [`http://127.0.0.1:${port}`] });
    const bad = leafWith({ ocspUris: [`http://127.0.0.1:${port}/`] });
    const none = leafWith({ ocspUris: [`http://127.0.0.1:${port}/`] });
    const stamp = (ms: number): string => `${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`;
    writeFileSync(join(dir, 'ca.pem'), writePem('CERTIFICATE', anchor.certificate.der));
    writeFileSync(join(dir, 'key.pem'), testKey('p256', 'CN=Fetch root').object.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(
      join(dir, 'index.txt'),
      `V\t${stamp(life.notAfter)}\t\t${good.serialHex.toUpperCase()}\tunknown\t/CN=fetch\n` +
        `R\t${stamp(life.notAfter)}\t${stamp(NOW - 1000)},keyCompromise\t${bad.serialHex.toUpperCase()}\tunknown\t/CN=fetch\n`,
    );
    responder = spawn(
      'openssl',
      ['ocsp', '-port', String(port), '-index', 'index.txt', '-CA', 'ca.pem', '-rsigner', 'ca.pem', '-rkey', 'key.pem', '-nmin', '5'],
      { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    await listening(responder);
    await using({}, async (fetcher) => {
      assert.equal(await verdict(good, fetcher, true), 'accepted');
      assert.match(await verdict(bad, fetcher, false), /^revoked/);
      assert.match(await verdict(none, fetcher, true), /^revocation-unknown: .*does not know/);
    });
  } finally {
    responder?.kill();
    rmSync(dir, { recursive: true, force: true });
  }
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** It says so; a connection just to see would hold up the only one that it serves at a time. */
function listening(responder: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (/waiting for OCSP client connections/i.test(said)) resolve();
    };
    responder.stdout?.on('data', hear);
    responder.stderr?.on('data', hear);
    responder.on('exit', () => reject(new Error(`the responder ended: ${said}`)));
    setTimeout(() => reject(new Error(`the responder does not listen: ${said}`)), 5000).unref();
  });
}
