import { createMemoryProfileStore } from '@sortition/profile-memory';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { UserContext, UserProfile, UserProfileStore } from '../../src/index.ts';
import { createRecordingStore, createShopClient } from '../recording.ts';
import { shopDatafile } from '../shop-datafile.ts';
import { bucketed, createDocumentStore, profileOf, TO_LEFT, TO_RIGHT } from './sticky-users.ts';

const BOTH = ['split', 'checkout'];

/** The documented service over a store with an atomic method, asynchronous. */
function createAtomicStore(turn: () => Promise<unknown>): UserProfileStore & { readonly stored: () => UserProfile } {
  const memory = createMemoryProfileStore();
  return {
    sync: false,
    stored: () => memory.lookup?.('ada') as UserProfile,
    async lookup(userId) {
      const profile = memory.lookup?.(userId);
      await turn();
      return profile;
    },
    async assign(userId, assignments) {
      await turn();
      const winners = memory.assign?.(userId, assignments);
      await turn();
      return winners ?? {};
    },
  };
}

describe('decisions over a profile store', () => {
  it('keep the variation when the user would now be bucketed elsewhere', () => {
    for (const profiles of [createMemoryProfileStore(), createRecordingStore()]) {
      const client = createShopClient({ profiles });
      expect(client.createUserContext('ada', bucketed(TO_LEFT)).decide('split').variationKey).toBe('left');
      const later = client.createUserContext('ada', bucketed(TO_RIGHT)).decide('split', ['INCLUDE_REASONS']);
      expect(later.variationKey).toBe('left');
      expect(later.reasons).toContain(
        'Returning previously activated variation "left" of experiment "split_test" for user "ada" from user profile.',
      );
    }
  });

  it('keep it over an asynchronous store of documents too', async () => {
    const client = createShopClient({ profiles: createDocumentStore() });
    expect((await client.createUserContext('ada', bucketed(TO_LEFT)).decideAsync('split')).variationKey).toBe('left');
    expect((await client.createUserContext('ada', bucketed(TO_RIGHT)).decideAsync('split')).variationKey).toBe('left');
  });

  it('hand the whole merged profile to a classic store, with what the attributes brought', () => {
    const store = createRecordingStore([profileOf('ada', { '999': 'other' })]);
    const attributes = { $opt_experiment_bucket_map: { '888': { variation_id: 'brought' } } };
    createShopClient({ profiles: store })
      .createUserContext('ada', attributes as never)
      .decide('checkout');
    expect(store.saves).toEqual([profileOf('ada', { '101': '1011', '888': 'brought', '999': 'other' })]);
  });

  it('hand only what is new to a store with an atomic method', async () => {
    const assign = vi.fn(async () => ({ '101': '1011' }));
    const client = createShopClient({
      profiles: { lookup: async () => profileOf('ada', { '102': '1022' }), assign, save: vi.fn() },
    });
    const attributes = { $opt_experiment_bucket_map: { '888': { variation_id: 'brought' } } };
    await client.createUserContext('ada', attributes as never).decideForKeysAsync(BOTH);
    expect(assign.mock.calls).toEqual([['ada', { '101': { variationId: '1011' } }]]);
  });

  it('return the variation another writer stored first', async () => {
    const sync = createShopClient({ profiles: { sync: true, lookup: () => null, assign: () => ({ '102': '1022' }) } });
    expect(sync.createUserContext('ada', bucketed(TO_LEFT)).decide('split').variationKey).toBe('right');
    const assign = async (): Promise<object> => ({ '102': '1022', '101': '1011' });
    const client = createShopClient({ profiles: { lookup: async () => null, assign: assign as never } });
    const user = client.createUserContext('ada', bucketed(TO_LEFT));
    expect((await user.decideAsync('split')).variationKey).toBe('right');
    const decisions = await user.decideForKeysAsync(BOTH, ['INCLUDE_REASONS']);
    expect(decisions.split?.variationKey).toBe('right');
    expect(decisions.split?.reasons.join()).toContain('Returning previously activated variation "right"');
    expect(decisions.checkout?.variationKey).toBe('one_page');
  });

  it('go to a store that only saves', async () => {
    const saved: UserProfile[] = [];
    const client = createShopClient({ profiles: { save: async (profile) => void saved.push(profile) } });
    const user = client.createUserContext('ada', bucketed(TO_LEFT));
    expect((await user.decideAsync('split')).variationKey).toBe('left');
    expect(user.decide('checkout').variationKey).toBe('one_page');
    expect(saved).toEqual([profileOf('ada', { '102': '1021' }), profileOf('ada', { '101': '1011' })]);
    expect(client.stats().problems).toEqual({});
  });

  it('are sticky over a store that only assigns', async () => {
    const memory = createMemoryProfileStore();
    const client = createShopClient({ profiles: { assign: async (...call) => memory.assign?.(...call) ?? {} } });
    await client.createUserContext('ada', bucketed(TO_LEFT)).decideAsync('split');
    expect((await client.createUserContext('ada', bucketed(TO_RIGHT)).decideAsync('split')).variationKey).toBe('left');
  });

  it('read a store that only looks up', () => {
    const client = createShopClient({ profiles: { lookup: () => profileOf('ada', { '102': '1022' }) } });
    expect(client.createUserContext('ada', bucketed(TO_LEFT)).decideForKeys(BOTH).split?.variationKey).toBe('right');
    expect(client.stats().problems).toEqual({});
  });

  it('are stored no more after close', async () => {
    const store = createRecordingStore();
    const client = createShopClient({ profiles: store });
    await client.close();
    expect(client.createUserContext('ada').decide('split').enabled).toBe(true);
    await client.createUserContext('ada').decideAsync('split');
    expect(store.saves).toEqual([]);
    expect(client.stats().ignoredAfterClose).toBeGreaterThanOrEqual(2);
  });

  it('wait for no store when there is nothing to store', async () => {
    const client = createShopClient({ profiles: { lookup: () => null, save: () => expect.unreachable('saved') } });
    expect(client.createUserContext('ada').decide('banner').variationKey).toBe('off');
    expect((await client.createUserContext('ada').decideAsync('nothing')).variationKey).toBeNull();
  });

  it('hear from a store what no caller is waiting for', () => {
    const problem = { code: 'store-down', part: 'profiles', message: 'The store is down.' } as const;
    const client = createShopClient({
      profiles: { lookup: () => null, attach: (host) => host.problem(problem) },
    });
    expect(client.stats().problems).toEqual({ 'store-down': 1 });
  });
});

