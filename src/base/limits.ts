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
/** Requests for renegotiation in a row without application data: each costs a refusal (S14). */
export const MAX_RENEGOTIATION_REQUESTS = 4;
/** RFC 6520: least padding; how long an answer is waited for (and at most, while waits double), and how often a datagram is repeated. */
export const HEARTBEAT_PADDING = 16;
export const DEFAULT_HEARTBEAT_TIMEOUT_MS = 3_000;
export const MAX_HEARTBEAT_TIMEOUT_MS = 60_000;
export const DEFAULT_HEARTBEAT_REPEATS = 4;
/** Output beyond which heartbeat requests get no answer, in bytes. */
export const MAX_HEARTBEAT_BACKLOG = 65_536;
/** HelloRequests that a client passes over in a handshake (RFC 5246 §7.4.1.1). */
export const MAX_PASSED_HELLO_REQUESTS = 16;
/** Renegotiations that a peer may bring about in a window of time, by default (S14). */
export const DEFAULT_RENEGOTIATIONS = 3;
export const DEFAULT_RENEGOTIATION_WINDOW_MS = 600_000;
/** change_cipher_spec records in one TLS 1.3 handshake. */
export const MAX_DUMMY_CCS = 2;
/** Tickets that a client keeps of one connection. */
export const MAX_TICKETS = 16;

/** Early data that a server skips when it does not accept it, in bytes of ciphertext. */
export const MAX_SKIPPED_EARLY_DATA = 16_384;

/** Certificates in a chain, and their bytes. */
export const MAX_CHAIN_LENGTH = 10;
export const MAX_CHAIN_BYTES = 102_400;

/** Largest RSA modulus that is used, in bits: larger ones cost the verifier too much. */
export const MAX_RSA_BITS = 8_192;
/** Smallest RSA modulus and DH prime, unless a context allows less. */
export const MIN_RSA_BITS = 2_048;
export const MIN_DH_BITS = 2_048;

/** PSK identities of one ClientHello that are looked at. Extensions and key shares are bounded by the message's length. */
export const MAX_PSK_IDENTITIES = 16;

/** Lifetime of a session or ticket, RFC 9846 §4.7.1: seven days. */
export const MAX_SESSION_LIFETIME_MS = 604_800_000;

/** Nesting of a DER value. */
export const MAX_DER_DEPTH = 16;
/** Bytes of one certificate, and extensions in it. */
export const MAX_CERTIFICATE_BYTES = 102_400;
export const MAX_CERTIFICATE_EXTENSIONS = 64;
/** Work of one path validation: signatures checked, candidate paths, steps of the search, nodes of the policy graph, names × constraints. */
export const MAX_SIGNATURE_CHECKS = 100;
export const MAX_CANDIDATE_PATHS = 64;
export const MAX_BUILD_STEPS = 4_096;
export const MAX_POLICY_NODES = 8_192;
export const MAX_NAME_CONSTRAINT_WORK = 262_144;
/** Octets of a serial number, RFC 5280 §4.1.2.2. */
export const MAX_SERIAL_BYTES = 20;
/** Attributes of one distinguished name, and policies or mappings of one certificate. */
export const MAX_NAME_ATTRIBUTES = 64;
export const MAX_POLICIES = 128;

/** Datagrams. Longest handshake message by default, and the most that may be configured. */
export const DEFAULT_DATAGRAM_MESSAGE = 8_192;
export const MAX_DATAGRAM_MESSAGE = 65_536;
/** Handshake messages that are taken in ahead of the next one. */
export const MAX_MESSAGES_AHEAD = 16;
/** Bytes that one association holds of incomplete and waiting messages. */
export const MAX_REASSEMBLY_BYTES = 65_536;
/** Records of the next epoch kept until its keys are there, and application data kept until the handshake is over. */
export const MAX_HELD_RECORDS = 8;
export const MAX_HELD_BYTES = 16_384;
/** Datagrams kept while the handshake waits for something asynchronous. */
export const MAX_PENDING_DATAGRAMS = 16;
export const MAX_PENDING_BYTES = 32_768;
/** HelloVerifyRequests that a client answers. */
export const MAX_HELLO_VERIFY_REQUESTS = 4;
/** Longest and shortest datagram that may be configured. */
export const MAX_DATAGRAM = 65_507;
export const MIN_DATAGRAM = 100;
/** What a flight is cut down to when it meets silence: an IPv4 datagram that every host takes, less headers. */
export const FALLBACK_DATAGRAM = 508;

/** Output that a connection holds before `send` accepts no more, in bytes. */
export const MAX_QUEUED_OUTPUT = 1_048_576;
/** Certificates of a path, leaf and anchor included, self-issued ones too. */
export const MAX_PATH_LENGTH = 12;
/** Certificates given to one validation as intermediates. */
export const MAX_INTERMEDIATES = 4_096;
/** Bytes of a CRL and entries in it. */
export const MAX_CRL_BYTES = 67_108_864;
/** Chain of "who signed the CRL about the signer of the CRL". */
export const MAX_REVOCATION_DEPTH = 4;
/** Single responses in an OCSP response, and its bytes. */
export const MAX_OCSP_RESPONSES = 64;
export const MAX_OCSP_BYTES = 65_536;
/** Clock difference accepted in CRLs and OCSP responses. */
export const REVOCATION_CLOCK_SKEW_MS = 300_000;
/** Age of an OCSP response that does not say when the next one comes. */
export const MAX_OCSP_AGE_MS = 604_800_000;
/** Iterations of a password-based key derivation that a key file may ask for. */
export const MAX_PASSWORD_ITERATIONS = 2_000_000;
/** Hashes for all keys of one PKCS #12 file together: each of its locks has iterations of its own. */
export const MAX_PASSWORD_WORK = 8_000_000;
/** Bytes that scrypt may take for a key file, and its parallelisation. */
export const MAX_SCRYPT_BYTES = 134_217_728;
export const MAX_SCRYPT_PARALLEL = 16;
/** Bags of a PKCS #12 file, and certificates of a PKCS #7 bundle. */
export const MAX_PKCS12_BAGS = 1_024;
export const MAX_PKCS7_CERTIFICATES = 1_024;

/** An endpoint's associations, those of one host, and those in their handshake, by default. */
export const DEFAULT_MAX_ASSOCIATIONS = 100_000;
export const DEFAULT_MAX_PER_HOST = 1_000;
export const DEFAULT_MAX_HALF_OPEN = 1_000;
/** Closed associations that are remembered, and how often one that did not hear it is told again. */
export const MAX_TOMBSTONES = 10_000;
export const MAX_FAREWELLS = 3;
/** ClientHellos in pieces that an endpoint holds for senders who have not proven their address, and their bytes. */
export const MAX_PARTIAL_HELLOS = 64;
export const MAX_PARTIAL_HELLO_BYTES = 131_072;
/** Intermediates that a verifier remembers having accepted. */
export const MAX_KNOWN_INTERMEDIATES = 64;
