import { expect, test } from 'vitest';
import { startLab } from './running-lab.ts';
import { createParser } from './sse-lines.ts';

const lab = await startLab({ datafiles: { shop: { version: '4', revision: '1' } } });
const url = `${lab.url}/datafiles/shop.json`;

test('a datafile is served with both validators, and either of them alone brings 304', async () => {
  const first = await fetch(url);
  expect(await first.json()).toEqual({ version: '4', revision: '1' });
  const etag = first.headers.get('etag') ?? '';
  const modified = first.headers.get('last-modified') ?? '';
  const statusWith = async (headers: Record<string, string>) => (await fetch(url, { headers })).status;
  expect(await statusWith({ 'if-none-match': etag })).toBe(304);
  expect(await statusWith({ 'if-none-match': `W/${etag}` })).toBe(304);
  expect(await statusWith({ 'if-none-match': '"other"', 'if-modified-since': modified })).toBe(200);
  expect(await statusWith({ 'if-modified-since': modified })).toBe(304);
});

test('versions published within one second differ in both validators', () => {
  const before = lab.datafiles.current('shop');
  const versions = [2, 3].map((revision) => lab.datafiles.publish('shop', { version: '4', revision: `${revision}` }));
  const dates = [before, ...versions].map((version) => Date.parse(version?.lastModified ?? ''));
  expect(new Set(dates).size).toBe(3);
  expect(new Set(versions.map(({ etag }) => etag)).size).toBe(2);
});

test('a datafile with an access token is served on the authenticated path to its bearer only', async () => {
  lab.datafiles.publish('secret', { revision: '1' }, { accessToken: 't0ken' });
  const status = async (path: string, authorization?: string) =>
    (await fetch(lab.url + path, { headers: authorization ? { authorization } : {} })).status;
  expect(await status('/datafiles/auth/secret.json', 'Bearer t0ken')).toBe(200);
  expect(await status('/datafiles/auth/secret.json', 'Bearer other')).toBe(401);
  expect(await status('/datafiles/auth/secret.json')).toBe(401);
  expect(await status('/datafiles/secret.json')).toBe(403);
  expect(await status('/datafiles/auth/shop.json', 'Bearer t0ken')).toBe(404);
});

test('[LAB-01] ids outside the pattern are 404, also when they are encoded paths', async () => {
  for (const key of ['missing', '..%2fsecret', '%2e%2e', 'a%20b', '__proto__', `${'x'.repeat(200)}`]) {
    expect((await fetch(`${lab.url}/datafiles/${key}.json`)).status, key).toBe(404);
  }
  expect(() => lab.datafiles.publish('../x', {})).toThrow(TypeError);
});

test('the event stream says which version is served and each newer one', async () => {
  const abort = new AbortController();
  const response = await fetch(`${lab.url}/datafiles/shop/events`, { signal: abort.signal });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const events = createParser(response.body as ReadableStream<Uint8Array>);
  expect(JSON.parse((await events.next()).data).revision).toBe('3');
  const published = lab.datafiles.publish('shop', { revision: '4' });
  const event = await events.next();
  expect(event.event).toBe('datafile');
  expect(JSON.parse(event.data)).toEqual({ sdkKey: 'shop', revision: '4', etag: published.etag });
  abort.abort();
  await expect.poll(() => lab.datafiles.openStreams).toBe(0);
});

test('a text that is no datafile is served as it is', async () => {
  lab.datafiles.publish('broken', '<html>');
  expect(await (await fetch(`${lab.url}/datafiles/broken.json`)).text()).toBe('<html>');
  lab.datafiles.remove('broken');
  expect((await fetch(`${lab.url}/datafiles/broken.json`)).status).toBe(404);
});

test('a silent stream sends a comment now and then, so that its reader knows that it is alive', async () => {
  const quick = await startLab({ datafiles: { shop: { version: '4', revision: '1' } }, heartbeatMs: 20 });
  const response = await fetch(`${quick.url}/datafiles/shop/events`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!/(: still here\n\n){2}/.test(text)) text += (await reader?.read())?.value ?? '';
  await reader?.cancel();
});
