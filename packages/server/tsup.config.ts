import { defineLibrary } from '@sortition/tsup-config';

export default defineLibrary({ entries: { index: 'src/index.ts', node: 'src/node/index.ts' }, types: ['node'] });
