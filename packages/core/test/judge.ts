/** The match type of one condition on the attribute `x`, and its verdict on the value of a user. */
import { type CompiledCondition, compileCondition, isJudged, meets } from '../src/conditions.ts';
import type { JsonValue, Verdict } from '../src/index.ts';

export function compileMatch(match: string, value: JsonValue | undefined): CompiledCondition | null {
  return compileCondition({ type: 'custom_attribute', name: 'x', match, ...(value !== undefined && { value }) });
}

export function judge({ code, expected }: CompiledCondition, actual: unknown): Verdict {
  return meets(code, expected, actual) || (isJudged(code, expected, actual) ? false : null);
}
