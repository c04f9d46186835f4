/**
 * `pnpm conformance`: bundles the sources, because the oldest Node supported runs no TypeScript, and runs the comparison.
 */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('.', import.meta.url));
const outfile = `${folder}dist/main-${process.pid}.js`; // runs may overlap

await build({
  absWorkingDir: folder,
  entryPoints: ['src/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  conditions: ['@sortition/source'],
  external: ['@optimizely/optimizely-sdk'],
  // Without undici requests go through the global `fetch`, in whose place the comparison answers.
  plugins: [
    {
      name: 'without-undici',
      setup(build) {
        build.onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace: 'left-out' }));
        build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'export const Agent = undefined;' }));
      },
    },
  ],
  logLevel: 'warning',
});
try {
  const { main } = await import(outfile);
  process.exitCode = await main(process.argv.slice(2));
} finally {
  rmSync(outfile, { force: true });
}
