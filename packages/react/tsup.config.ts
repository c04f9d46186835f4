import { defineLibrary } from '@sortition/config/tsup';

const client = defineLibrary({ entries: { index: 'src/index.ts' } });
const server = defineLibrary({ entries: { server: 'src/server.ts' }, clean: false });

export default [
  // Rollup, which tsup shakes trees with, would take the directive out that makes the hooks client components.
  { ...client, treeshake: false, clean: ['!server.*'] },
  server,
];
