import { expect, test } from 'vitest';
import { createRequestLog } from '../src/request-log.ts';

const request = (path: string) => new Request(`http://localhost${path}`);

test('the log counts every request and keeps the last 1,000', () => {
  const log = createRequestLog();
  for (let index = 0; index < 2_500; index += 1) log.record(request(`/${index}`));
  expect(log.count).toBe(2_500);
  expect(log.recent).toHaveLength(1_000);
  expect(log.recent.at(-1)?.path).toBe('/2499');
});

test('large bodies are kept up to 32 Mi characters together, the last one always', () => {
  const log = createRequestLog();
  const body = 'x'.repeat(5 * 2 ** 20);
  for (let index = 0; index < 20; index += 1) log.record(request(`/${index}`), body);
  const kept = log.recent.reduce((sum, received) => sum + received.body.length, 0);
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThanOrEqual(32 * 2 ** 20);
  expect(log.recent.at(-1)?.path).toBe('/19');
});
