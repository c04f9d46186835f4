/** Finds the files of a folder that define flags in code. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command-error.ts';

/** Name of the file that an import writes. */
export const IMPORTED_FILE = 'project.flags.ts';

const FLAGS_FILE = /\.flags\.[cm]?[jt]s$/;
const TEST_FILE = /\.flags\.test\.[cm]?[jt]s$/;

/**
 * Returns the paths of the modules in a folder and its subfolders, ordered by name. @throws CommandError without such a
 * folder
 */
export function listFlagFiles(folder: string): readonly string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CommandError(`There is no folder "${folder}"; expected one with *.flags.ts files.`);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && (FLAGS_FILE.test(entry.name) || TEST_FILE.test(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('node_modules'))
    .sort();
}

/** Returns whether a file contains only assertions. */
export function isTestFile(path: string): boolean {
  return TEST_FILE.test(path);
}
