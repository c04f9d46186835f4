/**
 * Files that only this user can have written. A directory that others may write could contain links to other places,
 * pipes that block the process, and forged events.
 */
import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync } from 'node:fs';
import { SdkError } from '@sortition/core';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** Absent on Windows. */
const GUARDS = (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0);

/** The purposes of opening a file; `create` fails when it exists. */
const FLAGS = {
  read: O_RDONLY | GUARDS,
  append: O_WRONLY | O_APPEND | O_CREAT | GUARDS,
  create: O_WRONLY | O_CREAT | O_EXCL | GUARDS,
};

/**
 * Creates the directory when it is missing, and refuses one that does not belong to this user or that others may write.
 *
 * @throws SdkError `store-failed`
 */
export function usePrivateDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  checkPrivateDirectory(directory);
}

/**
 * Does the same for a directory that has to exist. @throws SdkError `store-failed`; the platform's error when it is
 * missing
 */
export function checkPrivateDirectory(directory: string): void {
  const found = lstatSync(directory);
  if (!found.isDirectory()) throw refusal(directory, 'is not a directory');
  // Windows does not have such owners and modes.
  if (process.getuid === undefined) return;
  if (found.uid !== process.getuid()) throw refusal(directory, 'belongs to another user');
  if ((found.mode & 0o022) !== 0) throw refusal(directory, 'may be written by other users');
}

/** Opens a file without following a link and without waiting for a pipe. @throws when it is not a regular file */
export function openRegularFile(path: string, purpose: keyof typeof FLAGS): number {
  const file = openSync(path, FLAGS[purpose], 0o600);
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw refusal(path, 'is not a regular file');
}

function refusal(path: string, why: string): SdkError {
  return new SdkError(
    'store-failed',
    `${JSON.stringify(path)} ${why}; expected a directory of this user that only it may write, such as one with mode 700.`,
  );
}
