import type { RecordShape } from '../../crypto/protect/protection.ts';

/** TLS 1.3 records: RFC 9846 §5.2. The version on the wire is that of TLS 1.2 for ever. */
export const MODERN_SHAPE: RecordShape = { wireVersion: 0x0303, mac: 'hmac', explicitIv: false, encryptThenMac: false };
