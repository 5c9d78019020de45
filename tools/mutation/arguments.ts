/** Why alterations that no test notices are no harm. `where`: a part of the line in docs/mutation.md. */
export interface Argument {
  readonly where: string;
  readonly reason: string;
}

export const ARGUMENTS: readonly Argument[] = [
  {
    where: 'validate.ts: ArrayDeclaration: [] → ["Stryker was here"] (no test comes here)',
    reason: 'where there is a path there is what accepted it: there for the types',
  },
  {
    where: 'validate.ts: OptionalChaining: built.accepted?.policies',
    reason: 'where there is a path there is what accepted it: there for the types',
  },
  {
    where: 'validate.ts: ArrayDeclaration: [] → ["Stryker was here"]',
    reason: 'a text without certificates has none, and what is no name is of no form',
  },
  { where: 'report.ts: ArrayDeclaration: [] → ["Stryker was here"]', reason: 'what is no name has no text' },
  { where: "validate.ts: ConditionalExpression: revocation === 'none' → false", reason: 'in that mode nothing is asked behind the store' },
  {
    where: 'validate.ts: ConditionalExpression: !(error instanceof TlsError) → false',
    reason: 'the parsers throw nothing else, and what is no TlsError has no such code',
  },
  { where: 'validate.ts: ArithmeticOperator: at + 1 → at - 1', reason: 'done to both alike: what differs stays different' },
  { where: 'validate.ts: MethodExpression: text.slice(at + 1)', reason: 'done to both alike: what differs stays different' },
  { where: 'validate.ts: BlockStatement: { … → {}', reason: 'behind a catch, no value is as good as false' },
  { where: 'validate.ts: ConditionalExpression: error instanceof TlsError → true', reason: 'the parser throws nothing else' },
  {
    where: 'crl-check.ts: ConditionalExpression: unknown !== undefined → true',
    reason: 'words that are written over: the list can be used',
  },
  {
    where: 'crl-check.ts: ConditionalExpression: at < 0 → true',
    reason: 'the same key but for DSA keys that inherit parameters, which the cases of NIST have (`npm run test:pkits`)',
  },
  { where: 'crl-check.ts: EqualityOperator: at < 0 → at <= 0', reason: 'the certificate itself is never asked to have signed the list' },
  {
    where: 'crl-check.ts: ConditionalExpression: now !== undefined → true',
    reason: 'undefined is neither before nor behind any time: there for the types',
  },
  {
    where: 'crl-check.ts: ConditionalExpression: crl.nextUpdate !== undefined → true',
    reason: 'undefined is neither before nor behind any time: there for the types',
  },
  { where: "status.ts: ConditionalExpression: mode !== 'none' → true", reason: 'in that mode nothing is asked behind the store' },
  {
    where: 'issuer-index.ts: ConditionalExpression: intermediates.length < SMALL_POOL',
    reason: 'searched or looked up in tables: the same answers',
  },
  {
    where: 'issuer-index.ts: EqualityOperator: intermediates.length < SMALL_POOL',
    reason: 'searched or looked up in tables: the same answers',
  },
  {
    where: 'issuer-index.ts: ConditionalExpression: tables === undefined → true',
    reason: 'searched in place of looked up: the same answers',
  },
  {
    where: 'issuer-index.ts: ConditionalExpression: this.#tables === undefined → true',
    reason: 'searched in place of looked up: the same answers',
  },
  {
    where: 'issuer-index.ts: ConditionalExpression: found === undefined → true',
    reason: 'worked out anew in place of remembered: the same answers',
  },
  {
    where: 'issuer-index.ts: ConditionalExpression: key === undefined → true',
    reason: 'worked out anew in place of remembered: the same answers',
  },
  { where: 'issuer-index.ts: ConditionalExpression: a === b → false', reason: 'a short way: a certificate has its own name and key' },
  {
    where: 'issuer-index.ts: ConditionalExpression: tables !== undefined && ownerOf(a, tables)',
    reason: 'a short way: names and keys are compared behind it',
  },
  {
    where: 'issuer-index.ts: ConditionalExpression: owner',
    reason: 'hashes only spare a comparison: without them names and keys are compared',
  },
  { where: 'issuer-index.ts: EqualityOperator: owner', reason: 'hashes only spare a comparison: without them names and keys are compared' },
  {
    where: 'issuer-index.ts: BlockStatement: { … → {}',
    reason: 'hashes of owners only spare a comparison; behind a catch, no value is as good as false or undefined',
  },
  { where: 'issuer-index.ts: ConditionalExpression: seen.has(hash) → false', reason: 'a name that comes again finds nothing new' },
  {
    where: 'issuer-index.ts: ConditionalExpression: exact.length > 0 → false',
    reason: 'a short way: the look-up behind it takes the same bytes before other forms',
  },
  { where: 'issuer-index.ts: ConditionalExpression: candidates.length < 2 → false', reason: 'one alone is in order' },
  {
    where: 'issuer-index.ts: ConditionalExpression: now !== undefined → true',
    reason: 'undefined is neither before nor behind any time: there for the types',
  },
  { where: 'issuer-index.ts: ArithmeticOperator: hashBytes(certificate.issuer.der)', reason: 'another hash of the same two values' },
  {
    where: 'issuer-index.ts: OptionalChaining: certificate.authorityKeyIdentifier?.keyIdentifier',
    reason: 'the error is caught, with the same answer',
  },
  { where: 'path-build.ts: ConditionalExpression: this.#stopped !== undefined → false', reason: 'each further round stops at once' },
  { where: 'path-build.ts: ConditionalExpression: found === undefined → true', reason: 'a dead end that is noted and never told' },
  { where: 'path-build.ts: ConditionalExpression: this.#failures.length > 0 → false', reason: 'a dead end that is noted and never told' },
  {
    where: 'path-build.ts: EqualityOperator: ++this.#steps > MAX_BUILD_STEPS → ++this.#steps >= MAX_BUILD_STEPS',
    reason: 'one step of four thousand',
  },
  {
    where: 'path-build.ts: ConditionalExpression: this.#measured',
    reason: 'how often is measured decides how long the search takes, not what it finds',
  },
  {
    where: 'path-build.ts: EqualityOperator: this.#measured',
    reason: 'how often is measured decides how long the search takes, not what it finds',
  },
  {
    where: 'path-build.ts: ConditionalExpression: this.#distance !== undefined && this.#measured',
    reason: 'how often is measured decides how long the search takes, not what it finds',
  },
  {
    where: 'path-build.ts: UpdateOperator: this.#measured++ → this.#measured--',
    reason: 'how often is measured decides how long the search takes, not what it finds',
  },
  {
    where: 'path-build.ts: ArrowFunction: (certificate, issuer) => … → () => undefined',
    reason: 'ways over what is known to be bad are measured too: the search is longer, what it finds the same',
  },
  {
    where: 'path-build.ts: ConditionalExpression: issuer === undefined',
    reason: 'ways over what is known to be bad are measured too: the search is longer, what it finds the same',
  },
  {
    where: 'path-build.ts: EqualityOperator: issuer === undefined',
    reason: 'ways over what is known to be bad are measured too: the search is longer, what it finds the same',
  },
  {
    where: 'path-build.ts: ConditionalExpression: distance === undefined → false',
    reason: 'less is left out: the search is longer, what it finds the same',
  },
  {
    where: 'path-build.ts: ArithmeticOperator: this.#path.length + 1 → this.#path.length - 1',
    reason: 'less is left out: the search is longer, what it finds the same',
  },
  {
    where: 'path-build.ts: ConditionalExpression: old.length > 0 → true',
    reason: 'the last of none cannot be read, and is not self-issued',
  },
  {
    where: 'path-build.ts: EqualityOperator: old.length > 0 → old.length >= 0',
    reason: 'the last of none cannot be read, and is not self-issued',
  },
  { where: 'path-build.ts: BlockStatement: { … → {}', reason: 'behind a catch, no value is as good as false' },
  { where: 'trust-store.ts: ArrayDeclaration: [] → ["Stryker was here"]', reason: 'written before it is read' },
  {
    where: 'trust-store.ts: ConditionalExpression: near.length === 1 && equal(near[0]!.subject.der, name.der) → false',
    reason: 'a short way: the filter behind it finds the same one',
  },
  { where: 'trust-store.ts: ConditionalExpression: error instanceof TlsError → true', reason: 'reading a name throws nothing else' },
  {
    where: 'trust-store.ts: ConditionalExpression: this.#byKey === undefined → true',
    reason: 'made anew in place of remembered: the same table',
  },
  { where: 'trust-store.ts: EqualityOperator: i < bytes.length → i <= bytes.length', reason: 'another hash of the same bytes' },
  {
    where: 'crl-check.ts: ConditionalExpression: exact.length > 0 → false',
    reason: 'a short way: all lists are looked through by their names',
  },
  {
    where: 'crl-check.ts: BlockStatement: { … → {}',
    reason: 'what is not found by its name is looked for among all lists',
  },
  {
    where: 'crl-check.ts: ConditionalExpression: a.value instanceof Uint8Array && b.value instanceof Uint8Array → true',
    reason: 'of one form, and neither text nor a name: both are bytes; there for the types',
  },
  {
    where: 'crl-check.ts: LogicalOperator: a.value instanceof Uint8Array && b.value instanceof Uint8Array → ',
    reason: 'of one form, and neither text nor a name: both are bytes; there for the types',
  },
  { where: 'ocsp-check.ts: ArrayDeclaration: [] → ["Stryker was here"]', reason: 'no purpose is looked at where a response is checked' },
  {
    where: 'ocsp-check.ts: ConditionalExpression: basic === undefined → false',
    reason: 'a response that is successful and has no content is refused when it is read: there for the types',
  },
  {
    where: "ocsp-check.ts: ConditionalExpression: why === '' → true",
    reason: 'a signature checked in vain: the certificate is refused already',
  },
  {
    where: 'ocsp-check.ts: ConditionalExpression: basic.responderKeyHash !== undefined → true',
    reason: 'where there is no name there is a hash: there for the types',
  },
  { where: 'revoked-store.ts: ConditionalExpression: keys.size > 0 → true', reason: 'a short way: an empty store has nothing' },
  { where: 'revoked-store.ts: EqualityOperator: keys.size > 0 → keys.size >= 0', reason: 'a short way: an empty store has nothing' },
  {
    where: 'revoked-store.ts: ConditionalExpression: start < entry.serial.length - 1 → true',
    reason: 'the number zero as no bytes, in the store and in the question alike',
  },
  {
    where: 'revoked-store.ts: EqualityOperator: start < entry.serial.length - 1 → start <= entry.serial.length - 1',
    reason: 'the number zero as no bytes, in the store and in the question alike',
  },
  {
    where: 'revoked-store.ts: ArithmeticOperator: entry.serial.length - 1 → entry.serial.length + 1',
    reason: 'the number zero as no bytes, in the store and in the question alike',
  },
  {
    where: 'status.ts: BooleanLiteral:',
    reason: 'whether a status was required makes no difference where there is one',
  },
  { where: 'profile-rfc5280.ts: ConditionalExpression: usage !== undefined → true', reason: 'undefined has no bits: there for the types' },
  { where: 'profile-rfc5280.ts: ArrayDeclaration: [] → ["Stryker was here"]', reason: 'what is no name is of no form' },
  { where: 'profile-webpki.ts: ConditionalExpression: usage !== undefined → true', reason: 'undefined has no bits: there for the types' },
  {
    where: 'profile-webpki.ts: ArrayDeclaration: [] → ["Stryker was here"]',
    reason: 'one common name more would be taken, and no certificate has it',
  },
  { where: "profile-webpki.ts: LogicalOperator: key.type ?? 'unknown'", reason: 'words of the detail' },
  { where: "profile-webpki.ts: LogicalOperator: algorithm.hash ?? 'no hash'", reason: 'words of the detail' },
  { where: 'profile.ts: ConditionalExpression: default: … → default:', reason: 'behind the last case there is nothing to leave' },
  { where: 'identity.ts: ArrayDeclaration: [] → ["Stryker was here"]', reason: 'what is no purpose asks for no bits' },
  {
    where: 'known-intermediates.ts: MethodExpression: Math.max(0, der.length - 16) → Math.min(0, der.length - 16)',
    reason: 'the whole certificate hashed in the place of its end: the same answers, later',
  },
  {
    where: 'verifier.ts: MethodExpression: chain.slice(1) → chain',
    reason: 'no certificate stands twice in a path, so that the leaf is no issuer of its own',
  },
  {
    where: 'verifier.ts: ConditionalExpression: request.ocspResponse === undefined && request.ocspResponses === undefined → false',
    reason: 'a short way: without responses there is none for any certificate',
  },
  { where: 'verifier.ts: ConditionalExpression: at < 0 → false', reason: 'before the first response there is none' },
  { where: 'verifier.ts: ConditionalExpression: listed === own → false', reason: 'a response looked at twice says the same twice' },
  {
    where: 'verifier.ts: ConditionalExpression: i === 0 → false',
    reason: 'spares a look-up: a leaf that is known as an intermediate is the same certificate',
  },
  {
    where: 'verifier.ts: ConditionalExpression: error instanceof TlsError → true',
    reason: 'the parser throws nothing else; a fault of its own would not be blamed on the peer',
  },
  {
    where: 'name-constraints.ts: ConditionalExpression: this.isEmpty → false',
    reason: 'a short way: where there are no constraints none is broken',
  },
  {
    where: 'name-constraints.ts: BooleanLiteral: false → true (no test comes here)',
    reason: 'a constraint on mailboxes concerns nothing else: the line is there for the types',
  },
  {
    where: 'name-constraints.ts: BooleanLiteral: false → true',
    reason: 'of a single mailbox the host alone counts, not what is below it',
  },
  {
    where: 'name-constraints.ts: ConditionalExpression: default: … → default:',
    reason: 'behind the last case there is nothing: undefined either way',
  },
  {
    where: 'name-constraints.ts: ConditionalExpression: subtree.kind',
    reason: 'only constraints of the same kind come here: there for the types',
  },
  {
    where: 'name-constraints.ts: EqualityOperator: i < length → i <= length',
    reason: 'behind the address the mask is at its end, and no bit of it is one',
  },
  { where: 'name-constraints.ts: EqualityOperator: at <= 0 → at < 0', reason: 'an empty local part is refused as such too' },
  {
    where: 'name-constraints.ts: EqualityOperator: i < value.length → i <= value.length',
    reason: 'behind the mask there is no bit that is one',
  },
  {
    where: 'path-validate.ts: ArrayDeclaration: [] → ["Stryker was here"]',
    reason: 'what is no entry is of no certificate, and answers for none',
  },
  {
    where: 'path-validate.ts: ConditionalExpression: policies.',
    reason: 'a counter below zero counts as zero: the words are those of RFC 5280',
  },
  {
    where: 'path-validate.ts: EqualityOperator: policies.',
    reason: 'a counter below zero counts as zero: the words are those of RFC 5280',
  },
  {
    where: 'path-validate.ts: ConditionalExpression: now !== undefined → true',
    reason: 'undefined is neither before nor behind any time: there for the types',
  },
  {
    where: 'path-validate.ts: ConditionalExpression: purposes.length === 0 → false',
    reason: 'a short way: where no purpose is asked for none is missing',
  },
  {
    where: 'policies.ts: ArithmeticOperator: n + 1 → n - 1',
    reason: 'of inhibit_policyMapping: the leaf maps nothing, so that the last two of the count are never used',
  },
  {
    where: 'policies.ts: ConditionalExpression: parents.size > 0 → true',
    reason: 'a node without parents hangs on no root, and is not counted',
  },
  {
    where: 'policies.ts: EqualityOperator: parents.size > 0 → parents.size >= 0',
    reason: 'a node without parents hangs on no root, and is not counted',
  },
  { where: 'aead12.ts: BlockStatement: { … → {}', reason: 'a getter without a body gives undefined too' },
  {
    where: 'aead12.ts: EqualityOperator: i < EXPLICIT_LENGTH → i <= EXPLICIT_LENGTH',
    reason: 'a nonce has 12 bytes: what is written behind it is nowhere',
  },
  { where: 'aead13.ts: ConditionalExpression: end > 0 → true', reason: 'before the first byte there is none, and it is not zero' },
  { where: 'aead13.ts: EqualityOperator: end > 0 → end >= 0', reason: 'before the first byte there is none, and it is not zero' },
  {
    where: 'cbc-etm.ts: ConditionalExpression: this.#iv.length > 0 → true',
    reason: 'the first block of the record is written over an IV that does not belong there',
  },
  {
    where: 'cbc-etm.ts: EqualityOperator: this.#iv.length > 0 → this.#iv.length >= 0',
    reason: 'the first block of the record is written over an IV that does not belong there',
  },
  {
    where: 'cbc-mac.ts: EqualityOperator: sealedLength < mac.length + 1 → sealedLength <= mac.length + 1',
    reason: 'no MAC and one byte together are whole blocks',
  },
  {
    where: 'cbc-mac.ts: ArithmeticOperator: text.length - mac.length - 1 → text.length - mac.length + 1',
    reason: 'a text is whole blocks, and for none of the MACs do two bytes more begin another block of the hash',
  },
  {
    where: 'unpad.ts: EqualityOperator: i < macLength → i <= macLength',
    reason: 'behind the MAC nothing can be written',
  },
  {
    where: 'replay.ts: EqualityOperator: ahead > 0 → ahead >= 0',
    reason: 'the highest number accepted again moves the window by nothing and sets the bit that is set',
  },
  { where: 'dns-name.ts: ConditionalExpression: text.length === 0 → false', reason: 'an empty text is one empty label, which is none' },
  {
    where: 'dns-name.ts: ConditionalExpression: offset < 0 → false',
    reason: 'before the first label there is none, and it equals none of a suffix',
  },
  {
    where: 'dns-name.ts: EqualityOperator: i < suffix.length → i <= suffix.length',
    reason: 'behind the last label there is none on either side',
  },
  {
    where: 'host-name.ts: ConditionalExpression: address === undefined → true',
    reason: 'no address is a domain name too: the look-up gives none',
  },
  {
    where: "host-name.ts: ConditionalExpression: name.kind === 'ip' → true",
    reason: 'the text of a name is never equal to the bytes of an address',
  },
  {
    where: 'flow.ts: UnaryOperator: -1 → +1',
    reason: 'read only while there is a message, and written whenever one comes',
  },
  {
    where: 'reassembly.ts: ArrayDeclaration: [] → ["Stryker was here"] (no test comes here)',
    reason: 'a message that is complete has pages: the empty list is there for the types',
  },
  {
    where: 'reassembly.ts: ConditionalExpression: partial !== undefined → true',
    reason: 'the last entry is never a hole: holes lie before an entry',
  },
  { where: 'reassembly.ts: ConditionalExpression: this.#partials.length < index → false', reason: 'a hole reads as undefined either way' },
  {
    where: 'reassembly.ts: EqualityOperator: this.#partials.length < index → this.#partials.length <= index',
    reason: 'the entry more is the one that is written next',
  },
];
