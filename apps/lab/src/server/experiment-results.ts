/**
 * Results of an experiment, by SQL over the collected events.
 *
 * A visitor counts where their first impression put them, and as converted once, when the event came at or after it.
 */
import { type DuckDBConnection, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import { type ShopRule, sharesOf } from '@sortition/emulator/shop-datafile';
import type { ExperimentResults, VariationCounts } from '../api/experiment-results.ts';
import { checkSampleRatio } from './sample-ratio.ts';

const MOMENTS = 60;

/** `$rule`, `$event`, `$variations`: visitors who were exposed, and when they were and when they converted. */
const SUBJECTS = /* SQL */ `
  exposed AS (
    SELECT DISTINCT ON (visitor_id) visitor_id, variation_id, revision, timestamp AS exposed_at
    FROM events
    WHERE kind = 'impression' AND rule_id = $rule AND list_contains($variations, variation_id)
    ORDER BY visitor_id, timestamp, seq
  ),
  converted AS (
    SELECT exposed.visitor_id, min(events.timestamp) AS converted_at
    FROM exposed JOIN events ON events.visitor_id = exposed.visitor_id
    WHERE events.kind = 'conversion' AND events.key = $event AND events.timestamp >= exposed_at
    GROUP BY exposed.visitor_id
  ),
  subjects AS (SELECT * FROM exposed LEFT JOIN converted USING (visitor_id))
`;

/** The score interval of Wilson: honest for small numbers and for rates near 0; everything is possible of nobody. */
const WILSON = /* SQL */ `
  1.959963984540054 AS z,
  CASE visitors WHEN 0 THEN 0 ELSE conversions / visitors END AS rate,
  CASE visitors WHEN 0 THEN 0.5 ELSE (rate + z * z / (2 * visitors)) / (1 + z * z / visitors) END AS center,
  CASE visitors WHEN 0 THEN 0.5
    ELSE z * sqrt(rate * (1 - rate) / visitors + z * z / (4 * visitors * visitors)) / (1 + z * z / visitors)
  END AS half,
  greatest(0, center - half) AS low,
  least(1, center + half) AS high
`;

/** Each moment ends an equal part of the time between the first impression and the last event. */
const SERIES = /* SQL */ `
  WITH ${SUBJECTS},
  span AS (
    SELECT min(exposed_at) AS first, max(greatest(exposed_at, coalesce(converted_at, 0))) - first + 1 AS length,
      least(${MOMENTS}, length) AS moments
    FROM subjects
  ),
  steps AS (
    SELECT variation_id, (exposed_at - first) * moments // length AS moment, 1 AS visitors, 0 AS conversions
    FROM subjects, span
    UNION ALL
    SELECT variation_id, (converted_at - first) * moments // length, 0, 1
    FROM subjects, span WHERE converted_at IS NOT NULL
  ),
  grid AS (
    SELECT moment, variation_id, ceil(first + (moment + 1) * length / moments) - 1 AS until
    FROM span, range(${MOMENTS}) AS ticks(moment), unnest($variations) AS variations(variation_id)
    WHERE first IS NOT NULL AND moment < moments
  ),
  counted AS (
    SELECT until, variation_id,
      sum(coalesce(sum(visitors), 0)) OVER so_far AS visitors,
      sum(coalesce(sum(conversions), 0)) OVER so_far AS conversions
    FROM grid LEFT JOIN steps USING (moment, variation_id)
    GROUP BY moment, until, variation_id
    WINDOW so_far AS (PARTITION BY variation_id ORDER BY moment)
  )
  SELECT until::DOUBLE AS until, variation_id, visitors::DOUBLE AS visitors, conversions::DOUBLE AS conversions, ${WILSON}
  FROM counted ORDER BY until, list_position($variations, variation_id)
`;

/**
 * Whom each variation was to get: every visitor brings the shares of the revision they were decided by, so that a split
 * that was changed on the way is no alarm. Left out are visitors decided by a datafile that was never published here, and
 * those in a variation without a share there: an allow-list or a stored assignment put them into it, not the split.
 */
const EXPECTED = /* SQL */ `
  WITH ${SUBJECTS},
  judged AS (
    SELECT * FROM subjects SEMI JOIN allocations
    ON allocations.revision = subjects.revision AND allocations.rule_id = $rule
      AND allocations.variation_id = subjects.variation_id AND share > 0
  ),
  expected AS (
    SELECT allocations.variation_id, sum(share) AS expected
    FROM judged JOIN allocations ON allocations.revision = judged.revision AND allocations.rule_id = $rule
    GROUP BY allocations.variation_id
  )
  SELECT variation_id, expected, (SELECT count(*) FROM judged WHERE judged.variation_id = expected.variation_id)::DOUBLE AS observed
  FROM expected
`;

/** Queries the results of a rule for one conversion event. */
export async function readResults(
  queries: DuckDBConnection,
  rule: ShopRule,
  eventKey: string,
): Promise<ExperimentResults> {
  const values = { rule: rule.id, event: eventKey, variations: listValue(rule.variations.map(({ id }) => id)) };
  const query = async <Row>(sql: string): Promise<readonly Row[]> => {
    const result = await queries.runAndReadAll(sql, values, { variations: LIST(VARCHAR) });
    return result.getRowObjectsJS() as unknown as Row[];
  };
  const series = groupByMoment(await query<SeriesRow>(SERIES));
  const latest = series.at(-1)?.variations ?? [];
  const shares = sharesOf(rule.trafficAllocation);
  return {
    ruleId: rule.id,
    ruleKey: rule.key,
    eventKey,
    variations: rule.variations.map(({ id, key }) => ({
      ...(latest.find(({ variationId }) => variationId === id) ?? { ...NOBODY, variationId: id }),
      variationKey: key,
      configuredShare: shares.get(id) ?? 0,
    })),
    series,
    sampleRatio: checkSampleRatio(await query<{ observed: number; expected: number }>(EXPECTED)),
  };
}

interface SeriesRow extends Omit<VariationCounts, 'variationId'> {
  readonly until: number;
  readonly variation_id: string;
}

const NOBODY = { visitors: 0, conversions: 0, rate: 0, low: 0, high: 1 };

/** Rows come ordered by time. */
function groupByMoment(rows: readonly SeriesRow[]): ExperimentResults['series'] {
  const moments = new Map<number, VariationCounts[]>();
  for (const { until: at, variation_id: variationId, visitors, conversions, rate, low, high } of rows) {
    const variations = moments.get(at) ?? [];
    variations.push({ variationId, visitors, conversions, rate, low, high });
    moments.set(at, variations);
  }
  return [...moments].map(([at, variations]) => ({ at, variations }));
}
