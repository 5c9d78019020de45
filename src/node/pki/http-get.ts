/**
 * One HTTP request with an end: a deadline over everything, a bound on the body, few redirects. http: only, as RFC 5280 §8 advises:
 * https: would need a validation of its own to fetch what a validation needs.
 */
import { type Agent, request } from 'node:http';

export interface HttpLimits {
  /** For the whole exchange, redirects included. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly maxRedirects: number;
  readonly agent?: Agent | undefined;
  /** Whether an address may be asked; also that of a redirect. */
  readonly allow?: ((url: URL) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpBody {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** The body of a 200 response. Rejects with a sentence that names the address. */
export async function httpFetch(url: URL, body: HttpBody | undefined, accept: string, limits: HttpLimits): Promise<Uint8Array> {
  const deadline = Date.now() + limits.timeoutMs;
  let at = url;
  for (let hop = 0; hop <= limits.maxRedirects; hop++) {
    if (at.protocol !== 'http:') throw problem(at, `${at.protocol} is not fetched`);
    if (at.username !== '' || at.password !== '') throw problem(at, 'has credentials in it');
    if (limits.allow?.(at) === false) throw problem(at, 'is not allowed');
    const outcome = await once(at, body, accept, limits, deadline - Date.now());
    if (outcome instanceof Uint8Array) return outcome;
    at = outcome;
  }
  throw problem(url, 'too many redirects');
}

function once(url: URL, body: HttpBody | undefined, accept: string, limits: HttpLimits, timeoutMs: number): Promise<Uint8Array | URL> {
  return new Promise((resolve, reject) => {
    const { maxBytes, agent, signal } = limits;
    const outgoing = request(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept,
        connection: agent === undefined ? 'close' : 'keep-alive',
        ...(body === undefined ? {} : { 'content-type': body.type, 'content-length': body.bytes.length }),
      },
      ...(agent === undefined ? { agent: false } : { agent }),
      ...(signal === undefined ? {} : { signal }),
    });
    const timer = setTimeout(() => refuse('did not answer in time'), Math.max(0, timeoutMs));
    const refuse = (why: string): void => {
      clearTimeout(timer);
      reject(problem(url, why));
      outgoing.destroy();
    };
    outgoing.on('error', (error) =>
      refuse(error.name === 'AbortError' ? 'was given up' : ((error as NodeJS.ErrnoException).code ?? error.message)),
    );
    outgoing.on('response', (incoming) => {
      const status = incoming.statusCode ?? 0;
      const { location } = incoming.headers;
      if (REDIRECTS.includes(status) && location !== undefined) {
        clearTimeout(timer);
        outgoing.destroy();
        if (!URL.canParse(location, url.href)) reject(problem(url, 'redirects to nowhere'));
        else resolve(new URL(location, url));
        return;
      }
      if (status !== 200) return refuse(`answered ${status}`);
      if (Number(incoming.headers['content-length'] ?? 0) > maxBytes) return refuse(`has more than ${maxBytes} bytes`);
      const chunks: Buffer[] = [];
      let length = 0;
      incoming.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > maxBytes) refuse(`has more than ${maxBytes} bytes`);
        else chunks.push(chunk);
      });
      incoming.on('aborted', () => refuse('broke off'));
      incoming.on('error', () => refuse('broke off'));
      incoming.on('end', () => {
        clearTimeout(timer);
        resolve(new Uint8Array(Buffer.concat(chunks)));
      });
    });
    outgoing.end(body?.bytes);
  });
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

function problem(url: URL, why: string): Error {
  return new Error(`${url.origin}${url.pathname.slice(0, 60)} ${why}`);
}
