/**
 * Mutation testing of what decides whether work is kept: the machine of saving, the journal and the merge. Each change of
 * the code that no test notices is shown. It takes minutes, so it is no part of `npm run verify`:
 *
 *   npm run test:mutation
 *   npm run test:mutation -- --mutate packages/timeline/src/merge.ts
 */
const autosave = 'packages/core/src/autosave';
const timeline = 'packages/timeline/src';

/** Words for people in an error or beside it (`message: …`), which no test has to repeat. Everything else is logic. */
const texts = {
  kind: 'Ignore',
  name: 'texts',
  value: {
    /** @param {{isObjectProperty(): boolean, node: any}} path */
    shouldIgnore: (path) =>
      path.isObjectProperty() && path.node.key.name === 'message' ? 'a text for people' : undefined,
  },
};

/** This file is a plugin of its own. */
export const strykerPlugins = [texts];

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: [
    `${autosave}/machine/!(*.test).ts`,
    `${autosave}/{journal-image,journal-reader,journal-writer,memory-journal,local-storage-journal}.ts`,
    `${autosave}/{crc32,content-hash,opening,save-waiters}.ts`,
    `${timeline}/{merge,change}.ts`,
  ],
  ignorers: ['texts'],
  plugins: ['./stryker.config.mjs', './scripts/mutation-runner.mjs'],
  testRunner: 'bundles',
  bundles: {
    testFiles: [
      `${autosave}/machine/local-region.test.ts`,
      `${autosave}/machine/remote-region.test.ts`,
      `${autosave}/machine/role-region.test.ts`,
      `${autosave}/machine/machine.test.ts`,
      `${autosave}/machine/recovery.test.ts`,
      `${autosave}/machine/sequences.test.ts`,
      `${autosave}/content-hash.test.ts`,
      `${autosave}/journal-image.test.ts`,
      `${autosave}/journal-reader.test.ts`,
      `${autosave}/journal-writer.test.ts`,
      `${autosave}/journals.test.ts`,
      `${autosave}/history-journal.test.ts`,
      `${autosave}/opening.test.ts`,
      `${autosave}/save-waiters.test.ts`,
      `${timeline}/change.test.ts`,
      `${timeline}/merge.test.ts`,
      `${timeline}/document.test.ts`,
      `${timeline}/history.test.ts`,
    ],
  },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  maxTestRunnerReuse: 200,
  timeoutMS: 8000,
  tempDirName: '.cache/mutation',
  ignorePatterns: ['**', '!packages/{core,timeline,testing}/src/**/*.ts', '!packages/*/package.json', '!package.json'],
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: 'coverage/mutation.json' },
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
  allowConsoleColors: false,
  thresholds: { high: 95, low: 85, break: 85 },
};
