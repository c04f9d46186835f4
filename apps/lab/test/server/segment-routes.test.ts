import { expect, test } from 'vitest';
import { get, runLab, send } from './running-lab.ts';

const lab = await runLab();
const segmentsOf = (userId: string) => `${lab.url}/api/users/${encodeURIComponent(userId)}/segments`;

test('segments of a user are those that ODP answers', async () => {
  expect(await get(segmentsOf('ada'))).toEqual({ segments: [] });
  const put = await send('PUT', segmentsOf('ada'), { segments: ['vip', 'vip', 'new'] });
  expect(put).toEqual({ status: 200, body: { segments: ['vip', 'new'] } });
  expect(lab.server.odp.segments('ada')).toEqual(['vip', 'new']);
  expect(await get(segmentsOf('ada'))).toEqual({ segments: ['vip', 'new'] });
});

test('a user id of any characters is one path segment', async () => {
  const userId = 'a/b?c=#d é';
  await send('PUT', segmentsOf(userId), { segments: ['vip'] });
  expect(lab.server.odp.segments(userId)).toEqual(['vip']);
});

test.each<[string, unknown]>([
  ['no JSON', '{'],
  ['no object', []],
  ['no list', { segments: 'vip' }],
  ['a number as a name', { segments: [1] }],
  ['an empty name', { segments: [''] }],
  ['a long name', { segments: ['x'.repeat(201)] }],
  ['many names', { segments: Array.from({ length: 101 }, String) }],
])('[LAB-01] %s is refused', async (_what, body) => {
  const refused = await send('PUT', segmentsOf('bob'), body);
  expect(refused).toEqual({ status: 400, body: { error: expect.stringContaining('"segments"') } });
});
