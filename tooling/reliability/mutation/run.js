/**
 * `pnpm mutation`: mutation testing of the decision core. Changes one operator, condition or text of the sources at a
 * time, runs the tests that touch it and counts the changes that no test notices.
 *
 * Incremental: what neither its source nor its tests changed is taken from the last run.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readOptions } from '@sortition/report/read-options';
import { Stryker } from '@stryker-mutator/core';
import { summarize } from './summarize.js';

/** Share of the mutants, in percent, that tests must notice. */
const REQUIRED_SCORE = 90;

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const reports = join(root, '.reports', 'mutation');
const incrementalFile = join(reports, 'incremental.json');
const { values } = readOptions({
  usage: 'pnpm mutation',
  text: 'Changes the sources of the decision core one place at a time and counts the changes that no test notices.',
  options: {
    mutate: { type: 'string', takes: 'glob', default: 'src/**/*.ts', text: 'the sources of packages/core to change' },
    concurrency: { type: 'string', takes: 'number', default: '2', text: 'how many run at a time' },
    force: { type: 'boolean', default: false, text: 'takes nothing from the last run' },
  },
});

process.chdir(join(root, 'packages', 'core'));
mkdirSync(reports, { recursive: true });
await new Stryker({
  testRunner: 'vitest',
  plugins: [import.meta.resolve('@stryker-mutator/vitest-runner')],
  // `index.ts` only re-exports; declarations hold no code.
  mutate: [values.mutate, '!src/**/*.d.ts', '!src/index.ts'],
  concurrency: Number(values.concurrency),
  coverageAnalysis: 'perTest',
  incremental: true,
  incrementalFile,
  force: values.force,
  tempDirName: '.stryker-tmp',
  timeoutMS: 10_000,
  reporters: ['progress-append-only', 'html'],
  htmlReporter: { fileName: join(reports, 'mutation.html') },
  allowConsoleColors: process.stdout.isTTY ?? false,
}).runMutationTest();

// The incremental file has every source that was ever run, also those that this run left out.
const { score, table, survivors } = summarize(JSON.parse(readFileSync(incrementalFile, 'utf8')));
console.log(survivors.join('\n'));
console.log(table);
console.log(`score ${score.toFixed(1)} %, at least ${REQUIRED_SCORE} % wanted`);
if (!(score >= REQUIRED_SCORE)) process.exitCode = 1;
