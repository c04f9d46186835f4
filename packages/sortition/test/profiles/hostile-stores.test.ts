import type { UserProfileStore } from '@sortition/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Decision, Problem, UserContext } from '../../src/index.ts';
import { createShopClient } from '../recording.ts';
import { bucketed, createDocumentStore, profileOf, TO_LEFT, TO_RIGHT } from './sticky-users.ts';

const boom = new Error('boom');

/** Returns a thenable of the given behaviour. */
function thenable(then: (resolve: (value: unknown) => void, reject: (cause: unknown) => void) => void): object {
  return Object.fromEntries([['then', then]]);
}

/** Foreign code throws anything. */
function raise(what: unknown): never {
  throw what;
}

/** Resolves after so many milliseconds. */
function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** How a foreign method may fail, besides hanging. */
const FAILURES: Record<string, () => unknown> = {
  'throws an error': () => {
    throw boom;
  },
  'throws null': () => raise(null),
  'throws a string': () => raise('boom'),
  'throws an object that cannot be shown': () => raise({ toString: null }),
  'rejects with an error': () => Promise.reject(boom),
  'rejects with undefined': () => Promise.reject(undefined),
  'rejects later': () => new Promise((_, reject) => setTimeout(() => reject(boom), 1)),
  'is a thenable that throws': () =>
    thenable(() => {
      throw boom;
    }),
  'is a thenable that rejects twice': () =>
    thenable((_, reject) => {
      reject(boom);
      reject('again');
    }),
  'is a function that is a thenable': () =>
    Object.assign(
      () => undefined,
      thenable((_, reject) => reject(boom)),
    ),
  'has a getter "then" that throws': () => Object.defineProperty({}, 'then', { get: () => raise(boom) }),
  'is a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
};

/** What a lookup may answer that is not a profile. */
const GARBAGE: Record<string, unknown> = {
  'a string': 'profile',
  'a number': 7,
  'an array': [],
  true: true,
  'a profile without a map': { user_id: 'ada' },
  'a profile whose map is null': { user_id: 'ada', experiment_bucket_map: null },
  'a profile whose map is an array': { user_id: 'ada', experiment_bucket_map: [] },
  'a profile whose map is a string': { user_id: 'ada', experiment_bucket_map: '102' },
  'the profile of somebody else': profileOf('eve', { '102': '1022' }),
  'a thenable that resolves twice': thenable((resolve) => {
    resolve('one');
    resolve('two');
  }),
};

const METHODS: Record<string, (user: UserContext) => unknown> = {
  decide: (user) => user.decide('split', ['INCLUDE_REASONS']),
  decideForKeys: (user) => user.decideForKeys(['split'], ['INCLUDE_REASONS']).split,
  decideAll: (user) => user.decideAll(['INCLUDE_REASONS']).split,
  decideAsync: (user) => user.decideAsync('split', ['INCLUDE_REASONS']),
  decideForKeysAsync: async (user) => (await user.decideForKeysAsync(['split'], ['INCLUDE_REASONS'])).split,
  decideAllAsync: async (user) => (await user.decideAllAsync(['INCLUDE_REASONS'])).split,
};

/** A client over a store, with every problem it reported. */
function clientOver(store: unknown): { user: UserContext; problems: Problem[] } {
  const client = createShopClient({ profiles: store as UserProfileStore });
  const problems: Problem[] = [];
  client.on('problem', (problem) => problems.push(problem));
  return { user: client.createUserContext('ada', bucketed(TO_LEFT)), problems };
}

describe.each(Object.keys(METHODS))('[UPS-01] %s over a store whose lookup', (method) => {
  it.each(Object.keys(FAILURES))('%s decides without stickiness and says so', async (failure) => {
    const { user, problems } = clientOver({ lookup: FAILURES[failure], save: () => undefined });
    const decision = (await METHODS[method]?.(user)) as Decision;
    expect(decision).toMatchObject({ variationKey: 'left', enabled: true });
    expect(decision.reasons[0]).toMatch(/Error while looking up user profile|was not loaded/);
    expect(problems.map(({ part }) => part)).toContain('profiles');
  });
});

