/** Flags of a sample shop, as code. */
import { audience, event, experiment, flag, group, holdout, rollout, variables } from '../src/index.ts';

export const members = audience<'plan'>('Members', (user) => user.plan.in('member', 'gold'));

export const checkout = flag('checkout', {
  variables: variables({ steps: 4, buttonLabel: 'Place order', layout: { columns: 1 } }),
  variations: {
    classic: {},
    one_page: { steps: 1 },
    express: { steps: 2, buttonLabel: 'Buy now' },
  },
  rules: [
    experiment('checkout_redesign', {
      audience: members,
      split: { classic: 50, one_page: 30, express: 20 },
      allow: { 'qa-robot': 'express' },
    }),
    rollout({ serve: 'classic' }),
  ],
});

export const search = flag('search', {
  variations: { on: {}, off: { enabled: false } },
  rules: [experiment('search_ranking', { split: { on: 50, off: 50 } })],
  environments: { staging: [rollout({ serve: 'on' })] },
});

export const recommendations = flag('recommendations', {
  variations: { on: {}, off: { enabled: false } },
  rules: [experiment('recommendation_engine', { split: { on: 50, off: 50 } })],
});

export const ranking = group('ranking', { search_ranking: 50, recommendation_engine: 50 });

export const heldOut = holdout('this_quarter', { share: 5 });

export const purchase = event('purchase');
