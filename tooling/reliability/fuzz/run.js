/**
 * `pnpm fuzz [target ...] [--seed n] [--factor n]`: the tests of this folder with more tries. A target is a file in `test`
 * without its ending: datafiles, inputs, adapters, cookies, bodies, http. Every run prints the seed that repeats it.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, factor: { type: 'string', default: '20' } },
});
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const files = positionals.length > 0 ? positionals.map((target) => `fuzz/test/${target}.test.ts`) : ['fuzz/test/'];
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', ...files, '--testTimeout=3600000', '--disableConsoleIntercept'],
  {
    cwd: join(dirname(fileURLToPath(import.meta.url)), '..'),
    stdio: 'inherit',
    env: { ...process.env, FUZZ_FACTOR: values.factor, ...(values.seed ? { FUZZ_SEED: values.seed } : {}) },
  },
);
process.exitCode = status ?? 1;
