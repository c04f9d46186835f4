/**
 * `pnpm test:node [major ...] [--only text]`: the whole test suite of the workspace on other versions of Node than the one at hand,
 * package after package. Without a major it runs all of `SUITE_MAJORS`; `--only` takes the packages whose name contains the text.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { countResults, listTestedPackages, readTestReport } from '@sortition/report';
import { buildPackages } from '@sortition/report/build-packages';
import { readOptions, refuse } from '@sortition/report/read-options';
import { install, openEnvironment } from './environment.js';
import { installNode, newestOf } from './rows/node.js';

const SUITE_MAJORS = ['22', '24', '26'];
/** Of one package. The slowest takes three minutes on two quiet cores. */
const PACKAGE_TIMEOUT_MS = 30 * 60_000;

const { values, positionals } = readOptions({
  usage: 'pnpm test:node [major ...]',
  text: `Runs the tests of every package on other versions of Node: ${SUITE_MAJORS.join(', ')} unless some are named.`,
  options: {
    only: { type: 'string', takes: 'text', multiple: true, default: [], text: 'the packages whose name contains it' },
  },
  positionals: SUITE_MAJORS,
});
const majors = positionals.length > 0 ? positionals : SUITE_MAJORS;
const packages = listTestedPackages().filter(
  ({ name }) => values.only.length === 0 || values.only.some((text) => name.includes(text)),
);
if (packages.length === 0) refuse(`No package with tests is called ${values.only.join(' or ')}.`);
if (!(await buildPackages([]))) process.exit(1);

const parent = mkdtempSync(join(tmpdir(), 'suite-'));
/** @type {string[]} */
const summary = [];
try {
  for (const major of majors) summary.push(await runSuite(newestOf(major)));
} finally {
  rmSync(parent, { recursive: true, force: true });
}
for (const line of summary) console.log(line);

/**
 * @param {string} version
 * @returns {Promise<string>} the counts, as one line
 */
async function runSuite(version) {
  const nodeFolder = await installNode(version, async (key, dependencies) => {
    const environment = openEnvironment(join(parent, key));
    await install(environment, dependencies, []);
    return environment;
  });
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, folder } of packages) {
    const { passed, failures, skipped } = await runPackage(folder, nodeFolder);
    console.log(`Node ${version}  ${name}: ${passed} passed, ${failures.length} failed, ${skipped} skipped`);
    for (const failure of failures) console.log(`FAILED on Node ${version}  ${name}: ${failure}`);
    total.passed += passed;
    total.failed += failures.length;
    total.skipped += skipped;
  }
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
  return `Node ${version}: ${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`;
}

/**
 * @param {string} folder of a package
 * @param {string} nodeFolder has the `node` to use, for the tests and for the programs they start
 */
async function runPackage(folder, nodeFolder) {
  rmSync(join(folder, '.reports'), { recursive: true, force: true });
  const vitest = join(
    dirname(createRequire(join(folder, 'package.json')).resolve('vitest/package.json')),
    'vitest.mjs',
  );
  const child = spawn(join(nodeFolder, 'node'), [vitest, 'run'], {
    cwd: folder,
    env: { ...process.env, PATH: `${nodeFolder}${delimiter}${process.env.PATH ?? ''}` },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: PACKAGE_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    errors = `${errors}${chunk}`.slice(-4_000);
  });
  await new Promise((resolve) => child.once('close', resolve));
  const report = readTestReport(folder);
  return report === null
    ? { passed: 0, skipped: 0, failures: [`wrote no test report:\n${errors}`] }
    : countResults(report);
}
