/** What `pnpm test` says before it runs: how long it takes, and what will be skipped here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, PROGRAMS } from './programs.js';
import { root } from './tested-packages.js';

/** @returns {string} how long it takes, from the last run that was recorded */
export function estimateDuration() {
  const file = join(root, 'tooling/reliability/verify/last-long-run.json');
  const { steps } = JSON.parse(readFileSync(file, 'utf8'));
  const { seconds } = steps.find((/** @type {{ name: string }} */ { name }) => name === 'tests');
  const minutes = Math.ceil(seconds / 60);
  return `about ${minutes} minutes on two cores, twice that on a busy machine; packages that did not change are not run again`;
}

/**
 * @param {string | undefined} path the variable PATH
 * @returns {string[]} why some tests will be skipped, and how to have them run
 */
export function findSkipReasons(path = '') {
  return PROGRAMS.filter(({ name }) => findProgram(name, path) === undefined).map(
    ({ name, debian, purpose }) =>
      `${name} is not on PATH, so the tests that ${purpose} are skipped; install it to run them (Debian: apt-get install ${debian}).`,
  );
}
