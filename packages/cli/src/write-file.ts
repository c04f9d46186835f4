/** Writes results to files, and reads what was written before. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CommandError, reasonOf } from './command-error.ts';

/** Writes a file, and creates its folders. @throws CommandError */
export async function writeText(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (error) {
    throw new CommandError(`${path} cannot be written: ${reasonOf(error)}.`);
  }
}

/** What a file holds that is to be written, with the line ends that are written; `undefined` when there is none. @throws CommandError */
export function readWritten(path: string): string | undefined {
  try {
    // An editor may have written the same lines with other line ends.
    return existsSync(path) ? readFileSync(path, 'utf8').replaceAll('\r\n', '\n') : undefined;
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${reasonOf(error)}.`);
  }
}
