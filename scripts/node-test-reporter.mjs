/**
 * A quiet reporter for Node's test runner: one line per file, failures in full, and the counts in the file that
 * LECTERN_TEST_REPORT names.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';

/** @param {AsyncIterable<any>} source */
export default async function* report(source) {
  /** @type {Map<string, {passed: number, failed: number, skipped: number}>} */
  const files = new Map();
  /** @type {string[]} */
  const failures = [];
  /** Names of the suites that the event stream is inside of, by depth. @type {string[]} */
  const suites = [];

  for await (const { type, data } of source) {
    if (type === 'test:start') suites[data.nesting] = data.name;
    else if (type === 'test:stdout' || type === 'test:stderr') yield data.message;
    else if (type === 'test:pass' || type === 'test:fail') {
      if (data.details?.type === 'suite') continue;
      const file = path.relative(process.cwd(), data.file ?? '');
      const counts = files.get(file) ?? { passed: 0, failed: 0, skipped: 0 };
      files.set(file, counts);
      if (data.skip !== undefined || data.todo !== undefined) counts.skipped += 1;
      else if (type === 'test:pass') counts.passed += 1;
      else {
        counts.failed += 1;
        const { error } = data.details;
        const name = [...suites.slice(0, data.nesting), data.name].join(' › ');
        const cause = error?.cause instanceof Error ? error.cause : error;
        failures.push(`✖ ${file}\n  ${name}\n${inspect(cause, { depth: 4 }).replace(/^/gm, '    ')}\n`);
        yield `  ✖ ${file}: ${name}\n`;
      }
    }
  }

  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const [file, { passed, failed, skipped }] of [...files].sort(([a], [b]) => a.localeCompare(b))) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
    yield `${failed > 0 ? '✖' : '✔'} ${file}: ${passed} passed${failed ? `, ${failed} failed` : ''}${skipped ? `, ${skipped} skipped` : ''}\n`;
  }
  if (failures.length > 0) yield `\n${failures.join('\n')}`;
  const destination = process.env['LECTERN_TEST_REPORT'];
  if (destination) writeFileSync(destination, JSON.stringify(total));
}
