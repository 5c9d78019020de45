/**
 * Test suites for path validation that others publish, read into one form: x509-limbo (a JSON document of `testcases`), and what
 * BetterTLS's `export-tests` writes (`trustRoot` and `suites`). Neither is part of this repository.
 */

export interface SuiteCase {
  readonly id: string;
  readonly description: string;
  readonly features: readonly string[];
  readonly anchors: readonly CertificateData[];
  readonly intermediates: readonly CertificateData[];
  readonly certificate: CertificateData;
  readonly side: 'client' | 'server';
  /** Milliseconds since 1970; undefined: now. */
  readonly time: number | undefined;
  readonly names: readonly { readonly kind: 'dns' | 'ip' | 'email'; readonly value: string }[];
  readonly keyUsages: readonly string[];
  readonly purposes: readonly string[];
  readonly signatureAlgorithms: readonly string[];
  readonly maxDepth: number | undefined;
  readonly crls: readonly string[];
  readonly expected: boolean;
  /** The suite itself calls the other outcome no more than a warning. */
  readonly soft: boolean;
}

/** PEM, or DER. */
export type CertificateData = string | Uint8Array;

/** Reads a suite of either format. Throws an Error that says what is missing. */
export function readSuite(text: string): SuiteCase[] {
  const document = object(JSON.parse(text), 'the document');
  if (Array.isArray(document['testcases'])) return document['testcases'].map((one, i) => readLimbo(object(one, `testcases[${i}]`)));
  if (typeof document['trustRoot'] === 'string') return readBetterTls(document['trustRoot'], object(document['suites'], 'suites'));
  throw new Error('neither x509-limbo (testcases) nor BetterTLS (trustRoot, suites)');
}

type Json = Readonly<Record<string, unknown>>;

function readLimbo(one: Json): SuiteCase {
  const time = one['validation_time'];
  const name = one['expected_peer_name'];
  const names = [...(name === null || name === undefined ? [] : [name]), ...list(one['expected_peer_names'])];
  const depth = one['max_chain_depth'];
  return {
    id: string(one['id']),
    description: string(one['description']),
    features: strings(one['features']),
    anchors: strings(one['trusted_certs']),
    intermediates: strings(one['untrusted_intermediates']),
    certificate: string(one['peer_certificate']),
    side: one['validation_kind'] === 'CLIENT' ? 'client' : 'server',
    time: typeof time === 'string' ? Date.parse(time) : undefined,
    names: names.map((entry) => readPeerName(object(entry, 'expected_peer_name'))),
    keyUsages: strings(one['key_usage']),
    purposes: strings(one['extended_key_usage']),
    signatureAlgorithms: strings(one['signature_algorithms']),
    maxDepth: typeof depth === 'number' ? depth : undefined,
    crls: strings(one['crls']),
    expected: one['expected_result'] === 'SUCCESS',
    soft: false,
  };
}

function readPeerName(name: Json): SuiteCase['names'][number] {
  const value = string(name['value']);
  switch (name['kind']) {
    case 'DNS':
      return { kind: 'dns', value };
    case 'IP':
      return { kind: 'ip', value };
    case 'RFC822':
      return { kind: 'email', value };
    default:
      throw new Error(`a peer name of kind ${String(name['kind'])}`);
  }
}

function readBetterTls(trustRoot: string, suites: Json): SuiteCase[] {
  const anchors = [base64(trustRoot)];
  return Object.entries(suites).flatMap(([suite, content]) =>
    list(object(content, suite)['testCases']).map((entry): SuiteCase => {
      const one = object(entry, `a case of ${suite}`);
      const [leaf, ...intermediates] = strings(one['certificates']).map(base64);
      if (leaf === undefined) throw new Error(`a case of ${suite} has no certificate`);
      const host = string(one['hostname']);
      const features = strings(one['requiredFeatures']);
      return {
        id: `bettertls::${suite}::tc${String(one['id'])}`,
        description: features.join(' '),
        features: [],
        anchors,
        intermediates,
        certificate: leaf,
        side: 'server',
        time: undefined,
        names: [{ kind: /^[\d.]+$|:/.test(host) ? 'ip' : 'dns', value: host }],
        keyUsages: [],
        purposes: [],
        signatureAlgorithms: [],
        maxDepth: undefined,
        crls: [],
        expected: one['expected'] === 'ACCEPT',
        soft: one['failureIsWarning'] === true,
      };
    }),
  );
}

function object(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} is no object`);
  return value as Json;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function string(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`${JSON.stringify(value)} instead of a text`);
  return value;
}

function strings(value: unknown): string[] {
  return list(value).map(string);
}

function base64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
