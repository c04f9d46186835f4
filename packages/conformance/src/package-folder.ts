/** Where this package is: its sources and its build are both one folder below it. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this code. */
export const HERE = dirname(fileURLToPath(import.meta.url));

/** The version of this package. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(HERE, '../package.json'), 'utf8')) as { version: string };
  return version;
}
