/** The trace of an explanation: reasons with every condition that was evaluated, and with traffic lines. Bounded. */
import { checkAudiences } from './audience-checks.ts';
import type { Trace } from './evaluation.ts';
import type { Reason, TrafficSpan } from './reasons.ts';

/** An explanation shows no more than this many audiences, conditions and parts of traffic; operators count as well. */
const MAX_DETAILS = 20_000;

/**
 * Creates the trace of one explanation.
 *
 * @param reasons Reasons that come before the evaluation; more are added to this list.
 */
export function detailedTrace(reasons: Reason[] = []): Trace {
  let left = MAX_DETAILS;
  /** Reserves room for details; returns whether enough was left. */
  const take = (count: number): boolean => {
    if (left < 0) return false;
    left -= count;
    if (left < 0) reasons.push({ code: 'details-omitted' });
    return left >= 0;
  };
  return {
    reasons,
    details: {
      audiences: (audiences, ref, user) => checkAudiences(audiences, ref, user, take),
      traffic(ranges, findVariation) {
        if (!take(ranges.length)) return undefined;
        let start = 0;
        const spans: TrafficSpan[] = [];
        for (const { entityId, endOfRange } of ranges) {
          if (!(endOfRange > start)) continue;
          // As in decisions, a range with an empty id has no variation.
          const variation = entityId === '' ? undefined : findVariation(entityId);
          spans.push({ start, end: endOfRange, variationKey: variation?.key ?? null });
          start = endOfRange;
        }
        return spans;
      },
    },
  };
}
