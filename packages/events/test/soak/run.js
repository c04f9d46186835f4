/** `pnpm soak`: bundles the long runs, because the oldest Node supported runs no TypeScript, and starts one of them. */
import { rmSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('.', import.meta.url));
// Beside the sources, which refer to each other by their place.
const outfile = `${folder}main-${process.pid}.mjs`;

await build({
  absWorkingDir: folder,
  entryPoints: ['main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  conditions: ['@sortition/source'],
  external: ['esbuild'],
  logLevel: 'warning',
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
});
try {
  const { main } = await import(pathToFileURL(outfile).href);
  process.exitCode = await main(process.argv.slice(2));
} finally {
  rmSync(outfile, { force: true });
}
