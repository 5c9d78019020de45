/** As much CoAP (RFC 7252) over a DTLS session as the examples need: confirmable requests, their repetition, and answers. */
import { generate, type ParsedPacket, parse } from 'coap-packet';
import type { DTLSSession } from '../../src/node/dtls/index.ts';

export interface Answer {
  /** As `2.05`. */
  readonly code: string;
  readonly payload: string;
}

export type Resource = (method: string, payload: Buffer) => Answer;

/** RFC 7252 §4.8. */
const ACK_TIMEOUT_MS = 2_000;
const MAX_RETRANSMIT = 4;

/** Answers requests by path. */
export function serveCoap(session: DTLSSession, resources: ReadonlyMap<string, Resource>): void {
  const answered = new Map<number, Buffer>();
  session.onmessage = (datagram) => {
    let request: ParsedPacket;
    try {
      request = parse(datagram);
    } catch {
      return;
    }
    if (!/^0\.0[1-7]$/.test(request.code)) return;
    // RFC 7252 §4.5: a request that is repeated gets the same answer again.
    let reply = answered.get(request.messageId);
    if (reply === undefined) {
      const resource = resources.get(pathOf(request));
      const { code, payload } = resource?.(METHODS.get(request.code) ?? '', request.payload) ?? { code: '4.04', payload: 'not found' };
      reply = generate({
        messageId: request.messageId,
        token: request.token,
        code,
        payload: Buffer.from(payload),
        ack: request.confirmable,
      });
      answered.set(request.messageId, reply);
      if (answered.size > 64) answered.delete(answered.keys().next().value!);
    }
    session.send(reply);
  };
}

/** Asks for a path; repeats itself until an answer comes. */
export async function askCoap(session: DTLSSession, method: 'GET' | 'PUT' | 'POST', path: string, payload = ''): Promise<Answer> {
  const messageId = Math.floor(performance.now() * 1_000) & 0xffff;
  const token = Buffer.from([messageId >>> 8, messageId & 0xff, 1, 2]);
  const options = path
    .split('/')
    .filter((part) => part !== '')
    .map((part) => ({ name: 'Uri-Path' as const, value: Buffer.from(part) }));
  const request = generate({ messageId, token, code: method, confirmable: true, options, payload: Buffer.from(payload) });
  return new Promise((resolve, reject) => {
    let attempts = 0;
    const stop = (): void => clearTimeout(timer);
    session.onmessage = (datagram) => {
      const answer = parse(datagram);
      if (!answer.token.equals(token)) return;
      if (answer.confirmable) session.send(generate({ messageId: answer.messageId, code: '0.00', ack: true }));
      stop();
      resolve({ code: answer.code, payload: answer.payload.toString() });
    };
    const again = (): void => {
      if (attempts++ > MAX_RETRANSMIT) {
        reject(new Error(`no answer for ${path}`));
        return;
      }
      session.send(request);
      timer = setTimeout(again, ACK_TIMEOUT_MS * 2 ** (attempts - 1));
    };
    let timer: NodeJS.Timeout | undefined;
    session.closed.catch(reject).finally(stop);
    again();
  });
}

const METHODS: ReadonlyMap<string, string> = new Map([
  ['0.01', 'GET'],
  ['0.02', 'POST'],
  ['0.03', 'PUT'],
  ['0.04', 'DELETE'],
]);

function pathOf(request: ParsedPacket): string {
  return `/${request.options
    .filter(({ name }) => name === 'Uri-Path')
    .map(({ value }) => value.toString())
    .join('/')}`;
}
