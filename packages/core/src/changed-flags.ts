/** Changed flags: which flags may decide differently under another config. */
import { compiledConfig, deliveriesOf, experimentsOf, findVariation } from './compiled-config.ts';
import type { ExclusionGroup, Flag, JsonValue, ProjectConfig, Rule } from './project-config.ts';

/**
 * Returns the keys of flags that were added, removed, or depend on something that differs between two configs: their
 * variables, rules, splits, allow-lists, audiences, exclusion groups or holdouts.
 *
 * Linear in the size of the configs. A listed flag may still give every user the same decision. A flag that is not
 * listed gives the same decisions, except to users with a stored variation of another rule.
 */
export function changedFlags(previous: ProjectConfig, next: ProjectConfig): readonly string[] {
  if (previous === next) return [];
  const before = describeFlags(previous);
  const after = describeFlags(next);
  const keys = new Set([...previous.flags.keys(), ...next.flags.keys()]);
  return [...keys].filter((key) => {
    try {
      return before(key) !== after(key);
    } catch {
      return true; // conditions that are nested too deeply to be compared as text
    }
  });
}

/** Returns a function from flag key to a text of everything the flag depends on; `undefined` for a flag that does not exist. */
function describeFlags(config: ProjectConfig): (flagKey: string) => string | undefined {
  const ruleTexts = new Map<Rule, string>();
  const compiled = compiledConfig(config);
  const describeRule = (rule: Rule): string => {
    const known = ruleTexts.get(rule);
    if (known !== undefined) return known;
    const text = JSON.stringify({
      ...rule,
      allowList: rule.allowList && [...rule.allowList],
      found: namedVariations(rule).map((id) => findVariation(compiled, id)),
      audiences: audiencesOf(rule.audienceConditions).map((id) => config.audiences.get(id)?.conditions ?? null),
      group: groupOf(config, rule) ?? null,
      holdouts: (config.localHoldouts.get(rule.id) ?? []).map(describeRule),
    });
    ruleTexts.set(rule, text);
    return text;
  };
  const globalHoldouts = config.globalHoldouts.map(describeRule).join();
  const describe = (flag: Flag): string => {
    const rules = [...experimentsOf(config, flag), ...deliveriesOf(config, flag)];
    return [JSON.stringify(flag), ...rules.map(describeRule), globalHoldouts].join('\n');
  };
  return (flagKey) => {
    const flag = config.flags.get(flagKey);
    return flag && describe(flag);
  };
}

/**
 * Ids that a rule serves. Variations are found by id in the whole project, so the served one may belong to another
 * flag.
 */
function namedVariations({ trafficRanges, variations }: Rule): readonly string[] {
  return [...new Set([...trafficRanges.map(({ entityId }) => entityId), ...variations.map(({ id }) => id)])];
}

function groupOf({ groups }: ProjectConfig, { groupId }: Rule): ExclusionGroup | undefined {
  return groupId === undefined ? undefined : groups.get(groupId);
}

/** Every text and number in the conditions of a rule that may be an audience id; operators among them do no harm. */
function audiencesOf(conditions: JsonValue | undefined): readonly string[] {
  const ids: string[] = [];
  const open: (JsonValue | undefined)[] = [conditions];
  while (open.length > 0) {
    const value = open.pop();
    if (Array.isArray(value)) for (const part of value as readonly JsonValue[]) open.push(part);
    else if (typeof value !== 'object') ids.push(String(value));
  }
  return ids;
}
