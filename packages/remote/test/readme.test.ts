/** The README's snippets are the files in `snippets/`, and those run here. */
import { readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createLabServer } from '@sortition/emulator';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { json } from './clients.ts';
import { fetchVariants } from './snippets/cached.ts';
import { createShop as createExpressShop } from './snippets/express.ts';
import { createShop as createHonoShop } from './snippets/hono.ts';
import { choosePrices } from './snippets/quick-start.ts';

const apiKey = '0123456789abcdef';

// Requests in Node do not go through the global `fetch`; here they do, so that the snippets reach no network.
vi.mock('@sortition/http', async (load) => {
  const http = await load<typeof import('@sortition/http')>();
  const throughGlobal: typeof fetch = (...call) => fetch(...call);
  const requestOnce: typeof http.requestOnce = (exchange, terms) =>
    http.requestOnce({ ...exchange, fetch: exchange.fetch ?? throughGlobal }, terms);
  return { ...http, requestOnce };
});

/** A request with cookies to a shop; answers the page and the cookie it set. */
type Visit = (cookie: string) => Promise<{ page: string; setCookie: string | null }>;

async function visitExpress(serverUrl: string): Promise<Visit> {
  const server = createExpressShop('key', apiKey, { serverUrl }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return async (cookie) => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { cookie } });
    return { page: await response.text(), setCookie: response.headers.get('set-cookie') };
  };
}

async function visitHono(serverUrl: string): Promise<Visit> {
  const app = createHonoShop('key', apiKey, { serverUrl });
  return async (cookie) => {
    const response = await app.request('/', { headers: { cookie } });
    return { page: await response.text(), setCookie: response.headers.get('set-cookie') };
  };
}

/** What the service's host answers, without asking it. */
function answerWith(variants: object): ReturnType<typeof vi.fn> {
  const fetch = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(json(variants).body));
  onTestFinished(() => void vi.restoreAllMocks());
  return fetch as never;
}

describe('the README', () => {
  it('shows the snippets that are type-checked and run here', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const shown = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
    const files = readdirSync(new URL('./snippets', import.meta.url)).map((file) =>
      readFileSync(new URL(`./snippets/${file}`, import.meta.url), 'utf8').replaceAll(
        '../../src/index.ts',
        '@sortition/remote',
      ),
    );
    expect(shown.sort()).toEqual(files.sort());
  });

  it('has a row for every deviation that is tested', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const tests =
      readFileSync(new URL('./vendor.test.ts', import.meta.url), 'utf8')
        .split('describe(')
        .at(-1) ?? '';
    const tested = [...tests.matchAll(/ {2}it\('([^:]+):/g)].map(([, name]) => name);
    const table = readme.split('## Differences from the vendor')[1]?.split('\n## ')[0] ?? '';
    const rows = [...table.matchAll(/^\| ([^|]+?) +\| [^-]/gm)].map(([, name]) => name).slice(1);
    expect(rows).toEqual(tested);
  });

  it('decides by value, payload and fallback', async () => {
    answerWith({ 'new-prices': { key: 'on', value: 'on' } });
    expect(await choosePrices('u')).toBe('new');
    answerWith({ prices: { key: 'b', value: 'blue' } });
    expect(await choosePrices('u')).toBe('blue');
    answerWith([]);
    expect(await choosePrices('u')).toBe('old');
  });

  it('caches', async () => {
    const fetch = answerWith({ a: { key: 'on' } });
    expect(Object.keys(await fetchVariants('u'))).toEqual(['a']);
    await fetchVariants('u');
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['Express', visitExpress],
    ['Hono', visitHono],
  ])('uses the same device id on server and page in %s', async (_, start) => {
    const lab = await createLabServer({
      vardata: { decide: ({ user }) => ({ headline: { key: 'on', value: `Hello ${user.device_id}` } }) },
    });
    onTestFinished(() => lab.close());
    const visit = await start(lab.url);
    const first = await visit('');
    const deviceId = /^amp_012345=([\w-]{36})\.{10};/.exec(first.setCookie ?? '')?.[1];
    expect(first.page).toBe(`Hello ${deviceId}`);
    const second = await visit(first.setCookie?.split(';')[0] ?? '');
    expect(second).toEqual(first);
    const tracked = () => lab.vardata.requests.recent.map(({ headers }) => headers['x-amp-exp-track']);
    expect(tracked()).toEqual(['track', 'track']);
    const optedOut = await visit('amp_012345=device-2..1.');
    expect(optedOut.page).toBe('Hello device-2');
    expect(optedOut.setCookie).toMatch(/^amp_012345=device-2\.\.1\./);
    expect(tracked()).toContain('no-track');
  });
});
