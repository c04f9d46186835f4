/**
 * `pnpm conformance`: bundles the sources, because the oldest Node supported runs no TypeScript, and runs the comparison.
 */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readOptions } from '@sortition/report/read-options';
import { build } from 'esbuild';

const takes = 'number';
const { values } = readOptions({
  usage: 'pnpm --filter @sortition/differential conformance',
  text: 'Compares generated decisions with those of the official SDK, or what one of the options names.',
  options: {
    decisions: { type: 'string', takes, default: '200000', text: 'how many decisions' },
    seed: { type: 'string', takes, default: '1', text: 'of what is generated' },
    scenario: { type: 'string', takes, text: 'repeats a call of the scenario of this seed' },
    call: { type: 'string', takes, text: 'which call; the first unless given' },
    shrink: {
      type: 'boolean',
      default: false,
      text: 'makes the datafile of that call as small as shows the difference',
    },
    events: { type: 'string', takes, text: 'compares so many payloads of events' },
    payloads: { type: 'string', takes, text: 'repeats the payloads of this seed' },
    api: { type: 'string', takes, text: 'compares so many calls of the drop-in' },
    'api-scenario': { type: 'string', takes, text: 'repeats the calls of this scenario' },
    datafiles: { type: 'string', takes: 'folder', text: 'with --api: of datafiles to make calls on as well' },
  },
});
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
  process.exitCode = await main(values);
} finally {
  rmSync(outfile, { force: true });
}
