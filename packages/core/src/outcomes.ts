/**
 * Building outcomes. What a flag answers depends on rule, variation and source only, so each answer is built once per
 * config and shared by every decision that comes to it.
 */
import type { CompiledFlag } from './compiled-config.ts';
import type { DecisionBasis, DecisionOutcome, DecisionSource, DecisionStatus } from './decision-outcome.ts';
import type { Rule, Variation } from './project-config.ts';
import { buildServedVariation, NO_VARIABLES } from './variables.ts';

const NO_KEYS: readonly string[] = [];

/** Returns the shared outcome of a variation chosen by a rule; `null` and `null` when nothing matched. */
export function outcomeOf(
  flag: CompiledFlag,
  variation: Variation | null,
  rule: Rule | null,
  source: DecisionSource,
  basis: DecisionBasis,
): DecisionOutcome {
  let sibling: DecisionOutcome | undefined;
  for (const outcome of flag.outcomes) {
    if (outcome.variation !== variation) continue;
    if (outcome.rule === rule && outcome.source === source && outcome.basis === basis) return outcome;
    sibling = outcome;
  }
  const outcome: DecisionOutcome = sibling
    ? { ...sibling, rule, source, basis }
    : {
        status: 'decided',
        errorCode: null,
        flagKey: flag.flag.key,
        rule,
        variation,
        source,
        basis,
        ...buildServedVariation(flag.flag, variation),
        ...(flag.source === 'experiment' && { enabled: variation !== null }),
        assignment: null,
        cmabUuid: undefined,
      };
  flag.outcomes.push(outcome);
  return outcome;
}

/** Returns an outcome without a decision. */
export function undecided(
  status: Exclude<DecisionStatus, 'decided'>,
  flagKey: string,
  rule: Rule | null,
): DecisionOutcome {
  return {
    status,
    errorCode: status === 'cmab-needed' ? null : status,
    flagKey,
    rule,
    variation: null,
    source: 'rollout',
    basis: null,
    enabled: false,
    variables: NO_VARIABLES,
    invalidVariables: NO_KEYS,
    assignment: null,
    cmabUuid: undefined,
  };
}
