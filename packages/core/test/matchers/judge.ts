/** The verdict of a match type on the value of a user. */
import type { Verdict } from '../../src/index.ts';
import { isJudged, type Match, meets } from '../../src/matchers/match-types.ts';

export function judge({ code, expected }: Match, actual: unknown): Verdict {
  return meets(code, expected, actual) || (isJudged(code, expected, actual) ? false : null);
}
