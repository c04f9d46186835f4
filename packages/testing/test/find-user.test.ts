import type { ProjectConfig } from '@sortition/core';
import { createClient, createStaticConfig } from 'sortition';
import { describe, expect, it } from 'vitest';
import { findUserIn } from '../src/index.ts';

const DATAFILE = {
  version: '4',
  revision: '1',
  experiments: [
    {
      id: '1',
      key: 'split',
      status: 'Running',
      layerId: '1',
      audienceIds: ['pro'],
      forcedVariations: { grace: 'only_by_list' },
      variations: ['common', 'rare', 'only_by_list'].map((key) => ({ id: key, key, featureEnabled: true })),
      trafficAllocation: [
        { entityId: 'common', endOfRange: 9_999 },
        { entityId: 'rare', endOfRange: 10_000 },
      ],
    },
  ],
  rollouts: [],
  featureFlags: [{ id: '1', key: 'flag', experimentIds: ['1'], rolloutId: '', variables: [] }],
  typedAudiences: [
    { id: 'pro', name: 'pro', conditions: { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'pro' } },
  ],
};

const source = createStaticConfig({ datafile: DATAFILE });
const config = source.current() as ProjectConfig;
const PRO = { plan: 'pro' };

describe('findUserIn', () => {
  it.each(['common', 'rare', 'only_by_list'])('finds a user whom a client puts in "%s"', (variationKey) => {
    const userId = findUserIn(config, 'flag', variationKey, PRO);
    expect(userId).toBeTypeOf('string');
    const client = createClient({ config: source, events: null, logger: false });
    const decision = client.createUserContext(userId ?? '', PRO).decide('flag');
    expect(decision.variationKey).toBe(variationKey);
  });

  it('finds the same user every time', () => {
    expect(findUserIn(config, 'flag', 'rare', PRO)).toBe(findUserIn(config, 'flag', 'rare', PRO));
  });

  it.each([
    ['the variation does not exist', 'flag', 'unknown', PRO],
    ['the flag does not exist', 'unknown', 'common', PRO],
    ['the flag is a key of every object', 'constructor', 'common', PRO],
    ['the attributes keep every user out', 'flag', 'common', {}],
    ['one bucketing id puts every user elsewhere', 'flag', 'rare', { ...PRO, $opt_bucketing_id: 'fixed' }],
  ])('answers null when %s', (_why, flagKey, variationKey, attributes) => {
    expect(findUserIn(config, flagKey, variationKey, attributes)).toBeNull();
  });
});
