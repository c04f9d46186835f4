/** The customers the tour introduces. Whoever has another id may well get something else: the id is what is hashed. */
import type { Attributes } from 'sortition';
import type { ShopFlags } from './shop.ts';

/** A customer, and the flags that are worth a look for them. */
export interface NamedUser {
  readonly userId: string;
  readonly story: string;
  readonly attributes: Attributes;
  readonly flagKeys: readonly (keyof ShopFlags)[];
  /** What the data platform knows of them. */
  readonly segments?: readonly string[];
  /** What the application insists on, whatever the datafile says. */
  readonly forced?: { readonly flagKey: keyof ShopFlags; readonly variationKey: string };
}

export const NAMED_USERS: readonly NamedUser[] = [
  {
    userId: 'katherine',
    story: 'a gold member in Germany with a full cart: in the A/B/n test, and targeted by a delivery',
    attributes: { plan: 'gold', country: 'DE', cart_total: 80 },
    flagKeys: ['checkout', 'free_shipping'],
  },
  {
    userId: 'dennis',
    story: 'a guest with the newest app: not in the test, but among the first 20 % of a gradual delivery',
    attributes: { country: 'US', cart_total: 30, app_version: '3.2.1' },
    flagKeys: ['checkout', 'free_shipping'],
  },
  {
    userId: 'robin',
    story: 'in one of two experiments that exclude each other, and so not in the other',
    attributes: {},
    flagKeys: ['recommendations', 'search_ranking'],
  },
  {
    userId: 'audrey',
    story: 'a guest whom the data platform knows as a VIP',
    attributes: { country: 'US' },
    segments: ['vip'],
    flagKeys: ['vip_banner'],
  },
  {
    userId: 'joan',
    story: 'held out of everything this quarter, so that the sum of all changes can be measured',
    attributes: { plan: 'gold', country: 'FR', cart_total: 120 },
    flagKeys: ['checkout'],
  },
  {
    userId: 'grace',
    story: 'a tester: the application forces her variation, and one of the experiments is paused',
    attributes: { plan: 'member' },
    flagKeys: ['checkout', 'gift_wrap'],
    forced: { flagKey: 'checkout', variationKey: 'express' },
  },
];
