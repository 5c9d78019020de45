/** How a flow tells messages apart that share a type, and calls those it did not expect: for contexts of all versions. */
import type { IncomingMessage } from '../record/carrier.ts';
import { HELLO_RETRY_REQUEST, messageName, SERVER_HELLO } from '../wire/handshake.ts';
import { isHelloRetryRequest } from '../wire/messages/server-hello.ts';

export interface MessageKinds {
  /** The number by which flows know a message: its type, or a pseudo-number. */
  classify(message: IncomingMessage): number;
  /** The RFC's name. */
  name(type: number): string;
}

export const messageKinds: MessageKinds = {
  classify(message) {
    //= rfc9846#section-4.2.3
    //# implementations MUST first examine the Random value and, if it matches this value, process it as
    //# described in
    return message.type === SERVER_HELLO && isHelloRetryRequest(message.body) ? HELLO_RETRY_REQUEST : message.type;
  },
  name: messageName,
};
