/** The house's rules: who may import whom, and what each floor may know of the browser. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { ESLint } from 'eslint';
import ts from 'typescript';

const root = path.resolve(import.meta.dirname, '../..');

const packageFolders = {
  timeline: 'packages/timeline',
  ports: 'packages/ports',
  uploads: 'packages/uploads',
  render: 'packages/render',
  'adapters/local': 'packages/adapters/local',
  'adapters/b2': 'packages/adapters/b2',
  'adapters/supabase': 'packages/adapters/supabase',
  core: 'packages/core',
  elements: 'packages/elements',
  lectern: 'packages/lectern',
  testing: 'packages/testing',
} as const;
type Package = keyof typeof packageFolders;

/** Lowest floor first; packages of one number don't see each other. */
const floorOf: Readonly<Record<Package, number>> = {
  timeline: 0,
  ports: 1,
  uploads: 2,
  render: 2,
  'adapters/local': 2,
  'adapters/b2': 2,
  'adapters/supabase': 2,
  core: 3,
  elements: 4,
  lectern: 5,
  testing: 6,
};

const names = Object.keys(packageFolders) as Package[];

function readJson(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Record<string, unknown>;
}

describe('imports between floors', () => {
  let eslint: ESLint;

  before(() => {
    eslint = new ESLint({ cwd: root });
  });

  async function complaints(importer: Package, code: string): Promise<readonly string[]> {
    const filePath = path.join(root, packageFolders[importer], 'src/index.ts');
    const [result] = await eslint.lintText(code, { filePath });
    const messages = result?.messages ?? [];
    assert.equal(messages.find(({ fatal }) => fatal)?.message, undefined);
    return messages.filter(({ ruleId }) => ruleId === 'boundaries/dependencies').map((m) => m.message);
  }

  const forbidden: readonly (readonly [Package, string])[] = [
    ['timeline', '@lectern/ports'],
    ['timeline', '@lectern/core'],
    ['ports', '@lectern/core'],
    ['uploads', '@lectern/render'],
    ['uploads', '@lectern/adapter-local'],
    ['render', '@lectern/uploads'],
    ['render', '@lectern/core'],
    ['adapters/local', '@lectern/uploads'],
    ['adapters/local', '@lectern/core'],
    ['adapters/b2', '@lectern/adapter-local'],
    ['adapters/b2', '@lectern/uploads'],
    ['adapters/b2', '@lectern/core'],
    ['adapters/supabase', '@lectern/uploads'],
    ['adapters/supabase', '@lectern/adapter-local'],
    ['core', '@lectern/render'],
    ['core', '@lectern/uploads'],
    ['core', '@lectern/adapter-local'],
    ['core', '@lectern/elements'],
    ['elements', '@lectern/adapter-local'],
    ['elements', '@lectern/render'],
    ['elements', '@lectern/uploads'],
    ['elements', 'lectern'],
    ['elements', '@lectern/testing'],
    ['lectern', '@lectern/testing'],
  ];
  for (const [importer, imported] of forbidden) {
    it(`${importer} can't import ${imported}`, async () => {
      assert.equal((await complaints(importer, `export * from '${imported}';\n`)).length, 1);
    });
  }

  it('a type-only, a relative and a dynamic import are imports too', async () => {
    assert.equal((await complaints('elements', `export type { X } from '@lectern/render';\n`)).length, 1);
    assert.equal((await complaints('elements', `export * from '../../render/src/index.js';\n`)).length, 1);
    assert.equal((await complaints('elements', `export const x = import('@lectern/render');\n`)).length, 1);
  });

  const allowed: readonly (readonly [Package, string])[] = [
    ['ports', '@lectern/timeline'],
    ['render', '@lectern/ports'],
    ['core', '@lectern/ports'],
    ['elements', '@lectern/core'],
    ['elements', '@lectern/timeline'],
    ['lectern', '@lectern/render'],
    ['lectern', '@lectern/adapter-local'],
    ['lectern', '@lectern/elements/define'],
    ['elements', './define/index.js'],
    ['elements', 'lit'],
  ];
  for (const [importer, imported] of allowed) {
    it(`${importer} can import ${imported}`, async () => {
      assert.deepEqual(await complaints(importer, `export * from '${imported}';\n`), []);
    });
  }
});

