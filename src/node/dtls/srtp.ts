/** The names of SRTP protection profiles, as OpenSSL and node:dtls write them. */
import {
  SRTP_AEAD_AES_128_GCM,
  SRTP_AEAD_AES_256_GCM,
  SRTP_AES128_CM_HMAC_SHA1_32,
  SRTP_AES128_CM_HMAC_SHA1_80,
} from '../../handshake/extensions/use-srtp.ts';
import { codedTypeError } from '../tls/errors.ts';

const PROFILES: readonly (readonly [number, string])[] = [
  [SRTP_AES128_CM_HMAC_SHA1_80, 'SRTP_AES128_CM_SHA1_80'],
  [SRTP_AES128_CM_HMAC_SHA1_32, 'SRTP_AES128_CM_SHA1_32'],
  [SRTP_AEAD_AES_128_GCM, 'SRTP_AEAD_AES_128_GCM'],
  [SRTP_AEAD_AES_256_GCM, 'SRTP_AEAD_AES_256_GCM'],
];

export function srtpProfiles(text: string): number[] {
  return text.split(':').map((name) => {
    const found = PROFILES.find(([, known]) => known === name);
    if (found === undefined) throw codedTypeError('ERR_INVALID_ARG_VALUE', `unknown SRTP profile ${name}`);
    return found[0];
  });
}

export function srtpName(profile: number): string | undefined {
  return PROFILES.find(([number]) => number === profile)?.[1];
}
