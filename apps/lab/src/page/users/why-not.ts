/**
 * Why a user does not get a variation: for each rule that has it, what kept the user from it, and what would have to be
 * different. Read from the steps of the explanation, so it says what the client did and nothing else.
 */
import { computeBucket } from '@sortition/core';
import type { AudienceCheck, ConditionCheck, Explanation, Reason } from 'sortition';
import { formatPhrase, MATCH_WORDS, phraseOf } from '../audiences/condition-text.ts';
import type { Project, ProjectFlag, ProjectRule } from '../lab/project.ts';
import { formatCount } from '../parts/format.ts';

/** The answer for one rule. */
export interface WhyNot {
  readonly ruleKey: string;
  readonly why: string;
  /** What would have to be different, one sentence each. */
  readonly changes: readonly string[];
}

/** An empty list: no rule of the flag has the variation. */
export function whyNot(
  explanation: Explanation,
  flag: ProjectFlag,
  project: Project,
  { variationKey, bucketingId }: { readonly variationKey: string; readonly bucketingId: string },
): readonly WhyNot[] {
  return flag.rules
    .filter(({ variations }) => variations.some(({ key }) => key === variationKey))
    .map((rule) => {
      const answer = answerFor(explanation, rule, project, variationKey);
      const isBucketed = explanation.steps.some((step) => step.code === 'bucket-assigned' && step.ruleKey === rule.key);
      const next = isBucketed || rule.kind === 'bandit' ? [] : [bucketOutlook(bucketingId, rule, variationKey)];
      return { ruleKey: rule.key, why: answer.why, changes: [...answer.changes, ...next] };
    });
}

/** What the bucket would decide in a rule that did not get so far. */
function bucketOutlook(bucketingId: string, rule: ProjectRule, variationKey: string): string {
  const bucket = computeBucket(bucketingId, rule.id);
  const entity = rule.traffic.find(({ endOfRange }) => bucket < endOfRange)?.entityId;
  const owner = rule.variations.find(({ id }) => id === entity)?.key;
  const gets = owner === variationKey ? `that is ${owner}` : `that is ${owner ?? 'no variation'}, not ${variationKey}`;
  return `Then the bucket would decide, which is ${formatCount(bucket)} in this rule: ${gets}.`;
}

type Answer = Omit<WhyNot, 'ruleKey'>;

function answerFor(explanation: Explanation, rule: ProjectRule, project: Project, variationKey: string): Answer {
  const steps = explanation.steps.filter((step) => 'ruleKey' in step && step.ruleKey === rule.key);
  const forced = explanation.steps.find((step) => step.code === 'forced-decision');
  if (forced !== undefined && 'variationKey' in forced) {
    return {
      why: `The application forces ${forced.variationKey}; no rule was looked at.`,
      changes: ['Nothing may be forced.'],
    };
  }
  if (!rule.isRunning) return { why: 'The rule is paused.', changes: ['The rule would have to run.'] };
  const given = steps.find((step) => step.code === 'allow-listed' || step.code === 'sticky');
  if (given !== undefined && 'variationKey' in given) return givenAnswer(given.code, given.variationKey, explanation);
  if (steps.length === 0) return notReached(explanation);
  const audiences = steps.find((step) => step.code === 'audiences-evaluated');
  if (audiences?.code === 'audiences-evaluated' && audiences.verdict !== true) {
    return audienceAnswer(audiences.audiences ?? [], rule, project);
  }
  const group = steps.find((step) => step.code === 'group-other' || step.code === 'group-none');
  if (group !== undefined && 'bucket' in group && rule.group !== null) return groupAnswer(group.bucket, rule.group);
  const bucketed = steps.find((step) => step.code === 'bucket-assigned');
  if (bucketed?.code === 'bucket-assigned') return bucketAnswer(bucketed, rule, variationKey);
  if (rule.kind === 'bandit') {
    return { why: 'A prediction service picks the variation, and it picked another.', changes: [] };
  }
  return notReached(explanation);
}

function givenAnswer(code: string, variationKey: string, { userId }: Explanation): Answer {
  return code === 'sticky'
    ? {
        why: `The user was given ${variationKey} before, and keeps it.`,
        changes: ['The stored assignment of the user would have to be removed.'],
      }
    : {
        why: `The allow-list gives ${userId} ${variationKey}, before audience and traffic.`,
        changes: [`The allow-list would have to name another variation for ${userId}, or not name ${userId}.`],
      };
}

