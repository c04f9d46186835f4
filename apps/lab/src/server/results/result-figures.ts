/**
 * Figures of an experiment, by SQL over the collected events.
 *
 * They are those of one period, in which the experiment had one configuration. A visitor counts in the period of their first
 * impression, where that put them, and as converted once, when the event came at or after it. Users who were seen in two
 * variations say nothing about either and are left out, as are those who came in an earlier period.
 *
 * Grouping by visitor is most of the work. Ids are therefore grouped by DuckDB's 64-bit hash and variations by their place,
 * which takes half the time of grouping texts; that two of a million visitors share a hash has a probability of 3 in 100
 * million, and would lose one visitor.
 */
import { type DuckDBConnection, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import type { ChosenPeriod } from './result-periods.ts';
import type { ResultQuestion } from './result-question.ts';

/** Moments that the course over time has at most. */
export const MOMENTS = 60;

/** A visitor is `counted`, or why not. */
type VisitorStatus = 'counted' | 'crossover' | 'returning';

/** `$rule`, `$event`, `$variations`, `$first` and `$next` (revisions of the period, the end exclusive). */
const SUBJECTS = /* SQL */ `
  known AS MATERIALIZED (SELECT DISTINCT revision::VARCHAR AS text, revision AS rev FROM versions),
  seen AS (
    SELECT hash(visitor_id) AS visitor, list_position($variations, variation_id)::USMALLINT AS place, timestamp, attributes, rev
    FROM events LEFT JOIN known ON known.text = events.revision
    WHERE kind = 'impression' AND rule_id = $rule AND list_contains($variations, variation_id)
  )
`;

/** The status is 0, 1 or 2, in the order of `STATUSES`. */
const STATUS = 'CASE WHEN min(place) <> max(place) THEN 1 WHEN min(rev) < $first THEN 2 ELSE 0 END::UTINYINT';
const STATUSES: readonly VisitorStatus[] = ['counted', 'crossover', 'returning'];

const CONVERSIONS = /* SQL */ `
  SELECT hash(visitor_id) AS visitor, timestamp, revenue, value FROM events
  WHERE kind = 'conversion' AND key = $event AND coalesce(try_cast(revision AS BIGINT), 0) < $next
`;

/**
 * One statement, so that all figures are of one moment. Rows of four kinds: `people` by variation and status, `converted` by
 * variation, `step` by moment and variation, `foreign` with a count alone. Each moment ends an equal part of the time between
 * the first impression and the last event.
 */
const FIGURES = /* SQL */ `
  WITH ${SUBJECTS},
  people AS MATERIALIZED (
    SELECT visitor, min(place) AS place, min(timestamp) FILTER (rev >= $first) AS exposed_at, ${STATUS} AS status
    FROM seen WHERE rev < $next GROUP BY visitor HAVING exposed_at IS NOT NULL
  ),
  counted AS MATERIALIZED (SELECT visitor, place, exposed_at FROM people WHERE status = 0),
  converted AS MATERIALIZED (
    SELECT any_value(place) AS place, min(timestamp) AS converted_at, sum(revenue)::DOUBLE AS revenue, sum(value) AS value
    FROM (${CONVERSIONS}) JOIN counted USING (visitor) WHERE timestamp >= exposed_at GROUP BY visitor
  ),
  span AS (
    SELECT first, greatest(last, (SELECT coalesce(max(converted_at), 0) FROM converted)) - first + 1 AS length
    FROM (SELECT min(exposed_at) AS first, max(exposed_at) AS last FROM counted)
  ),
  steps AS (
    SELECT place, (exposed_at - first) * least(${MOMENTS}, length) // length AS moment, count(*) AS visitors, 0 AS conversions
    FROM counted, span GROUP BY ALL
    UNION ALL
    SELECT place, (converted_at - first) * least(${MOMENTS}, length) // length, 0, count(*) FROM converted, span GROUP BY ALL
  )
  SELECT 'people' AS part, place, status, count(*)::DOUBLE AS visitors, 0::DOUBLE AS conversions,
    NULL::DOUBLE AS revenue, NULL::DOUBLE AS revenue_squares, NULL::DOUBLE AS value, NULL::DOUBLE AS value_squares,
    NULL::DOUBLE AS moment, NULL::DOUBLE AS first, NULL::DOUBLE AS length
  FROM people GROUP BY place, status
  UNION ALL
  SELECT 'converted', place, NULL, 0, count(*), sum(revenue), sum(revenue * revenue), sum(value), sum(value * value),
    NULL, NULL, NULL
  FROM converted GROUP BY place
  UNION ALL
  SELECT 'step', place, NULL, sum(visitors), sum(conversions), NULL, NULL, NULL, NULL, moment, any_value(first), any_value(length)
  FROM steps, span GROUP BY place, moment
  UNION ALL
  SELECT 'foreign', NULL, NULL, count(DISTINCT visitor), 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM seen WHERE rev IS NULL
`;

/** Figures by the value of the attribute at `$path`, the most frequent ones first. */
const SEGMENTS = /* SQL */ `
  WITH ${SUBJECTS},
  people AS MATERIALIZED (
    SELECT visitor, min(place) AS place, min(timestamp) FILTER (rev >= $first) AS exposed_at, ${STATUS} AS status,
      arg_min(attributes, timestamp) FILTER (rev >= $first) AS attributes
    FROM seen WHERE rev < $next GROUP BY visitor HAVING exposed_at IS NOT NULL AND status = 0
  ),
  converted AS (
    SELECT DISTINCT visitor FROM (${CONVERSIONS}) JOIN people USING (visitor) WHERE timestamp >= exposed_at
  ),
  counts AS (
    SELECT json_extract_string(attributes, $path) AS segment, place, count(*) AS visitors, count(converted.visitor) AS conversions
    FROM people LEFT JOIN converted USING (visitor) GROUP BY ALL
  ),
  frequent AS (SELECT segment, sum(visitors) AS size FROM counts GROUP BY segment ORDER BY size DESC LIMIT 12)
  SELECT frequent.segment, place, visitors::DOUBLE AS visitors, conversions::DOUBLE AS conversions
  FROM counts JOIN frequent ON counts.segment IS NOT DISTINCT FROM frequent.segment ORDER BY size DESC, frequent.segment
`;

/** Visitors of a variation with one status. */
export interface PeopleFigure {
  readonly part: 'people';
  readonly variationId: string;
  readonly status: VisitorStatus;
  readonly visitors: number;
}

/** Counted visitors of a variation who converted, and the sums of what they brought; `null` when no event had one. */
export interface ConvertedFigure {
  readonly part: 'converted';
  readonly variationId: string;
  readonly conversions: number;
  readonly revenue: number | null;
  readonly revenueSquares: number | null;
  readonly value: number | null;
  readonly valueSquares: number | null;
}

/** Visitors and conversions of one moment; the span of all moments begins at `first` and is `length` long, in ms. */
export interface StepFigure {
  readonly part: 'step';
  readonly variationId: string;
  readonly moment: number;
  readonly visitors: number;
  readonly conversions: number;
  readonly first: number;
  readonly length: number;
}

/** Visitors decided by a datafile that was never published here. */
interface ForeignFigure {
  readonly part: 'foreign';
  readonly visitors: number;
}

export type Figure = PeopleFigure | ConvertedFigure | StepFigure | ForeignFigure;

/** Counts of one value of an attribute in one variation. */
interface SegmentFigure {
  readonly segment: string | null;
  readonly variationId: string;
  readonly visitors: number;
  readonly conversions: number;
}

/** Everything that is counted of a period. */
export async function readFigures(
  connection: DuckDBConnection,
  question: ResultQuestion,
  period: ChosenPeriod,
): Promise<readonly Figure[]> {
  const rows = await query(connection, FIGURES, question, period);
  return rows.map((row) => ({
    ...row,
    variationId: variationAt(question, row.place),
    status: STATUSES[Number(row.status)],
    revenueSquares: row.revenue_squares,
    valueSquares: row.value_squares,
  })) as unknown as readonly Figure[];
}

/** Counts by the values of an attribute. */
export async function readSegmentFigures(
  connection: DuckDBConnection,
  question: ResultQuestion,
  period: ChosenPeriod,
  attribute: string,
): Promise<readonly SegmentFigure[]> {
  const path = `$."${attribute.replaceAll('"', '\\"')}"`;
  const rows = await query(connection, SEGMENTS, question, period, { path });
  return rows.map((row) => ({
    ...row,
    variationId: variationAt(question, row.place),
  })) as unknown as readonly SegmentFigure[];
}

/** Places count from 1. */
function variationAt({ rule }: ResultQuestion, place: unknown): string {
  return rule.variations[Number(place) - 1]?.id ?? '';
}

async function query(
  connection: DuckDBConnection,
  sql: string,
  { rule, eventKey }: ResultQuestion,
  { firstRevision, next }: ChosenPeriod,
  more: Record<string, string> = {},
): Promise<readonly Record<string, unknown>[]> {
  const variations = listValue(rule.variations.map(({ id }) => id));
  const values = { rule: rule.id, event: eventKey, first: Number(firstRevision), next, variations, ...more };
  return (await connection.runAndReadAll(sql, values, { variations: LIST(VARCHAR) })).getRowObjectsJS();
}
