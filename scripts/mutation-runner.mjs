/**
 * A test runner for Stryker. Each test file becomes one bundle with the mutated sources in it, which is loaded anew for
 * each mutant into one process; a process for each file and mutant takes ten times as long. Quick tests go first.
 *
 * Stryker knows it as `bundles`; `bundles.testFiles` is the list of test files, which may import from `node:test` what
 * `mutation-tests.mjs` has.
 */
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** @typedef {{name: string, run: () => Promise<void>}} Test */
/** @typedef {{id: string, name: string, fileName: string, timeSpentMs: number, status: number, failureMessage?: string}} Result */

/**
 * What Stryker's switches in the mutated code and the collected tests find in their process.
 *
 * @type {{
 *   __stryker__: {activeMutant?: string, hitCount?: number, hitLimit?: number, currentTestId?: string | undefined, mutantCoverage?: object},
 *   __collectTest: (test: Test) => void,
 * }}
 */
const shared = /** @type {any} */ (globalThis);

const succeeded = 0;
const failed = 1;

class BundleRunner {
  /** @type {readonly string[]} */
  #files;
  #bundles = path.resolve('bundles');
  #round = 0;
  /** Milliseconds of each test, as the first run took them. @type {Map<string, number>} */
  #times = new Map();

  /** @param {any} options */
  constructor(options) {
    this.#files = options.bundles.testFiles;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    await build({
      absWorkingDir: process.cwd(),
      entryPoints: [...this.#files],
      outdir: this.#bundles,
      outbase: '.',
      outExtension: { '.js': '.mjs' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      alias: { 'node:test': fileURLToPath(new URL('./mutation-tests.mjs', import.meta.url)) },
      logLevel: 'error',
    });
  }

  /** @param {any} options */
  async dryRun(options) {
    shared.__stryker__ = {};
    const tests = await this.#run(await this.#load(this.#files), options.disableBail);
    return { status: 'complete', tests, mutantCoverage: shared.__stryker__.mutantCoverage };
  }

  /** @param {{activeMutant: {id: string}, testFilter?: string[], disableBail: boolean, hitLimit: number}} options */
  async mutantRun({ activeMutant, testFilter, disableBail, hitLimit }) {
    const namespace = { activeMutant: activeMutant.id, hitCount: 0, hitLimit };
    shared.__stryker__ = namespace;
    const files = this.#files.filter((file) => !testFilter || testFilter.some((id) => id.startsWith(`${file} `)));
    /** @type {Result[]} */
    let results;
    try {
      const loaded = await this.#load(files);
      results = await this.#run(
        loaded.filter(({ id }) => !testFilter || testFilter.includes(id)),
        disableBail,
      );
    } catch (error) {
      // A file that can't even be loaded is a test that fails.
      results = [{ ...result(files[0] ?? '', 0), status: failed, failureMessage: String(error) }];
    }
    if (namespace.hitCount > hitLimit) return { status: 'timeout', reason: `run more than ${hitLimit} times` };
    const failures = results.filter(({ status }) => status === failed);
    const nrOfTests = results.length;
    return failures.length === 0
      ? { status: 'survived', nrOfTests }
      : {
          status: 'killed',
          nrOfTests,
          killedBy: failures.map(({ id }) => id),
          failureMessage: failures[0]?.failureMessage,
        };
  }

  /** @param {readonly string[]} files */
  async #load(files) {
    this.#round += 1;
    /** @type {{id: string, test: Test}[]} */
    const tests = [];
    for (const file of files) {
      shared.__collectTest = (test) => tests.push({ id: `${file} ${test.name}`, test });
      const bundle = pathToFileURL(path.join(this.#bundles, file.replace(/\.ts$/, '.mjs')));
      await import(`${bundle.href}?${this.#round}`);
    }
    return tests;
  }

  /** @param {readonly {id: string, test: Test}[]} tests @param {boolean} disableBail */
  async #run(tests, disableBail) {
    const quickFirst = tests.toSorted((a, b) => (this.#times.get(a.id) ?? 0) - (this.#times.get(b.id) ?? 0));
    /** @type {Result[]} */
    const results = [];
    for (const { id, test } of quickFirst) {
      shared.__stryker__.currentTestId = id;
      const start = performance.now();
      try {
        await test.run();
        results.push(result(id, performance.now() - start));
      } catch (error) {
        results.push({ ...result(id, performance.now() - start), status: failed, failureMessage: String(error) });
        if (!disableBail) break;
      } finally {
        shared.__stryker__.currentTestId = undefined;
      }
      if (!this.#times.has(id)) this.#times.set(id, performance.now() - start);
    }
    return results;
  }
}

/** @param {string} id @param {number} timeSpentMs @returns {Result} */
function result(id, timeSpentMs) {
  return { id, name: id, fileName: id.split(' ')[0] ?? '', timeSpentMs, status: succeeded };
}

/** @param {any} options */
const factory = (options) => new BundleRunner(options);
factory.inject = ['options'];

export const strykerPlugins = [{ kind: 'TestRunner', name: 'bundles', factory }];
