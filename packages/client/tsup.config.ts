import { defineLibrary } from '@sortition/tsup-config';

export default defineLibrary({ entries: { index: 'src/index.ts', internal: 'src/internal.ts' } });
