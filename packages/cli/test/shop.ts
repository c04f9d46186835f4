/** A small project whose parts the tests change. */
import { audience, buildDatafile, double, event, experiment, flag, rollout, variables } from '@sortition/authoring';

/** Builds the project; every part of a datafile that the tests look at is in it. */
export function buildShop(split: { classic: number; one_page: number } = { classic: 50, one_page: 50 }): ShopDatafile {
  const members = audience<'plan' | 'age'>('Members', (user) => user.plan.in('member', 'gold'));
  const { datafile } = buildDatafile([
    members,
    event('purchase'),
    flag('checkout', {
      variables: variables({ steps: 4, label: 'Place order', rate: double(1), express: false, layout: { columns: 1 } }),
      variations: { classic: {}, one_page: { steps: 1, layout: { columns: 2, order: ['card', 'invoice'] } } },
      rules: [experiment('redesign', { audience: members, split }), rollout({ serve: 'classic' })],
    }),
    flag('search', { variations: { on: {}, off: { enabled: false } }, rules: [rollout({ serve: 'on' })] }),
  ]);
  return structuredClone(datafile) as unknown as ShopDatafile;
}

/** A datafile that tests may change. */
export interface ShopDatafile {
  [section: string]: unknown;
  revision: string;
  featureFlags: Entity[];
  experiments: Entity[];
  rollouts: { id: string; experiments: Entity[] }[];
  typedAudiences: Entity[];
}

/** Any entity. */
export interface Entity {
  [field: string]: unknown;
  id: string;
}
