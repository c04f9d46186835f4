/** Reports references to entities a datafile does not have. What refers to nothing is passed over by decisions. */
import type { EventDefinition, Flag, JsonValue, ProjectConfig, Rule } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import { eachInPieces, type Steps } from './steps.ts';

/** Checks every reference of a config once. */
export function* reportDanglingReferences(config: ProjectConfig, problems: ProblemList): Steps<void> {
  const hasVariation = variationLookup(config);
  const check = (rule: Rule): void => {
    reportAudiences(config, rule, problems);
    reportRanges(rule, hasVariation, problems);
  };
  yield* eachInPieces(config.rules.values(), check);
  config.globalHoldouts.forEach(check);
  for (const [ruleId, holdouts] of config.localHoldouts) {
    holdouts.forEach(check);
    if (!config.rules.has(ruleId)) dangling(problems, `Local holdout "${holdouts[0]?.key}"`, 'rule', ruleId);
  }
  yield* eachInPieces(config.flags.values(), (flag) => reportFlag(config, flag, problems));
  for (const group of config.groups.values()) {
    for (const { entityId } of group.trafficRanges) {
      if (entityId !== '' && !config.rules.has(entityId))
        dangling(problems, `Group "${group.id}"`, 'experiment', entityId);
    }
  }
  for (const event of config.events.values()) reportEvent(config, event, problems);
}

function reportFlag(config: ProjectConfig, flag: Flag, problems: ProblemList): void {
  for (const id of flag.experimentIds)
    if (!config.rules.has(id)) dangling(problems, `Flag "${flag.key}"`, 'experiment', id);
  if (flag.rolloutId !== '' && !config.rollouts.has(flag.rolloutId))
    dangling(problems, `Flag "${flag.key}"`, 'rollout', flag.rolloutId);
}

function reportEvent(config: ProjectConfig, event: EventDefinition, problems: ProblemList): void {
  for (const id of event.experimentIds)
    if (!config.rules.has(id)) dangling(problems, `Event "${event.key}"`, 'experiment', id);
}

/** Iterative, so that no nesting overflows the stack; most conditions are one list, for which nothing is kept waiting. */
function reportAudiences(config: ProjectConfig, rule: Rule, problems: ProblemList): void {
  let waiting: (readonly JsonValue[])[] | undefined;
  let list = asList(rule.audienceConditions);
  while (list !== undefined) {
    for (const node of list) {
      if (Array.isArray(node)) {
        waiting ??= [];
        waiting.push(node);
      } else if (typeof node === 'string' && !isOperator(node) && !config.audiences.has(node)) {
        dangling(problems, `Rule "${rule.id}"`, 'audience', node);
      }
    }
    list = waiting?.pop();
  }
}

function asList(conditions: JsonValue | undefined): readonly JsonValue[] | undefined {
  if (Array.isArray(conditions)) return conditions;
  return typeof conditions === 'string' ? [conditions] : undefined;
}

function isOperator(word: string): boolean {
  return word === 'and' || word === 'or' || word === 'not';
}

function reportRanges(rule: Rule, hasVariation: (id: string) => boolean, problems: ProblemList): void {
  for (const { entityId } of rule.trafficRanges) {
    if (entityId === '' || isOwnVariation(rule, entityId) || hasVariation(entityId)) continue;
    dangling(problems, `Rule "${rule.id}"`, 'variation', entityId);
  }
}

function isOwnVariation({ variations }: Rule, id: string): boolean {
  for (const variation of variations) if (variation.id === id) return true;
  return false;
}

/** The index over all rules is built only when a rule names a variation that is not its own. */
function variationLookup(config: ProjectConfig): (id: string) => boolean {
  let known: Set<string> | undefined;
  return (id) => {
    known ??= new Set(
      [...config.rules.values(), ...config.globalHoldouts].flatMap((rule) =>
        rule.variations.map((variation) => variation.id),
      ),
    );
    return known.has(id);
  };
}

function dangling(problems: ProblemList, from: string, what: string, id: string): void {
  problems.add(
    'dangling-reference',
    `${from} refers to the ${what} "${id}", which the datafile does not have; the reference is ignored.`,
  );
}
