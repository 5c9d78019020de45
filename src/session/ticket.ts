/**
 * Tickets (RFC 5077 §4, RFC 9846 §4.7.1): a session sealed under a key that only the server has. AES-256-GCM with a
 * random nonce; the key's name comes first and is authenticated.
 *
 * A key starts random: there is no moment at which a ticket can be opened with a guessable one (S28).
 */
import { concat, EMPTY, equal } from '../base/bytes.ts';
import type { Aead, CryptoProvider } from '../crypto/port.ts';

const NAME_LENGTH = 16;
const NONCE_LENGTH = 12;
const KEY_LENGTH = 32;
const TAG_LENGTH = 16;
/** Name and key as one string: what servers of a cluster share. */
export const TICKET_KEY_LENGTH: number = NAME_LENGTH + KEY_LENGTH;

interface TicketKey {
  readonly name: Uint8Array;
  readonly key: Uint8Array;
  readonly aead: Aead;
}

export interface TicketKeys {
  /** Seals with the newest key. Empty: this session gets no ticket. */
  seal(plain: Uint8Array): Uint8Array;
  /** The plaintext; undefined for a ticket of a key that is not held any more, or an altered one. */
  open(ticket: Uint8Array): Uint8Array | undefined;
  /** Whether a ticket that was opened is of the newest key: else it is worth renewing. */
  isNewest(ticket: Uint8Array): boolean;
  /** A new key; the one before still opens. `key`: 48 bytes, name and key, for a cluster; random otherwise. */
  rotate(key?: Uint8Array): void;
  /** The newest key, 48 bytes. A secret. */
  current(): Uint8Array;
}

/** `key`: 48 bytes to start with; random by default. */
export function createTicketKeys(crypto: CryptoProvider, key?: Uint8Array): TicketKeys {
  let newest = makeKey(crypto, key);
  let previous: TicketKey | undefined;

  return {
    seal(plain) {
      const nonce = crypto.random(NONCE_LENGTH);
      const at = NAME_LENGTH + NONCE_LENGTH;
      const out = new Uint8Array(at + plain.length + TAG_LENGTH);
      out.set(newest.name);
      out.set(nonce, NAME_LENGTH);
      //= rfc5077#section-5.2
      //# A TLS server MUST use strong encryption and integrity protection for the ticket
      //= rfc5077#section-5.7
      //# Also, the ticket MUST have its integrity and confidentiality protected with strong
      //# cryptographic techniques to prevent a breach in the security of the system.
      newest.aead.seal(out, at, nonce, newest.name, plain);
      return out;
    },
    open(ticket) {
      if (ticket.length < NAME_LENGTH + NONCE_LENGTH + TAG_LENGTH) return undefined;
      const name = ticket.subarray(0, NAME_LENGTH);
      const found = equal(name, newest.name) ? newest : previous !== undefined && equal(name, previous.name) ? previous : undefined;
      return found?.aead.open(
        ticket.subarray(NAME_LENGTH, NAME_LENGTH + NONCE_LENGTH),
        found.name,
        ticket.subarray(NAME_LENGTH + NONCE_LENGTH),
      );
    },
    isNewest: (ticket) => equal(ticket.subarray(0, NAME_LENGTH), newest.name),
    rotate(next) {
      previous = newest;
      newest = makeKey(crypto, next);
    },
    current: () => concat(newest.name, newest.key),
  };
}

function makeKey(crypto: CryptoProvider, bytes: Uint8Array = EMPTY): TicketKey {
  const all = bytes.length === 0 ? crypto.random(TICKET_KEY_LENGTH) : new Uint8Array(bytes);
  if (all.length !== TICKET_KEY_LENGTH) throw new RangeError(`a ticket key is ${TICKET_KEY_LENGTH} bytes`);
  const key = all.subarray(NAME_LENGTH);
  if (key.every((byte) => byte === 0)) throw new RangeError('an all-zero ticket key');
  return { name: all.subarray(0, NAME_LENGTH), key, aead: crypto.aead('aes-256-gcm', key) };
}
