/** Checks of the leaf that no path answers: purpose, key usage, and whether it is for this host. */
import type { Certificate } from './certificate.ts';
import { DIGITAL_SIGNATURE, KEY_AGREEMENT, KEY_ENCIPHERMENT } from './extensions.ts';
import { type Fault, fault } from './failure.ts';
import { matchHostName } from './host-name.ts';
import { checkPurposes } from './path-validate.ts';

export interface IdentityOptions {
  /** Purposes that an extended key usage must allow, as object identifiers. */
  readonly purposes: readonly string[];
  /** Accept anyExtendedKeyUsage in their place. */
  readonly anyPurpose: boolean;
  /** Bits of KeyUsage of which the leaf must have at least one, when it has the extension. */
  readonly keyUsageAnyOf?: number | undefined;
  /** Bits of KeyUsage that it must have all. */
  readonly keyUsageAllOf?: number | undefined;
  /** Names that the leaf must be for, all of them. */
  readonly hostNames: readonly string[];
  readonly legacyCommonName?: boolean | undefined;
}

/** What a TLS end-entity key is used for: to sign, to be encrypted to, or in a key agreement. */
export const TLS_KEY_USAGE: number = DIGITAL_SIGNATURE | KEY_ENCIPHERMENT | KEY_AGREEMENT;

/** Throws `bad_der` when an extension that is looked at is malformed. */
export function checkIdentity(leaf: Certificate, options: IdentityOptions): Fault | undefined {
  const purpose = checkPurposes(leaf, options.purposes, options.anyPurpose);
  if (purpose !== undefined) return purpose;
  const { keyUsage } = leaf;
  if (keyUsage !== undefined) {
    const all = options.keyUsageAllOf ?? 0;
    const any = options.keyUsageAnyOf ?? 0;
    if ((keyUsage & all) !== all || (any !== 0 && (keyUsage & any) === 0))
      return fault('key-usage', 'RFC 5280 4.2.1.3', 'key usage does not allow this use');
  }
  for (const hostName of options.hostNames) {
    if (!matchHostName(leaf, hostName, { legacyCommonName: options.legacyCommonName })) {
      return fault('host-name', 'RFC 9525 6', `certificate is not for ${JSON.stringify(hostName.slice(0, 253))}`);
    }
  }
  return undefined;
}
