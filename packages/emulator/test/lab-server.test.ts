import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLabServer } from '../src/index.ts';
import { getWithHost, post, startLab } from './running-lab.ts';

const lab = await startLab({
  maxBodyBytes: 1_000,
  extend: (app) => app.get('/extra', (context) => context.text('here')),
});

test('[LAB-01] a request that names a host other than a loopback one is refused', async () => {
  expect(await getWithHost(`${lab.url}/extra`, 'evil.example')).toBe(421);
  expect(await getWithHost(`${lab.url}/extra`, `127.0.0.1.evil.example:${lab.port}`)).toBe(421);
  for (const host of [`127.0.0.1:${lab.port}`, `localhost:${lab.port}`, 'LOCALHOST', '[::1]:80']) {
    expect(await getWithHost(`${lab.url}/extra`, host), host).toBe(200);
  }
});

test('[LAB-01] bodies above the cap are 413, announced or not', async () => {
  const body = JSON.stringify('x'.repeat(2_000));
  expect((await post(`${lab.url}/v1/events`, body)).status).toBe(413);
  const stream = new Blob([body]).stream();
  const chunked = { method: 'POST', body: stream, duplex: 'half', headers: { 'x-api-key': 'k' } } as RequestInit;
  for (const path of ['/v1/events', '/v3/events', '/v3/graphql']) {
    const init = { ...chunked, body: new Blob([body]).stream() };
    expect((await fetch(lab.url + path, init)).status, path).toBe(413);
  }
});

test('[LAB-01] only pages of loopback origins may read', async () => {
  const allowed = async (origin: string) =>
    (await fetch(`${lab.url}/datafiles/x.json`, { headers: { origin } })).headers.get('access-control-allow-origin');
  expect(await allowed('http://localhost:4020')).toBe('http://localhost:4020');
  expect(await allowed('https://evil.example')).toBeNull();
  expect(await allowed('null')).toBeNull();
});

test('[LAB-01] no body makes an endpoint fail otherwise than with a clear 4xx', async () => {
  const paths = ['/v1/events', '/v3/events', '/v3/graphql', '/predict/r', '/sdk/v2/vardata', '/__chaos'];
  const headers = { 'x-api-key': 'k', authorization: 'Api-Key k' };
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), fc.oneof(fc.json(), fc.string()), async (path, body) => {
      const { status } = await post(lab.url + path, body, headers);
      const harmless = path === '/sdk/v2/vardata' || path === '/v3/graphql';
      expect(status >= 400 && status < 500 ? 'refused' : `${status}`).toMatch(harmless ? /refused|200/ : /refused/);
    }),
    { numRuns: 300 },
  );
});

test('a busy port is reported with its number', async () => {
  await expect(createLabServer({ port: lab.port })).rejects.toThrow(`Port ${lab.port} is already in use`);
});

test('closing ends hanging requests and can be repeated', async () => {
  const other = await createLabServer({ datafiles: { a: {} } });
  other.faults.set('datafiles', { kind: 'hang' });
  const hanging = fetch(`${other.url}/datafiles/a.json`);
  const ended = expect(hanging).rejects.toThrow('fetch failed');
  const stream = await fetch(`${other.url}/datafiles/a/events`);
  const drained = expect(stream.text()).rejects.toThrow();
  await other.close();
  await other.close();
  await ended;
  await drained;
});

test.each([
  ['https://elsewhere.example', 403],
  ['null', 403],
  ['http://127.0.0.1.elsewhere.example', 403],
  ['http://localhost:4020', 400],
  [undefined, 400],
])('[LAB-01] a page of %s posts plain text to the collector and is answered %i', async (origin, status) => {
  const response = await fetch(`${lab.url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', ...(origin !== undefined && { origin }) },
    body: '{}',
  });
  expect(response.status).toBe(status);
});
