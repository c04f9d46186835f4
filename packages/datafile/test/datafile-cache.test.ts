import type { KeyValueStorage } from '@sortition/core';
import { describe, expect, it, vi } from 'vitest';
import { observe, serve } from './observed-source.ts';
import { datafileText } from './sample-datafile.ts';

const hang = () => new Promise<never>(() => undefined);
const fail = () => {
  throw new Error('storage is broken');
};

function createCache(more: Partial<KeyValueStorage> = {}): KeyValueStorage & { readonly stored: Map<string, string> } {
  const stored = new Map<string, string>();
  return {
    stored,
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => void stored.set(key, value),
    removeItem: (key) => void stored.delete(key),
    ...more,
  };
}

describe('a datafile cache', () => {
  it('starts a client while the network is down, and its validators spare the next download', async () => {
    const server = await serve(
      { body: datafileText('1'), headers: { etag: '"1"' } },
      'reset', // of the kept connection, which is replaced
      'reset',
      { status: 304 },
    );
    const cache = createCache();
    const options = { updates: 'manual', urlTemplate: server.template, cache } as const;
    await observe(options).refresh();
    const restarted = observe(options);
    await restarted.refresh();
    expect(restarted.revision()).toBe('1');
    expect(restarted.codes()).toEqual(['request-failed']);
    expect(await restarted.refresh()).toBe(false);
    expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([
      undefined,
      ...Array(3).fill('"1"'),
    ]);
  });

  it('[CFG-02] with a validator that cannot be sent starts the client all the same, and nothing fails for it', async () => {
    const server = await serve({ body: datafileText('2') });
    const header = JSON.stringify({ sortition: 1, etag: '"1"\nx: y', lastModified: '\r\n' });
    const cache = createCache({ getItem: () => `${header}\n${datafileText('1')}` });
    const { refresh, revisions, codes } = observe({ updates: 'manual', urlTemplate: server.template, cache });
    expect(await refresh()).toBe(true);
    expect(revisions).toEqual(['1', '2']);
    expect(codes()).toEqual([]);
    expect(server.requests[0]?.headers).not.toHaveProperty('if-none-match');
  });

  it('takes a plain datafile that the application stored', async () => {
    const server = await serve('reset');
    const cache = createCache({ getItem: () => datafileText('seeded') });
    const { refresh, revision } = observe({ updates: 'manual', urlTemplate: server.template, cache });
    await refresh();
    expect(revision()).toBe('seeded');
  });

  it.each<[string, Partial<KeyValueStorage>, string[]]>([
    ['throws when read', { getItem: fail }, ['cache-failed']],
    ['rejects when read', { getItem: () => Promise.reject(new Error('no')) }, ['cache-failed']],
    ['rejects with nothing', { getItem: () => Promise.reject(undefined) }, ['cache-failed']],
    ['holds garbage', { getItem: () => '<html>' }, ['cache-failed']],
    ['holds half a datafile', { getItem: () => datafileText('9').slice(0, 50) }, ['cache-failed']],
    ['holds a broken header', { getItem: () => `{"sortition":1,!}\n${datafileText('9')}` }, ['cache-failed']],
    ['holds no text', { getItem: () => ({ version: '4' }) as never }, ['cache-failed']],
    ['is empty', { getItem: () => undefined }, []],
    ['throws when written', { setItem: fail }, ['cache-failed']],
    ['rejects when written', { setItem: () => Promise.reject(new Error('full')) }, ['cache-failed']],
  ])('[CFG-11] that %s stops nothing: the network serves', async (_, broken, codes) => {
    const server = await serve({ body: datafileText('1') });
    const observed = observe({ updates: 'manual', urlTemplate: server.template, cache: createCache(broken) });
    expect(await observed.refresh()).toBe(true);
    expect(observed.revision()).toBe('1');
    expect(observed.codes()).toEqual(codes);
  });

  it('[CFG-11] that hangs delays the first request by a moment only, and its writes end after a second', async () => {
    const server = await serve({ body: datafileText('1') });
    const cache = createCache({ getItem: hang, setItem: hang });
    const { reaches, codes } = observe({ urlTemplate: server.template, cache });
    await reaches('1');
    await vi.waitFor(() => expect(codes()).toEqual(['cache-failed']), { timeout: 5_000 });
  });

  it('[CFG-11] that answers late does not replace what the network brought', async () => {
    const server = await serve({ body: datafileText('new') });
    const late = () => new Promise<string>((resolve) => setTimeout(resolve, 300, datafileText('old')));
    const { refresh, revisions } = observe({
      updates: 'manual',
      urlTemplate: server.template,
      cache: createCache({ getItem: late }),
    });
    await refresh();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(revisions).toEqual(['new']);
  });

  it('[CFG-11] is given accepted documents only', async () => {
    const server = await serve({ body: '{}' }, { body: datafileText('1') }, { body: '<html>' });
    const cache = createCache();
    const { refresh } = observe({ updates: 'manual', urlTemplate: server.template, cache });
    await refresh();
    expect(cache.stored.size).toBe(0);
    await refresh();
    await refresh();
    expect([...cache.stored.values()].map((value) => value.split('\n')[1])).toEqual([datafileText('1')]);
  });
});
