import { defineLibrary } from '@sortition/config/tsup';

export default defineLibrary({
  entries: { index: 'src/index.ts', node: 'src/node/index.ts' },
  esModulesOnly: ['quick-lru'],
  types: ['node'],
});
