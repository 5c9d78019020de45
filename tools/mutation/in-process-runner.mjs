/**
 * A test runner for Stryker: bundles the test files with the altered sources once, and runs the cases that cover an alteration
 * in the process where it is. Node's own runner starts a process a file, which costs more than the tests themselves.
 */
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { commonTokens, declareClassPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import { determineHitLimitReached, DryRunStatus, TestStatus, toMutantRunResult } from '@stryker-mutator/api/test-runner';
import { build } from 'esbuild';
import { context } from './harness.mjs';

const ownHarness = {
  name: 'own-harness',
  setup({ onResolve, onLoad }) {
    const harness = JSON.stringify(resolve('tools/mutation/harness.mjs'));
    onResolve({ filter: /^node:test$/ }, ({ path }) => ({ path, namespace: 'harness' }));
    onLoad({ filter: /.*/, namespace: 'harness' }, () => ({
      contents: `export * from ${harness}; export { test as default, test as it } from ${harness};`,
      resolveDir: process.cwd(),
    }));
  },
};

const CASE_TIMEOUT_MS = 20_000;
/** Cases that measure time say nothing in altered sources, which count where they come by. */
const MEASURES = /\b(CPU|ms|seconds)\b/;

class InProcessRunner {
  static inject = tokens(commonTokens.options);
  #tests;
  #bundle;
  #generation = 0;
  #cases = [];

  constructor(options) {
    this.#tests = options.inProcess.tests;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    this.#bundle = resolve(`mutation-${process.pid}.mjs`);
    await build({
      stdin: { contents: this.#tests.map((file) => `import './${file}';`).join('\n'), resolveDir: process.cwd(), loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      outfile: this.#bundle,
      plugins: [ownHarness],
      // The package says that its modules do nothing by being imported; tests do.
      ignoreAnnotations: true,
      logLevel: 'error',
    });
  }

  async dryRun() {
    globalThis.__stryker__ = {};
    await this.#load();
    const tests = await this.#run(this.#cases, false);
    return { status: DryRunStatus.Complete, tests, mutantCoverage: globalThis.__stryker__.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation }) {
    globalThis.__stryker__ ??= {};
    const space = globalThis.__stryker__;
    space.hitCount = hitLimit === undefined ? undefined : 0;
    space.hitLimit = hitLimit;
    space.activeMutant = mutantActivation === 'static' ? activeMutant.id : undefined;
    // Always: what an alteration has left behind in a module would be blamed on the next.
    await this.#load();
    space.activeMutant = activeMutant.id;
    const chosen = testFilter === undefined ? this.#cases : this.#cases.filter((each) => testFilter.includes(each.id));
    const tests = await this.#run(chosen, true);
    const result = determineHitLimitReached(space.hitCount, hitLimit) ?? { status: DryRunStatus.Complete, tests };
    return toMutantRunResult(result);
  }

  async dispose() {
    await rm(this.#bundle, { force: true });
  }

  /** Evaluates all modules anew. */
  async #load() {
    globalThis.__mutationCases = [];
    try {
      await import(`${pathToFileURL(this.#bundle).href}?${this.#generation++}`);
      this.#cases = globalThis.__mutationCases
        .filter(({ name }) => !MEASURES.test(name))
        .map(({ name, fn }, index) => ({ id: `${index} ${name}`, name, fn }));
    } catch (error) {
      // The modules do not even load: no test could pass.
      this.#cases = [{ id: 'load', name: 'load', fn: () => Promise.reject(error) }];
    }
  }

  async #run(cases, bail) {
    const results = [];
    for (const { id, name, fn } of cases) {
      const started = performance.now();
      globalThis.__stryker__.currentTestId = id;
      const failure = await failureOf(fn);
      globalThis.__stryker__.currentTestId = undefined;
      const timeSpentMs = performance.now() - started;
      if (failure === undefined) results.push({ id, name, timeSpentMs, status: TestStatus.Success });
      else results.push({ id, name, timeSpentMs, status: TestStatus.Failed, failureMessage: failure });
      if (bail && failure !== undefined) break;
    }
    return results;
  }
}

async function failureOf(fn) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('timed out')), CASE_TIMEOUT_MS);
  });
  try {
    await Promise.race([fn(context), late]);
    return undefined;
  } catch (error) {
    return String(error?.message ?? error);
  } finally {
    clearTimeout(timer);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner)];
