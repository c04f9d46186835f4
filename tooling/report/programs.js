/** Programs of the machine that commands and tests start. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The programs with the names of their Debian packages, and the tests that need them. */
export const PROGRAMS = [
  { name: 'redis-server', debian: 'redis-server', purpose: 'need a real Redis' },
  { name: 'chromium', debian: 'chromium', purpose: 'open pages in a browser' },
  { name: 'nginx', debian: 'nginx-light', purpose: 'go through a reverse proxy' },
];

/**
 * @param {string} name
 * @param {string | undefined} [path] the variable PATH
 * @returns {string | undefined} its file
 */
export function findProgram(name, path = process.env.PATH) {
  const files = (path ?? '').split(delimiter).map((folder) => join(folder, name));
  return files.find((file) => existsSync(file));
}

/**
 * @param {string} name
 * @returns {string} its file
 * @throws Error that says how to install it
 */
export function requireProgram(name) {
  const file = findProgram(name);
  if (file !== undefined) return file;
  const debian = PROGRAMS.find((program) => program.name === name)?.debian ?? name;
  throw new Error(`${name} is not on PATH; install it (Debian: apt-get install ${debian}).`);
}
