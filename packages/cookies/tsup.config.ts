import { defineLibrary } from '@sortition/config/tsup';

// The error class of core is built in: an application that only reads cookies installs nothing else.
export default defineLibrary({ entries: { index: 'src/index.ts' } });
