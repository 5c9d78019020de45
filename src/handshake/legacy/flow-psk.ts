/**
 * (D)TLS 1.2 with pre-shared keys alone, RFC 4279 §2: no message about certificates. No sessions are resumed: there is nothing
 * to be spared but one message.
 */
import { CLIENT_KEY_EXCHANGE, SERVER_HELLO_DONE, SERVER_KEY_EXCHANGE } from '../../wire/handshake.ts';
import type { Flow } from '../flow.ts';
import type { Handshake } from '../state.ts';
import { clientFinished, serverFinished } from './flow-ends.ts';
import { serverKeyExchangeExpected, serverKeyExchangeSent } from './guards.ts';
import { completePlainly } from './plain-established.ts';
import { forgetMessages, makeMasterSecret } from './secrets.ts';

// biome-ignore format: one message, one line
export const pskFlow: Flow<Handshake> = [
  { kind: 'msg', from: 'server', msg: SERVER_KEY_EXCHANGE, name: 'ServerKeyExchange', sendIf: serverKeyExchangeSent, expectIf: serverKeyExchangeExpected },
  { kind: 'msg', from: 'server', msg: SERVER_HELLO_DONE, name: 'ServerHelloDone' },
  { kind: 'msg', from: 'client', msg: CLIENT_KEY_EXCHANGE, name: 'ClientKeyExchange' },
  { kind: 'act', name: 'master secret', by: 'both', run: makeMasterSecret },
  { kind: 'act', name: 'forget messages', by: 'both', run: forgetMessages },
  ...clientFinished,
  ...serverFinished,
  { kind: 'act', name: 'complete', by: 'both', run: completePlainly },
];
