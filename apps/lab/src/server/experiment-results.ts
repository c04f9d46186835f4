/**
 * Results of an experiment, by SQL over the collected events.
 *
 * They are those of one period, in which the experiment had one configuration. A visitor counts in the period of their first
 * impression, where that put them, and as converted once, when the event came at or after it. Whoever was seen in two
 * variations tells nothing about either and is left out, as is whom an earlier period brought.
 */
import { type DuckDBConnection, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import type { ShopRule } from '@sortition/emulator/shop-datafile';
import { proportionInterval, sampleRatio } from '@sortition/stats';
import type {
  ExperimentResults,
  LeftOut,
  ResultPeriod,
  ResultSegment,
  VariationCounts,
} from '../api/experiment-results.ts';
import { analyse, type VariationFigures } from './result-analysis.ts';

/** What to look at. */
export interface ResultQuestion {
  readonly rule: ShopRule;
  readonly eventKey: string;
  /** The first revision of a period; the one that lasts unless given. */
  readonly period?: string | undefined;
  /** The variation others are compared with; the first one unless given. */
  readonly controlId?: string | undefined;
}

const MOMENTS = 60;

/** `$rule`, `$event`, `$variations`, `$first` and `$next` (revisions of the period, the end exclusive). */
const SUBJECTS = /* SQL */ `
  seen AS (
    SELECT visitor_id, variation_id, timestamp, attributes, try_cast(revision AS BIGINT) AS rev
    FROM events
    WHERE kind = 'impression' AND rule_id = $rule AND list_contains($variations, variation_id)
  ),
  people AS (
    SELECT visitor_id,
      arg_min(variation_id, timestamp) FILTER (rev >= $first) AS variation_id,
      min(timestamp) FILTER (rev >= $first) AS exposed_at,
      arg_min(attributes, timestamp) FILTER (rev >= $first) AS attributes,
      CASE WHEN min(variation_id) <> max(variation_id) THEN 'crossover'
        WHEN min(rev) < $first THEN 'returning' ELSE 'counted' END AS status
    FROM seen WHERE rev < $next AND rev IN (SELECT revision FROM versions)
    GROUP BY visitor_id
    HAVING exposed_at IS NOT NULL
  ),
  converted AS (
    SELECT people.visitor_id, min(events.timestamp) AS converted_at, sum(revenue)::DOUBLE AS revenue, sum(value) AS value
    FROM events JOIN people ON people.visitor_id = events.visitor_id AND people.status = 'counted'
    WHERE events.kind = 'conversion' AND events.key = $event AND events.timestamp >= exposed_at
      AND coalesce(try_cast(events.revision AS BIGINT), 0) < $next
    GROUP BY people.visitor_id
  )
`;

/**
 * One statement, so that all figures are of one moment. Rows of three kinds: `total` by variation and status, `step` by moment and
 * variation, `foreign` with a count alone. Each moment ends an equal part of the time between the first impression and the
 * last event.
 */
const FIGURES = /* SQL */ `
  WITH ${SUBJECTS},
  subjects AS MATERIALIZED (
    SELECT variation_id, status, exposed_at, converted_at, coalesce(revenue, 0) AS revenue, coalesce(value, 0) AS value,
      revenue IS NOT NULL AS has_revenue, value IS NOT NULL AS has_value
    FROM people LEFT JOIN converted USING (visitor_id)
  ),
  span AS (
    SELECT min(exposed_at) AS first, max(greatest(exposed_at, coalesce(converted_at, 0))) - first + 1 AS length
    FROM subjects WHERE status = 'counted'
  ),
  steps AS (
    SELECT variation_id, (exposed_at - first) * least(${MOMENTS}, length) // length AS moment, 1 AS visitors, 0 AS conversions
    FROM subjects, span WHERE status = 'counted'
    UNION ALL
    SELECT variation_id, (converted_at - first) * least(${MOMENTS}, length) // length, 0, 1
    FROM subjects, span WHERE converted_at IS NOT NULL
  )
  SELECT 'total' AS part, variation_id, status, NULL::DOUBLE AS moment, count(*)::DOUBLE AS visitors,
    count(converted_at)::DOUBLE AS conversions,
    sum(revenue)::DOUBLE AS revenue, sum(revenue * revenue)::DOUBLE AS revenue_squares, sum(value)::DOUBLE AS value,
    sum(value * value)::DOUBLE AS value_squares, bool_or(has_revenue) AS has_revenue, bool_or(has_value) AS has_value,
    NULL::DOUBLE AS first, NULL::DOUBLE AS length
  FROM subjects GROUP BY variation_id, status
  UNION ALL
  SELECT 'step', variation_id, NULL, moment, sum(visitors), sum(conversions), NULL, NULL, NULL, NULL, NULL, NULL,
    any_value(first), any_value(length)
  FROM steps, span GROUP BY variation_id, moment
  UNION ALL
  SELECT 'foreign', NULL, NULL, NULL, count(DISTINCT visitor_id), 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM seen WHERE rev IS NULL OR rev NOT IN (SELECT revision FROM versions)
`;

/** Figures by the value of the attribute `$attribute`, the most frequent ones first. */
const SEGMENTS = /* SQL */ `
  WITH ${SUBJECTS},
  valued AS (
    SELECT variation_id, visitor_id, json_extract_string(attributes, $path) AS segment FROM people WHERE status = 'counted'
  ),
  frequent AS (SELECT segment, count(*) AS size FROM valued GROUP BY segment ORDER BY size DESC LIMIT 12)
  SELECT frequent.segment, valued.variation_id, count(*)::DOUBLE AS visitors, count(converted_at)::DOUBLE AS conversions
  FROM valued JOIN frequent ON valued.segment IS NOT DISTINCT FROM frequent.segment LEFT JOIN converted USING (visitor_id)
  GROUP BY ALL ORDER BY any_value(size) DESC, frequent.segment
`;

/** Queries the results of a rule for one conversion event; `undefined` when the period does not exist. */
export async function readResults(
  connection: DuckDBConnection,
  question: ResultQuestion,
): Promise<Omit<ExperimentResults, 'simulation'> | undefined> {
  const { rule, eventKey } = question;
  const { periods, chosen } = await readPeriods(connection, question);
  if (chosen === undefined) return undefined;
  const rows = await query<FigureRow>(connection, FIGURES, question, chosen);
  const shares = new Map(Object.entries(chosen.shares));
  const figures: readonly VariationFigures[] = rule.variations.map(({ id }) => ({
    ...countsOf(rows.find((row) => row.part === 'total' && row.status === 'counted' && row.variation_id === id)),
    variationId: id,
  }));
  const controlId = rule.variations.some(({ id }) => id === question.controlId)
    ? (question.controlId as string)
    : (rule.variations[0]?.id ?? '');
  const steps = rows.filter(({ part }) => part === 'step');
  const { comparisons, power } = analyse(figures, controlId, spanOf(steps));
  const { shares: _, next: __, ...period } = chosen;
  return {
    ruleId: rule.id,
    ruleKey: rule.key,
    eventKey,
    controlId,
    period,
    periods,
    variations: rule.variations.map(({ id, key }, index) => ({
      ...toCounts(figures[index] as VariationFigures),
      ...(comparisons.get(id) ?? { comparison: null, revenue: null, value: null }),
      variationKey: key,
      configuredShare: shares.get(id) ?? 0,
    })),
    leftOut: readLeftOut(rows),
    series: toSeries(
      steps,
      rule.variations.map(({ id }) => id),
    ),
    sampleRatio: checkRatio(figures, shares),
    power,
  };
}

/** Figures by the values of an attribute; `undefined` when the period does not exist. */
export async function readSegments(
  connection: DuckDBConnection,
  question: ResultQuestion,
  attribute: string,
): Promise<readonly ResultSegment[] | undefined> {
  const { chosen } = await readPeriods(connection, question);
  if (chosen === undefined) return undefined;
  const path = `$."${attribute.replaceAll('"', '\\"')}"`;
  const rows = await query<FigureRow & { segment: string | null }>(connection, SEGMENTS, question, chosen, { path });
  const values = [...new Set(rows.map(({ segment }) => segment))];
  return values.map((value) => ({
    value,
    variations: question.rule.variations.map(({ id }) =>
      toCounts({ ...countsOf(rows.find((row) => row.segment === value && row.variation_id === id)), variationId: id }),
    ),
  }));
}

interface FigureRow {
  readonly part: 'total' | 'step' | 'foreign';
  readonly variation_id: string;
  readonly status: 'counted' | 'crossover' | 'returning';
  readonly moment: number;
  readonly visitors: number;
  readonly conversions: number;
  readonly revenue: number;
  readonly revenue_squares: number;
  readonly value: number;
  readonly value_squares: number;
  readonly has_revenue: boolean;
  readonly has_value: boolean;
  readonly first: number;
  readonly length: number;
}

interface ChosenPeriod extends ResultPeriod {
  readonly shares: Readonly<Record<string, number>>;
  /** The first revision after it. */
  readonly next: number;
}

async function readPeriods(
  connection: DuckDBConnection,
  { rule, period }: ResultQuestion,
): Promise<{ periods: readonly ResultPeriod[]; chosen: ChosenPeriod | undefined }> {
  const result = await connection.runAndReadAll(
    `SELECT first_revision::DOUBLE AS first, started_at::DOUBLE AS "startedAt", shares,
      lead(first_revision) OVER (ORDER BY first_revision)::DOUBLE AS next,
      lead(started_at) OVER (ORDER BY first_revision)::DOUBLE AS "endedAt"
    FROM periods WHERE rule_id = $rule ORDER BY first_revision DESC LIMIT 100`,
    { rule: rule.id },
  );
  const rows = result.getRowObjectsJS() as unknown as {
    first: number;
    startedAt: number;
    endedAt: number | null;
    next: number | null;
    shares: string;
  }[];
  const all = rows.map(({ first, startedAt, endedAt, next, shares }) => ({
    firstRevision: String(first),
    startedAt,
    endedAt,
    shares: JSON.parse(shares) as Record<string, number>,
    next: next ?? Number.MAX_SAFE_INTEGER,
  }));
  return {
    periods: all.map(({ firstRevision, startedAt, endedAt }) => ({ firstRevision, startedAt, endedAt })),
    chosen: period === undefined ? all[0] : all.find(({ firstRevision }) => firstRevision === period),
  };
}

async function query<Row>(
  connection: DuckDBConnection,
  sql: string,
  { rule, eventKey }: ResultQuestion,
  { firstRevision, next }: ChosenPeriod,
  more: Record<string, string> = {},
): Promise<readonly Row[]> {
  const variations = listValue(rule.variations.map(({ id }) => id));
  const values = { rule: rule.id, event: eventKey, first: Number(firstRevision), next, variations, ...more };
  const result = await connection.runAndReadAll(sql, values, { variations: LIST(VARCHAR) });
  return result.getRowObjectsJS() as unknown as Row[];
}

function countsOf(row: FigureRow | undefined): Omit<VariationFigures, 'variationId'> {
  const { visitors = 0, conversions = 0 } = row ?? {};
  return {
    visitors,
    conversions,
    revenue: row?.has_revenue ? { sum: row.revenue, squares: row.revenue_squares } : null,
    value: row?.has_value ? { sum: row.value, squares: row.value_squares } : null,
  };
}

/** Everything is possible of a variation without visitors. */
function toCounts({
  variationId,
  visitors,
  conversions,
}: Omit<VariationFigures, 'revenue' | 'value'>): VariationCounts {
  const { low, high } = visitors === 0 ? { low: 0, high: 1 } : proportionInterval({ visitors, conversions });
  return { variationId, visitors, conversions, rate: visitors === 0 ? 0 : conversions / visitors, low, high };
}

function readLeftOut(rows: readonly FigureRow[]): LeftOut {
  const count = (holds: (row: FigureRow) => boolean) =>
    rows.filter(holds).reduce((sum, { visitors }) => sum + visitors, 0);
  return {
    crossover: count(({ status }) => status === 'crossover'),
    returning: count(({ status }) => status === 'returning'),
    foreign: count(({ part }) => part === 'foreign'),
  };
}

/** A variation without a share is no part of the check: an allow-list or a stored assignment put visitors there. */
function checkRatio(figures: readonly VariationFigures[], shares: ReadonlyMap<string, number>) {
  return sampleRatio(
    figures.map(({ variationId, visitors }) => ({ observed: visitors, expected: shares.get(variationId) ?? 0 })),
  );
}

function spanOf([step]: readonly FigureRow[]): number {
  return step?.length ?? 0;
}

function toSeries(steps: readonly FigureRow[], variationIds: readonly string[]): ExperimentResults['series'] {
  const [any] = steps;
  if (any === undefined) return [];
  const moments = Math.min(MOMENTS, any.length);
  const soFar = new Map(variationIds.map((id) => [id, { visitors: 0, conversions: 0 }]));
  return Array.from({ length: moments }, (_, moment) => {
    for (const step of steps) {
      const counts = soFar.get(step.variation_id);
      if (step.moment !== moment || counts === undefined) continue;
      counts.visitors += step.visitors;
      counts.conversions += step.conversions;
    }
    return {
      at: Math.ceil(any.first + ((moment + 1) * any.length) / moments) - 1,
      variations: [...soFar].map(([variationId, counts]) => toCounts({ ...counts, variationId })),
    };
  });
}
