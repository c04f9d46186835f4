/**
 * Contextual bandits as decisions see them: a prediction service outside chooses the variation, the core only says when
 * it needs an answer and uses it.
 */
import type { ProjectConfig, Rule } from './project-config.ts';
import type { AttributeValue, UserSnapshot } from './user.ts';

/** The service's answer for one rule, or `null` when it could not be had. */
export type CmabPrediction = { readonly variationId: string; readonly cmabUuid: string } | null;

/** Returns the attributes a bandit may see: attribute id to value; ids the datafile does not know are left out. */
export function cmabAttributes(
  config: ProjectConfig,
  user: UserSnapshot,
  rule: Rule,
): ReadonlyMap<string, AttributeValue> {
  const wanted = new Set(rule.cmab?.attributeIds);
  const attributes = new Map<string, AttributeValue>();
  for (const { id, key } of config.attributes.values()) {
    if (wanted.has(id) && Object.hasOwn(user.attributes, key)) attributes.set(id, user.attributes[key]);
  }
  return attributes;
}
