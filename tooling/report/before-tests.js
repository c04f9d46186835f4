/** What `pnpm test` says before it runs: how long it takes, and what will be skipped here. */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from './tested-packages.js';

/** Programs that tests start, as their Debian packages are called. Without one, the tests that need it are skipped. */
const PROGRAMS = [
  { name: 'redis-server', debian: 'redis-server', purpose: 'need a real Redis' },
  { name: 'chromium', debian: 'chromium', purpose: 'open pages in a browser' },
  { name: 'nginx', debian: 'nginx-light', purpose: 'go through a reverse proxy' },
];

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
  const folders = path.split(delimiter);
  return PROGRAMS.filter(({ name }) => !folders.some((folder) => existsSync(join(folder, name)))).map(
    ({ name, debian, purpose }) =>
      `${name} is not on PATH, so the tests that ${purpose} are skipped; install it to run them (Debian: apt-get install ${debian}).`,
  );
}
