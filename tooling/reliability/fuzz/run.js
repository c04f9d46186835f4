/** `pnpm fuzz`: the tests of this folder with more tries. Every run prints the seed that repeats it. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment } from '@sortition/report/environment';
import { readOptions } from '@sortition/report/read-options';

const targets = readdirSync(new URL('test', import.meta.url)).flatMap((file) => file.split('.test.ts', 2).slice(0, -1));
const { values, positionals } = readOptions({
  usage: 'pnpm fuzz [target ...]',
  text: `Hostile input, as the tests try it, but more of it. Targets: ${targets.join(', ')}; all unless some are named.`,
  options: {
    seed: { type: 'string', takes: 'number', text: 'repeats the run that printed it' },
    factor: { type: 'string', takes: 'number', default: '20', text: 'how many times as much as the tests try' },
  },
  positionals: targets,
});
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const files = positionals.length > 0 ? positionals.map((target) => `fuzz/test/${target}.test.ts`) : ['fuzz/test/'];
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', ...files, '--testTimeout=3600000', '--disableConsoleIntercept'],
  {
    cwd: join(dirname(fileURLToPath(import.meta.url)), '..'),
    stdio: 'inherit',
    env: { ...environment, FUZZ_FACTOR: values.factor, ...(values.seed ? { FUZZ_SEED: values.seed } : {}) },
  },
);
process.exitCode = status ?? 1;
