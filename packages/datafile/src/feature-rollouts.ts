/**
 * Feature rollouts: a rule of type `fr` serves the "Everyone Else" variation of its flag to users outside its own
 * traffic, so that nobody who met its audience falls through to the deliveries.
 */
import type { Flag, Rule } from '@sortition/core';

const ALL_TRAFFIC = 10_000;

/**
 * Returns the rules with the everyone-else variation appended to feature rollouts, once for each flag that has them.
 *
 * @param featureRollouts Ids of the rules of type `fr`.
 */
export function completeFeatureRollouts(
  rules: ReadonlyMap<string, Rule>,
  featureRollouts: ReadonlySet<string>,
  flags: readonly Flag[],
  rollouts: ReadonlyMap<string, readonly Rule[]>,
): ReadonlyMap<string, Rule> {
  if (featureRollouts.size === 0) return rules;
  const completed = new Map(rules);
  for (const flag of flags) {
    const everyoneElse = rollouts.get(flag.rolloutId)?.at(-1)?.variations[0];
    if (everyoneElse === undefined) continue;
    for (const id of flag.experimentIds) {
      const rule = completed.get(id);
      if (rule === undefined || !featureRollouts.has(id)) continue;
      completed.set(id, {
        ...rule,
        variations: [...rule.variations, everyoneElse],
        trafficRanges: [...rule.trafficRanges, { entityId: everyoneElse.id, endOfRange: ALL_TRAFFIC }],
      });
    }
  }
  return completed;
}
