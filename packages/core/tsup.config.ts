import { defineLibrary } from '@sortition/tsup-config';

export default defineLibrary({
  entries: { index: 'src/index.ts', errors: 'src/errors.ts', internal: 'src/internal.ts', murmur3: 'src/murmur3.ts' },
});
