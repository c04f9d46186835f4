/**
 * What an evaluation writes down when asked: reasons as data, and for explanations the verdict of every condition.
 *
 * Decisions pass no trace at all unless reasons were asked for, so that none are built for nobody.
 */
import type { Verdict } from './condition-tree.ts';
import type { JsonValue } from './project-config.ts';
import type { Reason } from './reasons.ts';
import type { AttributeValue } from './user.ts';

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

/** One evaluated audience with the conditions that were looked at; those a shortcut skipped are missing. */
export interface AudienceCheck {
  readonly audienceId: string;
  /** `null`: the datafile does not know the audience. */
  readonly name: string | null;
  readonly verdict: Verdict;
  readonly conditions: readonly ConditionCheck[];
}

/** Collects what happened. */
export interface Trace {
  readonly reasons: Reason[];
  /** Audiences of the rule being evaluated; absent when only reasons are wanted. */
  audiences?: AudienceCheck[];
  /** Conditions of the audience being evaluated. */
  conditions?: ConditionCheck[] | undefined;
}
