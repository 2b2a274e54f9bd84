/** The rules of the house: types are strict, files stay small, and the arrows of ARCHITECTURE.md hold. */
import type { ESLint } from 'eslint';
import boundariesModule from 'eslint-plugin-boundaries';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Its types describe another module system than the one it is loaded by.
const boundaries = boundariesModule as unknown as ESLint.Plugin;

/** Each folder that has arrows of its own. The first pattern that matches a file names its element. */
const elements = [
  { type: 'schema', pattern: 'schema/**' },
  { type: 'server', pattern: 'server/**' },
  { type: 'node-db', pattern: 'node-service/db/**' },
  { type: 'node-domain', pattern: 'node-service/domain/**' },
  { type: 'node-module', pattern: 'node-service/modules/*/**', capture: ['module'] },
  { type: 'node-adapter', pattern: 'node-service/adapters/**' },
  { type: 'node-replication', pattern: 'node-service/replication/**' },
  { type: 'node-graphql', pattern: 'node-service/graphql/**' },
  { type: 'gateway', pattern: 'gateway/**' },
  { type: 'console-app', pattern: 'console/app/**' },
  { type: 'console-feature', pattern: 'console/features/*/**', capture: ['feature'] },
  { type: 'console-components', pattern: 'console/components/**' },
  { type: 'console-lib', pattern: 'console/{lib,locales}/**' },
  { type: 'scripts', pattern: 'scripts/**' },
  { type: 'test', pattern: 'test/**' },
].map((element) => ({ ...element, partialMatch: false }));

/** Files that have arrows of their own though they share a folder. */
const files = [
  { category: 'node-ports', pattern: 'node-service/{ports,audit-port,counts-port}.ts' },
  { category: 'node-config', pattern: 'node-service/config.ts' },
  {
    category: 'node-app',
    pattern: 'node-service/{app,bookkeeping,record-check,refusals,directory,donor-log,exchange,main,trust,version}.ts',
  },
];

const isFile = (name: string) => files.some(({ category }) => category === name);
const selector = (name: string) => (isFile(name) ? { file: { categories: name } } : { element: { type: name } });

const allow = (from: string, to: readonly string[]) => ({
  from: selector(from),
  allow: to.map((name) => ({ to: selector(name) })),
});

/** All of the node service, for those who put it together or run it. */
const nodeService = [
  'node-domain',
  'node-ports',
  'node-config',
  'node-db',
  'node-module',
  'node-adapter',
  'node-replication',
  'node-graphql',
  'node-app',
];

const arrows = [
  allow('schema', ['schema']),
  allow('server', ['schema', 'server']),
  allow('node-domain', ['schema', 'node-domain']),
  allow('node-ports', ['schema', 'node-domain']),
  allow('node-config', ['schema', 'server']),
  allow('node-db', ['schema', 'node-db']),
  allow('node-module', ['schema', 'node-domain', 'node-ports', 'node-db', 'node-graphql']),
  {
    from: { element: { type: 'node-module' } },
    allow: [{ to: { element: { type: 'node-module', captured: { module: '{{ from.element.captured.module }}' } } } }],
  },
  allow('node-adapter', ['schema', 'server', 'node-domain', 'node-ports', 'node-db', 'node-adapter']),
  allow('node-replication', ['schema', 'node-domain', 'node-ports', 'node-replication']),
  allow('node-graphql', ['schema', 'server', 'node-domain', 'node-ports', 'node-db', 'node-module', 'node-graphql']),
  allow('node-app', ['schema', 'server', ...nodeService]),
  allow('gateway', ['schema', 'server', 'gateway']),
  allow('console-lib', ['schema', 'console-lib']),
  allow('console-components', ['schema', 'console-lib', 'console-components']),
  allow('console-feature', ['schema', 'console-lib', 'console-components']),
  {
    from: { element: { type: 'console-feature' } },
    allow: [
      { to: { element: { type: 'console-feature', captured: { feature: '{{ from.element.captured.feature }}' } } } },
    ],
  },
  allow('console-app', ['schema', 'console-lib', 'console-components', 'console-feature', 'console-app']),
  allow('scripts', ['schema', 'server', ...nodeService, 'gateway', 'scripts']),
  allow('test', ['schema', 'server', ...nodeService, 'gateway', 'scripts', 'console-feature', 'console-lib', 'test']),
];

export default defineConfig(
  { ignores: ['**/generated/**', 'node_modules/**', '.lookout/**', 'coverage/**'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { boundaries },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'boundaries/elements': elements,
      'boundaries/files': files,
      'import/resolver': { typescript: true, node: { extensions: ['.ts'] } },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      eqeqeq: 'error',
      'no-console': 'error',
      'boundaries/dependencies': ['error', { default: 'disallow', policies: arrows }],
      'no-restricted-syntax': [
        'error',
        {
          selector: "ThrowStatement > NewExpression[callee.name='Error']",
          message: 'Throw a Refused or a Fault with a code of schema/codes.ts.',
        },
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'The environment is read in config.ts only.' },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/naming-convention': ['error', { selector: 'typeLike', format: ['PascalCase'] }],
    },
  },
  {
    files: ['console/**/*.tsx'],
    extends: [jsxA11y.flatConfigs.strict, reactHooks.configs.flat.recommended],
    rules: {
      // What scrolls has to be reached by keyboard.
      'jsx-a11y/no-noninteractive-tabindex': ['error', { tags: [], roles: ['region'] }],
    },
  },
  { files: ['*/config.ts', 'scripts/**', 'test/**'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['scripts/**', 'test/**'],
    rules: { 'no-console': 'off', 'no-restricted-syntax': 'off', 'max-lines-per-function': 'off' },
  },
  { files: ['*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['test/**'], rules: { 'max-lines': ['error', { max: 600 }], 'max-params': 'off' } },
);
