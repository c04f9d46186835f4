import { expect, test } from 'vitest';
import { createAnswerCache } from '../../src/server/results/answer-cache.ts';

function countingReads() {
  let reads = 0;
  return { read: async () => (reads += 1), count: () => reads };
}

test('an equal question of the same state is read once, also while the first reading runs', async () => {
  const { answer } = createAnswerCache();
  const { read, count } = countingReads();
  const ask = () => answer('7/1', { rule: 'a' }, read);
  expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
  expect(await ask()).toBe(1);
  expect(await answer('7/1', { rule: 'b' }, read)).toBe(2);
  expect(count()).toBe(2);
});

test('another state, and a reading that failed, are read again', async () => {
  const { answer } = createAnswerCache();
  const { read } = countingReads();
  await answer('7/1', 'q', read);
  expect(await answer('7/2', 'q', read)).toBe(2);
  expect(await answer('8/2', 'q', read)).toBe(3);
  await expect(answer('8/2', 'r', () => Promise.reject(new Error('the disk is full')))).rejects.toThrow('full');
  expect(await answer('8/2', 'r', read)).toBe(4);
});
