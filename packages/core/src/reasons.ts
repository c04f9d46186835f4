/**
 * Reasons: why a decision came out as it did, as tagged data.
 *
 * The same objects, with fields that no text shows, are the steps of an explanation. `reason-text.ts` turns them into
 * text; the bundle of an application that reads only the codes does not contain the texts.
 */
import type { JsonValue } from './project-config.ts';
import type { AttributeValue } from './user.ts';

/**
 * The result of a condition: `null` means unknown, because a value is missing or unsuitable or the condition is not
 * understood.
 */
export type Verdict = boolean | null;

/** One evaluated leaf condition: about an attribute or about a segment. */
export interface ConditionCheck {
  readonly attribute?: string | undefined;
  readonly segment?: string;
  /** Match type, such as `exact` or `ge`. */
  readonly match: string;
  readonly expected: JsonValue | undefined;
  /** `undefined` when the user lacks the attribute. */
  readonly actual: AttributeValue;
  readonly verdict: Verdict;
}

/** One evaluated audience with its evaluated conditions; skipped conditions are missing. */
export interface AudienceCheck {
  readonly audienceId: string;
  /** `null`: the datafile does not have the audience. */
  readonly name: string | null;
  readonly verdict: Verdict;
  readonly conditions: readonly ConditionCheck[];
}

/** The kind of rule: `experiment` for experiments and holdouts, `rule` for deliveries. */
export type AudienceScope = 'experiment' | 'rule';

/** One piece of the traffic line: buckets in `[start, end)`. */
export interface TrafficSpan {
  readonly start: number;
  readonly end: number;
  /** `null` for a range without a variation. */
  readonly variationKey: string | null;
}

/** One step of an evaluation. */
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
      /** Whether the user is in the audience; unknown counts as not. */
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
      /** Only in explanations: the traffic line that contains the bucket. */
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
  | { readonly code: 'profile-not-loaded'; readonly userId: string }
  /** The explanation was cut: the steps after this one have no conditions and no traffic. */
  | { readonly code: 'details-omitted' };

/** Reasons about a rule. */
export type RuleReasonCode =
  | 'holdout-audience-met'
  | 'holdout-audience-not-met'
  | 'holdout-no-variation'
  | 'experiment-audience-not-met'
  | 'experiment-no-variation';

/** Reasons about a rule and one of its variations. */
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

/** The data of reasons about forced decisions. */
export interface ForcedDecisionFacts {
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
