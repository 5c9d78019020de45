/** ec_point_formats, RFC 8422 §5.1.2 and §5.2: one format is left, the uncompressed one. */
import { ILLEGAL_PARAMETER } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import { EC_POINT_FORMATS, IN_CLIENT_HELLO, IN_LEGACY_SERVER_HELLO } from '../../wire/extension.ts';
import type { Handshake } from '../state.ts';
import type { ExtensionModule } from './module.ts';

/** ECPointFormat. */
export const UNCOMPRESSED = 0;

export const ecPointFormats: ExtensionModule = {
  type: EC_POINT_FORMATS,
  where: IN_CLIENT_HELLO | IN_LEGACY_SERVER_HELLO,
  offer(hs, w) {
    //= rfc8422#section-4
    //# The client MUST NOT include these extensions in the ClientHello
    //# message if it does not propose any ECC cipher suites.
    if (!hasCurveSuites(hs)) return false;
    //= rfc8422#section-5.1
    //# If the Supported Point Formats Extension is indeed sent, it MUST contain the value 0
    //# (uncompressed) as one of the items in the list of point formats.
    //= rfc8422#section-5.1.2
    //# A client compliant with this specification that supports no other curves MUST send the following
    //# octets
    w.vector(1, Uint8Array.of(UNCOMPRESSED));
    return true;
  },
  onOffer(hs, r) {
    hs.peerPointFormats = r.vector(1, 1);
  },
  answer(hs, w) {
    if (hs.resumed !== undefined || hs.legacy.suite.kx.needsGroup !== 'ec') return false;
    w.vector(1, Uint8Array.of(UNCOMPRESSED));
    return true;
  },
  onAnswer(_hs, r) {
    //= rfc8422#section-5.2
    //# The Supported
    //# Point Formats Extension, when used, MUST contain the value 0
    //# (uncompressed) as one of the items in the list of point formats.
    if (!r.vector(1, 1).includes(UNCOMPRESSED)) fail(ILLEGAL_PARAMETER, 'bad_extension', 'ec_point_formats without the uncompressed one');
  },
};

/** Whether the context has suites with curves, TLS 1.3 aside. */
export function hasCurveSuites(hs: Handshake): boolean {
  return hs.context.suites.some((suite) => suite.family === 'legacy' && suite.kx.needsGroup === 'ec');
}
