import { defineLibrary } from '@sortition/config/tsup';

export default defineLibrary({
  entries: {
    index: 'src/index.ts',
    browser: 'src/browser/index.ts',
    node: 'src/node/index.ts',
    'main-node': 'src/node/main.ts',
  },
  types: ['node'],
});
