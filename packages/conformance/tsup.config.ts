import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineLibrary } from '@sortition/config/tsup';

const vectors = fileURLToPath(new URL('../../conformance', import.meta.url));

/** The vectors stand beside the code that reads them. */
export default defineLibrary({
  entries: { index: 'src/index.ts', bin: 'src/bin.ts' },
  platform: 'node',
  formats: ['esm'],
  types: ['node'],
  onSuccess: async () =>
    cpSync(vectors, fileURLToPath(new URL('./dist/vectors', import.meta.url)), { recursive: true }),
});
