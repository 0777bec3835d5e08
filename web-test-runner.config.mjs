/**
 * Browser tests: every `*.browser.test.ts` beside its source, one group per package.
 *
 *   npx wtr                      all packages
 *   npx wtr --group elements     one package; an adapter's group is called after its folder (adapters/local)
 *   npx wtr --files packages/core/src/autosave/journal.browser.test.ts    one file
 *
 * Test files import mocha's globals from nowhere, `expect` from "chai" and `axe` from "axe-core". Fixtures are at
 * /fixtures/<name>, with byte ranges as a real server gives them.
 */
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { defaultReporter } from '@web/test-runner';
import { chromeLauncher } from '@web/test-runner-chrome';
import { chromiumFlags, findChromium } from './scripts/find-chromium.mjs';
import { jsonReporter } from './scripts/wtr-json-reporter.mjs';
import { mimeTypeOf } from './scripts/mime-types.mjs';
import { quotaPlugin } from './scripts/wtr-quota-plugin.mjs';
import { filesBelow, packages, root } from './scripts/workspace.mjs';

/**
 * `new Worker(new URL('./x.worker.js', import.meta.url))` in a source file asks for a file that only exists once it is
 * built: the TypeScript beside it is served instead, or the package's built worker.
 *
 * @type {import('@web/dev-server-core').Middleware}
 */
function serveWorkers(context, next) {
  if (context.path.endsWith('.worker.js') && !existsSync(path.join(root, context.path))) {
    const source = context.path.replace(/\.js$/, '.ts');
    const built = context.path.replace('/src/', '/dist/');
    if (existsSync(path.join(root, source))) context.path = source;
    else if (existsSync(path.join(root, built))) context.path = built;
  }
  return next();
}

/** @type {import('@web/dev-server-core').Middleware} */
async function serveFixtures(context, next) {
  const prefix = '/fixtures/';
  if (!context.path.startsWith(prefix)) return next();
  const name = decodeURIComponent(context.path.slice(prefix.length));
  const file = path.join(root, 'packages/testing/fixtures', path.basename(name));
  if (!existsSync(file)) return next();
  const size = statSync(file).size;
  context.type = mimeTypeOf(file);
  context.set('Accept-Ranges', 'bytes');
  const range = /^bytes=(\d+)-(\d*)$/.exec(context.get('Range'));
  if (!range) {
    context.length = size;
    context.body = createReadStream(file);
    return undefined;
  }
  const start = Number(range[1]);
  const end = range[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
  if (start > end) {
    context.status = 416;
    context.set('Content-Range', `bytes */${size}`);
    return undefined;
  }
  context.status = 206;
  context.set('Content-Range', `bytes ${start}-${end}/${size}`);
  context.length = end - start + 1;
  context.body = createReadStream(file, { start, end });
  return undefined;
}

/**
 * axe-core is a classic script that sets a global; tests import it as `import axe from 'axe-core'`, as TypeScript and
 * Node see it.
 *
 * @type {import('@web/test-runner').TestRunnerPlugin}
 */
const axeAsModule = {
  name: 'axe-as-module',
  resolveImport: ({ source }) => (source === 'axe-core' ? '/__axe-core.js' : undefined),
  serve: (context) =>
    context.path === '/__axe-core.js'
      ? {
          body: `${readFileSync(path.join(root, 'node_modules/axe-core/axe.js'), 'utf8')}\nexport default window.axe;`,
          type: 'js',
        }
      : undefined,
};

/**
 * What every bundler does for a page: libraries that ask for Node's environment get an answer.
 *
 * @type {import('@web/test-runner').TestRunnerPlugin}
 */
const environment = {
  name: 'environment',
  transform: (context) =>
    typeof context.body === 'string' && context.response.is('js') && context.body.includes('process.env.NODE_ENV')
      ? context.body.replaceAll('process.env.NODE_ENV', '"development"')
      : undefined,
};

/**
 * mediabunny's modules have one that imports Node's file system, which its package says to leave out in browsers, and
 * which this server can't; its bundle for browsers is also one request instead of sixty.
 *
 * @type {import('@web/test-runner').TestRunnerPlugin}
 */
const mediabunnyAsBundle = {
  name: 'mediabunny-as-bundle',
  resolveImport: ({ source }) =>
    source === 'mediabunny' ? '/node_modules/mediabunny/dist/bundles/mediabunny.mjs' : undefined,
};

const groups = packages()
  .map(({ folder, shortName }) => ({ name: shortName, files: filesBelow(`${folder}/src`, '.browser.test.ts') }))
  // A group without files is an error to the runner.
  .filter(({ files }) => files.length > 0);

const only = process.argv.includes('--files');
const reportFile = process.env['LECTERN_TEST_REPORT'];

export default {
  rootDir: root,
  ...(only ? {} : { groups }),
  nodeResolve: { exportConditions: ['browser', 'production'] },
  plugins: [
    axeAsModule,
    mediabunnyAsBundle,
    environment,
    quotaPlugin(),
    esbuildPlugin({ ts: true, target: 'esnext', tsconfig: path.join(root, 'tests/tsconfig.browser.json') }),
  ],
  middleware: [serveFixtures, serveWorkers],
  browsers: [
    chromeLauncher({
      launchOptions: { executablePath: findChromium(), args: chromiumFlags, protocolTimeout: 300_000 },
    }),
  ],
  // Pages beside each other in one window are hidden from each other's animation frames.
  concurrency: 1,
  browserStartTimeout: 60_000,
  testsStartTimeout: 60_000,
  testsFinishTimeout: 300_000,
  testFramework: { config: { timeout: '60000', ui: 'bdd' } },
  reporters: [defaultReporter(), ...(reportFile ? [jsonReporter(reportFile)] : [])],
};
