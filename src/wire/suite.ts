/** Signalling values among the cipher suites. */
/** RFC 5746 §3.3. */
export const TLS_EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff;
/** RFC 7507. */
export const TLS_FALLBACK_SCSV = 0x5600;
