/** Every bound of the library: what a peer can make us hold or do. Each is reached with an error code of its own. */

/** Longest record fragment, RFC 9846 §5.1. */
export const MAX_PLAINTEXT = 16_384;
/** TLSCiphertext may be this much longer, RFC 9846 §5.2. */
export const MAX_EXPANSION_MODERN = 256;
/** RFC 5246 §6.2.3. */
export const MAX_EXPANSION_LEGACY = 2_048;

/** Longest handshake messages by kind; what a peer claims beyond is refused before a byte of it is stored. */
export const MAX_HELLO = 65_536;
export const MAX_CERTIFICATE_MESSAGE = 131_072;
export const MAX_SMALL_MESSAGE = 16_384;
export const MAX_FINISHED = 64;

/** In a row without a byte of content. */
export const MAX_EMPTY_RECORDS = 32;
/** Warning alerts in a row. */
export const MAX_WARNINGS = 4;
/** KeyUpdates in a row without application data. */
export const MAX_KEY_UPDATES = 32;
/** change_cipher_spec records in one TLS 1.3 handshake. */
export const MAX_DUMMY_CCS = 2;
/** Tickets that a client keeps of one connection. */
export const MAX_TICKETS = 16;

/** Early data that a server skips when it does not accept it, in bytes of ciphertext. */
export const MAX_SKIPPED_EARLY_DATA = 32_768;

/** Certificates in a chain, and their bytes. */
export const MAX_CHAIN_LENGTH = 10;
export const MAX_CHAIN_BYTES = 102_400;

/** Largest RSA modulus that is used, in bits: larger ones cost the verifier too much. */
export const MAX_RSA_BITS = 8_192;
/** Smallest RSA modulus and DH prime, unless a context allows less. */
export const MIN_RSA_BITS = 2_048;
export const MIN_DH_BITS = 2_048;

/** Extensions in one message, PSK identities and key shares in one ClientHello. */
export const MAX_EXTENSIONS = 128;
export const MAX_PSK_IDENTITIES = 16;
export const MAX_KEY_SHARES = 16;

/** Lifetime of a session or ticket, RFC 9846 §4.6.1: seven days. */
export const MAX_SESSION_LIFETIME_MS = 604_800_000;

/** Nesting of a DER value. */
export const MAX_DER_DEPTH = 16;
/** Bytes of one certificate, and extensions in it. */
export const MAX_CERTIFICATE_BYTES = 102_400;
export const MAX_CERTIFICATE_EXTENSIONS = 64;
/** Work of one path validation: signatures checked, candidate paths, steps of the search, nodes of the policy graph, names × constraints. */
export const MAX_SIGNATURE_CHECKS = 100;
export const MAX_CANDIDATE_PATHS = 128;
export const MAX_BUILD_STEPS = 8_192;
export const MAX_POLICY_NODES = 8_192;
export const MAX_NAME_CONSTRAINT_WORK = 262_144;
/** Octets of a serial number, RFC 5280 §4.1.2.2. */
export const MAX_SERIAL_BYTES = 20;
/** Attributes of one distinguished name, and policies or mappings of one certificate. */
export const MAX_NAME_ATTRIBUTES = 64;
export const MAX_POLICIES = 128;
