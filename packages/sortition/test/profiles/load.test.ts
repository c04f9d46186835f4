import { setTimeout as delay } from 'node:timers/promises';
import type { UserProfile, UserProfileStore } from '@sortition/core';
import { describe, expect, it, vi } from 'vitest';
import { createShopClient } from '../recording.ts';
import { bucketed, createDocumentStore, profileOf, TO_LEFT, TO_RIGHT } from './sticky-users.ts';

describe('load', () => {
  it('makes synchronous decisions sticky over an asynchronous store', async () => {
    const store = createDocumentStore([profileOf('ada', { '102': '1022' })]);
    const client = createShopClient({ profiles: store });
    const user = client.createUserContext('ada', bucketed(TO_LEFT));
    await user.load();
    expect(user.decide('split').variationKey).toBe('right');
    expect(user.clone().decideForKeys(['split']).split?.variationKey).toBe('right');
    expect((await user.decideAsync('split')).variationKey).toBe('right');
    expect(store.calls).toEqual(['lookup']);
    expect(client.stats().problems).toEqual({});
  });

  it('lets later decisions of the context see what earlier ones assigned, before it is stored', async () => {
    const store = createDocumentStore();
    const client = createShopClient({ profiles: store });
    const user = client.createUserContext('ada', bucketed(TO_LEFT));
    await user.load();
    const decision = user.decide('split');
    expect(decision.variationKey).toBe('left');
    for (const moved of [user, user.clone(), decision.userContext]) {
      moved.setAttribute('$opt_bucketing_id', TO_RIGHT);
      expect(moved.decide('split').variationKey).toBe('left');
    }
    await client.flush();
    expect(store.documents.get('ada')).toEqual(profileOf('ada', { '102': '1021' }));
  });

  it('saves in the background and hands the work to waitUntil', async () => {
    const store = createDocumentStore();
    const work: Promise<unknown>[] = [];
    const client = createShopClient({ profiles: store, waitUntil: (promise) => void work.push(promise) });
    const user = client.createUserContext('ada', bucketed(TO_LEFT));
    await user.load();
    user.decide('split');
    user.decide('checkout');
    expect(store.documents.size).toBe(0);
    await Promise.all(work);
    expect(store.documents.get('ada')).toEqual(profileOf('ada', { '101': '1011', '102': '1021' }));
  });

  it('is waited for by close, too', async () => {
    const store = createDocumentStore();
    const client = createShopClient({ profiles: store });
    const user = client.createUserContext('ada');
    await user.load();
    user.decide('checkout');
    await client.close();
    expect(store.documents.get('ada')).toEqual(profileOf('ada', { '101': '1011' }));
  });

  it('teaches the context who won when the save comes back', async () => {
    let stored: UserProfile | null = null;
    const store: UserProfileStore = {
      lookup: async () => stored,
      assign: async () => {
        stored = profileOf('ada', { '102': '1022' });
        return { '102': '1022' };
      },
    };
    const client = createShopClient({ profiles: store });
    const user = client.createUserContext('ada', bucketed(TO_LEFT));
    await user.load();
    expect(user.decide('split').variationKey).toBe('left');
    await client.flush();
    expect(user.decide('split').variationKey).toBe('right');
  });

  it('never rejects: a store that fails costs stickiness, is a problem and a reason', async () => {
    const client = createShopClient({ profiles: { lookup: async () => Promise.reject(new Error('down')) } });
    const user = client.createUserContext('ada');
    await user.load();
    expect(client.stats().problems).toEqual({ 'profile-lookup-failed': 1 });
    expect(user.decide('split', ['INCLUDE_REASONS']).reasons[0]).toBe(
      'Error while looking up user profile for user ID "ada": down.',
    );
  });

  it('keeps what was loaded before when it fails, and is tried again by asynchronous decisions', async () => {
    const lookup = vi.fn<() => Promise<UserProfile>>();
    const client = createShopClient({ profiles: { lookup } });
    const user = client.createUserContext('ada', bucketed(TO_LEFT));
    lookup.mockRejectedValueOnce(new Error('down'));
    await user.load();
    lookup.mockResolvedValueOnce(profileOf('ada', { '102': '1022' }));
    expect((await user.decideAsync('split')).variationKey).toBe('right');
    lookup.mockResolvedValueOnce(profileOf('ada', { '102': '1022' }));
    await user.load();
    lookup.mockRejectedValueOnce(new Error('down'));
    await user.load();
    expect(user.decide('split').variationKey).toBe('right');
  });

  it('ends at its timeout and at its signal', async () => {
    const client = createShopClient({ profiles: { lookup: () => new Promise(() => undefined) } });
    const user = client.createUserContext('ada');
    await user.load({ timeoutMs: 1 });
    const controller = new AbortController();
    const loading = user.load({ timeoutMs: 60_000, signal: controller.signal });
    controller.abort();
    await loading;
    expect(client.stats().problems).toEqual({ 'profile-lookup-failed': 2 });
  });

  it.each([2 ** 40, Number.POSITIVE_INFINITY, Number.NaN, -1])(
    'is not ended early by a limit of %s ms, which no timer can keep',
    async (timeoutMs) => {
      const lookup = () => delay(20).then(() => profileOf('ada', { '102': '1022' }));
      const client = createShopClient({ profiles: { lookup }, profileTimeoutMs: 30_000 });
      await client.createUserContext('ada').load({ timeoutMs });
      expect(client.stats().problems).toEqual({});
    },
  );

  it('leaves a synchronous store in charge, so that nothing stale is written back', async () => {
    let document = profileOf('ada', {});
    const store: UserProfileStore = {
      lookup: () => document,
      save: (profile) => {
        document = profile;
      },
    };
    const client = createShopClient({ profiles: store });
    const loaded = client.createUserContext('ada');
    await loaded.load();
    client.createUserContext('ada').decide('split');
    loaded.decide('checkout');
    expect(Object.keys(document.experiment_bucket_map)).toEqual(['101', '102']);
  });
});
