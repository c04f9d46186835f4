/** The flags of a shop. `sortition build flags` makes a datafile of them. */
import { audience, event, experiment, flag, group, holdout, rollout, variables } from '@sortition/authoring';

export const members = audience<'plan'>('Members', (user) => user.plan.in('member', 'gold'));

export const inEurope = audience<'country'>('In Europe', (user) => user.country.in('AT', 'DE', 'FR', 'IT'));

export const checkout = flag('checkout', {
  variables: variables({ steps: 4, buttonLabel: 'Place order', layout: { columns: 1 } }),
  variations: {
    classic: {},
    one_page: { steps: 1, layout: { columns: 2 } },
    express: { steps: 2, buttonLabel: 'Buy now' },
  },
  rules: [
    experiment('checkout_redesign', { audience: members, split: { classic: 50, one_page: 30, express: 20 } }),
    rollout({ serve: 'classic' }),
  ],
  environments: { staging: [rollout({ serve: 'express' })] },
});

export const freeShipping = flag('free_shipping', {
  variables: variables({ minimum: 50 }),
  variations: { on: {}, cheap: { minimum: 20 }, off: { enabled: false } },
  rules: [
    rollout({ audience: ['and', members, inEurope], serve: 'cheap', key: 'members_in_europe' }),
    rollout({ audience: inEurope, serve: 'on', share: 40, key: 'europe_gradually' }),
    rollout({ serve: 'off', key: 'elsewhere' }),
  ],
});

export const search = flag('search', {
  variations: { keywords: {}, semantic: {} },
  rules: [experiment('search_ranking', { split: { keywords: 50, semantic: 50 } })],
});

export const ranking = group('ranking', { search_ranking: 60 });

export const thisQuarter = holdout('this_quarter', { share: 2 });

export const purchase = event('purchase');
