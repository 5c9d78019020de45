/** How many records one key protects, RFC 9846 §5.5 and RFC 9147 §4.5.3. */

/** AES-GCM: "approximately 24 million" full-size records. */
export const GCM_RECORDS = 23_726_566;
/** AES-CCM: 2^23 records, the DTLS figure; TLS 1.3 gives none and this is the lower. */
export const CCM_RECORDS = 8_388_608;
/** AES-CCM with 8-byte tags has the same limit for confidentiality; forgeries are the datagram carrier's to count. */
export const CCM_8_RECORDS = 8_388_608;
/** ChaCha20-Poly1305: the sequence number ends first. */
export const CHACHA_RECORDS: number = Number.POSITIVE_INFINITY;
/** Blocks of 64 bits, SWEET32 (CVE-2016-2183): 2^20 records at most. */
export const TRIPLE_DES_RECORDS = 1_048_576;
