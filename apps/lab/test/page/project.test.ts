import { createShopDatafile } from '@sortition/emulator/shop-datafile';
import { describe, expect, it } from 'vitest';
import { buildProject } from '../../src/page/lab/project.ts';
import type { WireDatafile } from '../../src/page/lab/wire-datafile.ts';
import { attributeFields, knownSegments, readAttributes } from '../../src/page/users/explored-user.ts';

const shop = buildProject(createShopDatafile('http://127.0.0.1:4010') as unknown as WireDatafile);
const rulesOf = (flagKey: string) => shop.flags.find(({ key }) => key === flagKey)?.rules ?? [];

describe('the project of the sample shop', () => {
  it('lists the rules of a flag in the order they are tried', () => {
    expect(rulesOf('checkout').map(({ kind, key }) => `${kind} ${key}`)).toEqual([
      'holdout holdout_this_quarter',
      'experiment checkout_redesign',
      'delivery checkout_everyone',
    ]);
  });

  it('tells bandits from other experiments', () => {
    expect(rulesOf('promotion').map(({ kind }) => kind)).toContain('bandit');
  });

  it('knows the turn of an experiment in a group', () => {
    expect(rulesOf('search_ranking').at(-1)?.group).toMatchObject({ start: 5_000, end: 10_000 });
  });

  it('knows which rules use an audience', () => {
    const members = shop.audiences.find(({ name }) => name === 'Members');
    expect(members?.usedBy).toEqual(['checkout_redesign']);
  });
});

describe('the fields of a user', () => {
  const fields = attributeFields(shop);

  it('ask for what conditions compare with', () => {
    expect(fields.find(({ key }) => key === 'cart_total')).toMatchObject({ type: 'number', suggestions: ['50'] });
    expect(fields.find(({ key }) => key === 'plan')).toMatchObject({ type: 'text', suggestions: ['member', 'gold'] });
    expect(knownSegments(shop)).toContain('vip');
  });

  it('become attributes of that type, empty ones become none', () => {
    expect(readAttributes({ plan: '1', cart_total: '50.5', country: '' }, fields)).toEqual({
      plan: '1',
      cart_total: 50.5,
    });
  });
});

describe('odd datafiles', () => {
  const base = { revision: '1', featureFlags: [], experiments: [], rollouts: [], attributes: [], events: [] };

  it('prefers typed audiences and reads conditions that are text', () => {
    const project = buildProject({
      ...base,
      audiences: [
        { id: '1', name: 'Old', conditions: '["or"]' },
        { id: '$opt_dummy_audience', name: 'Not one', conditions: '[]' },
        { id: '2', name: 'Broken', conditions: '["or"' },
      ],
      typedAudiences: [{ id: '1', name: 'New', conditions: ['or', '9'] }],
    });
    expect(project.audiences).toMatchObject([
      { name: 'New', conditions: ['or', '9'] },
      { name: 'Broken', conditions: '["or"' },
    ]);
  });

  it('leaves out rules that do not exist', () => {
    const project = buildProject({
      ...base,
      featureFlags: [{ id: '1', key: 'lonely', experimentIds: ['9'], rolloutId: '8', variables: [] }],
    });
    expect(project.flags).toEqual([{ key: 'lonely', variables: [], rules: [] }]);
  });
});
