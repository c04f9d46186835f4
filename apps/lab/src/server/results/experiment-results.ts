/** Results of an experiment: what was counted, put into words that the page and the CSV show. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { proportionInterval, sampleRatio } from '@sortition/stats';
import type { ExperimentResults, LeftOut, ResultSegment, VariationCounts } from '../../api/experiment-results.ts';
import { analyse, type VariationFigures } from './result-analysis.ts';
import {
  type ConvertedFigure,
  type Figure,
  MOMENTS,
  type PeopleFigure,
  readFigures,
  readSegmentFigures,
  type StepFigure,
} from './result-figures.ts';
import { readPeriods } from './result-periods.ts';
import type { ResultQuestion } from './result-question.ts';

/** Queries the results of a rule for one conversion event; `undefined` when the period does not exist. */
export async function readResults(
  connection: DuckDBConnection,
  question: ResultQuestion,
): Promise<Omit<ExperimentResults, 'simulation'> | undefined> {
  const { rule, eventKey } = question;
  const { periods, chosen } = await readPeriods(connection, question);
  if (chosen === undefined) return undefined;
  const found = await readFigures(connection, question, chosen);
  const shares = new Map(Object.entries(chosen.shares));
  const figures = rule.variations.map(({ id }) => figuresOf(found, id));
  const controlId = rule.variations.some(({ id }) => id === question.controlId)
    ? (question.controlId as string)
    : (rule.variations[0]?.id ?? '');
  const steps = found.filter((figure): figure is StepFigure => figure.part === 'step');
  const { comparisons, power } = analyse(figures, controlId, steps[0]?.length ?? 0);
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
    leftOut: readLeftOut(found),
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
  const rows = await readSegmentFigures(connection, question, chosen, attribute);
  const values = [...new Set(rows.map(({ segment }) => segment))];
  return values.map((value) => ({
    value,
    variations: question.rule.variations.map(({ id }) => {
      const row = rows.find((each) => each.segment === value && each.variationId === id);
      return toCounts({ variationId: id, visitors: row?.visitors ?? 0, conversions: row?.conversions ?? 0 });
    }),
  }));
}

function figuresOf(found: readonly Figure[], variationId: string): VariationFigures {
  const isCounted = (figure: Figure): figure is PeopleFigure =>
    figure.part === 'people' && figure.status === 'counted' && figure.variationId === variationId;
  const converted = found.find(
    (figure): figure is ConvertedFigure => figure.part === 'converted' && figure.variationId === variationId,
  );
  const sums = (sum: number | null = null, squares: number | null = null) =>
    sum === null ? null : { sum, squares: squares ?? 0 };
  return {
    variationId,
    visitors: found.find(isCounted)?.visitors ?? 0,
    conversions: converted?.conversions ?? 0,
    revenue: sums(converted?.revenue, converted?.revenueSquares),
    value: sums(converted?.value, converted?.valueSquares),
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

function readLeftOut(found: readonly Figure[]): LeftOut {
  const count = (holds: (figure: Figure) => boolean) =>
    found.reduce((sum, figure) => sum + (figure.part !== 'converted' && holds(figure) ? figure.visitors : 0), 0);
  return {
    crossover: count((figure) => figure.part === 'people' && figure.status === 'crossover'),
    returning: count((figure) => figure.part === 'people' && figure.status === 'returning'),
    foreign: count(({ part }) => part === 'foreign'),
  };
}

/** A variation without a share is no part of the check: an allow-list or a stored assignment put visitors there. */
function checkRatio(figures: readonly VariationFigures[], shares: ReadonlyMap<string, number>) {
  return sampleRatio(
    figures.map(({ variationId, visitors }) => ({ observed: visitors, expected: shares.get(variationId) ?? 0 })),
  );
}

function toSeries(steps: readonly StepFigure[], variationIds: readonly string[]): ExperimentResults['series'] {
  const [any] = steps;
  if (any === undefined) return [];
  const moments = Math.min(MOMENTS, any.length);
  const soFar = new Map(variationIds.map((id) => [id, { visitors: 0, conversions: 0 }]));
  return Array.from({ length: moments }, (_, moment) => {
    for (const step of steps) {
      const counts = soFar.get(step.variationId);
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
