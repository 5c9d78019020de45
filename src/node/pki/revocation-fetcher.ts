/**
 * Fetches OCSP responses (RFC 6960, RFC 5019) and CRLs (RFC 5280 §4.2.1.13) from the addresses that certificates name, for a verifier's
 * `revocationSource`. Never more than the bounds below; one request at a time for one thing; what was had is kept until it is out of date.
 */
import type { Agent } from 'node:http';
import { TlsError } from '../../base/errors.ts';
import { MAX_CRL_BYTES, MAX_OCSP_BYTES } from '../../base/limits.ts';
import { createOcspRequest } from '../../pki/certs/revocation.ts';
import { ACCESS_OCSP } from '../../pki/asn1/oids.ts';
import { type CertificateList, parseCrls } from '../../pki/x509/crl.ts';
import type { DistributionPoint } from '../../pki/x509/extensions.ts';
import { checkOcspResponse } from '../../pki/x509/ocsp-check.ts';
import type { RevocationAnswer, RevocationQuery, RevocationSource } from '../../pki/x509/revocation-source.ts';
import { ByteCache } from './byte-cache.ts';
import { type HttpLimits, httpFetch } from './http-get.ts';

export interface RevocationFetcherOptions {
  /** For everything that one certificate needs. Default 5 s. */
  readonly timeoutMs?: number | undefined;
  /** Longest CRL. Default 16 MiB. */
  readonly maxCrlBytes?: number | undefined;
  /** What is kept of answers. Default 64 MiB. */
  readonly maxCacheBytes?: number | undefined;
  /** Longest time that anything is kept, whatever it says of itself. Default 24 h. */
  readonly maxAgeMs?: number | undefined;
  /** How long an address that failed is left alone. Default 60 s. */
  readonly retryMs?: number | undefined;
  /** Requests at the same time; more wait. Default 8. */
  readonly maxRequests?: number | undefined;
  readonly maxRedirects?: number | undefined;
  /** What is asked first; the other follows when it proves nothing. Default `ocsp`. */
  readonly prefer?: 'ocsp' | 'crl' | undefined;
  /** Whether an address may be asked: for who must not reach into his own network. Default: every http: address. */
  readonly allow?: ((url: URL) => boolean) | undefined;
  readonly agent?: Agent | undefined;
  /** Milliseconds since 1970. Default the system's clock. */
  readonly now?: (() => number) | undefined;
}

export interface RevocationFetcher extends RevocationSource {
  find(query: RevocationQuery): Promise<RevocationAnswer>;
  /** Requests made so far. */
  readonly requests: number;
  /** Forgets everything. */
  clear(): void;
  /** Gives up what is under way; nothing is fetched any more. */
  close(): void;
}

const DEFAULT_TIMEOUT_MS = 5_000;
const DEFAULT_CRL_BYTES = 16_777_216;
const DEFAULT_CACHE_BYTES = 67_108_864;
const DEFAULT_MAX_AGE_MS = 86_400_000;
const DEFAULT_RETRY_MS = 60_000;
const DEFAULT_REQUESTS = 8;
const DEFAULT_REDIRECTS = 3;
/** Addresses that one certificate may send us to, of each kind. */
const MAX_ADDRESSES = 4;
/** RFC 5019 §5: longer requests are POSTed. */
const MAX_GET_BYTES = 255;

export function createRevocationFetcher(options: RevocationFetcherOptions = {}): RevocationFetcher {
  return new Fetcher(options);
}

/** What is kept: something good, or why there is nothing. */
type Kept = Uint8Array | readonly CertificateList[] | { readonly problem: string };

class Fetcher implements RevocationFetcher {
  readonly #options: RevocationFetcherOptions;
  readonly #cache: ByteCache<Kept>;
  readonly #running: Map<string, Promise<Kept>> = new Map();
  readonly #queue: (() => void)[] = [];
  readonly #abort: AbortController = new AbortController();
  #active = 0;
  requests = 0;

