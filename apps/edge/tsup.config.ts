import { defineConfig } from 'tsup';

const shared = { target: 'es2022', silent: true } as const;

export default defineConfig([
  // As an edge platform takes it: one file with everything inside, as a module and, for runtimes without modules, a script.
  {
    ...shared,
    entry: ['src/worker.ts'],
    format: ['esm', 'iife'],
    globalName: 'worker',
    platform: 'browser',
    noExternal: [/./],
    splitting: false,
  },
  // The other build writes into the same folder.
  { ...shared, entry: { main: 'src/local/main.ts' }, format: 'esm', platform: 'node', clean: ['!worker.*'] },
]);
