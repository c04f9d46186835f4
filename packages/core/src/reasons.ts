/**
 * Reasons: why a decision came out as it did, as tagged data, and the one formatter that turns them into text.
 *
 * The texts use the templates of the official JavaScript SDK, so that logs and alerts built on them keep working. The
 * same objects, with the extra fields that no text shows, are the steps of an explanation.
 */
import type { AudienceCheck } from './audience-check.ts';
import type { JsonValue } from './project-config.ts';
import type { Verdict } from './verdict.ts';

/** Where a rule stands: `experiment` for experiments and holdouts, `rule` for deliveries. */
export type AudienceScope = 'experiment' | 'rule';

/** One piece of the traffic line: buckets in `[start, end)`. */
export interface TrafficSpan {
  readonly start: number;
  readonly end: number;
  /** `null` for a range that leads nowhere. */
  readonly variationKey: string | null;
}

/** Why an evaluation took a turn. */
export type Reason =
  | { readonly code: 'sdk-not-ready' }
  | { readonly code: 'flag-not-found'; readonly flagKey: string }
  | { readonly code: 'experiment-not-found'; readonly ruleKey: string }
  | { readonly code: 'evaluation-failed'; readonly flagKey: string; readonly message: string }
  | ({ readonly code: 'forced-decision' | 'forced-decision-invalid' } & ForcedDecisionFacts)
  | { readonly code: 'holdout-not-running'; readonly ruleKey: string }
  | ({ readonly code: RuleReasonCode } & RuleFacts)
  | ({ readonly code: VariationReasonCode } & RuleFacts & VariationFacts)
  | { readonly code: 'no-experiments'; readonly flagKey: string }
  | { readonly code: 'experiment-not-running'; readonly ruleKey: string }
  | ({ readonly code: 'sticky-invalid'; readonly variationId: string } & RuleFacts)
  | {
      readonly code: 'audiences-evaluating';
      readonly scope: AudienceScope;
      readonly ruleKey: string;
      /** Rule key, or for deliveries the position in the rollout. */
      readonly name: string;
      readonly conditions: JsonValue | undefined;
    }
  | {
      readonly code: 'audiences-evaluated';
      readonly scope: AudienceScope;
      readonly ruleKey: string;
      readonly name: string;
      /** Whether the user is in; unknown counts as out. */
      readonly verdict: Verdict;
      /** Only in explanations. */
      readonly audiences?: readonly AudienceCheck[];
    }
  | ({ readonly code: 'group-none' | 'group-other' | 'group-entered' } & RuleFacts & GroupFacts)
  | {
      readonly code: 'bucket-assigned';
      readonly ruleKey: string;
      readonly bucketingId: string;
      /** Integer in `[0, 10_000)`. */
      readonly bucket: number;
      /** Only in explanations: the traffic line the bucket lies on. */
      readonly traffic?: readonly TrafficSpan[];
    }
  | { readonly code: 'bucket-invalid-variation' }
  | { readonly code: 'cmab-unsupported' }
  | { readonly code: 'cmab-failed'; readonly ruleKey: string }
  | { readonly code: 'rollout-missing'; readonly flagKey: string }
  | { readonly code: 'rollout-unknown' | 'rollout-empty'; readonly flagKey: string; readonly rolloutId: string }
  | ({ readonly code: 'delivery-audience-met' | 'delivery-audience-not-met' } & DeliveryFacts)
  | ({ readonly code: 'delivery-bucketed' | 'delivery-not-bucketed' } & DeliveryFacts)
  | { readonly code: 'rollout-hit' | 'rollout-miss'; readonly userId: string; readonly flagKey: string }
  | { readonly code: 'variable-invalid'; readonly variableKey: string }
  | {
      readonly code: 'profile-lookup-failed' | 'profile-save-failed';
      readonly userId: string;
      readonly message: string;
    }
  | { readonly code: 'profile-not-loaded'; readonly userId: string };

/** About a rule and nothing more. */
export type RuleReasonCode =
  | 'holdout-audience-met'
  | 'holdout-audience-not-met'
  | 'holdout-no-variation'
  | 'experiment-audience-not-met'
  | 'experiment-no-variation';

/** About a rule and one of its variations. */
export type VariationReasonCode =
  | 'holdout-variation'
  | 'forced-variation'
  | 'allow-listed'
  | 'allow-list-invalid'
  | 'sticky'
  | 'experiment-variation';

interface RuleFacts {
  readonly userId: string;
  readonly ruleKey: string;
}

interface VariationFacts {
  readonly variationKey: string;
}

interface GroupFacts {
  readonly groupId: string;
  /** The bucket on the group's own traffic line. */
  readonly bucket: number;
}

interface ForcedDecisionFacts {
  readonly flagKey: string;
  readonly ruleKey: string | null;
  readonly userId: string;
  readonly variationKey: string;
}

interface DeliveryFacts {
  readonly userId: string;
  readonly ruleKey: string;
  /** 1-based position of the delivery, or `Everyone Else` for the last. */
  readonly name: string;
}

