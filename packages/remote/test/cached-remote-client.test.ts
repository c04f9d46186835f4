import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type CachedRemoteClientOptions,
  createCachedRemoteClient,
  type RemoteClient,
  type Variants,
} from '../src/index.ts';

/** A client that counts, and a clock that the test moves. */
function setUp(options: CachedRemoteClientOptions = {}) {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let count = 0;
  const fetch = vi.fn<RemoteClient['fetch']>(async () => {
    count += 1;
    return { flag: { key: 'on', value: String(count), payload: { deep: [count] } } };
  });
  const client: RemoteClient = { fetch, fetchAsync: vi.fn(), close: vi.fn(async () => undefined) };
  const onError = vi.fn();
  return { fetch, client, onError, cached: createCachedRemoteClient(client, { onError, ...options }) };
}

const valueIn = async (variants: Promise<Variants>) => (await variants).flag?.value;
const user = { user_id: 'u' };

describe('createCachedRemoteClient', () => {
  it('keeps the variants of a user for a while', async () => {
    const { cached, fetch } = setUp({ ttlMs: 1_000 });
    expect(await valueIn(cached.fetch(user))).toBe('1');
    vi.advanceTimersByTime(999);
    expect(await valueIn(cached.fetch({ user_id: 'u' }))).toBe('1');
    vi.advanceTimersByTime(1);
    expect(await valueIn(cached.fetch(user))).toBe('2');
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('keeps them apart by user and by what was asked', async () => {
    const { cached, fetch } = setUp();
    await cached.fetch(user);
    await cached.fetch({ user_id: 'v' });
    await cached.fetch(user, { flagKeys: ['a'] });
    await cached.fetch(user, { flagKeys: ['a', 'b'] });
    await cached.fetch(user, { includeDefaultVariants: true });
    await cached.fetch(user, { tracksExposure: true });
    expect(fetch).toHaveBeenCalledTimes(6);
    await cached.fetch(user, { signal: new AbortController().signal, fallback: {} });
    expect(fetch).toHaveBeenCalledTimes(6);
  });

  it('tells users apart as it is told', async () => {
    const { cached, fetch } = setUp({ userKey: ({ device_id }) => device_id ?? '' });
    await cached.fetch({ device_id: 'd', user_properties: { now: 1 } });
    await cached.fetch({ device_id: 'd', user_properties: { now: 2 } });
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('fetches once however many ask at the same time', async () => {
    const { cached, fetch } = setUp();
    const values = await Promise.all(Array.from({ length: 100 }, () => valueIn(cached.fetch(user))));
    expect(new Set(values)).toEqual(new Set(['1']));
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('gives out old variants while it fetches newer ones', async () => {
    const work: Promise<unknown>[] = [];
    const { cached, fetch } = setUp({ ttlMs: 1_000, staleMs: 5_000, waitUntil: (promise) => work.push(promise) });
    await cached.fetch(user);
    vi.advanceTimersByTime(1_000);
    const values = await Promise.all([valueIn(cached.fetch(user)), valueIn(cached.fetch(user))]);
    expect(values).toEqual(['1', '1']);
    expect(fetch).toHaveBeenCalledTimes(2);
    expect(work).toHaveLength(1);
    await work[0];
    expect(await valueIn(cached.fetch(user))).toBe('2');
    vi.advanceTimersByTime(6_000);
    expect(await valueIn(cached.fetch(user))).toBe('3');
  });

  it('goes on with old variants when newer ones cannot be had, and says so', async () => {
    const { cached, fetch, onError } = setUp({ ttlMs: 1_000, staleMs: 5_000 });
    await cached.fetch(user);
    vi.advanceTimersByTime(1_000);
    fetch.mockRejectedValueOnce(new Error('down'));
    expect(await valueIn(cached.fetch(user))).toBe('1');
    await expect.poll(() => onError).toHaveBeenCalledTimes(1);
    expect(await valueIn(cached.fetch(user))).toBe('1');
  });

  it('does not keep errors, and keeps no fallback', async () => {
    const { cached, fetch, onError } = setUp();
    fetch.mockRejectedValueOnce(new Error('down')).mockRejectedValueOnce(new Error('down'));
    await expect(cached.fetch(user)).rejects.toThrow('down');
    const fallback = {};
    expect(await cached.fetch(user, { fallback })).toBe(fallback);
    expect(onError).toHaveBeenCalledTimes(1);
    expect(await valueIn(cached.fetch(user, { fallback }))).toBe('1');
  });

  it('does not let one caller end the fetch of another', async () => {
    const { cached, client } = setUp();
    let finish: (variants: Variants) => void = () => undefined;
    client.fetch = () => new Promise((resolve) => (finish = resolve));
    const controller = new AbortController();
    const aborted = cached.fetch(user, { signal: controller.signal });
    const waiting = cached.fetch(user);
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
    finish({ flag: { key: 'on', value: 'here' } });
    expect(await valueIn(waiting)).toBe('here');
  });

  it('shares frozen variants', async () => {
    const { cached } = setUp();
    const variants = (await cached.fetch(user)) as Record<string, { payload: { deep: number[] } }>;
    expect(() => variants.flag?.payload.deep.push(2)).toThrow(TypeError);
    expect(() => {
      variants.other = variants.flag as never;
    }).toThrow(TypeError);
  });

  it('forgets the users seen least recently, and with 0 entries all of them', async () => {
    const { cached, fetch } = setUp({ maxEntries: 2 });
    for (let index = 0; index < 10; index += 1) await cached.fetch({ user_id: `u-${index}` });
    await cached.fetch({ user_id: 'u-9' });
    await cached.fetch({ user_id: 'u-8' });
    expect(fetch).toHaveBeenCalledTimes(10);
    await cached.fetch({ user_id: 'u-0' });
    expect(fetch).toHaveBeenCalledTimes(11);

    const { cached: none, fetch: counted } = setUp({ maxEntries: 0 });
    await none.fetch(user);
    await none.fetch(user);
    expect(counted).toHaveBeenCalledTimes(2);
  });

  it('runs callbacks as the plain client does', async () => {
    const { cached, fetch, onError } = setUp();
    const callback = vi.fn();
    await cached.fetchAsync(user, callback);
    expect(callback.mock.calls[0]?.[1].flag.value).toBe('1');
    fetch.mockRejectedValueOnce(new Error('down'));
    await cached.fetchAsync({ user_id: 'v' }, callback);
    expect(callback.mock.lastCall).toEqual([{ user_id: 'v' }, {}, expect.objectContaining({ message: 'down' })]);
    await cached.fetchAsync(user, () => {
      throw new Error('callback');
    });
    expect(onError).toHaveBeenCalledTimes(1);
  });

  it('closes the client and gives out nothing more', async () => {
    const { cached, client, fetch } = setUp();
    await cached.fetch(user);
    await cached.close();
    expect(client.close).toHaveBeenCalledTimes(1);
    fetch.mockRejectedValueOnce(new Error('closed'));
    await expect(cached.fetch(user)).rejects.toThrow('closed');
  });

  it.each([
    { ttlMs: -1 },
    { ttlMs: Number.NaN },
    { staleMs: Number.POSITIVE_INFINITY },
    { maxEntries: -1 },
    { joinTimeoutMs: Number.NaN },
    { ttlMs: '1000' },
    { userKey: 'user_id' },
    { waitUntil: true },
    { onError: 5 },
  ])('refuses %j', (options) => {
    expect(() => setUp(options as CachedRemoteClientOptions)).toThrowError(
      expect.objectContaining({ code: 'invalid-option' }),
    );
  });

  it.each([null, 5])('refuses %j as options', (options) => {
    const client = { fetch: vi.fn(), fetchAsync: vi.fn(), close: vi.fn() };
    expect(() => createCachedRemoteClient(client, options as never)).toThrowError(
      expect.objectContaining({ code: 'invalid-option' }),
    );
  });

  it.each([undefined, null, {}, { fetch: () => undefined }])('refuses %j as a client', (client) => {
    expect(() => createCachedRemoteClient(client as unknown as RemoteClient)).toThrowError(
      expect.objectContaining({ code: 'invalid-option' }),
    );
  });

  it('refuses users that have no key', async () => {
    const { cached } = setUp();
    await expect(cached.fetch({ user_id: 5n } as never)).rejects.toMatchObject({ code: 'invalid-user' });
  });

  it('[REV-13] refuses a key that is not a string, which would be the same for all users', async () => {
    const userKey = async () => Promise.reject(new Error('too late'));
    const { cached } = setUp({ userKey: userKey as never });
    await expect(cached.fetch({ user_id: 'a' })).rejects.toMatchObject({
      code: 'invalid-user',
      cause: { message: 'userKey returned an object; expected a string' },
    });
    await vi.advanceTimersByTimeAsync(5);
  });

  it('[REV-10] is not harmed by callbacks that reject, and tells of options it does not know', async () => {
    const told: unknown[] = [];
    const onError = async (error: unknown) => {
      told.push(error);
      throw new Error('not today');
    };
    const options = { onError, ttl: 5, ttlMs: 0, staleMs: 60_000, waitUntil: async () => onError('waitUntil') };
    const { cached } = setUp(options as never);
    await cached.fetch({ user_id: 'a' });
    await cached.fetch({ user_id: 'a' });
    await cached.fetchAsync({ user_id: 'a' }, (async () => onError('callback')) as never);
    await vi.advanceTimersByTimeAsync(20);
    expect(told[0]).toMatchObject({
      code: 'invalid-option',
      message: expect.stringMatching(
        /^createCachedRemoteClient does not have the option "ttl"; .*Did you mean "ttlMs"/,
      ),
    });
    expect(told).toContain('waitUntil');
    expect(told).toContain('callback');
  });

  it('[REV-06] an answer that took long does not replace that of a later fetch', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), async (scheduler, calls) => {
        let started = 0;
        const client = {
          fetch: () => {
            started += 1;
            return scheduler.schedule(Promise.resolve({ flag: { key: 'on', value: String(started) } }));
          },
          fetchAsync: async () => undefined,
          close: async () => undefined,
        };
        const cached = createCachedRemoteClient(client, { joinTimeoutMs: 0 });
        const answers: Promise<Variants>[] = [];
        for (let call = 0; call < calls; call += 1) {
          answers.push(cached.fetch(user));
          // Whoever joins waits no longer than this and then asks on their own.
          await new Promise((resolve) => setTimeout(resolve, 3));
        }
        expect(started).toBe(calls);
        await scheduler.waitAll();
        await Promise.all(answers);
        expect(await valueIn(cached.fetch(user))).toBe(String(calls));
        expect(started).toBe(calls);
      }),
      { numRuns: 50 },
    );
  });
});
