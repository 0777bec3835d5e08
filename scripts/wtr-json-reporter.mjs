/** Writes the counts of a browser test run to a file, for scripts/test.mjs. */
import { writeFileSync } from 'node:fs';

/**
 * @param {string} file
 * @returns {import('@web/test-runner').Reporter}
 */
export function jsonReporter(file) {
  return {
    onTestRunFinished({ sessions }) {
      let passed = 0;
      let failed = 0;
      let skipped = 0;
      /** @param {import('@web/test-runner').TestSuiteResult} suite */
      const count = (suite) => {
        for (const test of suite.tests) {
          if (test.skipped) skipped += 1;
          else if (test.passed) passed += 1;
          else failed += 1;
        }
        for (const inner of suite.suites) count(inner);
      };
      for (const session of sessions) {
        const before = failed;
        if (session.testResults) count(session.testResults);
        // A file that didn't load, timed out or threw outside a test counts as one failure.
        if (!session.passed && failed === before) failed += 1;
      }
      writeFileSync(file, JSON.stringify({ passed, failed, skipped }));
    },
  };
}