describe('project references', () => {
  for (const name of names) {
    it(`${name} refers to lower floors only, and to every package that it depends on`, () => {
      const folder = packageFolders[name];
      const { references = [] } = readJson(`${folder}/tsconfig.json`) as { references?: { path: string }[] };
      const referred = references.map(({ path: to }) => path.relative(root, path.resolve(root, folder, to)));
      for (const to of referred) {
        const other = names.find((candidate) => packageFolders[candidate] === to);
        assert.ok(other, `${to} is a package`);
        assert.ok(floorOf[other] < floorOf[name], `${name} refers to ${other}`);
      }
      const { dependencies = {} } = readJson(`${folder}/package.json`) as { dependencies?: Record<string, string> };
      for (const candidate of names) {
        const packageName = String(readJson(`${packageFolders[candidate]}/package.json`)['name']);
        if (packageName in dependencies) assert.ok(referred.includes(packageFolders[candidate]), packageName);
      }
    });
  }
});

describe('what a floor knows of the browser', () => {
  /** The words of TypeScript about a line of code under a package's own settings. */
  function compile(name: Package, code: string): readonly string[] {
    const folder = path.join(root, packageFolders[name]);
    const parsed = ts.getParsedCommandLineOfConfigFile(
      path.join(folder, 'tsconfig.json'),
      { noEmit: true, composite: false, incremental: false, declaration: false, declarationMap: false },
      {
        ...ts.sys,
        onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
          throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
        },
      },
    );
    assert.ok(parsed);
    const options = { ...parsed.options, isolatedDeclarations: false };
    delete options.tsBuildInfoFile;
    const file = path.join(folder, 'src/probe-of-the-floor.ts');
    const host = ts.createCompilerHost(options);
    const plain = { ...host };
    host.readFile = (name_) => (name_ === file ? code : plain.readFile(name_));
    host.fileExists = (name_) => name_ === file || plain.fileExists(name_);
    host.getSourceFile = (name_, ...rest) =>
      name_ === file ? ts.createSourceFile(name_, code, rest[0]) : plain.getSourceFile(name_, ...rest);
    const program = ts.createProgram([file], options, host);
    return ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  }

  const floors: readonly { name: Package; knows: readonly string[]; ignorantOf: readonly string[] }[] = [
    { name: 'timeline', knows: [], ignorantOf: ['document', 'window', 'fetch', 'setTimeout', 'indexedDB', 'process'] },
    { name: 'ports', knows: ['Blob', 'AbortSignal'], ignorantOf: ['document', 'window', 'HTMLElement', 'process'] },
    { name: 'core', knows: ['indexedDB', 'fetch'], ignorantOf: ['document', 'window', 'HTMLElement', 'process'] },
    { name: 'uploads', knows: ['Blob'], ignorantOf: ['document', 'window', 'HTMLElement'] },
    {
      name: 'adapters/b2',
      knows: ['fetch', 'XMLHttpRequest'],
      ignorantOf: ['document', 'window', 'HTMLElement', 'process'],
    },
    { name: 'adapters/local', knows: ['indexedDB'], ignorantOf: ['document', 'window', 'HTMLElement'] },
    { name: 'adapters/supabase', knows: ['fetch'], ignorantOf: ['document', 'window', 'process'] },
    { name: 'render', knows: ['VideoDecoder'], ignorantOf: ['process'] },
    { name: 'elements', knows: ['document', 'HTMLElement'], ignorantOf: ['process'] },
  ];
  for (const { name, knows, ignorantOf } of floors) {
    it(`${name} compiles with ${knows.join(', ') || 'the language alone'} and not with ${ignorantOf.join(', ')}`, () => {
      const lines = [...knows, ...ignorantOf].map((word) => `export const its_${word} = ${word};`);
      const unknown = compile(name, `${lines.join('\n')}\n`)
        .map((message) => /^Cannot find name '(\w+)'/.exec(message)?.[1] ?? message)
        .sort();
      assert.deepEqual(unknown, [...ignorantOf].sort());
    });
  }
});

describe('the design of the workspace', () => {
  it('has a package for each name here, and no other', () => {
    const { references } = readJson('tsconfig.json') as { references: { path: string }[] };
    // Inside `testing`, with Node's types, which nothing for the browser may have.
    const parts = ['packages/testing/local-backend'];
    assert.deepEqual(references.map(({ path: to }) => to).sort(), [...Object.values(packageFolders), ...parts].sort());
    for (const folder of Object.values(packageFolders)) assert.ok(existsSync(path.join(root, folder, 'src/index.ts')));
  });

  it('gives every published package the same version, and pins the ones of its own to it', () => {
    const versions = new Set<string>();
    for (const folder of Object.values(packageFolders)) {
      const manifest = readJson(`${folder}/package.json`) as {
        version: string;
        dependencies?: Record<string, string>;
      };
      versions.add(manifest.version);
      for (const [dependency, version] of Object.entries(manifest.dependencies ?? {})) {
        if (dependency === 'lectern' || dependency.startsWith('@lectern/')) versions.add(version);
      }
    }
    assert.equal(versions.size, 1, [...versions].join(', '));
  });
});
