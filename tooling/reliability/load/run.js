/** `pnpm load`: bundles the sources, because the oldest Node supported runs no TypeScript, and runs them. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '@sortition/report';
import { readOptions } from '@sortition/report/read-options';
import { build } from 'esbuild';

const { values } = readOptions({
  usage: 'pnpm load',
  text: 'Puts the client under rates, slow answers, failures, outages and restarts, beside the official SDK.',
  options: {
    short: { type: 'boolean', default: false, text: 'a few loads of seconds, without the official SDK' },
    only: {
      type: 'string',
      takes: 'text',
      multiple: true,
      default: [],
      text: 'the loads whose kind and name contain it',
    },
    seed: { type: 'string', takes: 'number', default: '1', text: 'of what is random about a load' },
  },
});
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
process.exit(await main({ ...values, seed: Number(values.seed) }, root));
