/**
 * TLS 1.3 and DTLS 1.3 after ServerHello, in the order of RFC 9846 figure 1.
 *
 *        Client                                          Server
 *        ClientHello            -------->
 *                               <--------   HelloRetryRequest  (front.ts)
 *        ClientHello            -------->
 *                                                 ServerHello
 *                                       {EncryptedExtensions}
 *                                       {CertificateRequest*}
 *                                              {Certificate*}
 *                                        {CertificateVerify*}
 *                               <--------          {Finished}
 *        {Certificate*}
 *        {CertificateVerify*}
 *        {Finished}             -------->
 */
import { CERTIFICATE, CERTIFICATE_REQUEST, CERTIFICATE_VERIFY, ENCRYPTED_EXTENSIONS, FINISHED } from '../../wire/handshake.ts';
import type { Flow, Guard } from '../flow.ts';
import { middleboxCompatible, sendDummyCcs } from '../front.ts';
import type { Handshake } from '../state.ts';
import { enterHandshakeKeys, makeApplicationSecrets, readApplicationData, writeApplicationData } from './key-changes.ts';

const byCertificate: Guard<Handshake> = { label: 'no PSK', test: (hs) => hs.modern.psk === undefined };
const asksClient: Guard<Handshake> = {
  label: 'client certificate wanted',
  test: (hs) => hs.modern.psk === undefined && hs.server.clientCertificate !== 'none',
};
const mayAskClient: Guard<Handshake, boolean | 'maybe'> = {
  label: 'no PSK',
  test: (hs) => (hs.modern.psk === undefined ? 'maybe' : false),
};
const clientAsked: Guard<Handshake> = { label: 'certificate requested', test: (hs) => hs.clientCertificateRequested };
const clientProves: Guard<Handshake> = {
  label: 'client has a certificate',
  test: (hs) => hs.credential !== undefined && clientAsked.test(hs),
};
const clientMustProve: Guard<Handshake> = {
  label: 'client sent a certificate',
  test: (hs) => hs.clientCertificateRequested && (hs.peerChain.length > 0 || hs.peerRawKey !== undefined),
};

export const modernFlow: Flow<Handshake> = [
  { kind: 'act', name: 'dummy change_cipher_spec', by: 'both', if: middleboxCompatible, run: sendDummyCcs },
  { kind: 'act', name: 'handshake keys', by: 'both', run: enterHandshakeKeys },
  { kind: 'msg', from: 'server', msg: ENCRYPTED_EXTENSIONS, name: 'EncryptedExtensions' },
  { kind: 'msg', from: 'server', msg: CERTIFICATE_REQUEST, name: 'CertificateRequest', sendIf: asksClient, expectIf: mayAskClient },
  { kind: 'msg', from: 'server', msg: CERTIFICATE, name: 'ServerCertificate', sendIf: byCertificate, expectIf: byCertificate },
  { kind: 'msg', from: 'server', msg: CERTIFICATE_VERIFY, name: 'ServerCertificateVerify', sendIf: byCertificate, expectIf: byCertificate },
  { kind: 'msg', from: 'server', msg: FINISHED, name: 'ServerFinished' },
  { kind: 'act', name: 'application secrets', by: 'both', run: makeApplicationSecrets },
  { kind: 'act', name: 'write application data', by: 'server', run: writeApplicationData },
  { kind: 'msg', from: 'client', msg: CERTIFICATE, name: 'ClientCertificate', sendIf: clientAsked, expectIf: clientAsked },
  {
    kind: 'msg',
    from: 'client',
    msg: CERTIFICATE_VERIFY,
    name: 'ClientCertificateVerify',
    sendIf: clientProves,
    expectIf: clientMustProve,
  },
  { kind: 'msg', from: 'client', msg: FINISHED, name: 'ClientFinished' },
  { kind: 'act', name: 'read application data', by: 'server', run: readApplicationData },
  { kind: 'act', name: 'application keys', by: 'client', run: writeApplicationData },
  { kind: 'act', name: 'application keys', by: 'client', run: readApplicationData },
];