  constructor(options: RevocationFetcherOptions) {
    this.#options = options;
    this.#cache = new ByteCache(options.maxCacheBytes ?? DEFAULT_CACHE_BYTES);
  }

  async find(query: RevocationQuery): Promise<RevocationAnswer> {
    const deadline = Date.now() + (this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const crlFirst = this.#options.prefer === 'crl';
    const problems: string[] = [];
    const ocspResponses: Uint8Array[] = [];
    const crls: CertificateList[] = [];
    for (const kind of crlFirst ? (['crl', 'ocsp'] as const) : (['ocsp', 'crl'] as const)) {
      if (kind === 'ocsp') {
        const response = await this.#ocsp(query, deadline, problems);
        if (response !== undefined) ocspResponses.push(response);
      } else crls.push(...(await this.#crls(query, deadline, problems)));
      if (ocspResponses.length > 0 || crls.length > 0) break;
    }
    const none = ocspResponses.length === 0 && crls.length === 0;
    if (none && problems.length === 0) problems.push('the certificate names no address');
    return { ocspResponses, crls, ...(none ? { problem: problems.join('; ') } : {}) };
  }

  clear(): void {
    this.#cache.clear();
  }

  close(): void {
    this.#abort.abort();
    this.clear();
  }

  /** The first response that is signed as it must be and speaks of the certificate. */
  async #ocsp(query: RevocationQuery, deadline: number, problems: string[]): Promise<Uint8Array | undefined> {
    const { certificate, issuer, crypto } = query;
    const urls = (certificate.authorityInfoAccess ?? []).flatMap(({ method, location }) =>
      method === ACCESS_OCSP && location.kind === 'uri' ? addressOf(location.value) : [],
    );
    if (urls.length === 0) return undefined;
    const request = createOcspRequest({ crypto, issuer, certificates: [certificate] });
    const encoded = encodeURIComponent(Buffer.from(request).toString('base64'));
    for (const url of urls.slice(0, MAX_ADDRESSES)) {
      const key = `ocsp ${url.href} ${encoded}`;
      const kept = await this.#fetch(key, deadline, async (limits) => {
        const short = encoded.length <= MAX_GET_BYTES;
        const target = short ? new URL(`${url.href.replace(/\/$/, '')}/${encoded}`) : url;
        const body = short ? undefined : { type: 'application/ocsp-request', bytes: request };
        const response = await httpFetch(target, body, 'application/ocsp-response', { ...limits, maxBytes: MAX_OCSP_BYTES });
        const now = query.now ?? this.#now();
        const verdict = await checkOcspResponse({ response, certificate, issuer, crypto, now });
        // What is no proof is not kept: else one lie on the way would last.
        if (verdict.status === 'invalid') throw new Error(`${url.origin} ${verdict.why}`);
        return { value: response, bytes: response.length, until: verdict.status === 'unknown' ? 0 : verdict.response.nextUpdate };
      });
      if (kept instanceof Uint8Array) return kept;
      if ('problem' in kept) problems.push(kept.problem);
    }
    return undefined;
  }

