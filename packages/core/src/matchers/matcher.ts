/** What a match type is: the condition's value prepared once, then asked for the value of each user. */
import type { JsonValue } from '../project-config.ts';
import type { Verdict } from '../reasons.ts';
import type { AttributeValue } from '../user.ts';

/** Judges one attribute value. */
export type Matcher = (actual: AttributeValue) => Verdict;

/** Prepares a condition value; `null` when the match type cannot work with it, which makes the condition unknown. */
export type CompileMatcher = (expected: JsonValue | undefined) => Matcher | null;
