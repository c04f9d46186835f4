/** Deciding, naively: users and conditions are of a reasonable kind and size. */

/** @type {readonly import('./index.js').NaivePart[]} */
export const NAIVE_CORE = [
  {
    name: 'conditions of any depth',
    ids: ['DF-04'],
    edits: [
      {
        file: 'packages/core/src/condition-tree.ts',
        find: 'depth >= MAX_CONDITION_DEPTH || ',
        put: '',
      },
    ],
    tests: ['packages/core/test/condition-tree.test.ts'],
  },
  {
    name: 'versions of any length',
    ids: ['DF-08'],
    edits: [
      {
        file: 'packages/core/src/semantic-version.ts',
        find: ' || value.length > MAX_VERSION_LENGTH',
        put: '',
      },
    ],
    tests: ['packages/core/test/semantic-version.test.ts'],
  },
  {
    name: 'a hash over characters instead of bytes',
    ids: ['IN-03'],
    edits: [
      {
        file: 'packages/core/src/split-hash.ts',
        find: '  if (!NOT_ASCII.test(text)) return text;',
        put: '  if (NOT_ASCII) return text;',
      },
    ],
    tests: ['packages/core/test/bucketing.test.ts'],
  },
  {
    name: 'attribute values of any kind',
    ids: ['IN-04'],
    edits: [
      {
        file: 'packages/core/src/user.ts',
        find: "  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null;",
        put: '  return value !== undefined;',
      },
    ],
    tests: ['packages/core/test/user.test.ts'],
  },
  {
    name: 'a memory store without a bound that lends what it holds',
    ids: ['UPS-06'],
    edits: [
      {
        file: 'packages/profile-memory/src/memory-profile-store.ts',
        find: '{ maxSize: maxUsers }',
        put: '{ maxSize: maxUsers * 1_000 }',
      },
    ],
    tests: ['packages/profile-memory/test/memory-profile-store.test.ts'],
  },
  {
    name: 'options of a decision that are inherited',
    ids: ['SEC-05'],
    edits: [
      {
        file: 'packages/core/src/decide.ts',
        find: '  return given === undefined ? NO_INPUT : { ...NO_INPUT, ...given };',
        put: '  return (given ?? NO_INPUT) as CompleteInput;',
      },
    ],
    tests: ['packages/core/test/hostile-datafile.test.ts'],
  },
];
