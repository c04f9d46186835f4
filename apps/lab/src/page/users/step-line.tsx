/** One step of an explanation: audiences as a checklist, a bucket on its traffic line, anything else as a sentence. */
import { formatReason } from '@sortition/core';
import type { JSX } from 'preact';
import type { AudienceCheck, ConditionCheck, Reason, Verdict } from 'sortition';
import { MATCH_WORDS } from '../audiences/condition-text.ts';
import type { ProjectRule } from '../lab/project.ts';
import { formatCount } from '../parts/format.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { TrafficLine } from '../parts/traffic-line.tsx';

interface StepLineProps {
  readonly step: Reason;
  readonly userId: string;
  /** The rule the step is about, for the colours of its variations; `undefined` when the datafile does not have it. */
  readonly rule: ProjectRule | undefined;
}

export function StepLine({ step, userId, rule }: StepLineProps): JSX.Element {
  switch (step.code) {
    case 'audiences-evaluated':
      return <AudienceChecklist audiences={step.audiences ?? []} verdict={step.verdict} />;
    case 'bucket-assigned':
      return (
        <div class="stack-s">
          <p>
            <code>{step.bucketingId}</code> hashes to bucket <b>{formatCount(step.bucket)}</b>
            {step.bucketingId === userId ? '' : ', by the bucketing id attribute instead of the user id'}
          </p>
          <TrafficLine
            bucket={step.bucket}
            spans={(step.traffic ?? []).map(({ start, end, variationKey }) => ({
              start,
              end,
              name: variationKey,
              index: rule?.variations.findIndex(({ key }) => key === variationKey) ?? -1,
            }))}
          />
        </div>
      );
    default:
      return <p>{sentenceOf(step)}</p>;
  }
}

function AudienceChecklist(props: { audiences: readonly AudienceCheck[]; verdict: Verdict }): JSX.Element {
  const { audiences, verdict } = props;
  if (audiences.length === 0)
    return <Check verdict={verdict}>{verdict ? 'For everyone' : 'Not in the audience'}</Check>;
  return (
    <ul class="checks">
      {audiences.map((audience) => (
        <li key={audience.audienceId}>
          <Check verdict={audience.verdict}>
            {audience.name === null
              ? `Audience ${audience.audienceId}, which the datafile does not have`
              : audience.name}
          </Check>
          <ul class="checks">
            {audience.conditions.map((check, index) => (
              // One condition may be asked twice.
              <li key={`${index}/${check.match}`}>
                <Check verdict={check.verdict}>
                  <ConditionText check={check} />
                </Check>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

function ConditionText({ check }: { check: ConditionCheck }): JSX.Element {
  const { attribute, segment, match, expected, actual, verdict } = check;
  if (segment !== undefined) {
    return (
      <>
        is in segment <code>{segment}</code>
      </>
    );
  }
  const isIncomparable = verdict === null && actual !== undefined;
  return (
    <>
      <code>{attribute ?? 'a condition'}</code> {MATCH_WORDS[match] ?? match}{' '}
      {match !== 'exists' && <code>{JSON.stringify(expected)}</code>}
      <span class="soft">
        {' '}
        – {actual === undefined ? 'not known' : `it is ${JSON.stringify(actual)}`}
        {isIncomparable ? ', which cannot be compared' : ''}
      </span>
    </>
  );
}

const MARKS: Readonly<Record<string, { icon: IconName; word: string; tone: string }>> = {
  true: { icon: 'check', word: 'yes', tone: 'good' },
  false: { icon: 'cross', word: 'no', tone: 'bad' },
  null: { icon: 'unknown', word: 'unknown, which counts as no', tone: 'warn' },
};

function Check({ verdict, children }: { verdict: Verdict; children: preact.ComponentChildren }): JSX.Element {
  const mark = MARKS[String(verdict)];
  return (
    <span class="check">
      <span class={`check-mark ${mark?.tone}`}>
        <Icon name={mark?.icon ?? 'unknown'} />
        <span class="visually-hidden">{mark?.word}:</span>
      </span>
      <span>{children}</span>
    </span>
  );
}

function sentenceOf(step: Reason): string {
  switch (step.code) {
    case 'sdk-not-ready':
      return 'This browser has no datafile yet.';
    case 'holdout-not-running':
    case 'experiment-not-running':
      return 'Paused: skipped.';
    case 'forced-decision':
      return `The application forces ${step.variationKey}.`;
    case 'group-entered':
      return `On the line of its exclusion group the user has bucket ${formatCount(step.bucket)}, which is given to this experiment.`;
    case 'group-other':
      return `On the line of its exclusion group the user has bucket ${formatCount(step.bucket)}, which is given to another experiment.`;
    case 'group-none':
      return `On the line of its exclusion group the user has bucket ${formatCount(step.bucket)}, which is given to no experiment.`;
    case 'experiment-variation':
    case 'holdout-variation':
      return `Gets ${step.variationKey}.`;
    case 'experiment-no-variation':
    case 'holdout-no-variation':
      return 'No variation here: on to the next rule.';
    case 'delivery-bucketed':
      return 'Served here.';
    case 'delivery-not-bucketed':
      return 'Not in the traffic: only the delivery for everyone else is left.';
    case 'allow-listed':
      return `The allow-list says ${step.variationKey}.`;
    case 'sticky':
      return `Was given ${step.variationKey} before, and keeps it.`;
    case 'no-experiments':
      return 'The flag has no experiments.';
    case 'rollout-missing':
      return 'The flag has no deliveries.';
    case 'cmab-unsupported':
      return 'A bandit: the prediction service picks the variation.';
    default:
      return formatReason(step);
  }
}
