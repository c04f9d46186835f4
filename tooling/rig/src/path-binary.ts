/** Programs of the machine that tests start: where they are, and what to say when they are missing. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Path of a program on PATH; `null` when there is none. */
export function findOnPath(name: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not in this folder
    }
  }
  return null;
}

/**
 * Tells whether tests that need a program can run. Says loudly when they cannot, and how to change that.
 *
 * @param purpose What the tests do with it, as in "the tests that … cannot run".
 * @throws Error with `CI=true`: there a missing program is a failure, not a skip.
 */
export function isOnPath(name: string, purpose: string): boolean {
  if (findOnPath(name) !== null) return true;
  const message = `${name} is not on PATH: the tests that ${purpose} cannot run. Install it: apt-get install -y ${name}`;
  if (process.env.CI === 'true') throw new Error(message);
  console.warn(`\n!!! SKIPPED: ${message}\n`);
  return false;
}
