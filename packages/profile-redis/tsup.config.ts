import { defineLibrary } from '@sortition/tsup-config';

export default defineLibrary({ entries: { index: 'src/index.ts' }, platform: 'node', types: ['node'] });
