/**
 * Explanations: the steps of one evaluation as data, and the same as text for people.
 *
 * The text begins with the outcome; then it shows, rule by rule, what was evaluated and with which result. It does not
 * use the texts of the reasons: a rule is a heading, conditions show expected and actual values, and a bucket is drawn
 * on the traffic line.
 */

import type { DecisionSource, DecisionStatus } from './decision-outcome.ts';
import { audienceLines, formatValue, trafficLines } from './explanation-lines.ts';
import { formatReason } from './reason-text.ts';
import type { Reason } from './reasons.ts';

/** How a decision came about, step by step. */
export interface Explanation {
  readonly flagKey: string;
  readonly userId: string;
  /** Revision of the config that was used; `null` before there is one. */
  readonly revision: string | null;
  readonly status: DecisionStatus | 'not-ready' | 'evaluation-failed';
  readonly ruleKey: string | null;
  readonly variationKey: string | null;
  readonly source: DecisionSource;
  readonly enabled: boolean;
  readonly variables: Readonly<Record<string, unknown>>;
  /** In the order in which they were run. */
  readonly steps: readonly Reason[];
}

/**
 * Returns an explanation as lines of plain text, without a line break at the end.
 *
 * @example
 * console.log(formatExplanation(user.explain('checkout')));
 */
export function formatExplanation(explanation: Explanation): string {
  const { steps, revision, userId } = explanation;
  const lines = [
    `${outcomeLine(explanation)}`,
    `  user ${quote(userId)}${revision === null ? '' : `, datafile revision ${revision}`}`,
  ];
  const holdouts = new Set(
    steps.flatMap((step) => (step.code.startsWith('holdout-') && 'ruleKey' in step ? step.ruleKey : [])),
  );
  let heading: string | undefined;
  for (const step of steps) {
    const found = stepLines(step, userId);
    const rule = headingOf(step, holdouts);
    if (rule !== undefined && rule !== heading) lines.push(`  ${rule}`);
    heading = rule;
    lines.push(...found.map((line) => `${rule === undefined ? '  ' : '    '}${line}`));
  }
  return lines.join('\n');
}

function outcomeLine({ flagKey, variationKey, ruleKey, enabled, source, status }: Explanation): string {
  const flag = source === 'experiment' ? `experiment ${quote(ruleKey ?? '')}` : `flag ${quote(flagKey)}`;
  if (status !== 'decided') return `${flag}: no decision`;
  const state = enabled ? 'on' : 'off';
  if (variationKey === null) return `${flag} is ${state}: no rule serves the user`;
  const by = ruleKey === null ? 'forced by the application' : `by ${ruleWord(source)} ${quote(ruleKey)}`;
  return `${flag} is ${state}: variation ${quote(variationKey)}, ${by}`;
}

function ruleWord(source: Explanation['source']): string {
  return source === 'feature-test' || source === 'experiment'
    ? 'experiment'
    : source === 'rollout'
      ? 'delivery'
      : 'holdout';
}

/** The rule a step belongs to; `undefined` for steps about the flag as a whole. */
function headingOf(step: Reason, holdouts: ReadonlySet<string | null>): string | undefined {
  if (!('ruleKey' in step) || step.ruleKey === null) return undefined;
  if (holdouts.has(step.ruleKey)) return `holdout ${quote(step.ruleKey)}`;
  return `rule ${quote(step.ruleKey)}`;
}

/** The lines for a step; empty for steps that only repeat what other lines say. */
function stepLines(step: Reason, userId: string): readonly string[] {
  switch (step.code) {
    case 'sdk-not-ready':
      return ['the client has no datafile yet'];
    case 'flag-not-found':
      return ['the datafile has no such flag'];
    case 'experiment-not-found':
      return ['the datafile has no such experiment'];
    case 'forced-decision':
      return [`the application forces variation ${quote(step.variationKey)}`];
    case 'forced-decision-invalid':
      return [`the application forces variation ${quote(step.variationKey)}, which the flag does not have: ignored`];
    case 'holdout-not-running':
    case 'experiment-not-running':
      return ['not running: skipped'];
    case 'audiences-evaluating':
    case 'holdout-audience-met':
    case 'holdout-audience-not-met':
    case 'experiment-audience-not-met':
    case 'delivery-audience-met':
    case 'delivery-audience-not-met':
    case 'rollout-hit':
    case 'rollout-miss':
      return [];
    case 'audiences-evaluated':
      return audienceLines(step.audiences ?? [], step.verdict);
    case 'group-entered':
      return [`exclusion group ${step.groupId}, bucket ${step.bucket}: given to this experiment`];
    case 'group-other':
      return [`exclusion group ${step.groupId}, bucket ${step.bucket}: given to another experiment`];
    case 'group-none':
      return [`exclusion group ${step.groupId}, bucket ${step.bucket}: given to no experiment`];
    case 'bucket-assigned':
      return [
        `bucket ${step.bucket}${step.bucketingId === userId ? '' : ` (of bucketing id ${quote(step.bucketingId)})`}`,
        ...trafficLines(step.bucket, step.traffic ?? []),
      ];
    case 'bucket-invalid-variation':
      return ['this part of the traffic belongs to a variation the datafile does not have'];
    case 'experiment-variation':
    case 'holdout-variation':
      return [`=> variation ${quote(step.variationKey)}`];
    case 'experiment-no-variation':
    case 'holdout-no-variation':
      return ['=> no variation here'];
    case 'delivery-bucketed':
      return ['=> served here'];
    case 'delivery-not-bucketed':
      return ['=> no variation here; only the last delivery is left'];
    case 'forced-variation':
      return [`=> variation ${quote(step.variationKey)}, forced by the application`];
    case 'allow-listed':
      return [`=> variation ${quote(step.variationKey)}, by the allow-list`];
    case 'allow-list-invalid':
      return [`the allow-list says variation ${quote(step.variationKey)}, which does not exist: ignored`];
    case 'sticky':
      return [`=> variation ${quote(step.variationKey)}, assigned before`];
    case 'sticky-invalid':
      return [`was assigned the variation with id ${step.variationId}, which does not exist any more: bucketed again`];
    case 'no-experiments':
      return ['no experiments'];
    case 'rollout-missing':
      return ['no deliveries'];
    case 'details-omitted':
      return ['(the rest is shown without conditions and traffic: the explanation is too long)'];
    case 'variable-invalid':
      return [`variable ${quote(step.variableKey)} cannot be read as its type: null`];
    default:
      return [formatReason(step)];
  }
}

function quote(text: string): string {
  return formatValue(text);
}
