/** Sessions of connections that failed: RFC 5246 §7.2.2. Tickets are with their clients and cannot be called back. */
import { isPromise } from '../../base/maybe-promise.ts';
import type { SessionStore } from '../../session/store.ts';
import type { Handshake } from '../state.ts';

/** The session of this handshake is in the server's store, by this ID: a fatal alert takes it out. */
export function forgetOnFailure(hs: Handshake, store: SessionStore, id: Uint8Array): void {
  const forget = (): void => {
    try {
      //= rfc5246#section-7.2
      //# the session identifier MUST be invalidated, preventing the failed session from being used to
      //# establish new connections
      //= rfc5246#section-7.2.2
      //# Thus, any connection terminated with a fatal alert MUST NOT be resumed.
      const result = store.delete(id);
      if (isPromise(result)) result.then(undefined, () => undefined);
    } catch {
      // A store that fails keeps what it has: the connection is over in any case.
    }
  };
  hs.forget = forget;
}