describe('[UPS-05] one call', () => {
  const calls: Record<string, (user: UserContext) => unknown> = {
    decide: (user) => user.decide('split'),
    decideForKeys: (user) => user.decideForKeys(BOTH),
    decideAll: (user) => user.decideAll(),
    decideAsync: (user) => user.decideAsync('split'),
    decideForKeysAsync: (user) => user.decideForKeysAsync(BOTH),
    decideAllAsync: (user) => user.decideAllAsync(),
  };

  it.each(Object.keys(calls))('%s makes one lookup and one save whatever the number of flags', async (name) => {
    const store = createRecordingStore();
    const user = createShopClient({ profiles: store }).createUserContext('ada');
    await calls[name]?.(user);
    expect([store.lookups.length, store.saves.length]).toEqual([1, 1]);
    await calls[name]?.(user);
    expect([store.lookups.length, store.saves.length]).toEqual([2, 1]);
  });

  it('reads an asynchronous classic store once more before a save, and only then', async () => {
    const store = createDocumentStore();
    const user = createShopClient({ profiles: store }).createUserContext('ada');
    await user.decideAllAsync();
    expect(store.calls).toEqual(['lookup', 'lookup', 'save']);
    await user.decideAllAsync();
    expect(store.calls).toEqual(['lookup', 'lookup', 'save', 'lookup']);
  });

  it('reads and writes an atomic store once', async () => {
    const lookup = vi.fn(async () => null);
    const assign = vi.fn(async () => ({}));
    await createShopClient({ profiles: { lookup, assign } }).createUserContext('ada').decideAllAsync();
    expect([lookup.mock.calls.length, assign.mock.calls.length]).toEqual([1, 1]);
  });
});

describe('[UPS-07] IGNORE_USER_PROFILE_SERVICE', () => {
  it('neither reads nor writes the store', async () => {
    const store = createRecordingStore([profileOf('ada', { '102': '1022' })]);
    const user = createShopClient({ profiles: store }).createUserContext('ada', bucketed(TO_LEFT));
    expect(user.decide('split', ['IGNORE_USER_PROFILE_SERVICE']).variationKey).toBe('left');
    expect((await user.decideAsync('split', ['IGNORE_USER_PROFILE_SERVICE'])).variationKey).toBe('left');
    user.decideAll(['IGNORE_USER_PROFILE_SERVICE']);
    expect([store.lookups, store.saves]).toEqual([[], []]);
  });

  it('overlooks what was loaded', async () => {
    const store = createDocumentStore([profileOf('ada', { '102': '1022' })]);
    const user = createShopClient({ profiles: store }).createUserContext('ada', bucketed(TO_LEFT));
    await user.load();
    expect(user.decide('split', ['IGNORE_USER_PROFILE_SERVICE']).variationKey).toBe('left');
    expect(user.decide('split').variationKey).toBe('right');
  });
});

