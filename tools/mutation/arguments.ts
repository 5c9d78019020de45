/** Why alterations that no test notices are no harm. `where`: a part of the line in docs/mutation.md. */
export interface Argument {
  readonly where: string;
  readonly reason: string;
}

export const ARGUMENTS: readonly Argument[] = [
  {
    where: 'replay.ts: EqualityOperator: ahead > 0 → ahead >= 0',
    reason: 'the highest number accepted again moves the window by nothing and sets the bit that is set',
  },
];
