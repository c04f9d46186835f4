/** Experiment rules of a flag, in order of priority, and the order within one. */
import { outcomeOf, serveVariation } from '../build-outcome.ts';
import {
  type CompiledFlag,
  type CompiledRule,
  findOwnVariation,
  findVariation,
  rangeVariation,
} from '../compiled-config.ts';
import { type Evaluation, note, noteVariation, type StepResult } from '../evaluation.ts';
import type { Variation } from '../project-config.ts';
import { bucketIntoRange, knownOutcome, meetsAudience } from './admission.ts';
import { overruled } from './overruled.ts';

/** Returns the decision of the first experiment rule that has one. */
export function experimentRules(evaluation: Evaluation, flag: CompiledFlag): StepResult {
  if (evaluation.trace !== undefined && flag.flag.experimentIds.length === 0) {
    evaluation.trace.reasons.push({ code: 'no-experiments', flagKey: flag.flag.key });
  }
  for (const experiment of flag.experiments) {
    const result =
      overruled(evaluation, flag, experiment, 'feature-test') ?? evaluateExperiment(evaluation, flag, experiment);
    if (result !== undefined) return result;
  }
  return undefined;
}

/** The order within an experiment. */
export function evaluateExperiment(evaluation: Evaluation, flag: CompiledFlag, experiment: CompiledRule): StepResult {
  const { id, rule } = experiment;
  const { bandit, input, trace } = evaluation;
  if (!experiment.isRunning) {
    trace?.reasons.push({ code: 'experiment-not-running', ruleKey: rule.key });
    return undefined;
  }
  const forced = chosenVariation(evaluation, experiment, input.forcedVariations?.get(id), 'forced-variation');
  if (forced) return serveVariation(evaluation, flag, experiment, forced, 'forced');
  const listed = allowListedVariation(evaluation, experiment);
  if (listed) return outcomeOf(flag, listed, rule, flag.source, 'allow-list');
  const assigned = chosenVariation(evaluation, experiment, assignedId(evaluation, id), 'sticky');
  if (assigned) return serveVariation(evaluation, flag, experiment, assigned, 'sticky');
  if (!meetsAudience(evaluation, experiment, 'experiment'))
    return note(evaluation, 'experiment-audience-not-met', rule);
  const { cmab } = experiment;
  if (cmab === undefined) return bucketed(evaluation, flag, experiment);
  if (bandit && input.predictions) return bandit(evaluation, flag, experiment, cmab, input.predictions);
  // Synchronous decisions have no predictions, and skip bandits.
  trace?.reasons.push({ code: 'cmab-unsupported' });
  return note(evaluation, 'experiment-no-variation', rule);
}

/** The variation for which the datafile lists the user; an unknown variation key adds a reason and is ignored. */
function allowListedVariation(evaluation: Evaluation, { rule, allowList }: CompiledRule): Variation | undefined {
  const variationKey = allowList?.get(evaluation.user.userId);
  if (variationKey === undefined) return undefined;
  const variation = findOwnVariation(rule, variationKey);
  noteVariation(evaluation, variation ? 'allow-listed' : 'allow-list-invalid', rule, variationKey);
  return variation;
}

/**
 * The id of the variation the user was assigned before. Assignments made earlier in the same call come first, then those of
 * the user's attributes, then the stored ones.
 */
function assignedId({ user, input }: Evaluation, id: string): string | undefined {
  if (input.ignoreAssignments) return undefined;
  return input.fresh?.get(id) ?? user.attributeAssignments?.get(id) ?? input.stored?.get(id);
}

/**
 * A variation that was chosen before, looked up in the whole project; a variation that does not exist (any more) is
 * ignored.
 */
function chosenVariation(
  evaluation: Evaluation,
  { rule }: CompiledRule,
  variationId: string | undefined,
  code: 'forced-variation' | 'sticky',
): Variation | undefined {
  if (variationId === undefined) return undefined;
  const { compiled, user, trace } = evaluation;
  const variation = findVariation(compiled, variationId);
  if (variation) noteVariation(evaluation, code, rule, variation.key);
  else if (code === 'sticky' && trace?.details)
    trace.reasons.push({ code: 'sticky-invalid', userId: user.userId, ruleKey: rule.key, variationId });
  return variation;
}

function bucketed(evaluation: Evaluation, flag: CompiledFlag, experiment: CompiledRule): StepResult {
  const range = bucketIntoRange(evaluation, experiment);
  const known = knownOutcome(flag, experiment, range);
  if (known !== undefined && evaluation.trace === undefined) return known;
  const { rule } = experiment;
  const variation = known?.variation ?? rangeVariation(evaluation, experiment, range);
  if (variation === undefined) return note(evaluation, 'experiment-no-variation', rule);
  noteVariation(evaluation, 'experiment-variation', rule, variation.key);
  if (known !== undefined) return known;
  const assignment = { experimentId: rule.id, variationId: variation.id };
  const result = serveVariation(evaluation, flag, experiment, variation, 'bucket', assignment);
  if (result.status !== 'unserved') experiment.bucketed[range] = result;
  return result;
}
