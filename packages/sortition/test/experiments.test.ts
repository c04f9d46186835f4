/** Experiments that belong to no flag, decided by their own key. */
import { describe, expect, it } from 'vitest';
import { createMemoryProfileStore, type DecisionEvent, formatExplanation } from '../src/index.ts';
import { createRecordingSink, createRecordingStore, createShopClient } from './recording.ts';
import { shopDatafile } from './shop-datafile.ts';

/** The shop without flags: what is left are its experiments. */
function createFlaglessClient(options: Parameters<typeof createShopClient>[0] = {}) {
  const events = createRecordingSink();
  const client = createShopClient({ events, ...options }, shopDatafile({ featureFlags: [], rollouts: [] }));
  return { client, events, user: client.createUserContext('ada', { plan: 'pro' }) };
}

describe('an experiment without a flag', () => {
  it('serves the variation that is forced for it, and no other experiment', () => {
    const { user } = createFlaglessClient();
    expect(user.decideExperiment('checkout_test').variationKey).toBe('one_page');
    const forced = user.clone();
    forced.setForcedDecision({ flagKey: '', ruleKey: 'checkout_test' }, { variationKey: 'classic' });
    expect(forced.decideExperiment('checkout_test').variationKey).toBe('classic');
    forced.setForcedDecision({ flagKey: '', ruleKey: 'checkout_test' }, { variationKey: 'none' });
    expect(forced.decideExperiment('checkout_test').variationKey).toBe('one_page');
    expect(user.decideExperiment('checkout_test').variationKey).toBe('one_page');
  });

  it('is forced where it is decided: of two experiments with one key the later', () => {
    const [first, ...others] = shopDatafile().experiments;
    const experiments = [{ ...first, id: '100' }, first, ...others];
    const client = createShopClient({ events: null }, shopDatafile({ featureFlags: [], rollouts: [], experiments }));
    const user = client.createUserContext('ada', { plan: 'pro' });
    user.setForcedDecision({ flagKey: '', ruleKey: 'checkout_test' }, { variationKey: 'classic' });
    expect(user.decideExperiment('checkout_test').variationKey).toBe('classic');
  });

  it('is decided by its key, and recorded as activate does', () => {
    const { user, events, client } = createFlaglessClient();
    const heard: DecisionEvent[] = [];
    client.on('decision', (event) => heard.push(event));
    expect(user.decideAll()).toEqual({});
    const decision = user.decideExperiment('checkout_test');
    expect(decision).toMatchObject({
      variationKey: 'one_page',
      enabled: true,
      ruleKey: 'checkout_test',
      flagKey: '',
      variables: {},
      reasons: [],
    });
    expect(events.impressions).toMatchObject([
      {
        type: 'impression',
        flagKey: '',
        ruleKey: 'checkout_test',
        ruleType: 'experiment',
        variationKey: 'one_page',
        experimentId: '101',
        variationId: '1011',
        enabled: true,
      },
    ]);
    expect(heard).toMatchObject([{ type: 'experiment', decisionInfo: { ruleKey: 'checkout_test' } }]);
  });

  it('is not recorded with DISABLE_DECISION_EVENT, as getVariation, until trackImpression', () => {
    const { user, events } = createFlaglessClient();
    const decision = user.decideExperiment('checkout_test', ['DISABLE_DECISION_EVENT']);
    expect(events.impressions).toEqual([]);
    user.trackImpression(decision);
    expect(events.impressions).toHaveLength(1);
  });

  it('is decided asynchronously, keeps its assignment, and says why', async () => {
    const profiles = createRecordingStore([
      { user_id: 'ada', experiment_bucket_map: { '102': { variation_id: '1022' } } },
    ]);
    const { user } = createFlaglessClient({ profiles });
    expect((await user.decideExperimentAsync('split_test')).variationKey).toBe('right');
    expect(user.decideExperiment('split_test', ['INCLUDE_REASONS']).reasons.join()).toContain('from user profile');
    user.decideExperiment('checkout_test');
    expect(profiles.saves.at(-1)?.experiment_bucket_map['101']).toEqual({ variation_id: '1011' });
  });

  it('that the datafile does not have is an error decision without an impression', () => {
    const { user, events } = createFlaglessClient({ profiles: createMemoryProfileStore() });
    const decision = user.decideExperiment('checkout');
    expect(decision).toMatchObject({ variationKey: null, enabled: false, ruleKey: null, flagKey: '' });
    expect(decision.reasons).toEqual(['Experiment key checkout is not in datafile.']);
    expect(events.impressions).toEqual([]);
  });

  it('is explained without consequences', () => {
    const { user, events, client } = createFlaglessClient();
    const explanation = user.explainExperiment('checkout_test');
    expect(explanation).toMatchObject({ ruleKey: 'checkout_test', variationKey: 'one_page', source: 'experiment' });
    expect(formatExplanation(explanation)).toContain('checkout_test');
    expect([events.impressions.length, client.stats().decisions]).toEqual([0, 0]);
  });
});
