/** Which keys and certificates a suite authenticates with: RFC 5246 §7.4.2, RFC 8422 §5.3, RFC 4279. */
import { ILLEGAL_PARAMETER } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import type { SignatureKeyType } from '../../crypto/port.ts';
import type { LegacySuite } from '../../crypto/suites/suite.ts';
import type { Certificate } from '../../pki/x509/certificate.ts';
import { DIGITAL_SIGNATURE, KEY_ENCIPHERMENT } from '../../pki/x509/extensions.ts';

const ENCRYPTING: readonly SignatureKeyType[] = ['rsa'];
const RSA: readonly SignatureKeyType[] = ['rsa', 'rsa-pss'];
const ECDSA: readonly SignatureKeyType[] = ['ec', 'ed25519', 'ed448'];
const DSS: readonly SignatureKeyType[] = ['dsa'];
const NONE: readonly SignatureKeyType[] = [];

/** Whether the client encrypts to the server's key: no signature then, the key proves itself by Finished. */
export function encryptsToKey(suite: LegacySuite): boolean {
  return suite.kx.name === 'RSA' || suite.kx.name === 'RSA_PSK';
}

/** Whether the server signs its parameters. */
export function isSigned(suite: LegacySuite): boolean {
  return suite.auth !== 'psk' && suite.auth !== 'anon' && !encryptsToKey(suite);
}

/** The types of key that the server's certificate may hold; none: the suite has no certificate. */
export function keyTypes(suite: LegacySuite): readonly SignatureKeyType[] {
  switch (suite.auth) {
    case 'rsa':
      //= rfc8422#section-2.2
      //# the server's certificate MUST contain an RSA public key authorized for signing
      return encryptsToKey(suite) ? ENCRYPTING : RSA;
    case 'ecdsa':
      //= rfc8422#section-2.1
      //# In ECDHE_ECDSA, the server's certificate MUST contain an ECDSA- or EdDSA-capable public key.
      //= rfc8422#section-3.1
      //# To use this authentication mechanism, the client MUST possess a certificate containing an
      //# ECDSA- or EdDSA-capable public key.
      //= rfc8422#section-5.6
      //# The certificate MUST contain an ECDSA- or EdDSA-capable public key.
      return ECDSA;
    case 'dss':
      return DSS;
    default:
      return NONE;
  }
}

export function keyFits(suite: LegacySuite, key: { readonly type: SignatureKeyType }): boolean {
  return keyTypes(suite).includes(key.type);
}

/** The server's certificate must allow what the suite does with its key. */
export function checkKeyUsage(suite: LegacySuite, certificate: Certificate): void {
  const usage = certificate.keyUsage;
  const needed = encryptsToKey(suite) ? KEY_ENCIPHERMENT : DIGITAL_SIGNATURE;
  //= rfc5246#section-7.4.2
  //# The end entity certificate's public key (and associated
  //# restrictions) MUST be compatible with the selected key exchange
  //# algorithm.
  //= rfc5246#section-7.4.2
  //# the certificate MUST allow the RSA_PSK key to be used for encryption
  //= rfc5246#section-7.4.2
  //# the certificate MUST allow the ECDHE_RSA key to be used for signing
  //= rfc5246#section-7.4.2
  //# DHE_DSS DSA public key; the certificate MUST allow the key to be used for signing with the hash
  //# algorithm that will be employed in the server key exchange message.
  //= rfc5246#section-7.4.2
  //# the certificate MUST allow the key to be used for signing with the hash algorithm that will be
  //# employed in the server key exchange message
  if (usage !== undefined && (usage & needed) === 0) fail(ILLEGAL_PARAMETER, 'certificate_purpose', 'keyUsage');
}
