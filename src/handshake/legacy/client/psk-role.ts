/** The client of (D)TLS 1.2 with pre-shared keys alone: no certificate is read, sent or verified, and no code for it is bundled. */
import { extendedMasterSecret } from '../../extensions/extended-master-secret.ts';
import { firstRenegotiationInfo } from '../../extensions/first-renegotiation-info.ts';
import type { Handlers } from '../../flow.ts';
import type { Handshake } from '../../state.ts';
import type { ClientRole } from '../../version.ts';
import { onChangeCipherSpec, sendChangeCipherSpec } from '../change-cipher-spec.ts';
import { onFinished, sendFinished } from '../finished.ts';
import { pskFlow } from '../flow-psk.ts';
import { onServerHelloDone, onUnsignedKeyExchange, sendPskKeyExchange } from './key-params.ts';
import { onServerHello } from './server-hello.ts';

const handlers: Handlers<Handshake> = {
  ServerKeyExchange: onUnsignedKeyExchange,
  ServerHelloDone: onServerHelloDone,
  ClientKeyExchange: sendPskKeyExchange,
  ClientChangeCipherSpec: sendChangeCipherSpec,
  ClientFinished: sendFinished,
  ServerChangeCipherSpec: onChangeCipherSpec,
  ServerFinished: onFinished,
};

export const pskClient: ClientRole = {
  flow: pskFlow,
  handlers,
  extensions: [extendedMasterSecret, firstRenegotiationInfo],
  certificates: false,
  onServerHello,
};
