/**
 * `pnpm test`: runs every package's tests, adds their reports up and ends with one plain line, `N passed, N failed`.
 *
 * A package that fails without a failing test (it does not compile, a test file throws while it loads, a promise was
 * rejected without a handler) counts as one failure, so that the line never says "0 failed" about a red run.
 */
import './check-node.cjs';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { estimateDuration, findSkipReasons } from './before-tests.js';
import { environment } from './environment.js';
import { readOptions } from './read-options.js';
import { countResults, listTestedPackages, readTestReport, root } from './tested-packages.js';

const { values } = readOptions({
  usage: 'pnpm test',
  text: "Runs every package's tests and ends with one line, 'N passed, N failed'. For one package: pnpm --filter <package> test",
  options: { force: { type: 'boolean', text: 'runs the tests of packages that did not change as well' } },
});
const packages = listTestedPackages();
for (const { folder } of packages) rmSync(join(folder, '.reports'), { recursive: true, force: true });

const skipReasons = findSkipReasons(process.env.PATH);
console.log(`Running the tests of ${packages.length} packages: ${estimateDuration()}.`);
for (const reason of skipReasons) console.log(reason);

const turbo = spawnSync('turbo', ['run', 'test', '--continue', ...(values.force ? ['--force'] : [])], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...environment,
    PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
    TURBO_TELEMETRY_DISABLED: '1',
  },
  shell: process.platform === 'win32',
});
process.exitCode = report(turbo.status ?? 1);

/** @param {number} exitCode of the run */
function report(exitCode) {
  let passed = 0;
  let skipped = 0;
  /** @type {string[]} */
  const failures = [];
  for (const { name, folder } of packages) {
    const testReport = readTestReport(folder);
    if (testReport === null) {
      failures.push(`${name}: wrote no test report`);
      continue;
    }
    const results = countResults(testReport);
    if (results.passed + results.skipped + results.failures.length === 0) results.failures.push('no test ran');
    passed += results.passed;
    skipped += results.skipped;
    for (const failure of results.failures) failures.push(`${name}: ${failure}`);
    console.log(`${name}: ${results.passed} passed, ${results.failures.length} failed, ${results.skipped} skipped`);
  }
  if (exitCode !== 0 && failures.length === 0) failures.push(`the test run ended with exit code ${exitCode}`);
  if (passed + failures.length === 0) failures.push('no test ran');
  for (const failure of failures) console.log(`FAILED ${failure}`);
  if (skipped > 0) for (const reason of skipReasons) console.log(reason);
  console.log(`${passed} passed, ${failures.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return failures.length > 0 ? 1 : 0;
}
