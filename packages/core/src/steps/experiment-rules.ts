/**
 * Experiment rules of a flag, in order of priority. Each step of a rule may decide, reject the rule, or leave it to
 * the next. One call after the other, not a loop over a list of steps, which costs a tenth of a decision.
 */
import type { CompiledFlag, CompiledRule } from '../compiled-config.ts';
import type { DecisionOutcome } from '../decision-outcome.ts';
import { type Evaluation, type FlagStepResult, REJECTED, type RuleStepResult } from '../evaluation.ts';
import { outcomeOf } from '../outcomes.ts';
import { allowListed } from './allow-list.ts';
import { meetsAudience } from './audience.ts';
import { bucketIntoRange } from './bucket.ts';
import { decidedByBandit } from './cmab.ts';
import { findForcedVariation } from './forced-decision.ts';
import { findHoldout } from './holdouts.ts';
import { serveVariation } from './serve.ts';
import { stickyVariation } from './sticky.ts';

/** Returns the decision of the first experiment rule that has one. */
export function experimentRules(evaluation: Evaluation, flag: CompiledFlag): FlagStepResult {
  if (flag.flag.experimentIds.length === 0) {
    evaluation.trace?.reasons.push({ code: 'no-experiments', flagKey: flag.flag.key });
  }
  for (const rule of flag.experiments) {
    const result = evaluateRule(evaluation, flag, rule);
    if (result !== undefined && result !== REJECTED) return result;
  }
  return undefined;
}

/** The precedence within a rule. */
function evaluateRule(evaluation: Evaluation, flag: CompiledFlag, rule: CompiledRule): RuleStepResult {
  return (
    forcedByApplication(evaluation, flag, rule) ??
    heldOut(evaluation, flag, rule) ??
    notRunning(evaluation, flag, rule) ??
    onAllowList(evaluation, flag, rule) ??
    assignedBefore(evaluation, flag, rule) ??
    outsideAudience(evaluation, flag, rule) ??
    decidedByBandit(evaluation, flag, rule) ??
    bucketed(evaluation, flag, rule)
  );
}

function forcedByApplication(
  evaluation: Evaluation,
  flag: CompiledFlag,
  { rule }: CompiledRule,
): DecisionOutcome | undefined {
  if (evaluation.user.forcedDecisions === null) return undefined;
  const variation = findForcedVariation(evaluation, flag, rule.key);
  return variation && outcomeOf(flag, variation, rule, 'feature-test');
}

function heldOut(evaluation: Evaluation, flag: CompiledFlag, rule: CompiledRule): DecisionOutcome | undefined {
  return rule.localHoldouts.length === 0 ? undefined : findHoldout(evaluation, flag, rule.localHoldouts);
}

function notRunning({ trace }: Evaluation, _flag: CompiledFlag, { rule }: CompiledRule): typeof REJECTED | undefined {
  if (rule.status === 'Running') return undefined;
  trace?.reasons.push({ code: 'experiment-not-running', ruleKey: rule.key });
  return REJECTED;
}

function onAllowList(evaluation: Evaluation, flag: CompiledFlag, rule: CompiledRule): DecisionOutcome | undefined {
  const variation = allowListed(evaluation, rule);
  return variation && outcomeOf(flag, variation, rule.rule, 'feature-test');
}

function assignedBefore(evaluation: Evaluation, flag: CompiledFlag, rule: CompiledRule): RuleStepResult {
  const variation = stickyVariation(evaluation, rule);
  return variation && serveVariation(evaluation, flag, rule, variation);
}

function outsideAudience(evaluation: Evaluation, _flag: CompiledFlag, rule: CompiledRule): typeof REJECTED | undefined {
  const ruleKey = rule.rule.key;
  if (meetsAudience(evaluation, rule, 'experiment', ruleKey)) return undefined;
  evaluation.trace?.reasons.push({ code: 'experiment-audience-not-met', userId: evaluation.user.userId, ruleKey });
  return REJECTED;
}

function bucketed(evaluation: Evaluation, flag: CompiledFlag, rule: CompiledRule): RuleStepResult {
  const { trace, user } = evaluation;
  const range = bucketIntoRange(evaluation, rule);
  const variation = rule.variations[range];
  if (variation === undefined) {
    trace?.reasons.push({ code: 'experiment-no-variation', userId: user.userId, ruleKey: rule.rule.key });
    return undefined;
  }
  trace?.reasons.push({
    code: 'experiment-variation',
    userId: user.userId,
    ruleKey: rule.rule.key,
    variationKey: variation.key,
  });
  rule.bucketed[range] ??= serveVariation(evaluation, flag, rule, variation, {
    experimentId: rule.rule.id,
    variationId: variation.id,
  });
  return rule.bucketed[range];
}
