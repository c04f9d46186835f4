import { defineLibrary } from '@sortition/config/tsup';

export default defineLibrary({
  entries: { index: 'src/index.ts', errors: 'src/errors.ts', internal: 'src/internal.ts', murmur3: 'src/murmur3.ts' },
});
