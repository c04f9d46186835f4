import { createShopDatafile } from '@sortition/emulator/shop-datafile';
import { type Attributes, type Client, createClient, createMemoryProfileStore, createStaticConfig } from 'sortition';
import { describe, expect, it } from 'vitest';
import { explainInWords, type Why } from '../src/why.ts';

const datafile = createShopDatafile('http://127.0.0.1:1');
const createShop = (): Client =>
  createClient({
    config: createStaticConfig({ datafile }),
    profiles: createMemoryProfileStore(),
    events: null,
  });

function explain(client: Client, userId: string, flagKey: string, attributes: Attributes = { plan: 'member' }): Why {
  const user = client.createUserContext(userId, attributes);
  return explainInWords(user.explain(flagKey), user.explain(flagKey, ['IGNORE_USER_PROFILE_SERVICE']));
}

/** The first of many visitors whose explanation fits. */
function findWhy(flagKey: string, fits: (why: Why) => boolean): Why {
  const client = createShop();
  for (let index = 0; index < 2_000; index += 1) {
    const why = explain(client, `visitor-${index}`, flagKey);
    if (fits(why)) return why;
  }
  throw new Error('none of 2,000 visitors fits');
}

describe('an explanation in words', () => {
  it('says which experiment drew a variation, and where the bucket lies', () => {
    const why = findWhy('checkout', ({ served }) => served === 'express');
    expect(why.reason).toBe('The experiment checkout_redesign drew this for you.');
    const span = why.traffic?.spans.find(({ variationKey }) => variationKey === 'express');
    expect(span).toMatchObject({ start: 8_000, end: 10_000 });
    expect(why.traffic?.bucket).toBeGreaterThanOrEqual(8_000);
    expect(why.steps).toContain('rule "checkout_redesign"');
  });

  it.each([
    ['checkout', 'You are in the holdout holdout_this_quarter: no experiment reaches you.'],
    ['free_shipping', 'The delivery free_shipping_everyone is meant for you.'],
    ['recommendations', 'You are in another experiment, which excludes this one, so the shop shows its defaults.'],
    ['vip_banner', 'No rule is meant for you, so the shop shows its defaults.'],
    ['nonsense', 'The datafile has no such flag, so the shop shows its defaults.'],
  ])('knows every way a flag can go: %s', (flagKey, reason) => {
    expect(findWhy(flagKey, (why) => why.reason === reason).reason).toBe(reason);
  });

  it('names a tester', () => {
    expect(explain(createShop(), 'qa-robot', 'checkout').reason).toBe(
      'The experiment checkout_redesign names you as a tester.',
    );
  });

  it('says that a variation is kept, and what a newcomer would get instead', () => {
    const client = createShop();
    const decided = client.createUserContext('katherine', { plan: 'member' }).decide('checkout');
    expect(decided.ruleKey).toBe('checkout_redesign');
    const kept = 'You were given this by the experiment checkout_redesign and keep it.';
    expect(explain(client, 'katherine', 'checkout').reason).toBe(kept);
    // No member any more: only who has been one is still in the experiment.
    const guest = explain(client, 'katherine', 'checkout', {});
    expect(guest.served).toBe(decided.variationKey);
    expect(guest.reason).toBe(`${kept} A newcomer in your place would get classic today.`);
    expect(guest.traffic).toBeNull();
  });
});
