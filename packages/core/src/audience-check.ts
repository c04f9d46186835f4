/** What an explanation says of an audience and its conditions. */
import type { JsonValue } from './project-config.ts';
import type { AttributeValue } from './user.ts';
import type { Verdict } from './verdict.ts';

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
