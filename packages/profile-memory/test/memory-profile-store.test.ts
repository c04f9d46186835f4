import { isSdkError, type UserProfile, type UserProfileStore } from '@sortition/core';
import { describe, expect, it } from 'vitest';
import { createMemoryProfileStore, type MemoryProfileStoreOptions } from '../src/index.ts';

type SyncStore = Required<Pick<UserProfileStore, 'lookup' | 'save' | 'assign'>>;

function createStore(options?: MemoryProfileStoreOptions): SyncStore {
  return createMemoryProfileStore(options) as SyncStore;
}

function profileOf(userId: string, assignments: Record<string, string>): UserProfile {
  const map = Object.entries(assignments).map(([id, variation_id]) => [id, { variation_id }] as const);
  return { user_id: userId, experiment_bucket_map: Object.fromEntries(map) };
}

describe('createMemoryProfileStore', () => {
  it('answers nothing for a user it has not seen', () => {
    expect(createStore().lookup('ada')).toBeNull();
  });

  it('answers what was saved, in the documented format', () => {
    const store = createStore();
    store.save(profileOf('ada', { checkout: 'v1' }));
    expect(store.lookup('ada')).toEqual({
      user_id: 'ada',
      experiment_bucket_map: { checkout: { variation_id: 'v1' } },
    });
  });

  it('keeps assignments that a later save does not mention', () => {
    const store = createStore();
    store.save(profileOf('ada', { checkout: 'v1' }));
    store.save(profileOf('ada', { search: 'v2' }));
    expect(store.lookup('ada')).toEqual(profileOf('ada', { checkout: 'v1', search: 'v2' }));
  });

  it('[UPS-06] copies profiles on the way in and out', () => {
    const store = createStore();
    const saved = profileOf('ada', { checkout: 'v1' });
    store.save(saved);
    saved.experiment_bucket_map.checkout = { variation_id: 'changed by the caller' };
    const read = store.lookup('ada') as UserProfile;
    read.experiment_bucket_map.checkout = { variation_id: 'changed by the reader' };
    expect(store.lookup('ada')).toEqual(profileOf('ada', { checkout: 'v1' }));
  });

  it('lets the first writer of an assignment win and tells the second what is stored', () => {
    const store = createStore();
    expect(store.assign('ada', { checkout: { variationId: 'v1' } })).toEqual({ checkout: 'v1' });
    expect(store.assign('ada', { checkout: { variationId: 'v2' }, search: { variationId: 's1' } })).toEqual({
      checkout: 'v1',
      search: 's1',
    });
  });

  it('replaces an assignment only when the caller names the one that is stored', () => {
    const store = createStore();
    store.assign('ada', { checkout: { variationId: 'gone' } });
    expect(store.assign('ada', { checkout: { variationId: 'v2', replaces: 'other' } })).toEqual({ checkout: 'gone' });
    expect(store.assign('ada', { checkout: { variationId: 'v2', replaces: 'gone' } })).toEqual({ checkout: 'v2' });
  });

  it('[UPS-06] keeps the users seen last and is bounded by twice as many', () => {
    const store = createStore({ maxUsers: 100 });
    for (let index = 0; index < 1_000; index += 1) store.save(profileOf(`user-${index}`, { checkout: 'v1' }));
    const kept = Array.from({ length: 1_000 }, (_, index) => store.lookup(`user-${index}`) !== null);
    expect(kept.slice(-100).every(Boolean)).toBe(true);
    expect(kept.filter(Boolean).length).toBeLessThanOrEqual(200);
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty'])(
    'treats %s as an ordinary user id and experiment id',
    (key) => {
      const store = createStore();
      expect(store.lookup(key)).toBeNull();
      store.assign(key, Object.fromEntries([[key, { variationId: 'v1' }]]));
      const profile = store.lookup(key) as UserProfile;
      expect(Object.keys(profile.experiment_bucket_map)).toEqual([key]);
      expect(Object.getOwnPropertyDescriptor(profile.experiment_bucket_map, key)?.value).toEqual({
        variation_id: 'v1',
      });
    },
  );

  it('may be given no options', () => {
    for (const options of [undefined, null, {}]) expect(createMemoryProfileStore(options as never).sync).toBe(true);
  });

  it.each([5, '5', true])('refuses %j as options', (options) => {
    expect(() => createMemoryProfileStore(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    );
  });

  it('tells a client of an option that does not exist', () => {
    const messages: string[] = [];
    const store = createMemoryProfileStore({ maxUser: 5 } as never);
    store.attach?.({ problem: ({ message }) => messages.push(message) });
    expect(messages).toEqual([expect.stringMatching(/does not have the option "maxUser".*Did you mean "maxUsers"\?/)]);
  });

  it('takes an undefined limit for none given', () => {
    expect(createStore({ maxUsers: undefined }).lookup('ada')).toBeNull();
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null])('refuses maxUsers %j', (maxUsers) => {
    try {
      createMemoryProfileStore({ maxUsers: maxUsers as number });
      expect.unreachable('the option was accepted');
    } catch (error) {
      expect(isSdkError(error) && error.code).toBe('invalid-option');
      expect(String(error)).toContain('"maxUsers"');
    }
  });
});
