/** `pnpm vectors`: bundles the sources, because the oldest Node supported runs no TypeScript, and makes the vectors. */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readOptions } from '@sortition/report/read-options';
import { build } from 'esbuild';

const { values } = readOptions({
  usage: 'pnpm vectors',
  text: 'Makes the files of the vectors in the folder conformance anew.',
  options: {
    check: { type: 'boolean', default: false, text: 'says whether they are what would be made, and writes none' },
  },
});
const folder = fileURLToPath(new URL('.', import.meta.url));
const outfile = `${folder}dist/vectors-${process.pid}.js`;

await build({
  absWorkingDir: folder,
  entryPoints: ['src/vectors/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  conditions: ['@sortition/source'],
  banner: { js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);" },
  external: ['@optimizely/optimizely-sdk'],
  logLevel: 'warning',
});
try {
  const { main } = await import(outfile);
  process.exitCode = await main(values.check, new URL('../../conformance/', import.meta.url));
} finally {
  rmSync(outfile, { force: true });
}
