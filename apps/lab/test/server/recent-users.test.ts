import { expect, test } from 'vitest';
import type { RecentUser } from '../../src/api/recent-user.ts';
import { get, runLab } from './running-lab.ts';
import { conversion, impression, sendEvents } from './wire-events.ts';

const { url } = await runLab();

test('users of the newest events come newest first, each once, with the attributes they came with last', async () => {
  expect(await get(`${url}/api/users`)).toEqual([]);
  const seen = { ruleId: '2001', variationId: '2101' };
  await sendEvents(url, '1', [{ ...impression({ ...seen, visitorId: 'ada' }), attributes: { plan: 'gold' } }]);
  await sendEvents(url, '1', [{ ...impression({ ...seen, visitorId: 'grace' }), attributes: { cart_total: 80 } }]);
  await sendEvents(url, '1', [{ ...conversion({ visitorId: 'ada' }), attributes: { plan: 'silver' } }]);
  await sendEvents(url, '1', [conversion({ visitorId: 'linus' })]);
  expect(await get<RecentUser[]>(`${url}/api/users`)).toEqual([
    { userId: 'linus', attributes: {}, seenAt: expect.any(Number) },
    { userId: 'ada', attributes: { plan: 'silver' }, seenAt: expect.any(Number) },
    { userId: 'grace', attributes: { cart_total: 80 }, seenAt: expect.any(Number) },
  ]);
  expect(await get<RecentUser[]>(`${url}/api/users?limit=1`)).toHaveLength(1);
});

test.each(['0', '101', '1.5', 'many'])('[LAB-01] a limit of %s is refused', async (limit) => {
  const response = await fetch(`${url}/api/users?limit=${limit}`);
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ error: expect.stringContaining('"limit" must be') });
});
