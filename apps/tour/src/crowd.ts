/** A crowd of made-up customers, the same on every run, and what they get. */
import { createRandom, pickCustomer } from '@sortition/emulator/shop-customers';
import { type Client, DecideOption } from 'sortition';
import type { ShopFlags } from './shop.ts';

/** What a crowd got. */
export interface CrowdCounts {
  readonly users: number;
  readonly decisions: number;
  /** Spent on deciding; delivery not included. */
  readonly seconds: number;
  /** Rule key to variation key to number of users. */
  readonly byRule: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Users in both experiments of the exclusion group; there must not be any. */
  readonly inBothOfGroup: number;
}

/** Told how far a count has come. */
export interface Progress {
  advance(users: number): void;
  finish(): void;
}

/** Who of the crowd reports: all of it would be half a million events, and the tour is to be short. */
export const REPORTING = { every: 50, ordinal: '50th' };

/** A customer with more in the cart buys. */
const PURCHASE_ABOVE = 100;

/** Users between two steps of the progress bar; their events are delivered before the next step. */
const STEP = 2_500;

/** Decides every flag for `users` customers. */
export async function countDecisions(shop: Client<ShopFlags>, users: number, progress: Progress): Promise<CrowdCounts> {
  const byRule = new Map<string, Map<string, number>>();
  const random = createRandom(7);
  let decisions = 0;
  let inBothOfGroup = 0;
  let seconds = 0;
  let startedAt = performance.now();
  for (let index = 0; index < users; index += 1) {
    const customer = pickCustomer(random);
    const user = shop.createUserContext(`customer-${index}`, { ...customer });
    const reports = index % REPORTING.every === 0;
    const all = user.decideAll(reports ? [] : [DecideOption.DISABLE_DECISION_EVENT]);
    if (reports && customer.cart_total > PURCHASE_ABOVE) {
      user.trackEvent('purchase', { revenue: Math.round(100 * customer.cart_total) });
    }
    const rules = new Set<string>();
    for (const decision of Object.values(all)) {
      decisions += 1;
      if (decision?.ruleKey == null || decision.variationKey === null || rules.has(decision.ruleKey)) continue;
      rules.add(decision.ruleKey);
      count(byRule, decision.ruleKey, decision.variationKey);
    }
    if (rules.has('recommendation_engine') && rules.has('ranking_model')) inBothOfGroup += 1;
    if ((index + 1) % STEP === 0) {
      seconds += (performance.now() - startedAt) / 1_000;
      progress.advance(STEP);
      await shop.flush();
      startedAt = performance.now();
    }
  }
  progress.finish();
  return { users, decisions, seconds, byRule, inBothOfGroup };
}

/** A user counts once per rule: a holdout answers for every flag. */
function count(byRule: Map<string, Map<string, number>>, ruleKey: string, variationKey: string): void {
  const byVariation = byRule.get(ruleKey) ?? new Map<string, number>();
  byVariation.set(variationKey, (byVariation.get(variationKey) ?? 0) + 1);
  byRule.set(ruleKey, byVariation);
}
