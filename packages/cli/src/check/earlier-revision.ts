/** A datafile as it was some days ago, from the history of its git repository. */
import { execFileSync } from 'node:child_process';
import { basename, dirname, resolve } from 'node:path';

/**
 * Returns the text of a file from `days` days ago; `undefined` when it is not in a repository or did not exist then.
 *
 * @param days Before now.
 */
export function readEarlierRevision(path: string, days: number): string | undefined {
  const folder = dirname(resolve(path));
  const git = (...args: string[]): string | undefined => {
    try {
      return execFileSync('git', ['-C', folder, ...args], {
        encoding: 'utf8',
        maxBuffer: 256 * 2 ** 20,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    } catch {
      return undefined; // no git, no repository, or no such file in it
    }
  };
  const name = basename(path);
  const commit = git('log', '-1', `--before=${days} days ago`, '--format=%H', '--', name)?.trim();
  return commit ? git('show', `${commit}:./${name}`) : undefined;
}