function notReached({ ruleKey }: Explanation): Answer {
  return ruleKey === null
    ? { why: 'The rule was not looked at.', changes: [] }
    : {
        why: `The rule was not looked at: ${ruleKey} comes first and serves the user.`,
        changes: [`${ruleKey} would have to pass the user over, or come later.`],
      };
}

function audienceAnswer(audiences: readonly AudienceCheck[], rule: ProjectRule, project: Project): Answer {
  const nameOf = (id: string) => project.audiences.find((audience) => audience.id === id)?.name ?? id;
  const failed = audiences.filter(({ verdict }) => verdict !== true);
  const conditions = failed.flatMap((audience) => audience.conditions.filter(({ verdict }) => verdict !== true));
  const wanted = formatPhrase(phraseOf(rule.audience), nameOf);
  return {
    why: `The user is not in the audience of the rule, which is for ${wanted}.`,
    changes:
      conditions.length > 0
        ? [...new Set(conditions.map(conditionChange))]
        : failed.map(({ name, audienceId }) => `The user would have to match the audience ${name ?? audienceId}.`),
  };
}

function conditionChange({ attribute, segment, match, expected, actual }: ConditionCheck): string {
  if (segment !== undefined) return `The user would have to be in the segment ${segment}.`;
  const wish =
    match === 'exists' ? 'be known' : `be so that it ${MATCH_WORDS[match] ?? match} ${JSON.stringify(expected)}`;
  const words = match === 'exact' ? `be ${JSON.stringify(expected)}` : wish;
  const now = actual === undefined ? 'it is not known' : `it is ${JSON.stringify(actual)}`;
  return `${attribute ?? 'A condition'} would have to ${words}; ${now}.`;
}

function groupAnswer(bucket: number, { start, end }: NonNullable<ProjectRule['group']>): Answer {
  return {
    why: `On the line of its exclusion group the user has bucket ${formatCount(bucket)}, which belongs to another experiment or to none.`,
    changes: [`That bucket would have to be one of ${rangeText(start, end)}.`],
  };
}

function bucketAnswer(
  step: Extract<Reason, { code: 'bucket-assigned' }>,
  rule: ProjectRule,
  variationKey: string,
): Answer {
  const spans = step.traffic ?? [];
  const owner = spans.find(({ start, end }) => step.bucket >= start && step.bucket < end);
  const wanted = spans.filter((span) => span.variationKey === variationKey && span.end > span.start);
  const place =
    owner?.variationKey == null
      ? 'which belongs to no variation'
      : `which is one of ${rangeText(owner.start, owner.end)}, those of ${owner.variationKey}`;
  const why = `${step.bucketingId} has bucket ${formatCount(step.bucket)}, ${place}.`;
  if (wanted.length === 0) {
    return {
      why: `${why} ${variationKey} has no traffic in this rule.`,
      changes: [`${variationKey} would have to get traffic.`],
    };
  }
  const isWanted = (bucket: number) => wanted.some(({ start, end }) => bucket >= start && bucket < end);
  const example = exampleId(step.bucketingId, rule.id, isWanted);
  const ranges = wanted.map(({ start, end }) => rangeText(start, end)).join(' or ');
  return {
    why,
    changes: [
      `The bucket would have to be one of ${ranges}, those of ${variationKey}.`,
      ...(example === null ? [] : [`With the bucketing id ${example} it would be.`]),
    ],
  };
}

/** How many ids are tried; a variation with one bucket in a hundred is found by then with 99.99 % certainty. */
const TRIES = 1_000;

/** The first of `id-1`, `id-2` and so on that lies where it is wanted. */
function exampleId(bucketingId: string, ruleId: string, isWanted: (bucket: number) => boolean): string | null {
  for (let number = 1; number <= TRIES; number += 1) {
    const id = `${bucketingId}-${number}`;
    if (isWanted(computeBucket(id, ruleId))) return id;
  }
  return null;
}

function rangeText(start: number, end: number): string {
  return `${formatCount(start)} to ${formatCount(end - 1)}`;
}
