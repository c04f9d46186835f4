import { describe, expect, it } from 'vitest';
import { isSdkError } from '../src/index.ts';
import { createShopClient } from './recording.ts';

const THROWS_AS_TEXT = {
  toString() {
    throw new Error('not as text');
  },
};

describe('createUserContext', () => {
  it.each([undefined, null, 7, true, {}, [], Symbol('id'), 'undefined'])('refuses %s as a user id', (userId) => {
    try {
      createShopClient().createUserContext(userId as never);
      expect.unreachable('the id was accepted');
    } catch (error) {
      expect(isSdkError(error) && error.code).toBe('invalid-user');
      expect(String(error)).toMatch(/needs a user id that is a string, got /);
    }
  });

  it.each(['', ' ', '__proto__', 'null', 'ü\ud800', 'x'.repeat(100_000)])(
    'accepts the text "%.20s" as a user id',
    (userId) => {
      const user = createShopClient().createUserContext(userId);
      expect(user.userId).toBe(userId);
      expect(user.decide('checkout').variationKey).toBe('one_page');
    },
  );

  it('keeps what attributes can be, and takes the rest as absent', () => {
    const attributes = {
      text: 'a',
      number: Number.NaN,
      boolean: false,
      nothing: null,
      absent: undefined,
      list: [1],
      record: {},
      call: () => 1,
      big: 1n,
      get trap(): string {
        throw new Error('not for reading');
      },
    };
    const user = createShopClient().createUserContext('ada', attributes as never);
    expect(user.attributes).toEqual({ text: 'a', number: Number.NaN, boolean: false, nothing: null });
  });

  it.each([
    null,
    undefined,
    'text',
    7,
    [['plan', 'pro']],
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no keys');
        },
      },
    ),
  ])('takes attributes that cannot be read as none: case %#', (attributes) => {
    expect(createShopClient().createUserContext('ada', attributes as never).attributes).toEqual({});
  });

  it('copies attributes on the way in and out', () => {
    const attributes = { plan: 'pro' };
    const user = createShopClient().createUserContext('ada', attributes as never);
    attributes.plan = 'free';
    (user.attributes as { plan: string }).plan = 'free';
    expect(user.decide('banner').variationKey).toBe('on');
  });

  it('has attributes of odd names as its own, and no others', () => {
    const attributes = JSON.parse('{"__proto__":"a","constructor":"b","hasOwnProperty":"c"}');
    const user = createShopClient().createUserContext('ada', attributes as never);
    expect(Object.keys(user.attributes).sort()).toEqual(['__proto__', 'constructor', 'hasOwnProperty']);
    expect(Object.getPrototypeOf(user.attributes)).toBe(Object.prototype);
    expect(JSON.stringify(user)).toBe(
      '{"userId":"ada","attributes":{"__proto__":"a","constructor":"b","hasOwnProperty":"c"}}',
    );
  });
});

describe('a user context', () => {
  it('sets an attribute, and removes it with undefined', () => {
    const user = createShopClient().createUserContext('ada');
    user.setAttribute('plan', 'pro');
    expect(user.decide('banner').variationKey).toBe('on');
    user.setAttribute('plan', undefined);
    expect(user.attributes).toEqual({});
    expect(user.decide('banner').variationKey).toBe('off');
  });

  it('is hashed by $opt_bucketing_id when it is a string', () => {
    const client = createShopClient();
    const keys = ['left', 'right'].map((variationKey) => {
      const found = Array.from({ length: 100 }, (_, index) => `user-${index}`).find(
        (userId) => client.createUserContext(userId).decide('split').variationKey === variationKey,
      );
      return found ?? '';
    });
    for (const id of keys) {
      const own = client.createUserContext(id).decide('split').variationKey;
      expect(client.createUserContext('somebody', { $opt_bucketing_id: id }).decide('split').variationKey).toBe(own);
    }
  });

  it('brings assignments of its own with $opt_experiment_bucket_map', () => {
    const map = { 102: { variation_id: '1022' }, broken: null };
    for (const variation_id of ['1021', '1022']) {
      const attributes = { $opt_experiment_bucket_map: { ...map, 102: { variation_id } } };
      const user = createShopClient().createUserContext('ada', attributes as never);
      expect(user.decide('split').variationKey).toBe(variation_id === '1021' ? 'left' : 'right');
      expect(user.decide('split', ['INCLUDE_REASONS']).reasons).toHaveLength(1);
      expect(user.attributes).toEqual({});
    }
  });

  it('clones into an independent copy', () => {
    const user = createShopClient().createUserContext('ada', { plan: 'pro' });
    user.setForcedDecision({ flagKey: 'split' }, { variationKey: 'left' });
    user.qualifiedSegments = ['vip'];
    const clone = user.clone();
    clone.setAttribute('plan', 'free');
    clone.setForcedDecision({ flagKey: 'split' }, { variationKey: 'right' });
    clone.qualifiedSegments = null;
    expect(user.attributes).toEqual({ plan: 'pro' });
    expect(user.getForcedDecision({ flagKey: 'split' })).toEqual({ variationKey: 'left' });
    expect(user.qualifiedSegments).toEqual(['vip']);
    expect(clone.decide('split').variationKey).toBe('right');
  });

  it('copies segments both ways; null means not fetched', () => {
    const user = createShopClient().createUserContext('ada');
    expect(user.qualifiedSegments).toBeNull();
    expect(user.isQualifiedFor('vip')).toBe(false);
    const segments = new Set(['vip']);
    user.qualifiedSegments = segments;
    segments.add('later');
    (user.qualifiedSegments as unknown as string[]).push('also later');
    expect(user.qualifiedSegments).toEqual(['vip']);
    expect(user.isQualifiedFor('vip')).toBe(true);
    expect(user.isQualifiedFor('later')).toBe(false);
    user.qualifiedSegments = null;
    expect(user.qualifiedSegments).toBeNull();
  });
});

