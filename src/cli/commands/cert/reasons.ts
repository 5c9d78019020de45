/** Why certificates are taken back, RFC 5280 §5.3.1. */
import * as crl from '../../../pki/x509/crl.ts';

export const REASONS: readonly (readonly [number, string])[] = [
  [crl.REASON_UNSPECIFIED, 'unspecified'],
  [crl.REASON_KEY_COMPROMISE, 'keyCompromise'],
  [crl.REASON_CA_COMPROMISE, 'cACompromise'],
  [crl.REASON_AFFILIATION_CHANGED, 'affiliationChanged'],
  [crl.REASON_SUPERSEDED, 'superseded'],
  [crl.REASON_CESSATION_OF_OPERATION, 'cessationOfOperation'],
  [crl.REASON_CERTIFICATE_HOLD, 'certificateHold'],
  [crl.REASON_PRIVILEGE_WITHDRAWN, 'privilegeWithdrawn'],
  [crl.REASON_AA_COMPROMISE, 'aACompromise'],
];

export function reasonName(reason: number): string {
  return REASONS.find(([number]) => number === reason)?.[1] ?? `reason ${reason}`;
}
