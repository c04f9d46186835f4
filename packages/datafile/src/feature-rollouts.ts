/**
 * Feature rollouts: a rule of type `fr` serves the "Everyone Else" variation of its flag to users outside its own
 * traffic, so that nobody who met its audience falls through to the deliveries.
 */
import type { Flag, Rule } from '@sortition/core';

const ALL_TRAFFIC = 10_000;

/**
 * Appends the everyone-else variation to feature rollouts, once for each flag that has them.
 *
 * @param featureRollouts The rules of type `fr` by id; changed, which is for the one who builds a config only.
 */
export function completeFeatureRollouts(
  featureRollouts: ReadonlyMap<string, Rule>,
  flags: ReadonlyMap<string, Flag>,
  rollouts: ReadonlyMap<string, readonly Rule[]>,
): void {
  if (featureRollouts.size === 0) return;
  for (const flag of flags.values()) {
    const everyoneElse = rollouts.get(flag.rolloutId)?.at(-1)?.variations[0];
    if (everyoneElse === undefined) continue;
    for (const id of flag.experimentIds) {
      const rule = featureRollouts.get(id);
      if (rule === undefined) continue;
      Object.assign(rule, {
        variations: [...rule.variations, everyoneElse],
        trafficRanges: [...rule.trafficRanges, { entityId: everyoneElse.id, endOfRange: ALL_TRAFFIC }],
      } satisfies Partial<Rule>);
    }
  }
}