describe.each(Object.keys(METHODS))('[UPS-01] %s over a store whose save', (method) => {
  it.each(Object.keys(FAILURES))('%s decides and says so', async (failure) => {
    const { user, problems } = clientOver({ lookup: () => null, save: FAILURES[failure] });
    const decision = (await METHODS[method]?.(user)) as Decision;
    expect(decision).toMatchObject({ variationKey: 'left', enabled: true });
    await expect.poll(() => problems).toMatchObject([{ code: 'profile-save-failed', part: 'profiles' }]);
  });

  it.each(Object.keys(FAILURES))('and atomic method %s decides and says so', async (failure) => {
    const { user, problems } = clientOver({ lookup: () => null, assign: FAILURES[failure] });
    expect(await METHODS[method]?.(user)).toMatchObject({ variationKey: 'left', enabled: true });
    await expect.poll(() => problems).toMatchObject([{ code: 'profile-save-failed', part: 'profiles' }]);
  });
});

describe('[UPS-01] a store that answers "assign" with garbage', () => {
  it.each([undefined, null, 'left', 7])('%s is a problem and a reason, and the decision stands', async (answer) => {
    const { user, problems } = clientOver({ lookup: async () => null, assign: async () => answer });
    const decision = await user.decideAsync('split', ['INCLUDE_REASONS']);
    expect(decision.variationKey).toBe('left');
    expect(decision.reasons[0]).toContain('Error while saving user profile for user ID "ada"');
    expect(problems).toMatchObject([{ code: 'profile-save-failed' }]);
  });

  it('ignores winners that name no variation of the project', async () => {
    for (const winner of ['none', 7, null, undefined]) {
      const { user } = clientOver({ lookup: async () => null, assign: async () => ({ '102': winner }) });
      expect((await user.decideAsync('split')).variationKey).toBe('left');
    }
  });
});

describe('[UPS-03] a lookup that answers', () => {
  it.each(Object.keys(GARBAGE))('%s decides without it, says so and overwrites nothing', async (kind) => {
    for (const lookup of [() => GARBAGE[kind], async () => GARBAGE[kind]]) {
      const save = vi.fn();
      const { user, problems } = clientOver({ lookup, save });
      const decision = await user.decideAsync('split', ['INCLUDE_REASONS']);
      expect(decision.variationKey).toBe('left');
      expect(decision.reasons[0]).toContain('Error while looking up user profile for user ID "ada"');
      expect(problems[0]).toMatchObject({ code: 'profile-lookup-failed', part: 'profiles' });
      expect(save).not.toHaveBeenCalled();
    }
  });

  it('a profile with unreadable entries uses the others and keeps all of them', async () => {
    const map = Object.freeze({
      '101': null,
      '102': Object.freeze({ variation_id: '1022' }),
      '103': { variation_id: 7 },
      '104': 'text',
      ...(JSON.parse('{"__proto__": { "variation_id": "1" }}') as object),
    });
    const profile = Object.freeze({ user_id: 'ada', experiment_bucket_map: map });
    for (const lookup of [() => profile, async () => profile]) {
      const saved: unknown[] = [];
      const { user, problems } = clientOver({ lookup, save: (document: unknown) => void saved.push(document) });
      const decisions = await user.decideForKeysAsync(['split', 'checkout']);
      expect(decisions.split?.variationKey).toBe('right');
      expect(decisions.checkout?.variationKey).toBe('one_page');
      expect(saved).toHaveLength(1);
      const document = saved[0] as typeof profile;
      expect(JSON.stringify(document.experiment_bucket_map)).toBe(
        '{"101":{"variation_id":"1011"},"102":{"variation_id":"1022"},"103":{"variation_id":7},"104":"text","__proto__":{"variation_id":"1"}}',
      );
      expect(problems).toEqual([]);
    }
    expect(map['101']).toBeNull();
  });

  it('a profile whose variation is gone decides afresh and replaces it', async () => {
    const assign = vi.fn(async () => ({ '102': '1021' }));
    const { user } = clientOver({ lookup: async () => profileOf('ada', { '102': 'gone' }), assign });
    expect((await user.decideAsync('split')).variationKey).toBe('left');
    expect(assign).toHaveBeenCalledWith('ada', { '102': { variationId: '1021', replaces: 'gone' } });
    const store = createDocumentStore([profileOf('ada', { '102': 'gone', '999': 'kept' })]);
    await clientOver(store).user.decideAsync('split');
    expect(store.documents.get('ada')).toEqual(profileOf('ada', { '102': '1021', '999': 'kept' }));
  });

  it('a profile of a million entries reads only the entry it needs', () => {
    let reads = 0;
    const entries = Array.from({ length: 1_000_000 }, (_, index) => [index, null] as const);
    const target: Record<string, unknown> = { ...Object.fromEntries(entries), '102': { variation_id: '1022' } };
    const map = new Proxy(target, {
      get: (record, key) => {
        reads += 1;
        return Reflect.get(record, key);
      },
      ownKeys: () => {
        throw new Error('the profile was copied');
      },
    });
    const { user, problems } = clientOver({ lookup: () => ({ user_id: 'ada', experiment_bucket_map: map }) });
    expect(user.decide('split').variationKey).toBe('right');
    expect(reads).toBe(1);
    expect(problems).toEqual([]);
  });

  it('a profile full of traps decides without it', async () => {
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw boom;
        },
        getOwnPropertyDescriptor: () => {
          throw boom;
        },
      },
    );
    for (const profile of [trap, { user_id: 'ada', experiment_bucket_map: trap }]) {
      const { user } = clientOver({ lookup: () => profile, save: () => undefined });
      expect(user.decide('split').variationKey).toBe('left');
    }
  });
});

