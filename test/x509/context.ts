/** Paths validated without building them first, in a context where everything is open but what a test asks for. */
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import { type PathAccepted, type PathContext, type PathFault, SignatureMemo, validatePath } from '../../src/pki/x509/path-validate.ts';
import { compatible } from '../../src/pki/x509/profile.ts';
import { runSteps } from '../../src/pki/x509/steps.ts';
import { NOW, type TestCa } from './ca.ts';

export function pathContext(more: Partial<PathContext> = {}): PathContext {
  return {
    crypto: nodeCrypto,
    now: NOW,
    profile: compatible,
    policy: {},
    purposes: [],
    maxIntermediates: 8,
    signatures: new SignatureMemo(),
    ...more,
  };
}

/** Leaf first. */
export function validate(path: readonly TestCa[], more: Partial<PathContext> = {}): PathFault | PathAccepted {
  const certificates = path.map(({ certificate }) => certificate);
  return runSteps(validatePath(certificates, pathContext(more))) as PathFault | PathAccepted;
}

/** `reason at index of scope`, or `accepted`. */
export function outcome(path: readonly TestCa[], more: Partial<PathContext> = {}): string {
  const found = validate(path, more);
  return 'reason' in found ? `${found.reason} at ${found.index} of ${found.scope}` : 'accepted';
}
