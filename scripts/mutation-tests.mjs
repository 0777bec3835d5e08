/**
 * Stands in for `node:test` in the bundles of mutation testing: gathers the tests of a file instead of running them, so
 * that they run in the same process, as often as there are mutants.
 */

/** @typedef {{name: string, before: Hook[], after: Hook[]}} Suite */
/** @typedef {() => unknown} Hook */

/** @type {Suite[]} */
const suites = [{ name: '', before: [], after: [] }];

/** @param {string} name @param {() => void} body */
export function describe(name, body) {
  suites.push({ name, before: [], after: [] });
  try {
    body();
  } finally {
    suites.pop();
  }
}

/** @param {string} name @param {() => unknown} body */
export function it(name, body) {
  const within = [...suites];
  const names = [...within.map((suite) => suite.name).filter(Boolean), name];
  /** @type {any} */ (globalThis).__collectTest({
    name: names.join(': '),
    async run() {
      try {
        for (const suite of within) for (const hook of suite.before) await hook();
        await body();
      } finally {
        for (const suite of within.toReversed()) for (const hook of suite.after) await hook();
      }
    },
  });
}

/** @param {string} name @param {() => unknown} body */
export const test = (name, body) => it(name, body);

/** @param {Hook} hook */
export const beforeEach = (hook) => void suites.at(-1)?.before.push(hook);
/** @param {Hook} hook */
export const afterEach = (hook) => void suites.at(-1)?.after.push(hook);
