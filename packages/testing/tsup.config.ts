import { defineLibrary } from '@sortition/config/tsup';

export default [
  defineLibrary({ entries: { index: 'src/index.ts' } }),
  // Vitest is an ES module that CommonJS cannot require, so that its suites are one too.
  defineLibrary({ entries: { contracts: 'src/contracts/index.ts' }, formats: ['esm'], clean: false }),
];
