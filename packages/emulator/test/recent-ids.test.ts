import { expect, test } from 'vitest';
import { createRecentIds } from '../src/recent-ids.ts';

test('the last ids are remembered, and twice as many at most', () => {
  const ids = createRecentIds(3);
  const all = Array.from({ length: 10 }, (_, index) => `id-${index}`);
  for (const [index, id] of all.entries()) {
    ids.add(id);
    expect(all.slice(Math.max(0, index - 2), index + 1).every((recent) => ids.has(recent))).toBe(true);
    expect(all.filter((known) => ids.has(known)).length).toBeLessThanOrEqual(6);
  }
  ids.clear();
  expect(all.some((id) => ids.has(id))).toBe(false);
});
