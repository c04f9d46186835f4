/** A real browser without a window, for what only a browser does: leaving a page, beacons, storage. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOnPath, isOnPath } from './path-binary.ts';

/** A browser that shows one page. */
export interface Browser {
  close(): Promise<void>;
}

/**
 * Tells whether tests that open pages can run. Says loudly when they cannot, and how to change that.
 *
 * @throws Error with `CI=true`: there a missing browser is a failure, not a skip.
 */
export function canStartBrowser(): boolean {
  return isOnPath('chromium', 'open pages in it');
}

/** Opens a page in a browser of its own, with a fresh profile. The page says what it has to say to a server. */
export async function openPage(url: string): Promise<Browser> {
  const program = findOnPath('chromium');
  if (program === null) throw new Error('chromium is not on PATH; install it (Debian: apt-get install chromium).');
  const profile = await mkdtemp(join(tmpdir(), 'rig-browser-'));
  const options = ['--headless=new', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
  // The tests' pages come from this machine, and its root user may run no sandbox.
  options.push('--no-sandbox');
  // A page that is left is gone: kept for the way back, its requests would go on.
  options.push('--disable-features=BackForwardCache');
  const args = [...options, `--user-data-dir=${profile}`, url];
  // A group of its own: a browser is many processes, and they end together.
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  return {
    async close() {
      const closed = once(child, 'close');
      if (child.exitCode === null && child.pid !== undefined) {
        process.kill(-child.pid, 'SIGKILL');
        await closed;
      }
      await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
