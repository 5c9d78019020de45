/** Node knows its own sockets only for encrypted: a session over another one would call itself `h2c`. */
import type { Http2Session } from 'node:http2';

export function markEncrypted(session: Http2Session): void {
  Object.defineProperties(session, { encrypted: { value: true }, alpnProtocol: { value: 'h2' } });
}
