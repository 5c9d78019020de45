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
  //= rfc9846#section-4.4.2
  //# Servers which are authenticating with a resumption PSK MUST NOT send the CertificateRequest
  //# message in the main handshake
  //= rfc9846#section-4.4.2
  //# servers which are authenticating with an external PSK MUST NOT send the CertificateRequest message
  //# in the main handshake
  //= rfc9846#appendix-F.1
  //# implementations MUST NOT combine external PSKs with certificate-based authentication
  test: (hs) => hs.modern.psk === undefined && hs.server.clientCertificate !== 'none',
};
const mayAskClient: Guard<Handshake, boolean | 'maybe'> = {
  label: 'no PSK',
  test: (hs) => (hs.modern.psk === undefined ? 'maybe' : false),
};
const clientAsked: Guard<Handshake> = { label: 'certificate requested', test: (hs) => hs.clientCertificateRequested };
//= rfc9846#section-4.5.2
//# Clients MUST send this message whenever authenticating via a certificate
const clientProves: Guard<Handshake> = {
  label: 'client has a certificate',
  test: (hs) => hs.credential !== undefined && clientAsked.test(hs),
};
const clientMustProve: Guard<Handshake> = {
  label: 'client sent a certificate',
  test: (hs) => hs.clientCertificateRequested && (hs.peerChain.length > 0 || hs.peerRawKey !== undefined),
};

//= rfc9846#section-4
//# Protocol messages MUST be sent in the order defined in Section 4.1 and shown in the diagrams in
//= rfc9846#section-4.4.1
//# In all handshakes, the server MUST send the EncryptedExtensions message immediately after the
//# ServerHello message.
//= rfc9846#section-4.4.2
//# This message, if sent, MUST follow EncryptedExtensions.
//= rfc9846#section-4.5.1
//# The server MUST send a Certificate message whenever the agreed-upon key exchange method uses
//# certificates for authentication
//= rfc9846#section-4.5.1
//# The client MUST send a Certificate message if and only if the server has requested certificate-based
//# client authentication
//= rfc9846#section-4.5.1
//# A Finished message MUST be sent regardless of whether the Certificate message is empty.
//= rfc9846#section-4.5.2
//# Servers MUST send this message when authenticating via a certificate.
//= rfc9846#section-4.5.2
//# When sent, this message MUST appear immediately after the Certificate message and immediately prior
//# to the Finished message.
//= rfc9846#section-4.6
//# the client MUST NOT send an EndOfEarlyData message
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
  //= rfc9846#section-4.7.3
  //# Implementations that receive a KeyUpdate message prior to receiving a Finished message MUST
  //# terminate the connection with an "unexpected_message" alert.
  { kind: 'act', name: 'read application data', by: 'server', run: readApplicationData },
  { kind: 'act', name: 'application keys', by: 'client', run: writeApplicationData },
  { kind: 'act', name: 'application keys', by: 'client', run: readApplicationData },
];
