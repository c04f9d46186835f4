/** What the checkout experiment does to many visitors at once: the split, counted, not configured. */
import type { Client } from 'sortition';
import type { ShopFlags } from './shop-flags.ts';

/** A count of generated visitors, all of them members. */
export interface Split {
  readonly flagKey: 'checkout';
  readonly ruleKey: string;
  /** Of the datafile that decided; `null` when there is none yet. */
  readonly revision: string | null;
  readonly users: number;
  /** Visitors the experiment did not decide for: held out, or outside of its traffic. */
  readonly outside: number;
  /** Sorted by variation key; `share` is of those in the experiment, 0 to 1. */
  readonly variations: readonly { readonly variationKey: string; readonly users: number; readonly share: number }[];
}

export const MAX_SPLIT_USERS = 10_000;
const EXPERIMENT = 'checkout_redesign';
/** Neither counted as visitors nor remembered: the next split is drawn anew. */
const UNRECORDED = ['DISABLE_DECISION_EVENT', 'IGNORE_USER_PROFILE_SERVICE', 'EXCLUDE_VARIABLES'] as const;

/** Decides the checkout for `users` generated visitors; always the same ones. Variations that nobody got are there too. */
export function countSplit(client: Client<ShopFlags>, users: number): Split {
  const project = client.getProjectInfo();
  const variationKeys = Object.keys(project?.experiments[EXPERIMENT]?.variations ?? {});
  const counts = new Map(variationKeys.map((key) => [key, 0]));
  let inside = 0;
  for (let index = 0; index < users; index += 1) {
    const user = client.createUserContext(`split-${index}`, { plan: 'member' });
    const { ruleKey, variationKey } = user.decide('checkout', UNRECORDED);
    if (ruleKey !== EXPERIMENT || variationKey === null) continue;
    inside += 1;
    counts.set(variationKey, (counts.get(variationKey) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([left], [right]) => (left < right ? -1 : 1));
  return {
    flagKey: 'checkout',
    ruleKey: EXPERIMENT,
    revision: project?.revision ?? null,
    users,
    outside: users - inside,
    variations: sorted.map(([variationKey, count]) => ({
      variationKey,
      users: count,
      share: inside === 0 ? 0 : count / inside,
    })),
  };
}

/** Reads how many visitors are asked for; 1,000 unless given, `null` when that cannot be counted. */
export function readSplitUsers(text: string | undefined): number | null {
  if (text === undefined) return 1_000;
  const users = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  return users >= 1 && users <= MAX_SPLIT_USERS ? users : null;
}
