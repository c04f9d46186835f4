import { expect, it } from 'vitest';
import { answerLookup, borrowProfile, LEND } from '../src/internal.ts';

const assignments = new Map([
  ['1', '11'],
  ['__proto__', '12'],
]);

it('a lookup is answered with a record that is the caller’s own', () => {
  const profile = answerLookup('ada', assignments, undefined);
  expect(Object.entries(profile)).toEqual([
    ['user_id', 'ada'],
    ['experiment_bucket_map', expect.objectContaining({ '1': { variation_id: '11' } })],
  ]);
  const map = 'experiment_bucket_map' in profile ? profile.experiment_bucket_map : {};
  expect(Object.entries(map).sort()).toEqual([
    ['1', { variation_id: '11' }],
    ['__proto__', { variation_id: '12' }],
  ]);
});

it('a loan is the store’s assignments themselves', () => {
  const lent = answerLookup('ada', assignments, LEND);
  expect(lent.user_id).toBe('ada');
  expect(LEND in lent && lent[LEND]).toBe(assignments);
});

it('a store that lends is asked for a loan, any other as documented', () => {
  const asked: unknown[][] = [];
  const lookup = (...parameters: unknown[]) => {
    asked.push(parameters);
    return null;
  };
  borrowProfile({ lookup }, 'ada');
  borrowProfile(Object.assign({ lookup }, { [LEND]: true }), 'ada');
  expect(asked).toEqual([['ada'], ['ada', LEND]]);
  expect(borrowProfile({}, 'ada')).toBe(undefined);
});
