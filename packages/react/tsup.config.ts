import { defineLibrary } from '@sortition/config/tsup';
import type { Options } from 'tsup';

const client = defineLibrary({ entries: { index: 'src/index.ts' } }) as Options;

// Rollup, which tsup shakes trees with, would take the directive out that makes the hooks client components.
export default { ...client, treeshake: false };
