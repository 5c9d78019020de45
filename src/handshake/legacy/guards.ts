/** The conditions of the legacy flow: what both sides know, what the sender decides, what the receiver may assume. */
import type { Guard } from '../flow.ts';
import type { Handshake } from '../state.ts';

type Expectation = Guard<Handshake, boolean | 'maybe'>;

export const resuming: Guard<Handshake> = { label: 'session is resumed', test: (hs) => hs.resumed !== undefined };

/** RFC 5246 §7.4.2; RFC 4279 §2 and §4: PSK suites have no certificates, but for RSA_PSK. */
export const certified: Guard<Handshake> = { label: 'suite authenticates by certificate', test: isCertified };

export const statusSent: Guard<Handshake> = { label: 'there is an OCSP response', test: (hs) => hs.legacy.statusAnnounced !== 0 };
/** RFC 6066 §8: a server that acknowledged status_request may still leave CertificateStatus out. */
export const statusExpected: Expectation = {
  label: 'status_request acknowledged',
  //= rfc6066#section-8
  //# a server MUST NOT send the "CertificateStatus" message unless it received a "status_request"
  //# extension in the client hello message
  test: (hs) => (hs.legacy.statusAnnounced !== 0 && isCertified(hs) ? 'maybe' : false),
};

export const serverKeyExchangeSent: Guard<Handshake> = { label: 'key exchange has server parameters', test: sendsServerParams };
export const serverKeyExchangeExpected: Expectation = {
  label: 'key exchange has server parameters',
  test: ({ legacy }) => {
    const when = legacy.suite.kx.serverMessage;
    return when === 'maybe' ? 'maybe' : when === 'always';
  },
};

export const certificateRequested: Guard<Handshake> = {
  label: 'client certificate wanted',
  test: (hs) => hs.clientCertificateRequested,
};
/** SSL 3.0: an alert may stand in its place. */
export const clientCertificateExpected: Expectation = {
  label: 'client certificate wanted',
  test: (hs) => (hs.clientCertificateRequested && hs.legacy.strategy.noCertificate === 'alert' ? 'maybe' : hs.clientCertificateRequested),
};
/**
 * RFC 5246 §7.4.4 lets only certified servers ask; an anonymous one that does is told so by its handler.
 * RFC 4279 §2 excludes the message where there are no certificates.
 */
export const certificateRequestExpected: Expectation = {
  label: 'suite lets clients authenticate',
  test: ({ legacy }) => (legacy.suite.auth === 'psk' ? false : 'maybe'),
};

export const clientCertificateSent: Guard<Handshake> = {
  label: 'client sent a certificate',
  test: (hs) => hs.legacy.clientCertificateSent,
};

export const ticketAnnounced: Guard<Handshake> = { label: 'session_ticket acknowledged', test: (hs) => hs.legacy.ticketAnnounced };

function isCertified(hs: Handshake): boolean {
  const { auth } = hs.legacy.suite;
  //= rfc8422#section-2.3
  //# the server's Certificate, the CertificateRequest, the client's Certificate, and the
  //# CertificateVerify messages MUST NOT be sent
  return auth !== 'psk' && auth !== 'anon';
}

/** A PSK exchange sends parameters only where it has a hint. */
function sendsServerParams(hs: Handshake): boolean {
  const { legacy } = hs;
  const when = legacy.suite.kx.serverMessage;
  return when === 'always' || (when === 'maybe' && legacy.kx?.pskHint !== undefined);
}
