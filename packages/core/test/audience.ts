/** The verdict of one audience on a user. */
import { expect } from 'vitest';
import { compileAudiences, createAudiences, judgeAudiences } from '../src/audiences.ts';
import type { NodeRef } from '../src/condition-tree.ts';
import { type AudienceCheck, detailedTrace, type JsonValue, type UserSnapshot, type Verdict } from '../src/index.ts';

export function judgeAudience(conditions: JsonValue, who: UserSnapshot): Verdict {
  const audiences = createAudiences(new Map([['1', { id: '1', name: 'audience', conditions }]]));
  const verdict = judgeAudiences(audiences, compileAudiences(audiences, ['1']) as NodeRef, who);
  // Explanations show the verdict of the same evaluator.
  expect(explainAudience(conditions, who)?.verdict).toBe(verdict);
  return verdict;
}

/** What an explanation shows of it. */
export function explainAudience(conditions: JsonValue, who: UserSnapshot): AudienceCheck | undefined {
  const audiences = createAudiences(new Map([['1', { id: '1', name: 'audience', conditions }]]));
  return detailedTrace().details?.audiences(audiences, compileAudiences(audiences, ['1']) as NodeRef, who)[0];
}
