import { afterEach, expect, test, vi } from 'vitest';
import { createOdp } from '../src/index.ts';

afterEach(() => vi.doUnmock('graphql-request'));

test('a query library that cannot be loaded fails the fetch, and the next fetch tries again', async () => {
  const answer = { data: { customer: { audiences: { edges: [{ node: { name: 'vip', state: 'qualified' } }] } } } };
  const odp = createOdp({ fetch: async () => Response.json(answer) });
  odp.configure({ apiKey: 'key', apiHost: 'https://api.zaius.com', pixelUrl: '', segmentsToCheck: ['vip'] });
  const segments = () => odp.fetchSegments({ userId: 'ada', options: ['IGNORE_CACHE'] });
  vi.doMock('graphql-request', () => {
    throw new Error('no such chunk');
  });
  await expect(segments()).rejects.toMatchObject({
    code: 'request-failed',
    message: expect.stringContaining('could not be loaded'),
  });
  vi.doUnmock('graphql-request');
  expect(await segments()).toEqual(['vip']);
  await odp.close?.();
});
