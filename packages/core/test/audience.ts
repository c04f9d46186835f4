/** The verdict of one audience on a user. */
import { compileAudiences, createAudiences, evaluateAudiences } from '../src/audiences.ts';
import type { NodeRef } from '../src/condition-tree.ts';
import type { JsonValue, Trace, UserSnapshot, Verdict } from '../src/index.ts';

export function judgeAudience(conditions: JsonValue, who: UserSnapshot, trace?: Trace): Verdict {
  const audiences = createAudiences(new Map([['1', { id: '1', name: 'audience', conditions }]]));
  return evaluateAudiences(audiences, compileAudiences(audiences, ['1']) as NodeRef, who, trace);
}
