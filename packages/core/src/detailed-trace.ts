/** The trace of an explanation: reasons with every condition that was looked at, and with traffic lines. Bounded. */
import { toJsonText } from './json-text.ts';
import type { JsonValue } from './project-config.ts';
import type { AudienceCheck, ConditionCheck, Reason, TrafficSpan } from './reasons.ts';
import type { Trace } from './trace.ts';

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
  let audiences: AudienceCheck[] = [];
  /** Of the audience that is being evaluated. */
  let conditions: ConditionCheck[] | undefined;
  /** Takes room for details; tells whether there was enough left. */
  const take = (count: number): boolean => {
    if (left < 0) return false;
    left -= count;
    if (left < 0) reasons.push({ code: 'details-omitted' });
    return left >= 0;
  };
  const trace: Trace = {
    reasons,
    details: {
      condition({ name, match, value }, verdict, kind, actual) {
        if (conditions === undefined || !take(1)) return;
        const check = { match: textOf(match), expected: value, actual, verdict };
        if (kind === 'segment') conditions.push({ segment: textOf(value), ...check, match: 'qualified' });
        else if (kind)
          conditions.push({ attribute: String(name), ...check, match: match === undefined ? 'exact' : textOf(match) });
        else
          conditions.push({ attribute: typeof name === 'string' ? name : undefined, ...check, match: cutJson(match) });
      },
      audience(audienceId, audience, evaluate) {
        if (!take(1)) return evaluate();
        const checked: ConditionCheck[] = [];
        conditions = checked;
        const verdict = evaluate(trace);
        conditions = undefined;
        audiences.push({ audienceId, name: audience?.name ?? null, verdict, conditions: checked });
        return verdict;
      },
      takeAudiences() {
        const taken = audiences;
        audiences = [];
        return taken;
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
  return trace;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'object' ? cutJson(value) : String(value);
}

function cutJson(value: JsonValue | undefined): string {
  return toJsonText(value, MAX_SHOWN_LENGTH) ?? '';
}
