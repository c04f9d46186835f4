/** What the flags must come to; `sortition build flags` tries it before it writes anything. */
import { expectEveryBranch, expectSplit, expectVariation } from '@sortition/authoring';
import { checkout, freeShipping, inEurope, members } from './shop.flags.ts';

const gold = { attributes: { plan: 'gold' } };

export const guestsPayAsBefore = expectVariation(checkout, 'classic', { userId: 'ada' });

export const membersInEuropePayLessForShipping = expectVariation(freeShipping, 'cheap', {
  userId: 'ada',
  attributes: { plan: 'member', country: 'DE' },
});

export const checkoutIsSplit = expectSplit(checkout, 'checkout_redesign', { user: gold });

export const everyMemberIsMeant = expectEveryBranch(members, [gold, { attributes: { plan: 'member' } }, {}]);

export const everyCountryIsMeant = expectEveryBranch(
  inEurope,
  ['AT', 'DE', 'FR', 'IT', 'US'].map((country) => ({ attributes: { country } })),
);
