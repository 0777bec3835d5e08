import path from 'node:path';
import { fileURLToPath } from 'node:url';
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import boundaries from 'eslint-plugin-boundaries';
import lit from 'eslint-plugin-lit';
import litA11y from 'eslint-plugin-lit-a11y';
import wc from 'eslint-plugin-wc';
import tseslint from 'typescript-eslint';

const root = path.dirname(fileURLToPath(import.meta.url));

/** What each floor of the house may import. A package always may import from itself. */
export const floors = {
  timeline: [],
  ports: ['timeline'],
  uploads: ['timeline', 'ports'],
  render: ['timeline', 'ports'],
  adapters: ['timeline', 'ports'],
  core: ['timeline', 'ports'],
  elements: ['timeline', 'ports', 'core'],
  lectern: ['timeline', 'ports', 'uploads', 'render', 'adapters', 'core', 'elements'],
  testing: ['timeline', 'ports', 'uploads', 'render', 'adapters', 'core', 'elements'],
};

const tests = ['**/*.test.ts', '**/test-support/**/*.ts', '**/simulator/**/*.ts', 'packages/*/test/**/*.ts'];
const sources = ['packages/**/*.ts'];

const namedExportsOnly = {
  selector: 'ExportDefaultDeclaration',
  message: 'Named exports only: a thing has one name everywhere.',
};
const noEnums = { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' };

export default defineConfig(
  globalIgnores([
    '**/node_modules/',
    '**/dist/',
    '**/cdn/',
    'storybook-static/',
    'packages/testing/fixtures/',
    '**/.cache/',
    'tests/bench/.peers/',
    'tests/**/output/',
    '**/database.types.ts',
  ]),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    rules: {
      'no-restricted-syntax': ['error', namedExportsOnly, noEnums],
      // A host is warned of what it can do something about; nothing else is written there.
      'no-console': ['error', { allow: ['warn'] }],
      'no-eval': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // `type` for a function or a union reads better than an interface with one call signature.
      '@typescript-eslint/prefer-function-type': 'error',
      // A field with an explicit type (isolatedDeclarations asks for it) and a constructor with arguments reads well.
      '@typescript-eslint/consistent-generic-constructors': 'off',
      // A type parameter that is used once may still say what a method gives: emit<Detail>(…).
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // What a directive of Lit's is typed as.
      '@typescript-eslint/no-generated-empty-object-type': 'off',
      // Asks for `!`, which another rule forbids.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // TypeScript's own noPropertyAccessFromIndexSignature asks for brackets.
      '@typescript-eslint/dot-notation': 'off',
      // An async method of a port or a fake may have nothing to wait for.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: sources,
    ignores: tests,
    plugins: { boundaries },
    settings: {
      'import/resolver': { [path.join(root, 'scripts/eslint-workspace-resolver.cjs')]: {} },
      'boundaries/root-path': root,
      'boundaries/elements': Object.keys(floors).map((type) => ({
        type,
        pattern: type === 'adapters' ? 'packages/adapters/*' : `packages/${type}`,
      })),
    },
    rules: {
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          message: 'This floor may not import from that one; see ARCHITECTURE.md.',
          policies: Object.entries(floors).map(([type, allowed]) => ({
            from: { element: { type } },
            allow: { to: { element: { types: { anyOf: allowed } } } },
          })),
        },
      ],
    },
  },
  {
    // zod is heavy, and the edit document has to be loadable without it.
    files: ['packages/timeline/src/**/*.ts'],
    ignores: ['packages/timeline/src/schema/**', ...tests],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths: ['zod'] }] },
  },
  {
    files: ['packages/elements/src/**/*.ts', 'packages/testing/src/**/*.ts', 'stories/**/*.ts'],
    extends: [lit.configs['flat/recommended'], wc.configs['flat/recommended']],
    plugins: { 'lit-a11y': litA11y },
    settings: { wc: { elementBaseClasses: ['LitElement', 'LecternElement', 'ProjectElement'] } },
    rules: {
      ...litA11y.configs.recommended.rules,
      // Dialogs say where their focus starts.
      'lit-a11y/no-autofocus': 'off',
      // Its table is of ARIA 1.1; axe checks what is rendered.
      'lit-a11y/role-has-required-aria-attrs': 'off',
      // A click on a dialog's backdrop; Escape does the same.
      'lit-a11y/click-events-have-key-events': 'off',
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'lit/directives/style-map.js',
              message: 'It writes an inline style, which strict pages drop; use foundation/style-map.',
            },
            { name: 'lit/directives/unsafe-html.js', message: 'Names from users are text.' },
            { name: 'lit/directives/unsafe-svg.js', message: 'Names from users are text.' },
          ],
        },
      ],
      'lit/no-invalid-escape-sequences': 'error',
      'lit/no-legacy-imports': 'error',
      'lit/no-useless-template-literals': 'error',
      'lit/no-value-attribute': 'error',
    },
  },
  {
    files: [...tests, 'tests/**/*.ts', 'supabase/tests/**/*.ts', 'stories/**/*.ts', '.storybook/*.ts'],
    languageOptions: { parserOptions: { projectService: false, project: ['tsconfig.tests.json'] } },
    rules: {
      // chai's assertions are expressions; node:test's suites return promises that the runner awaits.
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', name: ['it', 'describe', 'test', 'before', 'after'], package: 'node:test' },
          ],
        },
      ],
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
    },
  },
  {
    // They run as they are in Deno and in Node, so no package's tsconfig has them.
    files: ['supabase/functions/**/*.ts'],
    languageOptions: { parserOptions: { projectService: false, project: ['tsconfig.tests.json'] } },
  },
  {
    // Storybook reads a story file's and its own configuration's default export.
    files: ['stories/**/*.stories.ts', '.storybook/*.ts'],
    rules: { 'no-restricted-syntax': ['error', noEnums] },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'Buffer', 'URL', 'setTimeout', 'clearTimeout', 'fetch', 'performance', 'structuredClone']
          .concat(['require', 'exports', 'module', '__dirname'])
          .map((name) => [name, 'readonly']),
      ),
    },
    rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_' }] },
  },
  {
    files: ['examples/**/*.js', 'tests/**/*.js', 'tests/bench/**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'document',
          'window',
          'location',
          'history',
          'sessionStorage',
          'URLSearchParams',
          'customElements',
          'navigator',
        ]
          .concat([
            'requestAnimationFrame',
            'MutationObserver',
            'Event',
            'CustomEvent',
            'File',
            'FormData',
            'Blob',
            'crypto',
            'OffscreenCanvas',
            'MessageChannel',
            'getComputedStyle',
          ])
          .map((name) => [name, 'readonly']),
      ),
    },
  },
);
