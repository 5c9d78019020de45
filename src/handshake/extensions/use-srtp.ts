/**
 * use_srtp, RFC 5764 §4.1: which protection the media get whose keys the handshake provides.
 *
 * uint8 SRTPProtectionProfile[2];
 * struct {
 *     SRTPProtectionProfile SRTPProtectionProfiles<2..2^16-1>;
 *     opaque srtp_mki<0..255>;
 * } UseSRTPData;
 */
import { ILLEGAL_PARAMETER } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import { IN_CLIENT_HELLO, IN_ENCRYPTED_EXTENSIONS, IN_LEGACY_SERVER_HELLO, USE_SRTP } from '../../wire/extension.ts';
import type { ExtensionModule } from './module.ts';

/** RFC 5764 §4.1.2, RFC 7714 §14.2. */
export const SRTP_AES128_CM_HMAC_SHA1_80 = 0x0001;
export const SRTP_AES128_CM_HMAC_SHA1_32 = 0x0002;
export const SRTP_NULL_HMAC_SHA1_80 = 0x0005;
export const SRTP_NULL_HMAC_SHA1_32 = 0x0006;
export const SRTP_AEAD_AES_128_GCM = 0x0007;
export const SRTP_AEAD_AES_256_GCM = 0x0008;

/** The label of the exporter that gives the keys, RFC 5764 §4.2. */
export const SRTP_EXPORTER_LABEL = 'EXTRACTOR-dtls_srtp';

/** The extension with the profiles that we take, best first. */
export function useSrtp(profiles: readonly number[]): ExtensionModule {
  return {
    type: USE_SRTP,
    where: IN_CLIENT_HELLO | IN_LEGACY_SERVER_HELLO | IN_ENCRYPTED_EXTENSIONS,
    offer(_hs, w) {
      w.u16List(2, profiles);
      w.u8(0);
      return true;
    },
    onOffer(hs, r) {
      const offered = r.u16List(2, 2);
      // No MKI of ours, whatever the client would like: RFC 5764 §4.1.3 lets the server leave it out.
      r.vector(1);
      hs.srtpProfile = profiles.find((profile) => offered.includes(profile)) ?? 0;
    },
    answer(hs, w) {
      if (hs.srtpProfile === 0) return false;
      w.u16List(2, [hs.srtpProfile]);
      w.u8(0);
      return true;
    },
    onAnswer(hs, r) {
      const chosen = r.u16List(2, 2);
      const mki = r.vector(1);
      //= rfc5764#section-4.1.3
      //# If the client detects a nonzero-length MKI in the server's response
      //# that is different than the one the client offered, then the client
      //# MUST abort the handshake
      if (mki.length > 0) fail(ILLEGAL_PARAMETER, 'bad_extension', 'srtp_mki');
      const [profile] = chosen;
      if (chosen.length !== 1 || profile === undefined || !profiles.includes(profile))
        fail(ILLEGAL_PARAMETER, 'bad_extension', 'a profile that was not offered');
      hs.srtpProfile = profile;
    },
  };
}
