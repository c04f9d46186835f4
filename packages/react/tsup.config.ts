import { defineLibrary } from '@sortition/config/tsup';
import type { Options } from 'tsup';

const client = defineLibrary({ entries: { index: 'src/index.ts' } }) as Options;
const server = defineLibrary({ entries: { server: 'src/server.ts' }, clean: false }) as Options;

export default [
  // Rollup, which tsup shakes trees with, would take the directive out that makes the hooks client components.
  { ...client, treeshake: false, clean: ['!server.*'] },
  server,
];
