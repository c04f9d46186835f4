import { describe, expect, it, vi } from 'vitest';
import * as browser from '../src/browser/index.ts';
import * as main from '../src/index.ts';

const bounds = { timeoutMs: 5_000, maxBytes: 10_000, url: 'https://a.example/topsecretkey' };

describe('the browser entry', () => {
  it('offers the same names as the main one', () => {
    expect(Object.keys(browser).sort()).toEqual(Object.keys(main).sort());
  });

  it('answers with status and text, and keeps the bounds', async () => {
    const fetch = async () => new Response('größer', { status: 404 });
    expect(await browser.request({ ...bounds, fetch })).toMatchObject({ status: 404, text: 'größer' });
    expect(await browser.requestStatus({ ...bounds, fetch })).toMatchObject({ status: 404, text: '' });
    const long = async () => new Response('x'.repeat(10_001));
    await expect(browser.request({ ...bounds, fetch: long })).rejects.toMatchObject({ code: 'invalid-response' });
    const hanging = () => new Promise<never>(() => undefined);
    await expect(browser.request({ ...bounds, fetch: hanging, timeoutMs: 5 })).rejects.toMatchObject({
      code: 'timeout',
    });
    await expect(browser.request({ ...bounds, url: 'topsecretkey' })).rejects.toMatchObject({ code: 'invalid-option' });
  });

  it('leaves the cache to the browser', async () => {
    const fetch = vi.fn(async (_url: unknown, _init?: RequestInit) => new Response('ok'));
    await browser.request({ ...bounds, fetch });
    expect(fetch.mock.calls[0]?.[1]?.cache).toBeUndefined();
  });

  it('takes a redirect, which browsers hide, for a failure', async () => {
    const opaque = { status: 0, type: 'opaqueredirect', url: '', headers: new Headers() } as Response;
    await expect(browser.request({ ...bounds, fetch: async () => opaque })).rejects.toMatchObject({
      code: 'request-failed',
      message: 'GET https://a.example was redirected; browsers do not show where to.',
    });
  });

  it('shows no secret of a failure', async () => {
    const fetch = () => Promise.reject(new TypeError('Failed to load topsecretkey'));
    const failure = await browser
      .request({ ...bounds, fetch, secrets: ['topsecretkey'] })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      message: 'GET https://a.example failed before a complete answer came.',
      cause: undefined,
    });
    const plain = await browser
      .request({ ...bounds, fetch: () => Promise.reject(new TypeError('offline')) })
      .catch(String);
    expect(plain).toBe('SdkError: GET https://a.example failed before a complete answer came: offline.');
  });
});