/** Returns the text of a reason. */
export function formatReason(reason: Reason): string {
  switch (reason.code) {
    case 'sdk-not-ready':
      return 'Optimizely SDK not configured properly yet.';
    case 'flag-not-found':
      return `No flag was found for key "${reason.flagKey}".`;
    case 'experiment-not-found':
      return `Experiment key ${reason.ruleKey} is not in datafile.`;
    case 'evaluation-failed':
      return `Evaluating flag "${reason.flagKey}" failed: ${reason.message}.`;
    case 'forced-decision':
      return `Variation (${reason.variationKey}) is mapped to ${forcedTarget(reason)} in the forced decision map.`;
    case 'forced-decision-invalid':
      return `Invalid variation is mapped to ${forcedTarget(reason)} in the forced decision map.`;
    case 'holdout-not-running':
      return `Holdout ${reason.ruleKey} is not running.`;
    case 'holdout-audience-met':
      return `User ${reason.userId} meets conditions for holdout ${reason.ruleKey}.`;
    case 'holdout-audience-not-met':
      return `User ${reason.userId} does not meet conditions for holdout ${reason.ruleKey}.`;
    case 'holdout-no-variation':
      return `User ${reason.userId} is in no holdout variation.`;
    case 'holdout-variation':
      return `User ${reason.userId} is in variation ${reason.variationKey} of holdout ${reason.ruleKey}.`;
    case 'no-experiments':
      return `Feature ${reason.flagKey} is not attached to any experiments.`;
    case 'experiment-not-running':
      return `Experiment ${reason.ruleKey} is not running.`;
    case 'forced-variation':
      return `Variation ${reason.variationKey} is mapped to experiment ${reason.ruleKey} and user ${reason.userId} in the forced variation map.`;
    case 'allow-listed':
      return `User ${reason.userId} is forced in variation ${reason.variationKey}.`;
    case 'allow-list-invalid':
      return `Variation key ${reason.variationKey} is not in datafile. Not activating user ${reason.userId}.`;
    case 'sticky':
      return `Returning previously activated variation "${reason.variationKey}" of experiment "${reason.ruleKey}" for user "${reason.userId}" from user profile.`;
    case 'sticky-invalid':
      return `User ${reason.userId} was previously bucketed into variation with ID ${reason.variationId} for experiment ${reason.ruleKey}, but no matching variation was found.`;
    case 'audiences-evaluating':
      return `Evaluating audiences for ${reason.scope} "${reason.name}": ${conditionsText(reason.conditions)}.`;
    case 'audiences-evaluated':
      return `Audiences for ${reason.scope} ${reason.name} collectively evaluated to ${reason.verdict ? 'TRUE' : 'FALSE'}.`;
    case 'experiment-audience-not-met':
      return `User ${reason.userId} does not meet conditions to be in experiment ${reason.ruleKey}.`;
    case 'experiment-no-variation':
      return `User ${reason.userId} is in no variation of experiment ${reason.ruleKey}.`;
    case 'experiment-variation':
      return `User ${reason.userId} is in variation ${reason.variationKey} of experiment ${reason.ruleKey}.`;
    case 'group-none':
      return `User ${reason.userId} is not in any experiment of group ${reason.groupId}.`;
    case 'group-other':
      return `User ${reason.userId} is not in experiment ${reason.ruleKey} of group ${reason.groupId}.`;
    case 'group-entered':
      return `User ${reason.userId} is in experiment ${reason.ruleKey} of group ${reason.groupId}.`;
    case 'bucket-assigned':
      return `Assigned bucket ${reason.bucket} to user with bucketing ID ${reason.bucketingId}.`;
    case 'bucket-invalid-variation':
      return 'Bucketed into an invalid variation ID. Returning null.';
    case 'cmab-unsupported':
      return 'CMAB is not supported in sync mode.';
    case 'cmab-failed':
      return `Failed to fetch CMAB data for experiment ${reason.ruleKey}.`;
    case 'rollout-missing':
      return `There is no rollout of feature ${reason.flagKey}.`;
    case 'rollout-unknown':
      return `Invalid rollout ID ${reason.rolloutId} attached to feature ${reason.flagKey}`;
    case 'rollout-empty':
      return `Rollout of feature ${reason.rolloutId} has no experiments`;
    case 'delivery-audience-met':
      return `User ${reason.userId} meets conditions for targeting rule ${reason.name}.`;
    case 'delivery-audience-not-met':
      return `User ${reason.userId} does not meet conditions for targeting rule ${reason.name}.`;
    case 'delivery-bucketed':
      return `User ${reason.userId} bucketed into targeting rule ${reason.name}.`;
    case 'delivery-not-bucketed':
      return `User ${reason.userId} not bucketed into targeting rule ${reason.name} due to traffic allocation. Trying everyone rule.`;
    case 'rollout-hit':
      return `User ${reason.userId} is in rollout of feature ${reason.flagKey}.`;
    case 'rollout-miss':
      return `User ${reason.userId} is not in rollout of feature ${reason.flagKey}.`;
    case 'variable-invalid':
      return `Variable value for key "${reason.variableKey}" is invalid or wrong type.`;
    case 'profile-lookup-failed':
      return `Error while looking up user profile for user ID "${reason.userId}": ${reason.message}.`;
    case 'profile-save-failed':
      return `Error while saving user profile for user ID "${reason.userId}": ${reason.message}.`;
    case 'profile-not-loaded':
      return `The user profile store is asynchronous and the profile of user "${reason.userId}" was not loaded; decided without it.`;
  }
}

/** Nesting that JSON.stringify cannot follow is named rather than shown: a reason must not fail. */
function conditionsText(conditions: JsonValue | undefined): string {
  try {
    return String(JSON.stringify(conditions));
  } catch {
    return 'conditions nested too deeply to show';
  }
}

function forcedTarget(reason: ForcedDecisionFacts): string {
  const rule = reason.ruleKey === null ? '' : `, rule (${reason.ruleKey})`;
  return `flag (${reason.flagKey})${rule} and user (${reason.userId})`;
}
