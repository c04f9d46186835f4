import { defineLibrary } from '@sortition/config/tsup';
import { overlay } from '@sortition/config/tsup/overlay';

export default [
  defineLibrary({
    entries: { index: 'src/index.ts', browser: 'src/browser/index.ts', node: 'src/node/index.ts' },
    types: ['node'],
    clean: ['!index-page.*'],
  }),
  // A page writes few events: what makes a server write thousands faster is left out.
  defineLibrary({
    entries: { 'index-page': 'src/index.ts' },
    plugins: [overlay('page')],
    clean: false,
    declarations: false,
  }),
];
