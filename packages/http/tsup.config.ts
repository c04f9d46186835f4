import { defineLibrary } from '@sortition/config/tsup';
import { overlay } from '@sortition/config/tsup/overlay';

export default [
  defineLibrary({
    entries: { index: 'src/index.ts', node: 'src/node/index.ts', 'main-node': 'src/node/main.ts' },
    types: ['node'],
    clean: ['!browser.*'],
  }),
  // What a page does by itself is left out also where other files of the package import it.
  defineLibrary({
    entries: { browser: 'src/index.ts' },
    plugins: [overlay('browser')],
    clean: false,
    declarations: false,
  }),
];
