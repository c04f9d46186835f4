/**
 * Reports references to entities a datafile does not have. What refers to nothing is passed over by decisions.
 *
 * Rules and flags are looked at as they are read, while they are still at hand in the processor's cache.
 */
import { type Flag, type JsonValue, MAX_CONDITION_DEPTH, type ProjectConfig, type Rule } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';

/** Checks the references of one datafile. */
export interface ReferenceCheck {
  /** To be called for every experiment and delivery, when the audiences are read. */
  rule(rule: Rule): void;
  /** To be called for every flag, when rules and rollouts are read. */
  flag(flag: Flag): void;
  /** Checks everything else. */
  rest(config: ProjectConfig): void;
}

/** Creates the check of a datafile. What may be referred to is looked up when it is needed, so it may still be growing. */
export function createReferenceCheck(
  { audiences, rules, rollouts }: Pick<ProjectConfig, 'audiences' | 'rules' | 'rollouts'>,
  problems: ProblemList,
): ReferenceCheck {
  /** Rule id and variation id, where the variation is not one of the rule's own. */
  const foreign: (readonly [string, string])[] = [];

  const dangling = (from: string, name: string, what: string, id: string): void => {
    problems.add(
      'dangling-reference',
      `${from} "${name}" refers to the ${what} "${id}", which the datafile does not have; the reference is ignored.`,
    );
  };
  const checkExperiments = (from: string, name: string, ids: readonly string[]): void => {
    for (const id of ids) if (!rules.has(id)) dangling(from, name, 'experiment', id);
  };
  /** Conditions that are nested deeper match nobody, whatever they name. */
  const checkAudiences = (ruleId: string, node: JsonValue | undefined, depth: number): void => {
    if (typeof node === 'string') {
      if (!isOperator(node) && !audiences.has(node)) dangling('Rule', ruleId, 'audience', node);
    } else if (Array.isArray(node) && depth < MAX_CONDITION_DEPTH) {
      for (const child of node) checkAudiences(ruleId, child, depth + 1);
    }
  };
  const checkRule = (rule: Rule): void => {
    checkAudiences(rule.id, rule.audienceConditions, 0);
    for (const { entityId } of rule.trafficRanges)
      if (entityId !== '' && !isOwnVariation(rule, entityId)) foreign.push([rule.id, entityId]);
  };
  return {
    rule: checkRule,
    flag({ key, experimentIds, rolloutId }) {
      checkExperiments('Flag', key, experimentIds);
      if (rolloutId !== '' && !rollouts.has(rolloutId)) dangling('Flag', key, 'rollout', rolloutId);
    },
    rest({ groups, events, globalHoldouts, localHoldouts }) {
      globalHoldouts.forEach(checkRule);
      for (const [ruleId, holdouts] of localHoldouts) {
        holdouts.forEach(checkRule);
        if (!rules.has(ruleId)) dangling('Local holdout', String(holdouts[0]?.key), 'rule', ruleId);
      }
      for (const { id, trafficRanges } of groups.values()) {
        for (const { entityId } of trafficRanges) if (entityId !== '') checkExperiments('Group', id, [entityId]);
      }
      for (const { key, experimentIds } of events.values()) checkExperiments('Event', key, experimentIds);
      if (foreign.length === 0) return;
      const owners = [...rules.values(), ...globalHoldouts];
      const variations = new Set(owners.flatMap((rule) => rule.variations.map(({ id }) => id)));
      for (const [ruleId, id] of foreign) if (!variations.has(id)) dangling('Rule', ruleId, 'variation', id);
    },
  };
}

function isOperator(word: string): boolean {
  return word === 'and' || word === 'or' || word === 'not';
}

function isOwnVariation({ variations }: Rule, id: string): boolean {
  for (const variation of variations) if (variation.id === id) return true;
  return false;
}