describe('segments that are set', () => {
  function* failing() {
    yield 'vip';
    throw new Error('boom');
  }

  it.each([5, 'vip', true, {}, undefined, Symbol('vip'), failing()])(
    'are not fetched when they are no list: case %#',
    (segments) => {
      const user = createShopClient().createUserContext('ada');
      user.qualifiedSegments = ['before'];
      user.qualifiedSegments = segments as never;
      expect(user.qualifiedSegments).toBeNull();
      expect(user.isQualifiedFor('before')).toBe(false);
    },
  );

  it('are what is a text of any list', () => {
    const user = createShopClient().createUserContext('ada');
    user.qualifiedSegments = new Set(['vip', 5, null, {}, 'trial']) as never;
    expect(user.qualifiedSegments).toEqual(['vip', 'trial']);
  });
});

describe('forced decisions', () => {
  it('of a flag win over those of its rules', () => {
    const user = createShopClient().createUserContext('ada');
    const rule = { flagKey: 'split', ruleKey: 'split_test' };
    expect(user.setForcedDecision(rule, { variationKey: 'left' })).toBe(true);
    expect(user.decide('split')).toMatchObject({ variationKey: 'left', ruleKey: 'split_test' });
    user.setForcedDecision({ flagKey: 'split' }, { variationKey: 'right' });
    expect(user.decide('split')).toMatchObject({ variationKey: 'right', ruleKey: null });
    expect(user.removeForcedDecision({ flagKey: 'split', ruleKey: null })).toBe(true);
    expect(user.removeForcedDecision({ flagKey: 'split' })).toBe(false);
    expect(user.getForcedDecision({ flagKey: 'split' })).toBeNull();
    expect(user.decide('split')).toMatchObject({ variationKey: 'left', ruleKey: 'split_test' });
    expect(user.removeAllForcedDecisions()).toBe(true);
    expect(user.getForcedDecision(rule)).toBeNull();
  });

  it('for a variation the flag does not have leave a reason and change nothing', () => {
    const user = createShopClient().createUserContext('ada');
    const before = user.decide('checkout');
    user.setForcedDecision({ flagKey: 'checkout' }, { variationKey: 'unknown' });
    const decision = user.decide('checkout', ['INCLUDE_REASONS']);
    expect(decision.variationKey).toBe(before.variationKey);
    expect(decision.reasons[0]).toBe(
      'Invalid variation is mapped to flag (checkout) and user (ada) in the forced decision map.',
    );
  });

  it('[D6] of a decision are a copy of those of its user', () => {
    const user = createShopClient().createUserContext('ada');
    user.setForcedDecision({ flagKey: 'split', ruleKey: 'split_test' }, { variationKey: 'left' });
    const { userContext } = user.decide('split');
    userContext.setForcedDecision({ flagKey: 'split', ruleKey: 'split_test' }, { variationKey: 'right' });
    userContext.removeAllForcedDecisions();
    expect(user.decide('split').variationKey).toBe('left');
  });

  it.each(['__proto__', 'constructor', ''])('take "%s" as a flag key and as a rule key', (key) => {
    const user = createShopClient().createUserContext('ada');
    expect(user.getForcedDecision({ flagKey: key, ruleKey: key })).toBeNull();
    user.setForcedDecision({ flagKey: key, ruleKey: key }, { variationKey: key });
    expect(user.getForcedDecision({ flagKey: key, ruleKey: key })).toEqual({ variationKey: key });
    expect(user.getForcedDecision({ flagKey: key })).toBeNull();
    expect(user.removeForcedDecision({ flagKey: key, ruleKey: key })).toBe(true);
  });

  it.each([null, undefined, {}, { flagKey: 7 }])('refuse %j as a target without throwing', (target) => {
    const user = createShopClient().createUserContext('ada');
    expect(user.setForcedDecision(target as never, { variationKey: 'left' })).toBe(false);
    expect(user.setForcedDecision({ flagKey: 'split' }, target as never)).toBe(false);
    expect(user.getForcedDecision(target as never)).toBeNull();
    expect(user.removeForcedDecision(target as never)).toBe(false);
  });
});

describe('a decide call', () => {
  const hostileList = new Proxy(['checkout'], {
    get(target, key) {
      if (key === 'length' || key === '0') throw new Error('not for reading');
      return Reflect.get(target, key);
    },
  });

  it.each([undefined, null, 7, Symbol('key'), {}, [], THROWS_AS_TEXT])(
    'never throws on a flag key that is none: case %#',
    async (key) => {
      const user = createShopClient().createUserContext('ada');
      const flagKey = key as never;
      const error = {
        variationKey: null,
        enabled: false,
        reasons: [expect.stringMatching(/^No flag was found for key /)],
      };
      expect(user.decide(flagKey)).toMatchObject(error);
      expect(Object.values(user.decideForKeys([flagKey]))).toMatchObject([error]);
      expect(user.explain(flagKey).status).toBe('flag-not-found');
      expect(await user.decideAsync(flagKey)).toMatchObject(error);
      expect(Object.values(await user.decideForKeysAsync([flagKey]))).toMatchObject([error]);
    },
  );

  it('never throws on lists that cannot be read', () => {
    const user = createShopClient().createUserContext('ada');
    expect(user.decide('checkout', hostileList as never).enabled).toBe(true);
    expect(user.decideForKeys(hostileList)).toEqual({});
  });
});