describe('a lookup of an unknown user that answers', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['an empty object', {}],
    ['a profile whose user is null', { user_id: null, experiment_bucket_map: {} }],
    ['a profile without a user', { experiment_bucket_map: { '102': { variation_id: '1022' } } }],
  ])('%s is no profile: the user is decided and saved as a new one', async (_what, answer) => {
    for (const lookup of [() => answer, async () => answer]) {
      const save = vi.fn();
      const { user, problems } = clientOver({ lookup, save });
      const decision = await user.decideAsync('split', ['INCLUDE_REASONS']);
      expect(decision.variationKey).toBe('left');
      expect(problems).toEqual([]);
      expect(save).toHaveBeenCalledExactlyOnceWith(profileOf('ada', { '102': '1021' }));
    }
  });
});

describe('a store that fails', () => {
  const fails = (): never => {
    throw new Error('out of order');
  };

  it.each<[string, object, RegExp]>([
    ['lookup', { lookup: fails }, /^Error while looking up user profile for user ID "ada": out of order\.$/],
    [
      'save',
      { lookup: () => null, save: fails },
      /^Error while saving user profile for user ID "ada": out of order\.$/,
    ],
  ])('in "%s" shows in the reasons, also of callers that did not ask for them', async (_method, store, reason) => {
    const { user } = clientOver(store);
    const everything = [
      user.decide('split'),
      user.decideAll().split,
      await user.decideAsync('split'),
      (await user.decideForKeysAsync(['split'])).split,
    ];
    for (const decision of everything) expect(decision?.reasons).toEqual([expect.stringMatching(reason)]);
  });
});

