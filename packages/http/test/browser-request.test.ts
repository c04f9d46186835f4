import { describe, expect, it, vi } from 'vitest';
import { request, requestStatus } from '../src/browser/request.ts';

const bounds = { timeoutMs: 5_000, maxBytes: 10_000, url: 'https://a.example/topsecretkey' };

describe('a request of a page', () => {
  it('answers with status and text, and keeps the bounds', async () => {
    const fetch = async () => new Response('größer', { status: 404 });
    expect(await request({ ...bounds, fetch })).toMatchObject({ status: 404, text: 'größer' });
    expect(await requestStatus({ ...bounds, fetch })).toMatchObject({ status: 404, text: '' });
    const long = async () => new Response('x'.repeat(10_001));
    await expect(request({ ...bounds, fetch: long })).rejects.toMatchObject({ code: 'invalid-response' });
    const hanging = () => new Promise<never>(() => undefined);
    await expect(request({ ...bounds, fetch: hanging, timeoutMs: 5 })).rejects.toMatchObject({
      code: 'timeout',
    });
    await expect(request({ ...bounds, url: 'topsecretkey' })).rejects.toMatchObject({ code: 'invalid-option' });
  });

  it('leaves the cache to the browser', async () => {
    const fetch = vi.fn(async (_url: unknown, _init?: RequestInit) => new Response('ok'));
    await request({ ...bounds, fetch });
    expect(fetch.mock.calls[0]?.[1]?.cache).toBeUndefined();
  });

  it('takes a redirect, which browsers hide, for a failure', async () => {
    const opaque = { status: 0, type: 'opaqueredirect', url: '', headers: new Headers() } as Response;
    await expect(request({ ...bounds, fetch: async () => opaque })).rejects.toMatchObject({
      code: 'request-failed',
      message: 'GET https://a.example was redirected; browsers do not show where to.',
    });
  });

  it('shows no secret of a failure', async () => {
    const fetch = () => Promise.reject(new TypeError('Failed to load topsecretkey'));
    const failure = await request({ ...bounds, fetch, secrets: ['topsecretkey'] }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      message: 'GET https://a.example failed before the response was complete.',
      cause: undefined,
    });
    const plain = await request({ ...bounds, fetch: () => Promise.reject(new TypeError('offline')) }).catch(String);
    expect(plain).toBe('SdkError: GET https://a.example failed before the response was complete: offline.');
  });
});
