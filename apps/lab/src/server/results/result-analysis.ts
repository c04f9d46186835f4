/** From figures to answers: each variation beside the control, and what the experiment can find at all. */
import {
  type Comparison,
  compareMeans,
  compareProportions,
  minimumDetectableEffect,
  type SampleFigures,
  sequentialInterval,
} from '@sortition/stats';
import type { ResultComparison, ResultMean, ResultPower, VariationResult } from '../../api/experiment-results.ts';

/** Sums of a metric over the visitors of a variation. */
interface Sums {
  readonly sum: number;
  readonly squares: number;
}

/** What was counted of a variation. */
export interface VariationFigures {
  readonly variationId: string;
  readonly visitors: number;
  readonly conversions: number;
  /** `null` when no event had one. */
  readonly revenue: Sums | null;
  readonly value: Sums | null;
}

type Answers = Pick<VariationResult, 'comparison' | 'revenue' | 'value'>;

const MS_PER_DAY = 86_400_000;
/** The lift whose duration is told. */
const WANTED_LIFT = 0.05;
const NO_POWER: ResultPower = { detectableLift: null, visitorsNeeded: null, daysLeft: null };

/** @param spanMs Time since the first visitor of the period. */
export function analyse(
  figures: readonly VariationFigures[],
  controlId: string,
  spanMs: number,
): { comparisons: ReadonlyMap<string, Answers>; power: ResultPower } {
  const control = figures.find(({ variationId }) => variationId === controlId);
  if (control === undefined) return { comparisons: new Map(), power: NO_POWER };
  const comparisons = Math.max(1, figures.filter(({ visitors }) => visitors > 0).length - 1);
  const hasMetric = (name: 'revenue' | 'value') => figures.some((each) => each[name] !== null);
  const answers = figures.map((variation): [string, Answers] => [
    variation.variationId,
    {
      comparison: variation === control ? null : compareRates(control, variation, comparisons),
      revenue: hasMetric('revenue') ? meanOf(control, variation, 'revenue', comparisons) : null,
      value: hasMetric('value') ? meanOf(control, variation, 'value', comparisons) : null,
    },
  ]);
  return { comparisons: new Map(answers), power: powerOf(control, figures, comparisons, spanMs) };
}

function compareRates(
  control: VariationFigures,
  variation: VariationFigures,
  comparisons: number,
): ResultComparison | null {
  if (control.visitors === 0 || variation.visitors === 0) return null;
  const compared = compareProportions(control, variation, { comparisons });
  const base = control.conversions / control.visitors;
  return toComparison(compared, base, control.visitors + variation.visitors, comparisons);
}

function toComparison(compared: Comparison, base: number, visitors: number, comparisons: number): ResultComparison {
  const { lift, liftInterval, pValue, difference: estimate, standardError } = compared;
  const interval = sequentialInterval({ estimate, standardError, visitors }, { comparisons });
  return {
    lift,
    liftLow: liftInterval?.low ?? null,
    liftHigh: liftInterval?.high ?? null,
    pValue,
    sequential: base === 0 ? null : { low: interval.low / base, high: interval.high / base, pValue: interval.pValue },
  };
}

function meanOf(
  control: VariationFigures,
  variation: VariationFigures,
  name: 'revenue' | 'value',
  comparisons: number,
): ResultMean {
  const [base, sample] = [samplesOf(control, name), samplesOf(variation, name)];
  if (sample.count < 2) return { mean: sample.mean, low: sample.mean, high: sample.mean, comparison: null };
  const half = 1.959963984540054 * Math.sqrt(sample.variance / sample.count);
  const isCompared = variation !== control && base.count >= 2;
  return {
    mean: sample.mean,
    low: sample.mean - half,
    high: sample.mean + half,
    comparison: isCompared
      ? toComparison(compareMeans(base, sample, { comparisons }), base.mean, base.count + sample.count, comparisons)
      : null,
  };
}

function samplesOf(figures: VariationFigures, name: 'revenue' | 'value'): SampleFigures {
  const { visitors: count } = figures;
  const { sum, squares } = figures[name] ?? { sum: 0, squares: 0 };
  const mean = count === 0 ? 0 : sum / count;
  const variance = count < 2 ? 0 : Math.max(0, (squares - count * mean * mean) / (count - 1));
  return { count, mean, variance };
}

function powerOf(
  control: VariationFigures,
  figures: readonly VariationFigures[],
  comparisons: number,
  spanMs: number,
): ResultPower {
  const used = figures.filter(({ visitors }) => visitors > 0);
  const fewest = Math.min(...used.map(({ visitors }) => visitors));
  if (used.length < 2 || control.conversions === 0 || fewest < 2) return NO_POWER;
  const rate = control.conversions / control.visitors;
  const { lift, visitorsNeeded } = minimumDetectableEffect(
    { rate, visitors: fewest },
    { comparisons, lift: WANTED_LIFT },
  );
  const perDay = (fewest / Math.max(spanMs, 1)) * MS_PER_DAY;
  const daysLeft = visitorsNeeded === null ? null : Math.max(0, visitorsNeeded - fewest) / perDay;
  return { detectableLift: lift, visitorsNeeded, daysLeft };
}
