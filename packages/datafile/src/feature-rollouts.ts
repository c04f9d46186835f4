/**
 * Feature rollouts: a rule of type `fr` serves the "Everyone Else" variation of its flag to users outside its own
 * traffic, so that a user who met its audience does not fall through to the deliveries.
 */
import type { Flag, Rule, Variation } from '@sortition/core';

const ALL_TRAFFIC = 10_000;

/**
 * Appends the everyone-else variations of its flags to each feature rollout.
 *
 * Many flags may name the same rule, so variations are collected first and appended once; the work stays proportional
 * to the size of the datafile.
 *
 * @param rules The rules of type `fr`; they are changed, so they have to be new objects.
 */
export function completeFeatureRollouts(
  rules: readonly Rule[],
  flags: ReadonlyMap<string, Flag>,
  rollouts: ReadonlyMap<string, readonly Rule[]>,
): void {
  if (rules.length === 0) return;
  const featureRollouts = new Map(rules.map((rule) => [rule.id, rule]));
  const additions = new Map<Rule, { readonly first: Variation; readonly variations: Set<Variation> }>();
  for (const flag of flags.values()) {
    const everyoneElse = rollouts.get(flag.rolloutId)?.at(-1)?.variations[0];
    if (everyoneElse === undefined) continue;
    for (const id of flag.experimentIds) {
      const rule = featureRollouts.get(id);
      if (rule === undefined) continue;
      const added = additions.get(rule) ?? { first: everyoneElse, variations: new Set() };
      // Of two variations with the same key the last one is used, so a repeated variation moves to the end.
      added.variations.delete(everyoneElse);
      added.variations.add(everyoneElse);
      additions.set(rule, added);
    }
  }
  for (const [rule, { first, variations }] of additions) {
    Object.assign(rule, {
      variations: [...rule.variations, ...variations],
      // It gets all remaining traffic, so further variations from other flags would get none.
      trafficRanges: [...rule.trafficRanges, { entityId: first.id, endOfRange: ALL_TRAFFIC }],
    } satisfies Partial<Rule>);
  }
}
