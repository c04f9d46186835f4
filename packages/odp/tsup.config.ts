import { defineLibrary } from '@sortition/config/tsup';

export default defineLibrary({
  entries: { index: 'src/index.ts', browser: 'src/browser/index.ts' },
  esModulesOnly: ['graphql-request'],
});
