/** Reads holdouts. The section decides the scope: `holdouts` are for every flag, `localHoldouts` for the rules they name. */
import type { Rule, VariableUsage } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import type { JsonObject } from './read-json.ts';
import { isReadableRule, readRule, reportRule } from './read-rule.ts';
import { readEach, readSection, readStrings } from './read-section.ts';

const NO_VARIABLES: readonly VariableUsage[] = [];

/** Returns the holdouts of every flag, in the order of the datafile. */
export function readGlobalHoldouts(datafile: JsonObject, problems: ProblemList): readonly Rule[] {
  return readEach(readSection(datafile, 'holdouts', problems), (entity) => readHoldout(entity, problems));
}

/** Returns the holdouts of single rules by rule id. */
export function readLocalHoldouts(datafile: JsonObject, problems: ProblemList): ReadonlyMap<string, readonly Rule[]> {
  const byRule = new Map<string, Rule[]>();
  for (const entity of readSection(datafile, 'localHoldouts', problems)) {
    const { id, includedRules } = entity;
    if (!Array.isArray(includedRules) || includedRules.length === 0) {
      problems.at('Local holdout', id);
      problems.skip('includedRules', 'an array of rule ids', includedRules);
      continue;
    }
    const holdout = readHoldout(entity, problems);
    if (holdout === undefined) continue;
    for (const ruleId of readStrings(entity, 'includedRules', problems)) {
      const holdouts = byRule.get(ruleId);
      if (holdouts) holdouts.push(holdout);
      else byRule.set(ruleId, [holdout]);
    }
  }
  return byRule;
}

function readHoldout(entity: JsonObject, problems: ProblemList): Rule | undefined {
  if (!isReadableRule(entity)) return void reportRule(entity, 'Holdout', problems);
  const rule = readRule(entity, 'Holdout', undefined, problems);
  // Users in a holdout get the defaults of a flag, even if the holdout's variation has values.
  const variations = rule.variations.map((variation) => ({ ...variation, variables: NO_VARIABLES }));
  return { ...rule, variations, layerId: null, allowList: undefined, cmab: undefined };
}
