/** Numbers for the extensions that are looked at: the last arc of `id-ce` (2.5.29.n), 256 more than that of `id-pe`; any other is -1. */

export const ID_PE = 256;
export const SUBJECT_DIRECTORY_ATTRIBUTES = 9;
export const SUBJECT_KEY_IDENTIFIER = 14;
export const KEY_USAGE = 15;
export const SUBJECT_ALT_NAME = 17;
export const ISSUER_ALT_NAME = 18;
export const BASIC_CONSTRAINTS = 19;
export const NAME_CONSTRAINTS = 30;
export const CRL_DISTRIBUTION_POINTS = 31;
export const CERTIFICATE_POLICIES = 32;
export const POLICY_MAPPINGS = 33;
export const AUTHORITY_KEY_IDENTIFIER = 35;
export const POLICY_CONSTRAINTS = 36;
export const EXTENDED_KEY_USAGE = 37;
export const FRESHEST_CRL = 46;
export const INHIBIT_ANY_POLICY = 54;
export const AUTHORITY_INFO_ACCESS: number = ID_PE + 1;
export const SUBJECT_INFO_ACCESS: number = ID_PE + 11;
export const TLS_FEATURE: number = ID_PE + 24;
