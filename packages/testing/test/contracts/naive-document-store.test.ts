import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startVitest } from 'vitest/node';

/** Runs the suite over the naive store in a vitest of its own, where it may fail. */
async function runNaiveSuite(): Promise<Record<string, string>> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const options = {
    root,
    run: true,
    watch: false,
    reporters: [{}],
    include: ['test/contracts/naive-document-store.ts'],
  };
  const exitCode = process.exitCode;
  const vitest = await startVitest('test', [], options);
  try {
    const modules = vitest.state.getTestModules();
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    return Object.fromEntries(tests.map((test) => [test.fullName, test.result().state]));
  } finally {
    await vitest.close();
    process.exitCode = exitCode;
  }
}

it('the contract suite fails on a store that keeps one JSON document per user', async () => {
  const results = await runNaiveSuite();
  const failed = Object.entries(results)
    .filter(([, state]) => state === 'failed')
    .map(([title]) => title);
  expect(Object.keys(results)).toHaveLength(28);
  expect(failed.sort()).toEqual([
    'classic as a profile store > lets the first writer of an experiment win and tells the others',
    'classic as a profile store > loses nothing of what many write at the same time',
    'classic as a profile store > replaces an assignment only for a writer who names it',
    'classic as a profile store > stores an assignment that was to replace one that is not there',
    'classic as a profile store > tells many writers of one experiment the same, which is what is stored',
    'with assign as a profile store > loses nothing of what many write at the same time',
    'with assign as a profile store > tells many writers of one experiment the same, which is what is stored',
  ]);
}, 60_000);
