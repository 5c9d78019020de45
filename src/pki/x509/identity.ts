/** Checks of the leaf that no path answers: purpose, key usage, and whether it is for this host. */
import { CLIENT_AUTH, CODE_SIGNING, EMAIL_PROTECTION, OCSP_SIGNING, SERVER_AUTH, TIME_STAMPING } from '../asn1/oids.ts';
import type { Certificate } from './certificate.ts';
import { DIGITAL_SIGNATURE, KEY_AGREEMENT, KEY_ENCIPHERMENT, NON_REPUDIATION } from './extensions.ts';
import { type Fault, fault } from './failure.ts';
import { matchHostName } from './host-name.ts';
import { checkPurposes } from './path-validate.ts';

export interface IdentityOptions {
  /** Purposes that an extended key usage must allow, as object identifiers. */
  readonly purposes: readonly string[];
  /** Accept anyExtendedKeyUsage in their place. */
  readonly anyPurpose: boolean;
  /** Bits of KeyUsage that the leaf must all have, when it has the extension. */
  readonly keyUsageAllOf?: number | undefined;
  /** The key usage must be consistent with the purposes even where there is no extended key usage: see `Profile`. */
  readonly usageForPurpose: boolean;
  /** Names that the leaf must be for, all of them. */
  readonly hostNames: readonly string[];
  readonly legacyCommonName?: boolean | undefined;
}

/** What a TLS end-entity key is used for: to sign, to be encrypted to, or in a key agreement. */
const TLS_KEY_USAGE: number = DIGITAL_SIGNATURE | KEY_ENCIPHERMENT | KEY_AGREEMENT;

/** §4.2.1.12: key usage bits that are consistent with a purpose; 0 for one that it does not speak of. */
function consistentUsage(purpose: string): number {
  switch (purpose) {
    case SERVER_AUTH:
      return TLS_KEY_USAGE;
    case CLIENT_AUTH:
      return DIGITAL_SIGNATURE | KEY_AGREEMENT;
    case CODE_SIGNING:
      return DIGITAL_SIGNATURE;
    case EMAIL_PROTECTION:
      return DIGITAL_SIGNATURE | NON_REPUDIATION | KEY_ENCIPHERMENT | KEY_AGREEMENT;
    case TIME_STAMPING:
    case OCSP_SIGNING:
      return DIGITAL_SIGNATURE | NON_REPUDIATION;
    default:
      return 0;
  }
}

/** Throws `bad_der` when an extension that is looked at is malformed. */
export function checkIdentity(leaf: Certificate, options: IdentityOptions): Fault | undefined {
  const wrong = checkPurposes(leaf, options.purposes, options.anyPurpose);
  if (wrong !== undefined) return wrong;
  const { keyUsage } = leaf;
  if (keyUsage !== undefined) {
    const all = options.keyUsageAllOf ?? 0;
    if ((keyUsage & all) !== all) return fault('key-usage', 'RFC 5280 4.2.1.3', 'key usage does not allow this use');
    for (const purpose of options.usageForPurpose || leaf.extendedKeyUsage !== undefined ? options.purposes : []) {
      const bits = consistentUsage(purpose);
      if (bits !== 0 && (keyUsage & bits) === 0)
        return fault('key-usage', 'RFC 5280 4.2.1.12', 'key usage is not consistent with the purpose');
    }
  }
  for (const hostName of options.hostNames) {
    if (!matchHostName(leaf, hostName, { legacyCommonName: options.legacyCommonName })) {
      return fault('host-name', 'RFC 9525 6', `certificate is not for ${JSON.stringify(hostName.slice(0, 253))}`);
    }
  }
  return undefined;
}
