/**
 * The flags that the runner passes. What is not in these tables is not implemented, and the shim says so with exit code 89.
 */
export interface CredentialFlags {
  /** A raw public key (RFC 7250) instead of a certificate. */
  readonly raw: boolean;
  certFile?: string;
  keyFile?: string;
  signingPrefs: number[];
  ocspResponse?: Uint8Array;
  timestamps?: Uint8Array;
  mustMatchIssuer: boolean;
}

export interface Flags {
  /** Flags without a value. */
  readonly on: Set<string>;
  /** The last value of each. */
  readonly value: Map<string, string>;
  /** All values, in order, of those that may be repeated. */
  readonly lists: Map<string, number[]>;
  /** The credential of `-cert-file`; then those of `-new-x509-credential`. */
  readonly base: CredentialFlags;
  readonly credentials: CredentialFlags[];
}

/** The runner of 2018, the last that knows SSL 3.0, names no shim. */
export function isOldRunner(flags: Flags): boolean {
  return !flags.value.has('shim-id');
}

export class Unimplemented extends Error {}

const BOOLEANS = new Set(
  `server dtls ipv6 async implicit-handshake shim-writes-first shim-shuts-down check-close-notify fallback-scsv require-any-client-certificate
   verify-peer verify-fail use-custom-verify-callback expect-verify-result expect-no-session expect-session-miss expect-extended-master-secret
   no-tls13 no-tls12 no-tls11 no-tls1 no-ticket write-different-record-sizes partial-write decline-alpn reject-alpn
   enable-ocsp-stapling use-early-callback install-ddos-callback fail-cert-callback
   use-export-context tls-unique expect-ticket-renewal expect-no-server-name use-old-client-cert-callback send-alert peek-then-read
   use-exporter-between-reads expect-no-peer-cert expect-secure-renegotiation expect-no-secure-renegotiation expect-session-id
   expect-no-session-id no-op-extra-handshake server-preference key-update key-update-before-read expect-hrr expect-no-hrr
   renegotiate-ignore renegotiate-freely renegotiate-once renegotiate-explicit forbid-renegotiation-after-handshake use-ocsp-callback
   set-ocsp-in-callback decline-ocsp-callback fail-ocsp-callback no-legacy-server-connect cbc-record-splitting reverify-on-resume
   handshake-never-done enable-signed-cert-timestamps use-ticket-callback use-ticket-aead-callback renew-ticket skip-ticket
   fail-ddos-callback fail-early-callback export-traffic-secrets no-ssl3 enable-all-curves enable-ed25519
  `.split(/\s+/),
);
const STRINGS = new Set(
  `port shim-id resume-count min-version max-version expect-version host-name expect-server-name advertise-alpn expect-alpn
   expect-advertised-alpn select-alpn psk psk-identity srtp-profiles mtu cipher export-keying-material export-label export-context
   expect-peer-signature-algorithm expect-curve-id trust-cert shim-initial-write expect-certificate-types use-client-ca-list
   expect-client-ca-list max-cert-list expect-cipher-aes expect-cipher-no-aes expect-cipher expect-peer-cert-file
   resumption-delay max-send-fragment read-size expect-selected-credential expect-ocsp-response write-settings
   quic-use-legacy-codepoint initial-timeout-duration-ms repeat-shim-initial-write expect-total-renegotiations
   alps-use-new-codepoint expect-msg-callback expect-signed-cert-timestamps tls13-variant
   expect-peer-certificate-type expect-peer-rpk-sha256`.split(/\s+/),
);
const LISTS = new Set([
  'verify-prefs',
  'expect-peer-verify-pref',
  'curves',
  'curves-flags',
  'key-shares',
  'server-supported-groups-hint',
  'accepted-peer-cert-types',
  'available-client-cert-types',
]);
const PREFIXES = ['on-initial-', 'on-resume-', 'on-retry-'];

/** `connection`: 0 for the first, then the resumptions. */
export function parseFlags(args: readonly string[], connection: number): Flags {
  const flags: Flags = {
    on: new Set(),
    value: new Map(),
    lists: new Map(),
    base: { raw: false, signingPrefs: [], mustMatchIssuer: false },
    credentials: [],
  };
  for (let i = 0; i < args.length; i++) {
    const argument = args[i]!;
    if (!argument.startsWith('-')) throw new Unimplemented(argument);
    let name = argument.slice(1).replace(/^on-shim-/, '');
    let applies = true;
    if (name.startsWith('on-handshaker-')) {
      name = name.slice('on-handshaker-'.length);
      applies = false;
    }
    for (const prefix of PREFIXES) {
      if (!name.startsWith(prefix)) continue;
      name = name.slice(prefix.length);
      applies = prefix === 'on-initial-' ? connection === 0 : prefix === 'on-resume-' ? connection > 0 : false;
    }
    i += apply(flags, name, args[i + 1], applies);
  }
  return flags;
}

/** Gives how many arguments the flag used. */
function apply(flags: Flags, name: string, next: string | undefined, applies: boolean): 0 | 1 {
  if (BOOLEANS.has(name)) {
    if (applies) flags.on.add(name);
    return 0;
  }
  if (name === 'no-key-shares') {
    if (applies) flags.lists.set('key-shares', []);
    return 0;
  }
  if (name === 'new-x509-credential' || name === 'new-rpk-credential') {
    if (applies) flags.credentials.push({ raw: name === 'new-rpk-credential', signingPrefs: [], mustMatchIssuer: false });
    return 0;
  }
  const credential = flags.credentials.at(-1) ?? flags.base;
  if (name === 'must-match-issuer') {
    if (applies) credential.mustMatchIssuer = true;
    return 0;
  }
  if (next === undefined) throw new Unimplemented(name);
  if (name === 'cert-file') {
    if (applies) credential.certFile = next;
  } else if (name === 'key-file') {
    if (applies) credential.keyFile = next;
  } else if (name === 'signing-prefs') {
    if (applies) credential.signingPrefs.push(Number(next));
  } else if (name === 'ocsp-response') {
    if (applies) credential.ocspResponse = Buffer.from(next, 'base64');
  } else if (name === 'signed-cert-timestamps') {
    if (applies) credential.timestamps = Buffer.from(next, 'base64');
  } else if (LISTS.has(name)) {
    if (applies) flags.lists.set(name, [...(flags.lists.get(name) ?? []), Number(next)]);
  } else if (STRINGS.has(name)) {
    if (applies) flags.value.set(name, next);
  } else throw new Unimplemented(name);
  return 1;
}
