/** A datafile cache in files, for Node services that must start while the network is down. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { invalid, readPositive } from '../check-option.ts';
import type { DatafileCache } from '../polling-options.ts';

/** Options of `createFileCache`. */
export interface FileCacheOptions {
  /** Created when missing; nobody but this user should be able to write to it. */
  readonly directory: string;
  /** A larger file is not read; 64 MiB when absent. */
  readonly maxBytes?: number | undefined;
}

/** Keys that are file names everywhere; of others the name is a hash. */
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9_%.-]{0,199}$/;

/**
 * Creates a cache with one file per key, readable by its owner only. A file is written beside its place and moved, so that
 * a crash or a second process never leaves half of one. Methods reject with the file system's errors; a file that is not
 * there is `null`.
 *
 * @throws SdkError `invalid-option` without a folder.
 * @example
 * createPollingConfig({ sdkKey, cache: createFileCache({ directory: '/var/cache/shop' }) });
 */
export function createFileCache(options: FileCacheOptions): DatafileCache {
  const { directory } = options ?? {};
  if (typeof directory !== 'string' || directory === '') {
    throw invalid(`directory is ${JSON.stringify(directory)}; the path of a folder was expected.`);
  }
  const maxBytes = readPositive(options, 'maxBytes', 67_108_864);
  const pathOf = (key: string) => join(directory, `${fileName(key)}.datafile`);
  return {
    async getItem(key) {
      const path = pathOf(key);
      try {
        const { size } = await stat(path);
        return size > maxBytes ? null : await readFile(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    async setItem(key, value) {
      const path = pathOf(key);
      const unfinished = `${path}.${randomBytes(6).toString('hex')}`;
      await mkdir(directory, { recursive: true, mode: 0o700 });
      try {
        await writeFile(unfinished, value, { mode: 0o600 });
        await rename(unfinished, path);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },
    removeItem: (key) => rm(pathOf(key), { force: true }),
  };
}

function fileName(key: string): string {
  return PLAIN_NAME.test(key) ? key : createHash('sha256').update(key).digest('hex');
}
