/** OCSP responses of one answer, current at the moment of the tests. */
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import { createOcspResponse } from '../../src/pki/certs/revocation.ts';
import { DAY, NOW, type TestCa } from './ca.ts';

/** Signed by the issuer itself. */
export function respond(about: TestCa, issuer: TestCa, status: 'good' | 'revoked' | 'unknown'): Uint8Array {
  return createOcspResponse({
    crypto: nodeCrypto,
    issuer: issuer.certificate,
    responder: issuer,
    producedAt: NOW,
    answers: [{ certificate: about.certificate, status, thisUpdate: NOW, nextUpdate: NOW + DAY }],
  }) as Uint8Array;
}
