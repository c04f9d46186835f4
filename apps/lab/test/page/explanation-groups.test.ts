import { createShopDatafile } from '@sortition/emulator/shop-datafile';
import { createClient, createStaticConfig } from 'sortition';
import { describe, expect, it } from 'vitest';
import { groupSteps } from '../../src/page/users/explanation-groups.ts';

const client = createClient({
  config: createStaticConfig({ datafile: createShopDatafile('http://127.0.0.1:4010') }),
  events: null,
});
const groupsOf = (flagKey: string, attributes: object) =>
  groupSteps(client.createUserContext('katherine', attributes).explain(flagKey));

describe('the steps of an explanation', () => {
  it('are gathered by rule, up to the one that served', () => {
    const groups = groupsOf('checkout', { plan: 'gold' });
    expect(groups.map(({ ruleKey, outcome }) => [ruleKey, outcome])).toEqual([
      ['holdout_this_quarter', 'passed'],
      ['checkout_redesign', 'served'],
    ]);
    expect(groups[1]?.steps.map(({ code }) => code)).toEqual([
      'audiences-evaluated',
      'bucket-assigned',
      'experiment-variation',
    ]);
  });

  it('pass over rules whose audience the user is not in', () => {
    expect(groupsOf('checkout', {}).map(({ ruleKey, outcome }) => [ruleKey, outcome])).toEqual([
      ['holdout_this_quarter', 'passed'],
      ['checkout_redesign', 'passed'],
      ['checkout_everyone', 'served'],
    ]);
  });

  it('speak of the flag where no rule is meant', () => {
    expect(groupsOf('no-such-flag', {})).toMatchObject([{ ruleKey: null, outcome: 'passed' }]);
  });
});
