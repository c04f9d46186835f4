/** `pnpm visitors`: the test of the shop on Next.js with fifty visitors in each mode. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPackages } from '@sortition/report/build-packages';
import { environment } from '@sortition/report/environment';
import { readOptions } from '@sortition/report/read-options';

readOptions({
  usage: 'pnpm visitors',
  needs: ['chromium'],
  text: 'Sends fifty visitors in each mode through the shop on Next.js, in Chromium, for some minutes.',
});
if (!(await buildPackages(['@sortition/lab', '@sortition/next-shop']))) process.exit(1);
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', 'test/next-shop.test.ts', '--disable-console-intercept'],
  {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: 'inherit',
    env: { ...environment, NEXT_SHOP_VISITORS: '50' },
  },
);
process.exitCode = status ?? 1;
