/** Key agreement in named groups over node:crypto: curves, ffdhe, ML-KEM and hybrids. */
import { isFfdhe } from '../ffdhe.ts';
import type { GroupName, PendingKeyShare } from '../port.ts';
import { startCurve } from './curves.ts';
import { startFfdhe } from './dh.ts';
import { answerKem, startKem } from './kem.ts';

export function startKeyShare(group: GroupName): PendingKeyShare {
  return startCurve(group) ?? (isFfdhe(group) ? startFfdhe(group) : startKem(group));
}

export function answerKeyShare(group: GroupName, peerShare: Uint8Array): { share: Uint8Array; secret: Uint8Array } | undefined {
  if (group.includes('MLKEM')) return answerKem(group, peerShare);
  const pending = startKeyShare(group);
  const secret = pending.finish(peerShare);
  return secret === undefined ? undefined : { share: pending.share, secret };
}
