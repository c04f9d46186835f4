/** Why a visitor sees what they see: an explanation of the client, in the words of the panel. */
import { type Explanation, formatExplanation, type TrafficSpan } from 'sortition';

/** One flag in the panel. */
export interface Why {
  readonly flagKey: string;
  /** What was served, in a word. */
  readonly served: string;
  readonly reason: string;
  /** Where the visitor's bucket lies on the traffic of the rule that decided; `null` when none was asked. */
  readonly traffic: Traffic | null;
  /** Every step, as text. */
  readonly steps: string;
}

/** A rule's traffic and a bucket on it, both in `[0, 10_000)`. */
export interface Traffic {
  readonly bucket: number;
  readonly spans: readonly TrafficSpan[];
}

/**
 * Puts an explanation into words.
 *
 * @param today The same without stored assignments: what the visitor would get if they came for the first time.
 */
export function explainInWords(explanation: Explanation, today: Explanation): Why {
  const { flagKey, variationKey, enabled } = explanation;
  return {
    flagKey,
    served: variationKey ?? (enabled ? 'on' : 'off'),
    reason: reasonOf(explanation, today),
    traffic: trafficOf(today, explanation.ruleKey),
    steps: formatExplanation(explanation),
  };
}

function reasonOf({ status, source, ruleKey, variationKey, steps }: Explanation, today: Explanation): string {
  if (status === 'not-ready') return 'There is no datafile yet, so the shop shows its defaults.';
  if (status !== 'decided') return 'The datafile has no such flag, so the shop shows its defaults.';
  if (ruleKey === null) {
    return steps.some(({ code }) => code === 'group-other')
      ? 'You are in another experiment, which excludes this one, so the shop shows its defaults.'
      : 'No rule is meant for you, so the shop shows its defaults.';
  }
  if (steps.some(({ code }) => code === 'sticky')) {
    const moved = today.variationKey !== variationKey || today.ruleKey !== ruleKey;
    const instead = moved ? ` A newcomer in your place would get ${today.variationKey ?? 'nothing'} today.` : '';
    return `You were given this by the experiment ${ruleKey} and keep it.${instead}`;
  }
  if (steps.some(({ code }) => code === 'allow-listed')) return `The experiment ${ruleKey} names you as a tester.`;
  if (source === 'holdout') return `You are in the holdout ${ruleKey}: no experiment reaches you.`;
  if (source === 'rollout') return `The delivery ${ruleKey} is meant for you.`;
  return `The experiment ${ruleKey} drew this for you.`;
}

/** Of the rule that decided, when it was asked today. */
function trafficOf({ steps }: Explanation, ruleKey: string | null): Traffic | null {
  for (const step of steps) {
    if (step.code === 'bucket-assigned' && step.ruleKey === ruleKey && step.traffic) {
      return { bucket: step.bucket, spans: step.traffic };
    }
  }
  return null;
}
