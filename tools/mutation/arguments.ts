/** Why alterations that no test notices are no harm. `where`: a part of the line in docs/mutation.md. */
export interface Argument {
  readonly where: string;
  readonly reason: string;
}

export const ARGUMENTS: readonly Argument[] = [
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
    where: 'reassembly.ts: ConditionalExpression: !this.#allow(Math.min(PAGE, f.length), index) → false',
    reason: "refused here or by the page's own count, with the same answer",
  },
  {
    where: 'reassembly.ts: MethodExpression: Math.min(PAGE, f.length) → Math.max(PAGE, f.length)',
    reason: "an estimate: the page's own count is exact",
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
  {
    where: 'reassembly.ts: ArrayDeclaration: [] → ["Stryker was here"]',
    reason: 'noticed by the test of a list that is used after it was cleared, which is newer than these figures',
  },
];
