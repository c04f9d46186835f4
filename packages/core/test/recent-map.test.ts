import { expect, it } from 'vitest';
import { createRecentMap } from '../src/internal.ts';

it('holds the last entries that were used, and never more than twice as many', () => {
  const map = createRecentMap<number>(10);
  map.set('used', -1);
  for (let index = 0; index < 1_000; index += 1) {
    map.set(`${index}`, index);
    expect(map.get('used')).toBe(-1);
    for (let recent = Math.max(0, index - 4); recent <= index; recent += 1) expect(map.get(`${recent}`)).toBe(recent);
  }
  const held = Array.from({ length: 1_000 }, (_, index) => map.get(`${index}`)).filter((value) => value !== undefined);
  expect(held.length).toBeLessThanOrEqual(20);
});

it('answers the value that was set last, and nothing that was deleted', () => {
  const map = createRecentMap<string>(2);
  map.set('a', 'old');
  map.set('b', 'b');
  map.set('a', 'new');
  expect(map.get('a')).toBe('new');
  map.delete('a');
  expect(map.get('a')).toBeUndefined();
  map.clear();
  expect(map.get('b')).toBeUndefined();
});
