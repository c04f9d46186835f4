/**
 * Reports references to entities that a datafile does not have, and variations of a rule that share a key. Decisions ignore
 * such references.
 *
 * Rules and flags are checked as they are read, while they are still in the processor's cache.
 */
import type { Flag, JsonValue, ProjectConfig, Rule } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';

/**
 * Searching few variations is faster than building an index; searching many variations for many ranges would be
 * quadratic.
 */
const MAX_SEARCHED = 16;

/** The check of the references of one datafile. */
export interface ReferenceChecker {
  /** Call it for every experiment and delivery, after the audiences were read. */
  rule(rule: Rule): void;
  /** Call it for every flag, after rules and rollouts were read. */
  flag(flag: Flag): void;
  /** Checks everything else. */
  rest(config: ProjectConfig): void;
}

/** Creates the check of one datafile. The maps are read during the check, so they may be filled later. */
export type CreateReferenceCheck = (
  entities: Pick<ProjectConfig, 'audiences' | 'rules' | 'rollouts'>,
  problems: ProblemList,
) => ReferenceChecker;

export const createReferenceCheck: CreateReferenceCheck = ({ audiences, rules, rollouts }, problems) => {
  /** Rule id and variation id, if the variation does not belong to the rule. */
  const foreign: (readonly [string, string])[] = [];

  /** Ids of the variations of rules with many. */
  const idsOf = new Map<Rule, ReadonlySet<string>>();

  const isOwnVariation = (rule: Rule, id: string): boolean => {
    const { variations } = rule;
    if (variations.length <= MAX_SEARCHED) return variations.some((variation) => variation.id === id);
    const ids = idsOf.get(rule) ?? new Set(variations.map((variation) => variation.id));
    idsOf.set(rule, ids);
    return ids.has(id);
  };
  const dangling = (from: string, name: string, what: string, id: string): void => {
    problems.at(from, name);
    problems.add('dangling-reference', `refers to the ${what} %, which the datafile does not have; it is ignored.`, id);
  };
  const checkExperiments = (from: string, name: string, ids: readonly string[]): void => {
    for (const id of ids) if (!rules.has(id)) dangling(from, name, 'experiment', id);
  };
  /** Conditions that are nested too deeply have been replaced before. */
  const checkAudiences = (ruleId: string, node: JsonValue | undefined): void => {
    if (typeof node === 'string') {
      if (!isOperator(node) && !audiences.has(node)) dangling('Rule', ruleId, 'audience', node);
    } else if (Array.isArray(node)) {
      for (const child of node) checkAudiences(ruleId, child);
    }
  };
  const checkRule = (rule: Rule): void => {
    const { id, variations, trafficRanges, audienceConditions } = rule;
    reportDuplicateKeys(rule, problems);
    if (audienceConditions !== undefined) checkAudiences(id, audienceConditions);
    for (let index = 0; index < trafficRanges.length; index += 1) {
      const entityId = trafficRanges[index]?.entityId as string;
      // Nearly always each range names the variation at its own position; this runs for every range while a client is
      // created.
      if (entityId === variations[index]?.id || entityId === '') continue;
      if (!isOwnVariation(rule, entityId)) foreign.push([id, entityId]);
    }
  };
  return {
    rule: checkRule,
    flag({ key, experimentIds, rolloutId }) {
      checkExperiments('Flag', key, experimentIds);
      if (rolloutId !== '' && !rollouts.has(rolloutId)) dangling('Flag', key, 'rollout', rolloutId);
    },
    rest({ groups, events, globalHoldouts, localHoldouts }) {
      globalHoldouts.forEach(checkRule);
      for (const holdout of new Set([...localHoldouts.values()].flat())) checkRule(holdout);
      for (const [ruleId, holdouts] of localHoldouts) {
        if (!rules.has(ruleId)) dangling('Local holdout', String(holdouts[0]?.key), 'rule', ruleId);
      }
      for (const { id, trafficRanges } of groups.values()) {
        for (const { entityId } of trafficRanges) if (entityId !== '') checkExperiments('Group', id, [entityId]);
      }
      for (const { key, experimentIds } of events.values()) checkExperiments('Event', key, experimentIds);
      if (foreign.length === 0) return;
      const variations = new Set<string>();
      for (const owners of [rules.values(), globalHoldouts])
        for (const rule of owners) for (const { id } of rule.variations) variations.add(id);
      for (const [ruleId, id] of foreign) if (!variations.has(id)) dangling('Rule', ruleId, 'variation', id);
    },
  };
};

function reportDuplicateKeys({ id, variations }: Rule, problems: ProblemList): void {
  for (let index = 1; index < variations.length; index += 1) {
    const key = variations[index]?.key as string;
    // In a rule with very many variations, each is compared with only so many of those before it.
    for (let before = Math.max(0, index - MAX_SEARCHED); before < index; before += 1) {
      if (variations[before]?.key !== key) continue;
      problems.at('Rule', id);
      problems.add('duplicate-key', 'same-key', key);
    }
  }
}

function isOperator(word: string): boolean {
  return word === 'and' || word === 'or' || word === 'not';
}
