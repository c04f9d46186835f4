/** A crowd of made-up customers, the same on every run, and what they get. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createRandom, pickCustomer } from '@sortition/lab-server/shop-customers';
import type { Client } from 'sortition';
import type { ShopFlags } from './shop.ts';

/** What a crowd got. */
export interface CrowdCounts {
  readonly users: number;
  readonly decisions: number;
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

/** Users between two steps of the progress bar, and between two turns of the event loop. */
const STEP = 2_500;

/** Decides every flag for `users` customers. */
export async function countDecisions(shop: Client<ShopFlags>, users: number, progress: Progress): Promise<CrowdCounts> {
  const byRule = new Map<string, Map<string, number>>();
  const random = createRandom(7);
  let decisions = 0;
  let inBothOfGroup = 0;
  const startedAt = performance.now();
  for (let index = 0; index < users; index += 1) {
    const user = shop.createUserContext(`customer-${index}`, pickCustomer(random));
    const all = user.decideAll();
    const rules = new Set<string>();
    for (const decision of Object.values(all)) {
      decisions += 1;
      if (decision?.ruleKey == null || decision.variationKey === null || rules.has(decision.ruleKey)) continue;
      rules.add(decision.ruleKey);
      count(byRule, decision.ruleKey, decision.variationKey);
    }
    if (rules.has('recommendation_engine') && rules.has('ranking_model')) inBothOfGroup += 1;
    if ((index + 1) % STEP === 0) {
      progress.advance(STEP);
      await nextTurn();
    }
  }
  progress.finish();
  return { users, decisions, seconds: (performance.now() - startedAt) / 1_000, byRule, inBothOfGroup };
}

/** A user counts once per rule: a holdout answers for every flag. */
function count(byRule: Map<string, Map<string, number>>, ruleKey: string, variationKey: string): void {
  const byVariation = byRule.get(ruleKey) ?? new Map<string, number>();
  byVariation.set(variationKey, (byVariation.get(variationKey) ?? 0) + 1);
  byRule.set(ruleKey, byVariation);
}
