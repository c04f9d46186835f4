import { expect, it } from 'vitest';
import { failedOf, runNaiveSuite } from './run-naive-suite.ts';

it('the contract suite fails on a store that keeps one JSON document per user', async () => {
  const results = await runNaiveSuite('naive-document-store.ts');
  expect(Object.keys(results)).toHaveLength(32);
  expect(failedOf(results)).toEqual([
    'classic as a profile store > lets the first writer of an experiment win and tells the others',
    'classic as a profile store > loses nothing of what many write at the same time',
    'classic as a profile store > replaces an assignment only for a writer who names it',
    'classic as a profile store > stores an assignment that was to replace one that is not there',
    'classic as a profile store > tells many writers of one experiment the same, which is what is stored',
    'with assign as a profile store > erases a user with all assignments, for every reader and no other user',
    'with assign as a profile store > loses nothing of what many write at the same time',
    'with assign as a profile store > tells many writers of one experiment the same, which is what is stored',
  ]);
}, 60_000);
