import { describe, expect, it } from 'vitest';
import { requestOnce } from '../src/index.ts';
import { createKeepAliveFetch } from '../src/node/index.ts';
import { serve } from './local-server.ts';

const WHAT = 'The test';
const bounds = { timeoutMs: 5_000, maxBytes: 100 };

describe('requestOnce', () => {
  it('answers with whatever came, redirects included', async () => {
    const { url, requests } = await serve((_request, response) => {
      response.writeHead(302, { location: '/elsewhere' }).end('moved');
    });
    const fetch = createKeepAliveFetch();
    for (const options of [{}, { fetch }]) {
      expect(await requestOnce({ ...bounds, ...options, url }, WHAT)).toMatchObject({
        status: 302,
        text: 'moved',
      });
    }
    fetch.close();
    expect(requests).toHaveLength(2);
  });

  it('keeps the bounds of a request', async () => {
    const { url } = await serve((_request, response) => response.end('x'.repeat(101)));
    await expect(requestOnce({ ...bounds, url }, WHAT)).rejects.toMatchObject({ code: 'invalid-response' });
    const never = () => new Promise<never>(() => undefined);
    await expect(requestOnce({ ...bounds, url, fetch: never, timeoutMs: 20 }, WHAT)).rejects.toMatchObject({
      code: 'timeout',
    });
    const signal = AbortSignal.abort();
    await expect(requestOnce({ ...bounds, url, signal }, WHAT)).rejects.toMatchObject({ code: 'aborted' });
  });

  it('names what was asked and hands on what the platform threw', async () => {
    const cause = new TypeError('no route');
    const fetch = () => Promise.reject(cause);
    await expect(requestOnce({ ...bounds, url: 'https://a.test/key', fetch }, WHAT)).rejects.toMatchObject({
      code: 'request-failed',
      message: expect.stringMatching(/^The test failed/),
      cause,
    });
  });
});
