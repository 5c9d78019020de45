/** `request` and `get` of node:https, over an agent of this library unless another is given. */
import type * as http from 'node:http';
import * as https from 'node:https';
import type { ConnectionOptions } from '../tls/connect.ts';
import { Agent } from './agent.ts';

/** As of node:https, and what `connect` of `veritls/tls` takes besides. */
export interface RequestOptions extends http.RequestOptions, Omit<ConnectionOptions, keyof http.RequestOptions> {}

type Listener = (response: http.IncomingMessage) => void;

/** The agent of requests that name none. Keeps connections alive, as Node's does. */
export const globalAgent: Agent = new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5_000 });

/** RFC 9110 §4.2.2. The name in the URL, or in the Host header, must be in the certificate. */
export function request(url: string | URL, options?: RequestOptions, listener?: Listener): http.ClientRequest;
export function request(options: string | URL | RequestOptions, listener?: Listener): http.ClientRequest;
export function request(...args: readonly unknown[]): http.ClientRequest {
  const listener = args.find((one) => typeof one === 'function') as Listener | undefined;
  const [first, second] = args;
  const byUrl = typeof first === 'string' || first instanceof URL;
  const given = (byUrl ? second : first) ?? {};
  const options = withAgent(typeof given === 'function' ? {} : given) as https.RequestOptions;
  return byUrl ? https.request(first, options, listener) : https.request(options, listener);
}

/** `request` with GET, which is sent at once. */
export function get(url: string | URL, options?: RequestOptions, listener?: Listener): http.ClientRequest;
export function get(options: string | URL | RequestOptions, listener?: Listener): http.ClientRequest;
export function get(...args: readonly unknown[]): http.ClientRequest {
  const sent = request(...(args as Parameters<typeof request>));
  sent.end();
  return sent;
}

function withAgent(options: RequestOptions): RequestOptions {
  const { agent } = options;
  if (agent === false) return { ...options, agent: new Agent() };
  if (agent !== undefined && agent !== null) return options;
  return typeof options.createConnection === 'function' ? options : { ...options, agent: globalAgent };
}
