import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const command = fileURLToPath(new URL('../run.js', import.meta.url));

it('50,000 events of generated datafiles, users and tags equal those of the official SDK on the wire', async () => {
  const run = promisify(execFile)(process.execPath, [command, '--events', '50000', '--seed', '1']);
  const { stdout } = await run.catch((failure: { stdout?: string; stderr?: string }) => ({
    stdout: `${failure.stdout}\n${failure.stderr}`,
  }));
  const [counts, sources = ''] = stdout.split('\n');
  expect(counts).toMatch(/^50\d{3} events, \d+ of them conversions, on \d+ datafiles, [\d.]+ s: 0 mismatches$/);
  // Every kind of decision there is an impression of, each often.
  for (const source of ['bandit', 'feature-test', 'holdout', 'rollout']) {
    expect(Number(new RegExp(`(\\d+) ${source}`).exec(sources)?.[1])).toBeGreaterThan(100);
  }
}, 300_000);
