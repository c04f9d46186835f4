/** What is installed and published, naively: whatever comes with it. */

const PACKAGE = 'packages/profile-memory/package.json';

/** @type {readonly import('./index.js').NaivePart[]} */
export const NAIVE_SUPPLY = [
  {
    name: 'a dependency that was not decided on',
    ids: ['SUP-01'],
    edits: [
      {
        file: PACKAGE,
        find: '    "quick-lru": "catalog:"',
        put: '    "fast-check": "catalog:",\n    "quick-lru": "catalog:"',
      },
    ],
    tests: ['tooling/release/shape/test/dependencies.test.ts'],
  },
];
