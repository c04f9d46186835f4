/** Predictions of the lab's bandits: no model, but steady ones, so that the same user in the same situation gets the same. */
import { computeBucket } from '@sortition/core';
import type { Predict } from '@sortition/emulator';
import { listExperiments, type ShopDatafile } from '@sortition/emulator/shop-datafile';

const BUCKETS = 10_000;

/** Deals the variations of a bandit's rule by user and attributes; a rule that is no bandit has no model. */
export function createPredict(current: () => ShopDatafile): Predict {
  return ({ ruleId, visitorId, attributes }) => {
    const rule = listExperiments(current()).find(({ id }) => id === ruleId);
    if (rule?.cmab === undefined) return undefined;
    const bucket = computeBucket(visitorId, JSON.stringify([ruleId, ...attributes]));
    return rule.variations[Math.floor((bucket * rule.variations.length) / BUCKETS)]?.id;
  };
}
