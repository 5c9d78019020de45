/**
 * How the handshakes of SSL 3.0 to (D)TLS 1.2 end: RFC 5246 figures 1 and 2.
 *
 * A direction has its new keys right behind its ChangeCipherSpec, and nothing but Finished follows under them in the
 * handshake. Application data flows only behind the step that completes, which demands proof of the peer and of its Finished.
 */
import { CCS_MESSAGE, FINISHED } from '../../wire/handshake.ts';
import type { Flow } from '../flow.ts';
import type { Handshake } from '../state.ts';
import { useClientKeys, useServerKeys } from './secrets.ts';

export const clientFinished: Flow<Handshake> = [
  { kind: 'msg', from: 'client', msg: CCS_MESSAGE, name: 'ClientChangeCipherSpec' },
  { kind: 'act', name: 'client keys', by: 'both', run: useClientKeys },
  { kind: 'msg', from: 'client', msg: FINISHED, name: 'ClientFinished' },
];

export const serverFinished: Flow<Handshake> = [
  { kind: 'msg', from: 'server', msg: CCS_MESSAGE, name: 'ServerChangeCipherSpec' },
  //= rfc5246#section-7.1
  //# Immediately after sending this message, the sender MUST instruct the record layer to make the
  //# write pending state the write active state.
  //= rfc5246#section-7.1
  //# once the ChangeCipherSpec has been sent, the new CipherSpec MUST be used
  { kind: 'act', name: 'server keys', by: 'both', run: useServerKeys },
  { kind: 'msg', from: 'server', msg: FINISHED, name: 'ServerFinished' },
];
