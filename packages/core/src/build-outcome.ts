/**
 * Outcomes of decisions. An outcome depends on flag, rule, variation, source and basis only, so each is built once per
 * config and shared by all decisions with that result.
 */
import {
  type CompiledConfig,
  type CompiledFlag,
  type CompiledRule,
  findFlagVariation,
  findOwnVariation,
} from './compiled-config.ts';
import type {
  Assignment,
  DecisionBasis,
  DecisionOutcome,
  DecisionSource,
  DecisionStatus,
  Unserved,
} from './decision-outcome.ts';
import type { Rule, Variation } from './project-config.ts';
import { buildServedVariation, NO_KEYS, NO_VARIABLES } from './variables.ts';

/**
 * The object that outcomes start from, so that all have one layout in memory; the fields that decisions read come
 * first.
 */
const UNDECIDED: DecisionOutcome = {
  status: 'decided',
  enabled: false,
  variables: NO_VARIABLES,
  variationKey: null,
  ruleKey: null,
  invalidVariables: NO_KEYS,
  source: 'rollout',
  flagKey: '',
  rule: null,
  variation: null,
  basis: null,
  errorCode: null,
  assignment: null,
  cmabUuid: undefined,
};

/** Returns the shared outcome of a variation chosen by a rule; both are `null` when nothing matched. */
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
  const outcome: DecisionOutcome = {
    ...UNDECIDED,
    ...(sibling ?? buildServedVariation(flag.flag, variation)),
    variationKey: variation?.key ?? null,
    ruleKey: rule?.key ?? null,
    source,
    flagKey: flag.key,
    rule,
    variation,
    basis,
  };
  flag.outcomes = flag.outcomes.concat(outcome);
  return outcome;
}

/**
 * Turns the variation that was found by id in the whole project into the one that is served: the rule's own variation
 * with the same key, otherwise the flag's. When neither has that key, nothing is served. An experiment that is decided
 * by its own key serves the variation that was found.
 */
export function serveVariation(
  { compiled }: { readonly compiled: CompiledConfig },
  flag: CompiledFlag,
  { rule }: CompiledRule,
  found: Variation,
  basis: DecisionBasis,
  assignment: Assignment | null = null,
): DecisionOutcome | Unserved {
  const variation =
    findOwnVariation(rule, found.key) ??
    (flag.source === 'experiment' ? found : findFlagVariation(compiled, flag, found.key));
  if (variation === undefined) return { status: 'unserved', assignment };
  const outcome = outcomeOf(flag, variation, rule, flag.source, basis);
  return assignment === null ? outcome : changeOutcome(outcome, assignment, undefined);
}

/** Returns a copy with an assignment and the id of a prediction. */
export function changeOutcome(
  outcome: DecisionOutcome,
  assignment: Assignment | null,
  cmabUuid: string | undefined,
): DecisionOutcome {
  return { ...outcome, assignment, cmabUuid };
}

/** Returns an outcome without a decision. */
export function undecided(
  status: Exclude<DecisionStatus, 'decided'>,
  flagKey: string,
  rule: Rule | null,
): DecisionOutcome {
  const errorCode = status === 'cmab-needed' ? null : status;
  return { ...UNDECIDED, status, errorCode, flagKey, rule, ruleKey: rule?.key ?? null };
}