describe('[UPS-02] a store that hangs', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const never = (): Promise<never> => new Promise(() => undefined);

  it('costs a lookup its timeout, whatever it answers afterwards', async () => {
    let answer: (profile: unknown) => void = () => undefined;
    const { user, problems } = clientOver({ lookup: () => new Promise((resolve) => (answer = resolve)) });
    const deciding = user.decideAsync('split', ['INCLUDE_REASONS']);
    await vi.advanceTimersByTimeAsync(249);
    expect(problems).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    const decision = await deciding;
    answer(profileOf('ada', { '102': '1022' }));
    expect(decision.variationKey).toBe('left');
    expect(decision.reasons[0]).toContain('did not finish within 250 ms');
    expect(problems).toMatchObject([{ code: 'profile-lookup-failed', cause: { code: 'timeout' } }]);
  });

  it('costs a save its timeout; the save goes on and close waits for it', async () => {
    let saved: (winners: object) => void = () => undefined;
    const client = createShopClient({
      profiles: { lookup: async () => null, assign: () => new Promise((resolve) => (saved = resolve as never)) },
      profileTimeoutMs: 50,
    });
    const deciding = client.createUserContext('ada', bucketed(TO_LEFT)).decideAsync('split', ['INCLUDE_REASONS']);
    await vi.advanceTimersByTimeAsync(50);
    const decision = await deciding;
    expect(decision.variationKey).toBe('left');
    expect(decision.reasons[0]).toContain('did not finish within 50 ms');
    let closed = false;
    const closing = client.close().then(() => (closed = true));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(closed).toBe(false);
    saved({ '102': '1021' });
    await closing;
  });

  it('is closed in time even if it never answers', async () => {
    const client = createShopClient({
      profiles: { lookup: async () => null, save: never, flush: never, close: never },
      profileTimeoutMs: 50,
    });
    const deciding = client.createUserContext('ada').decideAsync('split');
    await vi.advanceTimersByTimeAsync(50);
    await deciding;
    const closing = client.close({ timeoutMs: 1_000 });
    await vi.advanceTimersByTimeAsync(1_200);
    expect(await closing).toEqual({ delivered: 0, dropped: 0, pending: 0 });
  });

  it.each<[string, object, number, readonly string[]]>([
    ['its close', { close: never }, 4_950, ['Closing the profile store did not finish within 4950 ms.']],
    ['nothing, but its close takes 4 s', { close: () => after(4_000) }, 4_000, []],
    ['its flush', { flush: never }, 4_850, ['Flushing the profile store did not finish within 4850 ms.']],
    ['a save', { save: never }, 4_850, ['Flushing the profile store did not finish within 4850 ms.']],
    [
      'its flush, and its close takes 90 ms',
      { flush: never, close: () => after(90) },
      4_940,
      ['Flushing the profile store did not finish within 4850 ms.'],
    ],
    [
      'its close, and its flush takes 2 s',
      { flush: () => after(2_000), close: never },
      4_950,
      ['Closing the profile store did not finish within 2950 ms.'],
    ],
    ['both', { flush: never, close: never }, 4_950, ['Flushing the profile store did not finish within 4850 ms.']],
    ['its close, and its flush fails', { flush: () => raise(new Error('flush')), close: never }, 4_950, ['flush']],
    ['nothing, but both fail', { flush: () => raise(new Error('flush')), close: () => raise(boom) }, 0, ['flush']],
  ])('in %s is closed by the client in its time, and told once', async (_what, methods, expectedMs, causes) => {
    const close = vi.fn();
    const profiles = { lookup: () => null, save: () => undefined, close, ...methods };
    const client = createShopClient({ profiles, profileTimeoutMs: 50 });
    const problems: Problem[] = [];
    client.on('problem', (problem) => void (problem.code === 'delivery-incomplete' && problems.push(problem)));
    client.createUserContext('ada', bucketed(TO_LEFT)).decide('split');
    const before = Date.now();
    const closing = client.close().then(() => Date.now() - before);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(await closing).toBe(expectedMs);
    expect(problems.map(({ part }) => part)).toEqual(causes.map(() => 'profiles'));
    expect(problems.map(({ cause }) => (cause as Error).message)).toEqual(causes);
    if (profiles.close === close) expect(close).toHaveBeenCalledOnce();
  });

  it('is given no more saves once ten thousand are unanswered', async () => {
    const assign = vi.fn(never);
    const client = createShopClient({ profiles: { assign }, profileTimeoutMs: 10 });
    for (let index = 0; index < 10_050; index += 1) client.createUserContext(`user-${index}`).decide('split');
    expect(assign).toHaveBeenCalledTimes(10_000);
    expect(client.stats().problems['profile-save-failed']).toBe(50);
    await vi.advanceTimersByTimeAsync(1);
  });

  it('does not block a user for ever when a classic save never ends', async () => {
    const save = vi.fn(never);
    const client = createShopClient({ profiles: { lookup: async () => null, save }, profileTimeoutMs: 50 });
    const decide = async (flagKey: string): Promise<void> => {
      const deciding = client.createUserContext('ada').decideAsync(flagKey);
      await vi.advanceTimersByTimeAsync(50);
      await deciding;
    };
    await decide('split');
    await decide('checkout');
    expect(save).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(30_000);
    await decide('split');
    expect(save).toHaveBeenCalledTimes(2);
    expect(save.mock.lastCall).toMatchObject([{ experiment_bucket_map: { '101': {}, '102': {} } }]);
  });
});

it('[UPS-01] a store that is asynchronous behind a synchronous face is found out at the first lookup', async () => {
  const store = createDocumentStore([profileOf('ada', { '102': '1022' })]);
  const { user, problems } = clientOver(store);
  expect(user.decide('split').variationKey).toBe('left');
  const second = user.decide('split', ['INCLUDE_REASONS']);
  expect(second.variationKey).toBe('left');
  expect(second.reasons[0]).toContain('was not loaded; decided without it');
  expect(store.calls).toEqual(['lookup']);
  expect(problems.map(({ code }) => code)).toEqual(['profile-not-loaded']);
  expect((await user.decideAsync('split')).variationKey).toBe('right');
  expect(TO_RIGHT).not.toBe(TO_LEFT);
});
