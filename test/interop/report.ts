/** The cases as they come, the table at the end, and the counts in the last line. */
export interface Case {
  readonly peer: string;
  readonly version: string;
  /** What our side is. */
  readonly role: 'client' | 'server';
  readonly kind: 'suite' | 'group' | 'feature';
  readonly what: string;
  run(): Promise<void>;
}

/** What there is to be shown with a peer: each suite of a version, in both roles. */
export interface Claim {
  readonly version: string;
  readonly suites: readonly { readonly name: string }[];
}

const ROLES = ['client', 'server'] as const;

interface Cell {
  passed: number;
  failed: number;
}

export class Report {
  passed = 0;
  failed = 0;
  readonly skipped: string[] = [];
  #skipCount = 0;
  readonly #cells = new Map<string, Cell>();
  readonly #features = new Map<string, string[]>();
  /** `version|role|suite` of the cases that passed. */
  readonly #shown = new Set<string>();
  readonly #filter: string | undefined;

  constructor(filter: string | undefined) {
    this.#filter = filter;
  }

  async run(cases: Iterable<Case>): Promise<void> {
    for (const each of cases) {
      const name = `${each.peer}, ${each.version}, we are the ${each.role}: ${each.kind} ${each.what}`;
      if (this.#filter !== undefined && !name.includes(this.#filter)) continue;
      const started = Date.now();
      let problem: string | undefined;
      try {
        await each.run();
        this.passed++;
      } catch (error) {
        problem = (error as Error).message;
        this.failed++;
        console.log(`FAILED ${name}: ${problem}`);
      }
      if (this.#filter !== undefined) console.log(`${problem === undefined ? 'ok' : 'FAILED'} ${name} (${Date.now() - started} ms)`);
      this.#note(each, problem === undefined);
    }
  }

  skip(what: string, reason: string): void {
    this.skipped.push(`${what}: ${reason}`);
    this.#skipCount++;
  }

  /** Suites that a peer cannot be asked for: each counts. */
  skipSuites(where: string, suites: readonly { readonly name: string }[], reason: string): void {
    if (suites.length === 0) return;
    this.skipped.push(`${where}: ${reason} ${suites.map(({ name }) => name).join(', ')}`);
    this.#skipCount += suites.length;
  }

  /** `claims`: whatever of them no peer has shown is said. */
  print(claims: readonly Claim[]): void {
    console.log('\npeer                version  we are   suites         groups       features');
    for (const key of [...this.#cells.keys()]
      .map((each) => each.split('|').slice(0, 3).join('|'))
      .filter((each, i, all) => all.indexOf(each) === i)) {
      const [peer = '', version = '', role = ''] = key.split('|');
      const cell = (kind: string): string => {
        const found = this.#cells.get(`${key}|${kind}`);
        return found === undefined ? '-' : `${found.passed} of ${found.passed + found.failed}`;
      };
      const features = (this.#features.get(key) ?? []).join(', ');
      console.log(
        `${peer.padEnd(19)} ${version.padEnd(8)} ${role.padEnd(8)} ${cell('suite').padEnd(14)} ${cell('group').padEnd(12)} ${features}`,
      );
    }
    if (this.#filter === undefined) this.#printClaims(claims);
    if (this.skipped.length > 0) console.log(`\nskipped:\n${this.skipped.map((line) => `  ${line}`).join('\n')}`);
    console.log(`\n${this.passed} passed, ${this.failed} failed, ${this.#skipCount} skipped`);
  }

  #printClaims(claims: readonly Claim[]): void {
    const pairs = claims.flatMap(({ version, suites }) => suites.flatMap(({ name }) => ROLES.map((role) => ({ version, role, name }))));
    const open = pairs.filter(({ version, role, name }) => !this.#shown.has(`${version}|${role}|${name}`));
    console.log(`\n${pairs.length - open.length} of ${pairs.length} suites by version and role were shown with at least one peer`);
    if (open.length > 0) console.log('with none of those that are here:');
    for (const { version } of claims) {
      for (const role of ROLES) {
        const names = open.filter((one) => one.version === version && one.role === role).map(({ name }) => name);
        if (names.length > 0) console.log(`  ${version}, we are the ${role}: ${names.join(', ')}`);
      }
    }
  }

  #note({ peer, version, role, kind, what }: Case, good: boolean): void {
    const row = `${peer}|${version}|${role}`;
    const cell = this.#cells.get(`${row}|${kind}`) ?? { passed: 0, failed: 0 };
    if (good) cell.passed++;
    else cell.failed++;
    this.#cells.set(`${row}|${kind}`, cell);
    if (kind === 'suite' && good) this.#shown.add(`${version}|${role}|${what}`);
    if (kind === 'feature') this.#features.set(row, [...(this.#features.get(row) ?? []), good ? what : `${what} FAILED`]);
  }
}

export function expect(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}
