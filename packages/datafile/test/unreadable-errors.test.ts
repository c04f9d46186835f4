import type { KeyValueStorage } from '@sortition/core';
import { describe, expect, it, vi } from 'vitest';
import { versionStream } from '../src/stream/index.ts';
import { observe } from './observed-source.ts';
import { datafileText } from './sample-datafile.ts';

const THROWING = {
  get: (): never => {
    throw new Error('no');
  },
};

function createRevoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** What an application's fetch and storage may fail with. */
describe.each<[string, unknown]>([
  ['nothing', undefined],
  ['an object without a prototype', Object.create(null)],
  ['an error whose message throws', Object.defineProperty(new Error('hidden'), 'message', THROWING)],
  ['an error whose message is not a text', Object.assign(new Error('hidden'), { message: Object.create(null) })],
  ['a revoked proxy', createRevoked()],
  ['an error with a secret whose stack throws', Object.defineProperty(new Error('secret-token'), 'stack', THROWING)],
])('%s, as what an application fails with,', (_name, thrown) => {
  const fail = () => Promise.reject(thrown);
  const answer = async () => new Response(datafileText('1'));

  it.each<[string, KeyValueStorage]>([
    ['reading', { getItem: fail, setItem: () => undefined, removeItem: () => undefined }],
    ['writing', { getItem: () => null, setItem: fail, removeItem: () => undefined }],
  ])('[CFG-11] is a problem of the cache when %s it, and of no poll', async (_what, cache) => {
    const { refresh, revision, codes, source } = observe({ updates: 'manual', fetch: answer, cache });
    expect(await refresh()).toBe(true);
    expect([revision(), codes(), source.failingMs?.()]).toEqual(['1', ['cache-failed'], 0]);
  });

  it('[CFG-15] is told of a stream, which is opened again', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.01);
    let opened = 0;
    const fetch = async (url: unknown) => {
      if (!String(url).endsWith('/events')) return answer();
      opened += 1;
      return fail();
    };
    const { problems } = observe({ stream: versionStream(), fetch, accessToken: 'secret-token' });
    await expect.poll(() => opened, { timeout: 10_000 }).toBeGreaterThan(2);
    const message = 'The error cannot be shown. Polling continues; the stream is tried again.';
    expect(problems).toEqual([{ code: 'stream-failed', part: 'config', message }]);
    vi.restoreAllMocks();
  });
});
