/** What comes back to us from where we do not trust it: sessions, tickets, cookies. */
import { equal } from '../../../src/base/bytes.ts';
import { nodeCrypto } from '../../../src/crypto/node/index.ts';
import { peekClientHello } from '../../../src/record/datagram/client-hello-peek.ts';
import { COOKIE_LENGTH, CookieKeys, helloVerifyRequest } from '../../../src/record/datagram/cookie.ts';
import { decodeSession, encodeSession } from '../../../src/session/codec.ts';
import { createTicketKeys } from '../../../src/session/ticket.ts';
import { recordedFlights, recordedSession } from '../recorded.ts';
import { check, type FuzzTarget, SMALL } from '../target.ts';

export const sessions: FuzzTarget = {
  ...SMALL,
  file: 'kept.ts',
  name: 'sessions and tickets',
  holds: 'a session that is read is written so that it reads the same; a ticket that was altered does not open',
  run(input) {
    const session = decodeSession(input);
    if (session !== undefined) {
      const encoded = encodeSession(session);
      const again = decodeSession(encoded);
      check(again !== undefined && equal(encodeSession(again), encoded), 'another session');
    }
    check(KEYS.open(input) === undefined, 'a ticket of no key opened');
    const sealed = KEYS.seal(input.subarray(0, 64));
    const opened = KEYS.open(sealed);
    check(opened !== undefined && equal(opened, input.subarray(0, 64)), 'a ticket does not open');
    const at = (input[0] ?? 0) % sealed.length;
    sealed[at]! ^= (input[1] ?? 0) | 1;
    check(KEYS.open(sealed) === undefined, 'an altered ticket opened');
  },
  seeds: () => (['tls12', 'tls13'] as const).map((version) => encodeSession(recordedSession(version))),
};

const KEYS = createTicketKeys(
  nodeCrypto,
  Uint8Array.from({ length: 48 }, (_, i) => i + 1),
);

const PEER = Uint8Array.of(10, 0, 0, 1, 22, 33);
const cookieKeys = new CookieKeys({ crypto: nodeCrypto, secret: new Uint8Array(32).fill(7) });
const NOW = 1_000_000;

export const cookies: FuzzTarget = {
  ...SMALL,
  file: 'kept.ts',
  name: 'cookies',
  holds: 'no cookie but the one made for this hello and this sender counts; the answer is never longer than the hello',
  maxLength: 2_048,
  run(input) {
    const hello = peekClientHello(input);
    if (typeof hello === 'string') return;
    check(!cookieKeys.check(PEER, hello, NOW), 'a cookie by chance');
    const cookie = cookieKeys.make(PEER, hello, NOW);
    check(cookie.length === COOKIE_LENGTH, 'length of a cookie');
    check(helloVerifyRequest(hello, cookie).length <= input.length, 'amplified');
    check(cookieKeys.check(PEER, { ...hello, cookie }, NOW), 'a cookie is not taken');
    check(
      !cookieKeys.check(
        PEER.map((byte) => byte ^ 1),
        { ...hello, cookie },
        NOW,
      ),
      'a cookie of another sender',
    );
    check(!cookieKeys.check(PEER, { ...hello, cookie: cookie.map((byte, i) => (i === 5 ? byte ^ 1 : byte)) }, NOW), 'an altered cookie');
  },
  seeds: () =>
    recordedFlights('dtls12', false)
      .filter(({ from }) => from === 'client')
      .map(({ bytes }) => bytes),
};
