/**
 * `veritls/https`: node:https over TLS of this library. HTTP is Node's; connections, sessions and what they are told apart by
 * are ours. Names are checked by RFC 9110 §4.3.4, which took the place of RFC 2818.
 */
export { Agent, type AgentOptions } from './agent.ts';
export { get, globalAgent, request, type RequestOptions } from './request.ts';
export { createServer, Server, type ServerOptions } from './server.ts';