it('[UPS-07] what a bandit decides is not stored', async () => {
  const datafile = shopDatafile();
  const bandit = { ...datafile.experiments[1], cmab: { attributeIds: [], trafficAllocation: 10_000 } };
  const store = createRecordingStore();
  const client = createShopClient(
    { profiles: store, cmab: { predict: async () => ({ variationId: '1022', cmabUuid: 'uuid' }) } },
    { ...datafile, experiments: [datafile.experiments[0], bandit] },
  );
  const user = client.createUserContext('ada');
  expect((await user.decideAsync('split')).variationKey).toBe('right');
  expect(store.saves).toEqual([]);
});

describe('[UPS-04] concurrent calls for one user', () => {
  const stores: Record<string, (turn: () => Promise<unknown>) => { store: UserProfileStore; stored: () => unknown }> = {
    'a classic asynchronous store': (turn) => {
      const store = createDocumentStore([], turn);
      return { store, stored: () => store.documents.get('ada') };
    },
    'a classic synchronous store': () => {
      const store = createRecordingStore();
      return { store, stored: () => store.lookup?.('ada') };
    },
    'a store with an atomic method': (turn) => {
      const store = createAtomicStore(turn);
      return { store, stored: store.stored };
    },
  };

  it.each(Object.keys(stores))('over %s lose nothing and agree with what is stored', async (kind) => {
    const calls = fc.array(
      fc.record({
        flags: fc.subarray(BOTH, { minLength: 1 }),
        moved: fc.boolean(),
        how: fc.constantFrom('async', 'sync', 'loaded'),
      }),
      { minLength: 2, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), calls, async (scheduler, plan) => {
        const made = stores[kind]?.(() => scheduler.schedule(Promise.resolve()));
        if (!made) throw new Error('no such store');
        const client = createShopClient({ profiles: made.store, profileTimeoutMs: 10_000 });
        const deciding = plan.map(async ({ flags, moved, how }) => {
          const user = client.createUserContext('ada', bucketed(moved ? TO_RIGHT : TO_LEFT));
          if (how === 'loaded') await user.load();
          const decisions = how === 'async' ? await user.decideForKeysAsync(flags) : user.decideForKeys(flags);
          return how === 'async' ? decisions : {};
        });
        await scheduler.waitFor(Promise.all(deciding).then(() => client.flush()));
        const map = (made.stored() as UserProfile | null)?.experiment_bucket_map ?? {};
        for (const decisions of await Promise.all(deciding)) {
          if (decisions.split)
            expect(map['102']?.variation_id).toBe(decisions.split.variationKey === 'left' ? '1021' : '1022');
          if (decisions.checkout) expect(map['101']?.variation_id).toBe('1011');
        }
        expect(client.stats().problems).not.toHaveProperty('profile-save-failed');
        for (const { flags, how } of plan) {
          if (how === 'sync') continue;
          if (flags.includes('split')) expect(map).toHaveProperty('102');
          if (flags.includes('checkout')) expect(map).toHaveProperty('101');
        }
      }),
      { numRuns: 150 },
    );
  });

  it('over a synchronous classic store lose nothing while a bandit is asked', async () => {
    const datafile = shopDatafile();
    const bandit = {
      ...structuredClone(datafile.experiments[1]),
      id: '103',
      key: 'bandit',
      cmab: { attributeIds: [], trafficAllocation: 10_000 },
    };
    const flag = { ...datafile.featureFlags[1], id: '9', key: 'bandit', experimentIds: ['103'] };
    let answer: () => void = () => undefined;
    const store = createRecordingStore();
    const client = createShopClient(
      {
        profiles: store,
        cmab: {
          predict: () =>
            new Promise((resolve) => {
              answer = () => resolve({ variationId: '1021', cmabUuid: 'uuid' });
            }),
        },
      },
      {
        ...datafile,
        experiments: [...datafile.experiments, bandit],
        featureFlags: [...datafile.featureFlags, flag],
      },
    );
    const waiting = client.createUserContext('ada', bucketed(TO_LEFT)).decideForKeysAsync(['split', 'bandit']);
    await expect.poll(() => store.lookups).toHaveLength(1);
    client.createUserContext('ada', bucketed(TO_RIGHT)).decideForKeys(BOTH);
    answer();
    expect((await waiting).split?.variationKey).toBe('right');
    expect(store.lookup?.('ada')).toEqual(profileOf('ada', { '101': '1011', '102': '1022' }));
  });

  it('over a classic asynchronous store are written together when they wait', async () => {
    const store = createDocumentStore();
    const client = createShopClient({ profiles: store });
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        client.createUserContext('ada').decideAsync(index % 2 === 0 ? 'split' : 'checkout'),
      ),
    );
    expect(store.calls.filter((call) => call === 'save').length).toBeLessThanOrEqual(2);
    expect(Object.keys(store.documents.get('ada')?.experiment_bucket_map ?? {})).toEqual(['101', '102']);
  });
});
