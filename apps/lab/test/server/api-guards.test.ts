import { request } from 'node:http';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { get, runLab, send } from './running-lab.ts';

const lab = await runLab();
const { url } = lab;

const WRITES: readonly (readonly [string, string])[] = [
  ['PATCH', '/api/rules/2001'],
  ['PATCH', '/api/audiences/5001'],
  ['POST', '/api/simulations'],
  ['PUT', '/api/users/ada/segments'],
];

// A simulation needs nothing said: what it refuses is in its own tests.
const FUZZED = WRITES.filter(([, path]) => path !== '/api/simulations');

test.each(FUZZED)('[LAB-01] no body makes %s %s fail otherwise than with a clear 4xx', async (method, path) => {
  const bodies = fc.oneof(fc.json(), fc.string(), fc.constant(''));
  await fc.assert(
    fc.asyncProperty(bodies, async (text) => {
      const { status, body } = await send(method, url + path, text);
      if (status < 300) expect(JSON.parse(text)).toBeTypeOf('object');
      else {
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
        expect(body).toEqual({ error: expect.any(String) });
      }
    }),
    { numRuns: 100 },
  );
});

test.each(WRITES)('[LAB-01] %s %s has a cap on its body', async (method, path) => {
  const large = JSON.stringify({ name: 'x'.repeat(6 * 2 ** 20) });
  expect(await send(method, url + path, large)).toMatchObject({ status: 413, body: { error: expect.any(String) } });
});

const ALL_WRITES = [['POST', '/api/reset'] as const, ...WRITES];

test.each(ALL_WRITES)(
  '[LAB-01] %s %s of a page elsewhere, which may send plain text only, is refused',
  async (method, path) => {
    const { revision } = (await get<{ datafile: { revision: string } }>(`${url}/api/datafile`)).datafile;
    expect(await send(method, url + path, '{}', { contentType: 'text/plain' })).toMatchObject({ status: 415 });
    expect((await get<{ datafile: { revision: string } }>(`${url}/api/datafile`)).datafile.revision).toBe(revision);
  },
);

test('[LAB-01] no page of another origin may read the API', async () => {
  const { headers } = await fetch(`${url}/api/events`, { headers: { origin: 'http://localhost:4020' } });
  expect(headers.get('access-control-allow-origin')).toBeNull();
});

test('[LAB-01] the API answers to loopback names only', async () => {
  const status = await new Promise((resolve, reject) => {
    request(`${url}/api/datafile`, { headers: { host: 'lab.example' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
  expect(status).toBe(421);
});

test('[LAB-01] refused events lose nothing that was collected, and say what is wrong with them', async () => {
  const refused = await send('POST', `${url}/v1/events`, { visitors: [] });
  expect(refused).toMatchObject({ status: 400, body: { problems: expect.any(Array) } });
  expect(await get(`${url}/api/events`)).toEqual([]);
});
