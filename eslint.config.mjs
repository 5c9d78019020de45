/** Only the rules that biome cannot check: those that need types, and what the engine must not name. */
import tseslint from 'typescript-eslint';

/** Engine code: everything that must run without a platform. */
const ENGINE = ['src/{base,wire,crypto,pki,record,session,handshake,versions,engine}/**/*.ts', 'src/index.ts'];
const NOT_ENGINE = ['src/crypto/node/**', '**/*.test.ts'];

const noRandom = {
  object: 'Math',
  property: 'random',
  message: 'Random bytes come from the crypto provider; tests use a seeded generator.',
};
const noClock = { object: 'Date', property: 'now', message: 'Time is handed to the engine by its caller.' };
const noSuiteOnly = [
  {
    selector: "CallExpression[callee.property.name='only'][callee.object.name=/^(test|it|describe|suite)$/]",
    message: 'A test marked `only` hides all others.',
  },
];

/**
 * V8 puts a function that is written behind `object.property =` into the old generation at once: it, and all that it refers to,
 * outlives every minor collection.
 */
const noOldFunction = {
  selector: "AssignmentExpression[left.type='MemberExpression'] > :matches(ArrowFunctionExpression, FunctionExpression).right",
  message: 'Name the function first: V8 makes one that is assigned to a property old, with all that it refers to.',
};

export default tseslint.config(
  { ignores: ['**/node_modules/', 'dist/', 'build/', '.cache/', 'coverage/', 'docs/', '**/*.mjs', '**/*.d.mts'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { project: ['./tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          checkThenables: true,
          allowForKnownSafeCalls: [
            {
              from: 'package',
              package: 'node:test',
              name: ['test', 'it', 'describe', 'suite', 'before', 'after', 'beforeEach', 'afterEach'],
            },
          ],
        },
      ],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false, attributes: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description', minimumDescriptionLength: 3 }],
      '@typescript-eslint/no-restricted-types': ['error', { types: { Function: 'Name the signature.', Object: 'Name the type.' } }],
      'no-restricted-properties': ['error', noRandom],
      'no-restricted-syntax': ['error', ...noSuiteOnly],
    },
  },
  {
    files: ['src/{crypto/node,embedded,node}/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', ...noSuiteOnly, noOldFunction] },
  },
  {
    files: ENGINE,
    ignores: NOT_ENGINE,
    rules: {
      'no-restricted-properties': ['error', noRandom, noClock],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time is handed to the engine by its caller.' },
        { selector: 'ExportAllDeclaration[exported=null][source.value=/^(?!\\.)/]', message: 'The engine depends on nothing.' },
        { selector: "AssignmentExpression[left.object.name='globalThis']", message: 'No effect on the platform.' },
        noOldFunction,
      ],
      'no-restricted-globals': [
        'error',
        'Buffer',
        'process',
        'console',
        'setTimeout',
        'setInterval',
        'queueMicrotask',
        'TextEncoder',
        'TextDecoder',
        'crypto',
        'performance',
        'fetch',
      ],
    },
  },
);
