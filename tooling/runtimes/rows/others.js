/** Bun, Deno, Vitest and a page in jsdom. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { JSDOM_VERSION, runPage } from './jsdom.js';
import { runProgram } from './node.js';

/** @type {import('./index.js').Row[]} */
export const otherRows = [
  .../** @type {const} */ (['mjs', 'cjs']).map((extension) => ({
    name: `Bun 1.4.5 ${extension === 'mjs' ? 'ES modules' : 'CommonJS'}`,
    does: 'the job',
    environment: 'bun',
    dependencies: { '@oven/bun-linux-x64-baseline': '1.4.5' },
    run: async (/** @type {import('./index.js').RowContext} */ { environment, doJob }) => {
      const command = join(environment.folder, 'node_modules/@oven/bun-linux-x64-baseline/bin/bun');
      await doJob((settings) =>
        runProgram(environment, `program.${extension}`, settings, { command, before: ['run'] }),
      );
    },
  })),
  .../** @type {const} */ (['mjs', 'cjs']).map((extension) => ({
    name: `Deno 2.9.6 ${extension === 'mjs' ? 'ES modules' : 'CommonJS'}`,
    does: 'the job',
    environment: 'deno',
    dependencies: { '@deno/linux-x64-glibc': '2.9.6' },
    run: async (/** @type {import('./index.js').RowContext} */ { environment, doJob }) => {
      const command = join(environment.folder, 'node_modules/@deno/linux-x64-glibc/deno');
      const before = ['run', '--allow-all', '--no-prompt', '--node-modules-dir=manual'];
      await doJob((settings) => runProgram(environment, `program.${extension}`, settings, { command, before }));
    },
  })),
  {
    name: 'Vitest 4.1.12',
    does: 'the job',
    dependencies: { vitest: '4.1.12' },
    run: async ({ environment, doJob }) => {
      await doJob((settings) => {
        environment.write(
          'job.test.mjs',
          `import { test } from 'vitest';
import { runJob } from './job.mjs';
test('the job', async () => {
  const { base, userId, datafile } = ${JSON.stringify(settings)};
  process.stdout.write('ANSWER ' + JSON.stringify(await runJob(base, userId, datafile)) + '\\n');
}, 60000);
`,
        );
        return environment.run('node', ['node_modules/vitest/vitest.mjs', 'run']);
      });
    },
  },
  {
    name: 'jsdom 26.1.0',
    does: 'a bundle for pages does the job, with fetch given to the page',
    dependencies: { jsdom: JSDOM_VERSION },
    run: async ({ environment, doJob }) => {
      await build({
        entryPoints: [join(environment.folder, 'program.mjs')],
        outfile: join(environment.folder, 'page.js'),
        bundle: true,
        logLevel: 'silent',
      });
      await doJob((settings) => runPage(environment, 'page.js', settings));
    },
  },
];
