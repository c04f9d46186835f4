/** A datafile cache in files, for Node services that must start while the network is down. */
import { createHash, randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeyValueStorage, SdkError } from '@sortition/core';
import { checkOptionsObject, readNumber, readString } from '@sortition/core/internal';

/** Options of `createFileCache`. */
export interface FileCacheOptions {
  /** Created when missing. It has to belong to the user of this process and must not be writable by other users. */
  readonly directory: string;
  /** A larger file is not read; 64 MiB by default. */
  readonly maxBytes?: number | undefined;
}

/** Keys that are valid file names on every platform; for other keys the name is a hash. */
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9_%.-]{0,199}$/;

const OWNER = 'createFileCache';
/** Do not follow links, and do not wait for the other end of a pipe. 0 on platforms without these flags. */
const SAFELY = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const OTHERS_MAY_WRITE = 0o022;

/**
 * Creates a cache with one file per key, readable by its owner only; give it to `createDatafileCache`, or as `cache` to
 * `createPollingConfig` of `sortition`. A file is written under a temporary name and renamed, so that a crash or a
 * second process never leaves half a file. Methods reject with the file system's errors; a missing file is `null`.
 *
 * Other users of the machine must not be able to decide what this process reads or overwrites: a directory that is a
 * link, belongs to another user or may be written by others is refused with `store-failed`, links are not followed, and
 * only regular files are read. Windows has no such owners and modes; there you have to set the directory's permissions.
 *
 * @throws SdkError `invalid-option` without a directory.
 * @example
 * createPollingConfig({ sdkKey, cache: createFileCache({ directory: '/var/cache/shop' }) });
 */
export function createFileCache(options: FileCacheOptions): KeyValueStorage {
  checkOptionsObject(OWNER, options, '{ directory }');
  const directory = readString(OWNER, options, 'directory', undefined);
  if (directory === undefined) {
    throw new SdkError('invalid-option', `${OWNER} needs the option "directory", the path of a directory.`);
  }
  const maxBytes = readNumber(OWNER, options, 'maxBytes', 67_108_864, { min: Number.MIN_VALUE });
  const pathOf = (key: string) => join(directory, `${fileName(key)}.datafile`);
  return {
    async getItem(key) {
      try {
        await checkDirectory(directory);
        return await readRegularFile(pathOf(key), maxBytes);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    async setItem(key, value) {
      const path = pathOf(key);
      const unfinished = `${path}.${randomBytes(6).toString('hex')}`;
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await checkDirectory(directory);
      try {
        await writeNewFile(unfinished, value);
        await rename(unfinished, path);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },
    async removeItem(key) {
      await rm(pathOf(key), { force: true });
    },
  };
}

function fileName(key: string): string {
  return PLAIN_NAME.test(key) ? key : createHash('sha256').update(key).digest('hex');
}

/** Rejects with `store-failed` unless only the user of this process can change the directory. */
async function checkDirectory(directory: string): Promise<void> {
  const stats = await lstat(directory);
  const problem = stats.isDirectory() ? findForeignHand(stats) : 'is not a directory (a link is not followed)';
  if (problem === undefined) return;
  throw new SdkError(
    'store-failed',
    `The directory of the datafile cache ${problem}; expected a directory of this user that others cannot write (mode 0700).`,
  );
}

function findForeignHand({ uid, mode }: Stats): string | undefined {
  // Windows has no user ids.
  if (process.getuid === undefined) return undefined;
  if (uid !== process.getuid()) return 'belongs to another user';
  return mode & OTHERS_MAY_WRITE ? 'may be written by other users' : undefined;
}

/** `null` for a file over the limit; rejects with `store-failed` for a pipe, a device or a directory. */
async function readRegularFile(path: string, maxBytes: number): Promise<string | null> {
  const file = await open(path, constants.O_RDONLY | SAFELY);
  try {
    const stats = await file.stat();
    if (!stats.isFile())
      throw new SdkError('store-failed', 'The datafile cache has an entry that is not a regular file.');
    return stats.size > maxBytes ? null : await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Fails when the file already exists, even as a link. */
async function writeNewFile(path: string, text: string): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | SAFELY, 0o600);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}
