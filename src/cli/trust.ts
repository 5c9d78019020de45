/** Why a peer's chain is trusted, or not: a witness beside the verifier, and what it saw in words. */
import { isPromise, type MaybePromise } from '../base/maybe-promise.ts';
import type { ConnectionInfo } from '../engine/info.ts';
import { Certificate } from '../pki/x509/certificate.ts';
import { failureOf, type PathFailure } from '../pki/x509/failure.ts';
import type { CertificateVerifier, VerifiedIdentity, VerifyRequest } from '../pki/x509/verifier.ts';
import { type CertificateView, viewCertificate } from './certificate-view.ts';
import { errorLine } from './errors.ts';
import { clean } from './text.ts';

/** What `--json` says of the decision. */
export interface TrustView {
  readonly trusted: boolean;
  /** How the peer proved itself. */
  readonly proof: ConnectionInfo['peerProof'];
  /** Subjects from leaf to anchor. */
  readonly path?: readonly string[];
  /** What was checked against. */
  readonly anchors?: string;
  /** The name that the certificate had to be for. */
  readonly name?: string;
  readonly failure?: { readonly reason: string; readonly rule: string; readonly message: string; readonly certificate: number };
}

/** Sees what a verifier is asked and what it answers; changes nothing. */
export class TrustWitness implements CertificateVerifier {
  readonly #verifier: CertificateVerifier;
  chain: readonly Uint8Array[] = [];
  hostName: string | undefined;
  path: readonly Certificate[] = [];
  failure: PathFailure | undefined;
  error: unknown;

  constructor(verifier: CertificateVerifier) {
    this.#verifier = verifier;
  }

  get dangers(): readonly string[] | undefined {
    return this.#verifier.dangers;
  }

  verify(request: VerifyRequest): MaybePromise<VerifiedIdentity> {
    this.chain = request.chain;
    this.hostName = request.hostName;
    let result: MaybePromise<VerifiedIdentity>;
    try {
      result = this.#verifier.verify(request);
    } catch (error) {
      return this.#refused(error);
    }
    return isPromise(result)
      ? result.then(
          (identity) => this.#accepted(identity),
          (error: unknown) => this.#refused(error),
        )
      : this.#accepted(result);
  }

  #accepted(identity: VerifiedIdentity): VerifiedIdentity {
    this.path = identity.path;
    this.failure = identity.failure;
    this.error = identity.error;
    return identity;
  }

  #refused(error: unknown): never {
    this.error = error;
    this.failure = failureOf(error);
    throw error;
  }
}

export function viewChain(chain: readonly Uint8Array[]): CertificateView[] {
  return chain.flatMap((der) => {
    try {
      return [viewCertificate(new Certificate(der))];
    } catch {
      return [];
    }
  });
}

export function viewTrust(witness: TrustWitness, info: ConnectionInfo | undefined, anchors: string): TrustView {
  const { failure } = witness;
  return {
    trusted: info?.peerTrusted ?? (witness.path.length > 0 && witness.error === undefined),
    proof: info?.peerProof ?? 'none',
    ...(witness.chain.length === 0 ? {} : { anchors }),
    ...(witness.path.length === 0 ? {} : { path: witness.path.map((one) => clean(one.subject.toString())) }),
    ...(witness.hostName === undefined ? {} : { name: witness.hostName }),
    ...(failure === undefined
      ? {}
      : { failure: { reason: failure.reason, rule: failure.step, message: clean(failure.message), certificate: failure.index } }),
  };
}

/** The decision in sentences: first the verdict, then why. */
export function explainTrust(
  witness: TrustWitness,
  info: ConnectionInfo | undefined,
  anchors: string,
): { verdict: 'trusted' | 'not trusted' | 'no certificate'; why: string[] } {
  if (witness.chain.length === 0) {
    switch (info?.peerProof) {
      case 'resumption':
        return {
          verdict: info.peerTrusted ? 'trusted' : 'not trusted',
          why: ['It holds the secret of the resumed session, in whose handshake it proved itself.'],
        };
      case 'psk':
        return { verdict: 'trusted', why: ['It holds the pre-shared key.'] };
      default:
        return { verdict: 'no certificate', why: ['It showed no certificate.'] };
    }
  }
  if (witness.error === undefined && witness.path.length > 0) {
    const names = witness.path.map((one) => clean(one.subject.toString()));
    const why = names.slice(1).map((issuer, i) => `${i === 0 ? 'Its certificate' : names[i]} is signed by ${issuer}`);
    why.push(`${names.at(-1)} is one of ${anchors}`);
    if (witness.hostName !== undefined) why.push(`It is for ${witness.hostName}`);
    why.push('All are valid today and may be used so');
    return { verdict: 'trusted', why: why.map((line) => `${line}.`) };
  }
  const { failure } = witness;
  if (failure === undefined) return { verdict: 'not trusted', why: [errorLine(witness.error)] };
  const why = [`${upperFirst(clean(failure.message))} (${failure.step}).`];
  const culprit = failure.path[failure.index];
  if (culprit !== undefined) why.push(`Certificate ${failure.index}: ${clean(culprit.subject.toString())}`);
  if (['no-issuer', 'self-signed-leaf', 'self-signed-in-chain'].includes(failure.reason))
    why.push(`Checked against ${anchors}; --ca FILE trusts others.`);
  return { verdict: 'not trusted', why };
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
