import { defineLibrary } from '@sortition/tsup-config';
import type { Options } from 'tsup';

const client = defineLibrary({ entries: { index: 'src/index.ts' } }) as Options;

export default [
  {
    ...client,
    // The directive makes the hooks client components for frameworks that read it; Rollup, which tsup shakes trees with, takes it out.
    treeshake: false,
    banner: { js: "'use client';" },
  },
];
