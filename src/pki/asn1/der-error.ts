/** The one failure of the DER and PEM readers: which field, where, and what is wrong with it. */
import { type ErrorCode, TlsError } from '../../base/errors.ts';

/**
 * Refuses an encoding. Origin is `api`, as the bytes came through a call; a handshake that parses what a peer sent
 * turns it into the alert `bad_certificate`.
 */
export function malformed(field: string, offset: number, what: string, code: ErrorCode = 'bad_der'): never {
  throw new TlsError({ code, origin: 'api', detail: `${field} at offset ${offset}: ${what}` });
}
