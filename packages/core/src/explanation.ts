/** Explanations: the steps of one evaluation, as data to draw and as text to read. */
import type { AudienceCheck } from './audience-check.ts';
import type { DecisionStatus } from './decide.ts';
import type { DecisionSource } from './evaluation.ts';
import { formatReason, type Reason } from './reasons.ts';

/** How a decision came about, step by step. */
export interface Explanation {
  readonly flagKey: string;
  readonly userId: string;
  /** Revision of the config that was asked; `null` before there is one. */
  readonly revision: string | null;
  readonly status: DecisionStatus | 'not-ready' | 'evaluation-failed';
  readonly ruleKey: string | null;
  readonly variationKey: string | null;
  readonly source: DecisionSource;
  readonly enabled: boolean;
  readonly variables: Readonly<Record<string, unknown>>;
  /** In the order they were taken. */
  readonly steps: readonly Reason[];
}

const LINE_WIDTH = 50;

/** Returns an explanation as lines of text: the outcome, then every step, with buckets drawn on their traffic line. */
export function formatExplanation(explanation: Explanation): string {
  const { flagKey, userId, variationKey, ruleKey, enabled } = explanation;
  const outcome = variationKey === null ? 'no variation' : `variation "${variationKey}"`;
  const rule = ruleKey === null ? '' : ` by rule "${ruleKey}"`;
  const lines = [`Flag "${flagKey}" for user "${userId}": ${outcome}${rule}, ${enabled ? 'enabled' : 'disabled'}`];
  for (const step of explanation.steps) {
    lines.push(`  - ${formatReason(step)}`);
    if (step.code === 'audiences-evaluated') lines.push(...(step.audiences ?? []).flatMap(audienceLines));
    if (step.code === 'bucket-assigned' && step.traffic) lines.push(...trafficLines(step.bucket, step.traffic));
  }
  return lines.join('\n');
}

function audienceLines(audience: AudienceCheck): readonly string[] {
  const title = `      audience ${audience.name === null ? `${audience.audienceId} (unknown)` : `"${audience.name}"`}: ${verdictWord(audience.verdict)}`;
  const conditions = audience.conditions.map((check) => {
    const subject =
      check.segment === undefined ? `${check.attribute} (${JSON.stringify(check.actual) ?? 'absent'})` : `segment`;
    return `        ${subject} ${check.match} ${JSON.stringify(check.expected) ?? ''}: ${verdictWord(check.verdict)}`;
  });
  return [title, ...conditions];
}

function verdictWord(verdict: boolean | null): string {
  return verdict === null ? 'unknown' : verdict ? 'yes' : 'no';
}

function trafficLines(
  bucket: number,
  spans: readonly { start: number; end: number; variationKey: string | null }[],
): readonly string[] {
  const cells = Array.from({ length: LINE_WIDTH }, (_, cell) => {
    const at = ((cell + 0.5) * 10_000) / LINE_WIDTH;
    const index = spans.findIndex((span) => at >= span.start && at < span.end);
    return index < 0 || spans[index]?.variationKey === null ? '.' : String.fromCharCode(65 + (index % 26));
  });
  const legend = spans.map(({ start, end, variationKey }, index) => {
    return `${variationKey === null ? '.' : String.fromCharCode(65 + (index % 26))} ${variationKey ?? 'nobody'} [${start}, ${end})`;
  });
  const pointer = ' '.repeat(Math.floor((bucket / 10_000) * LINE_WIDTH));
  return [`      |${cells.join('')}|  ${legend.join(', ') || 'no traffic'}`, `       ${pointer}^ ${bucket}`];
}
