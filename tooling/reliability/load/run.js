/** `pnpm load [--short] [--only text]... [--seed n]`: bundles the sources, because the oldest Node supported runs no TypeScript, and runs them. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '@sortition/report';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('.', import.meta.url));
const outdir = join(folder, 'dist', String(process.pid));
process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
await build({
  absWorkingDir: folder,
  entryPoints: ['src/main.ts', 'src/producer.ts', 'src/collector-process.ts'],
  outdir,
  bundle: true,
  platform: 'node',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  conditions: ['@sortition/source'],
  external: ['ioredis', '@optimizely/optimizely-sdk'],
  logLevel: 'warning',
  // Some of what is bundled is CommonJS and asks for Node's own modules as such.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
});
const { main } = await import(join(outdir, 'main.mjs'));
process.exit(await main(process.argv.slice(2), root));
