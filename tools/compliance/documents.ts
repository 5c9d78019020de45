/** Which documents are traced, and how far each must be. */

export interface TracedDocument {
  readonly name: string;
  readonly title: string;
  /** Whether each of its MUST sentences needs code and test, or an exception. */
  readonly binding: boolean;
}

export const DOCUMENTS: readonly TracedDocument[] = [
  { name: 'rfc9846', title: 'TLS 1.3', binding: true },
  { name: 'rfc5246', title: 'TLS 1.2', binding: true },
  { name: 'rfc5746', title: 'Renegotiation indication', binding: true },
  { name: 'rfc7627', title: 'Extended master secret', binding: true },
  { name: 'rfc6066', title: 'Extension definitions', binding: true },
  { name: 'rfc7301', title: 'Application-layer protocol negotiation', binding: true },
  { name: 'rfc7366', title: 'Encrypt-then-MAC', binding: true },
  { name: 'rfc5077', title: 'Session tickets', binding: true },
  { name: 'rfc8422', title: 'ECC cipher suites', binding: true },
  { name: 'rfc8446', title: 'TLS 1.3, as first published', binding: true },
  { name: 'rfc9147', title: 'DTLS 1.3', binding: false },
  { name: 'rfc7919', title: 'Finite-field groups', binding: false },
  { name: 'rfc8449', title: 'Record size limit', binding: false },
  { name: 'rfc9146', title: 'DTLS connection identifiers', binding: false },
];

/** RFC 9846 takes the place of RFC 8446: what stands in both is traced once, by its words. */
export const ALIAS = { of: 'rfc8446', is: 'rfc9846' } as const;
