/**
 * `pnpm chaos <what>`: bundles a script, because the oldest Node supported runs no TypeScript, and runs it.
 */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readOptions, refuse } from '@sortition/report/read-options';
import { build } from 'esbuild';

const NAMES = ['cold-start', 'outage', 'fleet', 'round-trip', 'sticky-cost', 'memory', 'script-cost', 'clients'];
const folder = fileURLToPath(new URL('.', import.meta.url));
const { values, positionals } = readOptions({
  usage: 'pnpm --filter @sortition/reliability chaos <what> [argument ...]',
  text: `Measures something about Redis: ${NAMES.join(', ')}.`,
  options: { write: { type: 'boolean', default: false, text: 'with clients: writes the table into the README' } },
  positionals: true,
});
const [name, ...args] = positionals;
if (name === undefined || !NAMES.includes(name)) refuse(`Name what to measure, one of ${NAMES.join(', ')}.`);
const outfile = `${folder}dist/command-${process.pid}.js`;
process.once('exit', () => rmSync(outfile, { force: true }));
await build({
  absWorkingDir: folder,
  entryPoints: [`src/commands/${name}.ts`],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  conditions: ['@sortition/source'],
  external: ['ioredis', 'redis', 'esbuild'],
  // Some of what is bundled is CommonJS and asks for Node's own modules as such.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
  logLevel: 'warning',
});
const { run } = await import(outfile);
process.exitCode = (await run(values.write ? [...args, '--write'] : args)) ? 0 : 1;
