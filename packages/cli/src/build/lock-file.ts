/**
 * The lock file: the result of the last build, in the repository beside the flags. Ids and buckets are taken over from
 * it, so that a build moves no user by accident.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Move } from '@sortition/authoring';
import { CommandError, reasonOf } from '../command-error.ts';
import { isRecord, type Json } from '../json-value.ts';

/** Users who were moved on purpose. */
export interface RecordedMoves {
  readonly environment: string;
  readonly revision: string;
  readonly reason: string;
  readonly moves: readonly Move[];
}

/** The content of a lock file. */
export interface LockFile {
  /** The last built datafile of each environment; the environment without a name is `default`. */
  readonly environments: Readonly<Record<string, Json>>;
  readonly moves: readonly RecordedMoves[];
}

const VERSION = 1;

/** Reads the lock file; an empty one when it does not exist. @throws CommandError for any other file */
export function readLock(path: string): LockFile {
  if (!existsSync(path)) return { environments: {}, moves: [] };
  try {
    const { version, environments, moves } = JSON.parse(readFileSync(path, 'utf8'));
    if (version !== VERSION) throw new Error(`its version is ${version}; expected ${VERSION}`);
    if (!isRecord(environments) || !Array.isArray(moves)) throw new Error('it has no "environments" and "moves"');
    return { environments: environments as Record<string, Json>, moves: moves as RecordedMoves[] };
  } catch (error) {
    throw new CommandError(
      `The lock file ${path} cannot be used: ${reasonOf(error)}; take it from the version control again.`,
    );
  }
}

/** The text of a lock file. */
export function formatLock({ environments, moves }: LockFile): string {
  return `${JSON.stringify({ version: VERSION, environments, moves }, null, 2)}\n`;
}
