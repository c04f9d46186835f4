import { describe, expect, it } from 'vitest';
import { createMemoryProfileStore, formatExplanation } from '../src/index.ts';
import { createRecordingSink, createRecordingStore, createShopClient } from './recording.ts';
import { shopDatafile } from './shop-datafile.ts';

describe('explain', () => {
  it('comes to the same outcome as decide, for every flag and user', () => {
    const client = createShopClient();
    for (let index = 0; index < 50; index += 1) {
      const user = client.createUserContext(`user-${index}`, index % 2 === 0 ? { plan: 'pro' } : {});
      if (index % 5 === 0) user.setForcedDecision({ flagKey: 'split' }, { variationKey: 'left' });
      for (const flagKey of ['checkout', 'split', 'banner', 'nothing', 'unknown']) {
        const { variationKey, ruleKey, enabled, variables } = user.decide(flagKey);
        expect(user.explain(flagKey)).toMatchObject({ flagKey, variationKey, ruleKey, enabled, variables });
      }
    }
  });

  it('has the steps of the reasons, with the bucket on its traffic line', () => {
    const { steps, revision, userId } = createShopClient().createUserContext('ada').explain('split');
    expect({ revision, userId }).toEqual({ revision: '42', userId: 'ada' });
    expect(steps.map(({ code }) => code)).toEqual([
      'audiences-evaluating',
      'audiences-evaluated',
      'bucket-assigned',
      'experiment-variation',
    ]);
    expect(steps[2]).toMatchObject({
      bucketingId: 'ada',
      bucket: 5231,
      traffic: [
        { start: 0, end: 5_000, variationKey: 'left' },
        { start: 5_000, end: 10_000, variationKey: 'right' },
      ],
    });
  });

  it('shows each condition with the expected and the actual value', () => {
    const user = createShopClient().createUserContext('ada', { plan: 'free' });
    expect(user.explain('banner').steps.find(({ code }) => code === 'audiences-evaluated')).toMatchObject({
      verdict: false,
      audiences: [
        {
          audienceId: '301',
          name: 'pro',
          verdict: false,
          conditions: [{ attribute: 'plan', match: 'exact', expected: 'pro', actual: 'free', verdict: false }],
        },
      ],
    });
    expect(formatExplanation(user.explain('banner'))).toContain('[ ] plan is "pro" ("free")');
  });

  it('records nothing, stores nothing, asks no store that might do I/O and is no decision', () => {
    const events = createRecordingSink();
    const profiles = createRecordingStore();
    const client = createShopClient({ events, profiles });
    const heard: unknown[] = [];
    client.on('decision', (event) => heard.push(event));
    client.createUserContext('ada').explain('checkout');
    expect(events.impressions).toEqual([]);
    expect(profiles).toMatchObject({ lookups: [], saves: [] });
    expect(heard).toEqual([]);
  });

  it('knows what a store in memory keeps', () => {
    const profiles = createMemoryProfileStore();
    profiles.save?.({ user_id: 'ada', experiment_bucket_map: { 102: { variation_id: '1021' } } });
    const user = createShopClient({ profiles }).createUserContext('ada');
    expect(user.explain('split')).toMatchObject({ variationKey: 'left', steps: [{ code: 'sticky' }] });
    expect(user.explain('split', ['IGNORE_USER_PROFILE_SERVICE']).variationKey).toBe('right');
  });

  it('says that there is no config, and no such flag', () => {
    const config = { current: () => null, subscribe: () => () => undefined };
    expect(createShopClient({ config }).createUserContext('ada').explain('checkout')).toMatchObject({
      status: 'not-ready',
      revision: null,
      variationKey: null,
      enabled: false,
    });
    expect(createShopClient().createUserContext('ada').explain('unknown').status).toBe('flag-not-found');
  });

  it('is plain JSON', () => {
    const explanation = createShopClient({}, shopDatafile()).createUserContext('ada').explain('split');
    expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
  });
});
