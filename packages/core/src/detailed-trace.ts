/** The trace of an explanation: reasons with every condition that was looked at, and with traffic lines. Bounded. */
import { audienceIdOf, namesAudiences } from './audiences.ts';
import { judgeTree } from './condition-tree.ts';
import { compileCondition } from './conditions.ts';
import { toJsonText } from './json-text.ts';
import { judge } from './matchers/match-types.ts';
import type { JsonValue } from './project-config.ts';
import type { AudienceCheck, ConditionCheck, Reason, TrafficSpan, Verdict } from './reasons.ts';
import type { Condition, Trace } from './trace.ts';
import type { UserSnapshot } from './user.ts';

/** An explanation shows no more than this many conditions and parts of traffic. */
const MAX_DETAILS = 20_000;

/** Longer names of match types and segments are cut. */
const MAX_SHOWN_LENGTH = 200;

/**
 * Creates the trace of one explanation.
 *
 * @param reasons Those that come before the evaluation; the list is added to.
 */
export function detailedTrace(reasons: Reason[] = []): Trace {
  let left = MAX_DETAILS;
  /** Takes room for details; tells whether there was enough left. */
  const take = (count: number): boolean => {
    if (left < 0) return false;
    left -= count;
    if (left < 0) reasons.push({ code: 'details-omitted' });
    return left >= 0;
  };
  return {
    reasons,
    details: {
      audiences(tree, definitions, user) {
        const audiences: AudienceCheck[] = [];
        const judgeAudience = (leaf: JsonValue | undefined): Verdict => {
          // Nothing more is shown, so that the verdict does not matter.
          if (!take(1)) return null;
          const audienceId = audienceIdOf(leaf);
          const audience = definitions.get(audienceId);
          const conditions: ConditionCheck[] = [];
          const judgeLeaf = (condition: JsonValue | undefined): Verdict => {
            const check = checkCondition(condition, user);
            if (check && take(1)) conditions.push(check);
            return check?.verdict ?? null;
          };
          const verdict = audience ? judgeTree(audience.conditions, judgeLeaf) : null;
          audiences.push({ audienceId, name: audience?.name ?? null, verdict, conditions });
          return verdict;
        };
        if (namesAudiences(tree)) judgeTree(tree, judgeAudience);
        return audiences;
      },
      traffic(ranges, findVariation) {
        if (!take(ranges.length)) return undefined;
        let start = 0;
        const spans: TrafficSpan[] = [];
        for (const { entityId, endOfRange } of ranges) {
          if (!(endOfRange > start)) continue;
          spans.push({ start, end: endOfRange, variationKey: findVariation(entityId)?.key ?? null });
          start = endOfRange;
        }
        return spans;
      },
    },
  };
}

/** Judges a user by a condition; `undefined` when it is not one. */
function checkCondition(leaf: JsonValue | undefined, user: UserSnapshot): ConditionCheck | undefined {
  if (typeof leaf !== 'object' || leaf === null) return undefined;
  const { name, match, value: expected } = leaf as Condition;
  const known = compileCondition(leaf as Condition);
  if (known?.attribute === null) {
    const verdict = judge(known, user.qualifiedSegments);
    return { segment: textOf(expected), match: 'qualified', expected, actual: undefined, verdict };
  }
  const attribute = known ? known.attribute : typeof name === 'string' ? name : undefined;
  const actual =
    known && Object.hasOwn(user.attributes, known.attribute) ? user.attributes[known.attribute] : undefined;
  const shown = known ? textOf(match ?? 'exact') : cutJson(match);
  return { attribute, match: shown, expected, actual, verdict: known && judge(known, actual) };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'object' ? cutJson(value) : String(value);
}

function cutJson(value: JsonValue | undefined): string {
  return toJsonText(value, MAX_SHOWN_LENGTH) ?? '';
}
