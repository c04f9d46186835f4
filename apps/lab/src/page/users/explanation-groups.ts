/** Steps of an explanation, gathered by the rule they are about, each with what came of it. */
import type { Explanation, Reason } from 'sortition';

export interface StepGroup {
  /** `null` for steps about the flag as a whole. */
  readonly ruleKey: string | null;
  readonly steps: readonly Reason[];
  readonly outcome: 'served' | 'passed';
}

/** Steps that only repeat what those around them say. */
const SILENT: ReadonlySet<Reason['code']> = new Set([
  'audiences-evaluating',
  'holdout-audience-met',
  'holdout-audience-not-met',
  'experiment-audience-not-met',
  'delivery-audience-met',
  'delivery-audience-not-met',
  'rollout-hit',
  'rollout-miss',
]);

export function groupSteps({ steps, ruleKey, variationKey }: Explanation): readonly StepGroup[] {
  const groups: { ruleKey: string | null; steps: Reason[]; outcome: StepGroup['outcome'] }[] = [];
  for (const step of steps) {
    if (SILENT.has(step.code)) continue;
    const key = 'ruleKey' in step ? step.ruleKey : stepBefore(groups);
    const last = groups.at(-1);
    if (last === undefined || last.ruleKey !== key) groups.push({ ruleKey: key, steps: [step], outcome: 'passed' });
    else last.steps.push(step);
  }
  for (const group of groups) {
    if (variationKey !== null && group.ruleKey === ruleKey) group.outcome = 'served';
  }
  return groups;

  /** A step that names no rule, such as an invalid range, belongs to the one before when that just bucketed. */
  function stepBefore(found: typeof groups): string | null {
    const last = found.at(-1);
    return last?.steps.at(-1)?.code === 'bucket-assigned' ? last.ruleKey : null;
  }
}
