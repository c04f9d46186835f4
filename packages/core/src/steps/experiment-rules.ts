/** Experiment rules of a flag, in order of priority. */
import type { CompiledFlag, CompiledRule } from '../compiled-config.ts';
import { type Evaluation, note, noteVariation, type StepResult } from '../evaluation.ts';
import { outcomeOf } from '../outcomes.ts';
import { allowListed, forcedVariation } from './allow-list.ts';
import { meetsAudience } from './audience.ts';
import { bucketIntoRange } from './bucket.ts';
import { decidedByBandit } from './cmab.ts';
import { overruled } from './overruled.ts';
import { serveVariation } from './serve.ts';
import { stickyVariation } from './sticky.ts';

/** Returns the decision of the first experiment rule that has one. */
export function experimentRules(evaluation: Evaluation, flag: CompiledFlag): StepResult {
  if (flag.flag.experimentIds.length === 0) {
    evaluation.trace?.reasons.push({ code: 'no-experiments', flagKey: flag.flag.key });
  }
  for (const rule of flag.experiments) {
    const result = evaluateRule(evaluation, flag, rule);
    if (result !== undefined) return result;
  }
  return undefined;
}

/** The precedence within a rule. */
function evaluateRule(evaluation: Evaluation, flag: CompiledFlag, experiment: CompiledRule): StepResult {
  const { rule } = experiment;
  return (
    overruled(evaluation, flag, rule, experiment.localHoldouts, 'feature-test') ??
    evaluateExperiment(evaluation, flag, experiment)
  );
}

/** The experiment alone, without what a flag decides before it. */
export function evaluateExperiment(evaluation: Evaluation, flag: CompiledFlag, experiment: CompiledRule): StepResult {
  const { rule } = experiment;
  if (rule.status !== 'Running') {
    evaluation.trace?.reasons.push({ code: 'experiment-not-running', ruleKey: rule.key });
    return undefined;
  }
  const forced = forcedVariation(evaluation, experiment);
  if (forced) return serveVariation(evaluation, flag, experiment, forced, 'forced');
  const listed = allowListed(evaluation, experiment);
  if (listed) return outcomeOf(flag, listed, rule, flag.source, 'allow-list');
  const assigned = stickyVariation(evaluation, experiment);
  if (assigned) return serveVariation(evaluation, flag, experiment, assigned, 'sticky');
  if (!meetsAudience(evaluation, experiment, 'experiment', rule.key))
    return note(evaluation, 'experiment-audience-not-met', rule);
  return rule.cmab ? decidedByBandit(evaluation, flag, experiment, rule.cmab) : bucketed(evaluation, flag, experiment);
}

function bucketed(evaluation: Evaluation, flag: CompiledFlag, experiment: CompiledRule): StepResult {
  const { rule } = experiment;
  const range = bucketIntoRange(evaluation, experiment);
  const variation = experiment.variations[range];
  if (variation === undefined) return note(evaluation, 'experiment-no-variation', rule);
  noteVariation(evaluation, 'experiment-variation', rule, variation.key);
  experiment.bucketed[range] ??= serveVariation(evaluation, flag, experiment, variation, 'bucket', {
    experimentId: rule.id,
    variationId: variation.id,
  });
  return experiment.bucketed[range];
}
