import { describe, expect, it } from 'vitest';
import { requestOnce as requestOnceInPages } from '../src/browser/request-once.ts';
import { requestOnce } from '../src/index.ts';
import { createKeepAliveFetch } from '../src/node/index.ts';
import { serve } from './local-server.ts';
import { UNREADABLE } from './unreadable.ts';

const WHAT = 'The test';
const bounds = { timeoutMs: 5_000, maxBytes: 100 };
const WITHOUT_MESSAGE = {
  get message(): never {
    throw new Error('not to be read');
  },
};

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

  describe.each([
    ['main', requestOnce],
    ['browser', requestOnceInPages],
  ])('of the %s entry', (_entry, ask) => {
    it.each([...UNREADABLE, ['an object whose message throws', WITHOUT_MESSAGE] as const])(
      'rejects with request-failed after %s',
      async (_what, thrown) => {
        const fetch = () => Promise.reject(thrown);
        for (const secrets of [[], ['topsecret']]) {
          await expect(ask({ ...bounds, url: 'https://a.test/key', fetch, secrets }, WHAT)).rejects.toMatchObject({
            name: 'SdkError',
            code: 'request-failed',
            message: expect.stringMatching(/^The test failed before the response was complete/),
          });
        }
      },
    );
  });
});
