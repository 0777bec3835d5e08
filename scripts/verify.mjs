/**
 * All of CI: types, lint, format, build, tests, packaging, sizes, unused code, Storybook, end to end.
 *
 *   npm run verify                     everything; goes on after a failure and lists all of them at the end
 *   npm run verify -- lint packaging   some steps
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { checkSelfContained } from './check-self-contained.mjs';
import { packages, root } from './workspace.mjs';

/**
 * @param {string} command `node`, or a program in node_modules/.bin
 * @param {string[]} args
 * @returns {Promise<boolean>} whether it went well
 */
function run(command, ...args) {
  const program = command === 'node' ? process.execPath : path.join(root, 'node_modules/.bin', command);
  return new Promise((resolve) => {
    spawn(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' })
      .once('error', (error) => {
        process.stderr.write(`${command}: ${error.message}\n`);
        resolve(false);
      })
      .once('close', (code) => resolve(code === 0));
  });
}

/** @param {readonly (() => Promise<boolean>)[]} checks */
async function all(checks) {
  let good = true;
  for (const check of checks) good = (await check()) && good;
  return good;
}

const published = () => packages().filter(({ manifest }) => !manifest.private);

/** @type {Record<string, () => Promise<boolean>>} */
const steps = {
  build: () => run('node', 'scripts/build.mjs'),
  types: () => all([() => run('tsc', '-b'), () => run('tsc', '-p', 'tsconfig.tests.json')]),
  lint: () => run('eslint', '.', '--max-warnings', '0'),
  templates: () =>
    run(
      'lit-analyzer',
      'packages/elements/src/**/*.ts',
      '--quiet',
      // Ids are strings with a brand, and a bare `popover` means auto; it knows neither.
      '--rules.no-complex-attribute-binding',
      'off',
      '--rules.no-incompatible-type-binding',
      'off',
    ),
  format: () => run('prettier', '--check', '.', '--log-level', 'warn'),
  unused: () => run('knip'),
  packaging: () =>
    all([
      ...published().map(
        ({ folder }) =>
          () =>
            run('publint', folder, '--strict'),
      ),
      ...published().map(
        ({ folder }) =>
          () =>
            run('attw', '--pack', folder, '--profile', 'esm-only', '--quiet'),
      ),
      async () => {
        const problems = checkSelfContained(path.join(root, 'packages/lectern/cdn'));
        for (const problem of problems) process.stderr.write(`${problem}\n`);
        return problems.length === 0;
      },
    ]),
  sizes: () => run('size-limit'),
  tests: () =>
    run('node', 'scripts/test.mjs', 'unit', 'architecture', 'contract', 'browser', 'faults', 'e2e', 'storybook'),
};

const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (!(name in steps)) {
    process.stderr.write(`There is no step "${name}". There are: ${Object.keys(steps).join(', ')}\n`);
    process.exit(2);
  }
}

/** @type {string[]} */
const lines = [];
let failed = 0;
for (const [name, step] of Object.entries(steps)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n━━ ${name} ${'━'.repeat(70 - name.length)}\n`);
  const start = performance.now();
  const good = await step();
  if (!good) failed += 1;
  lines.push(`${good ? '✔' : '✖'} ${name} (${((performance.now() - start) / 1000).toFixed(0)} s)`);
}
process.stdout.write(`\n${lines.join('\n')}\n`);
process.exitCode = failed === 0 ? 0 : 1;
