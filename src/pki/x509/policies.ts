/**
 * Certificate policies, RFC 5280 §6.1 with the valid_policy_graph of RFC 9618 in place of the tree: one node per policy and
 * level, so that mappings cost no more than the certificates that carry them.
 */
import { MAX_POLICY_NODES } from '../../base/limits.ts';
import { ANY_POLICY } from '../asn1/oids.ts';
import type { PolicyInformation, PolicyMapping } from './extensions.ts';

/** Inputs (c) to (g) of §6.1.1. */
export interface PolicyOptions {
  /** user-initial-policy-set; undefined stands for any-policy. */
  readonly initialPolicies?: readonly string[] | undefined;
  readonly requireExplicitPolicy?: boolean | undefined;
  readonly inhibitPolicyMapping?: boolean | undefined;
  readonly inhibitAnyPolicy?: boolean | undefined;
}

interface PolicyNode {
  readonly policy: string;
  expected: Set<string>;
  readonly parents: Set<PolicyNode>;
}

type Level = Map<string, PolicyNode>;

/** The graph and the three counters of §6.1.2. */
export class PolicyState {
  explicitPolicy: number;
  policyMapping: number;
  inhibitAnyPolicy: number;
  /** Levels 0 to i; undefined when the graph is NULL, or still as §6.1.2 makes it. */
  #levels: Level[] | undefined;
  #untouched: boolean;
  #nodes = 1;

  /**
   * §6.1.2 (a), (d), (e), (f); `n` is the length of the path. Without `track` the graph is left out: for paths in which nothing demands a
   * policy, so that explicit_policy never comes to 0.
   */
  constructor(n: number, options: PolicyOptions, track: boolean) {
    this.explicitPolicy = options.requireExplicitPolicy === true ? 0 : n + 1;
    this.inhibitAnyPolicy = options.inhibitAnyPolicy === true ? 0 : n + 1;
    this.policyMapping = options.inhibitPolicyMapping === true ? 0 : n + 1;
    this.#untouched = track;
  }

  /** §6.1.3 (d) and (e). `anyAllowed`: inhibit_anyPolicy is above 0, or the certificate is self-issued and not the last. False: too many nodes. */
  process(policies: readonly PolicyInformation[] | undefined, anyAllowed: boolean): boolean {
    if (policies === undefined) {
      this.#levels = undefined;
      this.#untouched = false;
      return true;
    }
    const levels = this.#graph();
    if (levels === undefined) return true;
    const above = levels[levels.length - 1]!;
    const level: Level = new Map();
    levels.push(level);
    let hasAny = false;
    for (const { policy } of policies) {
      if (policy === ANY_POLICY) {
        hasAny = true;
        continue;
      }
      // (d)(1)(i), and (ii) when nothing above expects it
      const parents = new Set<PolicyNode>();
      for (const node of above.values()) if (node.expected.has(policy)) parents.add(node);
      const any = above.get(ANY_POLICY);
      if (parents.size === 0 && any !== undefined) parents.add(any);
      if (parents.size > 0 && !this.#create(level, policy, parents, [policy])) return false;
    }
    // (d)(2)
    if (hasAny && anyAllowed) {
      for (const node of above.values()) {
        for (const expected of node.expected) {
          const existing = level.get(expected);
          if (existing === undefined) {
            if (!this.#create(level, expected, new Set([node]), [expected])) return false;
          } else existing.parents.add(node);
        }
      }
    }
    // (d)(3)
    this.#prune(levels);
    return true;
  }

  /** §6.1.3 (f) */
  get acceptable(): boolean {
    return this.explicitPolicy > 0 || this.#untouched || this.#levels !== undefined;
  }

  /** §6.1.4 (b). False: too many nodes. */
  map(mappings: readonly PolicyMapping[]): boolean {
    const levels = this.#graph();
    if (levels === undefined) return true;
    const level = levels[levels.length - 1]!;
    const byIssuer = new Map<string, string[]>();
    for (const mapping of mappings) {
      const list = byIssuer.get(mapping.issuerDomainPolicy);
      if (list === undefined) byIssuer.set(mapping.issuerDomainPolicy, [mapping.subjectDomainPolicy]);
      else list.push(mapping.subjectDomainPolicy);
    }
    for (const [issuerPolicy, subjectPolicies] of byIssuer) {
      const node = level.get(issuerPolicy);
      if (this.policyMapping > 0) {
        if (node !== undefined) {
          node.expected = new Set(subjectPolicies);
          continue;
        }
        // anyPolicy comes from nothing but anyPolicy.
        const any = level.get(ANY_POLICY);
        if (any !== undefined && !this.#create(level, issuerPolicy, new Set(any.parents), subjectPolicies)) return false;
      } else level.delete(issuerPolicy);
    }
    // (b)(2)(ii), what has lost its descendants, goes with the next certificate: there is one.
    return true;
  }

  /** §6.1.5 (g) of RFC 9618: the user-constrained-policy-set; undefined when the path must be refused. */
  finish(initialPolicies: readonly string[] | undefined): readonly string[] | undefined {
    const found = this.#authorityConstrained();
    const wanted = initialPolicies === undefined || initialPolicies.includes(ANY_POLICY) ? undefined : initialPolicies;
    const result = wanted === undefined ? found : found.includes(ANY_POLICY) ? wanted : found.filter((policy) => wanted.includes(policy));
    return this.explicitPolicy > 0 || result.length > 0 ? result : undefined;
  }

  /** Policies, in the domain of the trust anchor, that reach down to the last certificate. */
  #authorityConstrained(): string[] {
    const levels = this.#graph();
    if (levels === undefined) return [];
    this.#prune(levels);
    const found = new Set<string>();
    if (levels[levels.length - 1]!.has(ANY_POLICY)) found.add(ANY_POLICY);
    for (let i = 1; i < levels.length; i++) {
      for (const node of levels[i]!.values()) {
        if (node.policy === ANY_POLICY) continue;
        for (const parent of node.parents) if (parent.policy === ANY_POLICY) found.add(node.policy);
      }
    }
    return [...found];
  }

  /** The graph, with its root when nothing has happened yet. */
  #graph(): Level[] | undefined {
    if (this.#untouched) {
      this.#untouched = false;
      const root: PolicyNode = { policy: ANY_POLICY, expected: new Set([ANY_POLICY]), parents: new Set() };
      this.#levels = [new Map([[ANY_POLICY, root]])];
    }
    return this.#levels;
  }

  #create(level: Level, policy: string, parents: Set<PolicyNode>, expected: readonly string[]): boolean {
    if (++this.#nodes > MAX_POLICY_NODES) return false;
    level.set(policy, { policy, expected: new Set(expected), parents });
    return true;
  }

  /** Removes what has no descendant at the lowest level; the graph becomes NULL when the root goes. */
  #prune(levels: readonly Level[]): void {
    for (let i = levels.length - 1; i > 0; i--) {
      const parents = new Set<PolicyNode>();
      for (const node of levels[i]!.values()) for (const parent of node.parents) parents.add(parent);
      const above = levels[i - 1]!;
      for (const node of above.values()) if (!parents.has(node)) above.delete(node.policy);
    }
    if (levels[0]!.size === 0) this.#levels = undefined;
  }
}
