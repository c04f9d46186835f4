import { defineLibrary } from '@sortition/config/tsup';
import { overlay } from '@sortition/config/tsup/overlay';

export default [
  defineLibrary({ entries: { index: 'src/index.ts' }, esModulesOnly: ['graphql-request'], clean: ['!browser.*'] }),
  // Pages post the query by themselves.
  defineLibrary({
    entries: { browser: 'src/index.ts' },
    plugins: [overlay('browser')],
    clean: false,
    declarations: false,
  }),
];