  /** One CRL of each distribution point, and the deltas that the certificate names. */
  async #crls(query: RevocationQuery, deadline: number, problems: string[]): Promise<CertificateList[]> {
    const found: CertificateList[] = [];
    const points = [...(query.certificate.crlDistributionPoints ?? []), ...(query.certificate.freshestCrl ?? [])];
    for (const point of points.slice(0, MAX_ADDRESSES)) {
      for (const url of addressesOf(point).slice(0, MAX_ADDRESSES)) {
        const kept = await this.#fetch(`crl ${url.href}`, deadline, async (limits) => {
          const maxBytes = Math.min(this.#options.maxCrlBytes ?? DEFAULT_CRL_BYTES, MAX_CRL_BYTES);
          const bytes = await httpFetch(url, undefined, 'application/pkix-crl', { ...limits, maxBytes });
          const lists = parseCrls(bytes);
          if (lists.length === 0) throw new Error(`${url.origin} has no CRL`);
          const now = query.now ?? this.#now();
          const next = lists.map((list) => list.nextUpdate ?? now);
          const good = await Promise.all(lists.map((list) => isSigned(list, query)));
          return { value: lists, bytes: bytes.length, until: good.every(Boolean) ? Math.min(...next) : 0 };
        });
        if ('problem' in kept) problems.push(kept.problem);
        else if (!(kept instanceof Uint8Array)) {
          found.push(...kept);
          break;
        }
      }
    }
    return found;
  }

  /** From the cache, from a request under way, or from a new one. `until` 0 or past: kept only as long as a failure. */
  async #fetch(
    key: string,
    deadline: number,
    load: (limits: Omit<HttpLimits, 'maxBytes'>) => Promise<{ value: Kept; bytes: number; until: number | undefined }>,
  ): Promise<Kept> {
    const known = this.#cache.get(key, this.#now()) ?? this.#running.get(key);
    if (known !== undefined) return known;
    const { timeoutMs = DEFAULT_TIMEOUT_MS, maxRedirects = DEFAULT_REDIRECTS, agent, allow } = this.#options;
    const run = async (): Promise<Kept> => {
      if (this.#abort.signal.aborted) return { problem: 'the fetcher is closed' };
      const left = deadline - Date.now();
      if (left <= 0) return { problem: 'no time is left' };
      await this.#turn();
      this.requests++;
      const soon = this.#now() + (this.#options.retryMs ?? DEFAULT_RETRY_MS);
      try {
        const { value, bytes, until } = await load({
          timeoutMs: Math.min(left, timeoutMs),
          maxRedirects,
          agent,
          allow,
          signal: this.#abort.signal,
        });
        const latest = this.#now() + (this.#options.maxAgeMs ?? DEFAULT_MAX_AGE_MS);
        this.#cache.set(key, value, bytes, Math.max(soon, Math.min(until ?? soon, latest)));
        return value;
      } catch (error) {
        const problem = error instanceof TlsError ? (error.detail ?? error.code) : error instanceof Error ? error.message : 'failed';
        if (!this.#abort.signal.aborted) this.#cache.set(key, { problem }, problem.length, soon);
        return { problem };
      } finally {
        // The place goes on to who waits longest.
        const next = this.#queue.shift();
        if (next === undefined) this.#active--;
        else next();
      }
    };
    const promise = run().finally(() => this.#running.delete(key));
    this.#running.set(key, promise);
    return promise;
  }

  /** Waits until a request may start. */
  async #turn(): Promise<void> {
    if (this.#active < (this.#options.maxRequests ?? DEFAULT_REQUESTS)) this.#active++;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }
}

/** Whether the certificate's own issuer signed the CRL: an indirect one is judged by the verifier alone, and kept shortly. */
async function isSigned(list: CertificateList, { issuer, crypto }: RevocationQuery): Promise<boolean> {
  const key = issuer.subjectKey(crypto);
  const algorithm = list.signatureAlgorithm;
  if (key === undefined || algorithm === undefined || !list.issuer.equals(issuer.subject)) return false;
  const scheme = algorithm.key === 'rsa-pss' && key.type === 'rsa' ? (algorithm.rsaeScheme ?? algorithm.scheme) : algorithm.scheme;
  return crypto.verify(scheme, key, list.tbs, list.signature);
}

function addressesOf(point: DistributionPoint): URL[] {
  return (point.fullName ?? []).flatMap((name) => (name.kind === 'uri' ? addressOf(name.value) : []));
}

/** http: addresses; ldap: and others are nobody's here. */
function addressOf(text: string): URL[] {
  if (!URL.canParse(text)) return [];
  const url = new URL(text);
  return url.protocol === 'http:' ? [url] : [];
}
