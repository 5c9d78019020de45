/** Stands in for node:test in a bundle of tests: cases are registered, and can be run again and again in one process. */
const cases = (globalThis.__mutationCases ??= []);

export function test(name, ...rest) {
  const fn = rest.findLast((each) => typeof each === 'function');
  const options = rest.find((each) => typeof each === 'object') ?? {};
  if (fn !== undefined && !options.skip) cases.push({ name, fn });
}

export function describe(_name, fn) {
  fn();
}

export function after() {}

/** What a test function gets: its parts run in their order. */
export const context = {
  name: '',
  diagnostic() {},
  skip() {},
  async test(_name, ...rest) {
    await rest.findLast((each) => typeof each === 'function')(context);
  },
};
