import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { main: 'src/server/main.ts', load: 'src/load/main.ts', 'load-lab': 'src/load/load-lab.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  clean: true,
  silent: true,
});
