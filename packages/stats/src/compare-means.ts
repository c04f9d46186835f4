/**
 * Two means, of revenue per visitor for example: Welch's t-test, which does not assume equal variances, or the bootstrap,
 * which assumes no distribution and needs every value.
 *
 * @see Welch (1947), The generalization of "Student's" problem when several different population variances are involved, Biometrika 34.
 * @see Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters 2 and 13 (percentile interval) and 16 (test).
 * @see Deng, Knoblich and Lu (2018), Applying the Delta Method in Metric Analytics, KDD (variance of a relative difference).
 */
import { type Confidence, readConfidence, requireNumber, requireObject } from './checked-input.ts';
import type { Comparison, Interval } from './comparison.ts';
import { studentQuantile, studentTwoSided } from './distributions.ts';

/** A sample by its figures; visitors without a value count with 0. */
export interface SampleFigures {
  /** Whole, from 2. */
  readonly count: number;
  readonly mean: number;
  /** With `count - 1` as divisor, from 0. */
  readonly variance: number;
}

/** Settings of `compareMeans`. */
export interface MeanOptions extends Confidence {
  /** `bootstrap` needs samples as lists of values; `welch` by default. */
  readonly method?: 'welch' | 'bootstrap' | undefined;
  /** How often the bootstrap draws both samples anew, from 100; 2,000 by default. */
  readonly resamples?: number | undefined;
  /** Draws of the bootstrap in [0, 1); `Math.random` by default. Give a seeded one for figures that can be repeated. */
  readonly random?: (() => number) | undefined;
}

/** A comparison of means. */
export interface MeanComparison extends Comparison {
  /** Degrees of freedom of Welch's test; `null` for the bootstrap. */
  readonly degrees: number | null;
}

/**
 * Compares the mean of a variation with that of its control.
 *
 * @param control A sample as list of values, or its figures.
 * @throws SdkError `invalid-option` for samples of fewer than two values, values that are not finite, and figures with
 *   `method: 'bootstrap'`.
 *
 * @example
 * compareMeans({ count: 900, mean: 4.1, variance: 90 }, { count: 910, mean: 5.2, variance: 96 });
 */
export function compareMeans(
  control: readonly number[] | SampleFigures,
  variation: readonly number[] | SampleFigures,
  options: MeanOptions = {},
): MeanComparison {
  const figures = [readFigures('control', control), readFigures('variation', variation)] as const;
  const { alpha, factor } = readConfidence(options);
  if (options.method !== 'bootstrap') return welch(figures[0], figures[1], alpha, factor);
  if (!isList(control) || !isList(variation)) {
    requireNumber('method', Number.NaN, '"welch" for samples given by their figures', () => false);
    return welch(figures[0], figures[1], alpha, factor);
  }
  return bootstrap(control, variation, { ...options, alpha, factor, difference: figures[1].mean - figures[0].mean });
}

function welch(control: SampleFigures, variation: SampleFigures, alpha: number, factor: number): MeanComparison {
  const [a, b] = [control.variance / control.count, variation.variance / variation.count];
  const standardError = Math.sqrt(a + b);
  const difference = variation.mean - control.mean;
  const degrees =
    standardError === 0
      ? control.count + variation.count - 2
      : (a + b) ** 2 / (a ** 2 / (control.count - 1) + b ** 2 / (variation.count - 1));
  const t = studentQuantile(1 - alpha / 2, degrees);
  return {
    difference,
    differenceInterval: { low: difference - t * standardError, high: difference + t * standardError },
    ...liftOf(control.mean, difference, t * relativeError(control, variation)),
    pValue: pValueOf(difference, standardError, degrees, factor),
    standardError,
    degrees,
  };
}

/** Two samples without any variance are either equal or certainly different. */
function pValueOf(difference: number, standardError: number, degrees: number, factor: number): number {
  if (standardError === 0) return difference === 0 ? 1 : 0;
  return Math.min(1, factor * studentTwoSided(difference / standardError, degrees));
}

function liftOf(
  base: number,
  difference: number,
  half: number,
): { lift: number | null; liftInterval: Interval | null } {
  if (base === 0) return { lift: null, liftInterval: null };
  const lift = difference / base;
  return { lift, liftInterval: { low: lift - half, high: lift + half } };
}

/** Standard error of `variation / control`, by the delta method. */
function relativeError(control: SampleFigures, variation: SampleFigures): number {
  const ratio = variation.mean / control.mean;
  return (
    Math.sqrt(variation.variance / variation.count + ratio ** 2 * (control.variance / control.count)) /
    Math.abs(control.mean)
  );
}

interface BootstrapSettings extends MeanOptions {
  readonly alpha: number;
  readonly factor: number;
  readonly difference: number;
}

function bootstrap(
  control: readonly number[],
  variation: readonly number[],
  settings: BootstrapSettings,
): MeanComparison {
  const { alpha, factor, difference, resamples = 2_000, random = Math.random } = settings;
  requireNumber('resamples', resamples, 'a whole number from 100', (value) => Number.isInteger(value) && value >= 100);
  const base = meanOf(control);
  const differences = new Float64Array(resamples);
  const lifts = new Float64Array(resamples);
  for (let round = 0; round < resamples; round += 1) {
    const drawn = resampledMean(control, random);
    const change = resampledMean(variation, random) - drawn;
    differences[round] = change;
    lifts[round] = drawn === 0 ? Math.sign(change) * Number.POSITIVE_INFINITY || 0 : change / drawn;
  }
  differences.sort();
  lifts.sort();
  const below = differences.filter((value) => value < 0).length + differences.filter((value) => value === 0).length / 2;
  // The smaller tail, counted so that it is never 0: a probability below one in `resamples` cannot be told apart from it.
  const tail = (Math.min(below, resamples - below) + 1) / (resamples + 1);
  return {
    difference,
    differenceInterval: quantilesOf(differences, alpha),
    lift: base === 0 ? null : difference / base,
    liftInterval: base === 0 ? null : quantilesOf(lifts, alpha),
    pValue: Math.min(1, factor * 2 * tail),
    standardError: Math.sqrt(figuresOf(differences).variance),
    degrees: null,
  };
}

function resampledMean(values: readonly number[], random: () => number): number {
  const { length } = values;
  let sum = 0;
  for (let index = 0; index < length; index += 1) sum += values[Math.floor(random() * length)] as number;
  return sum / length;
}

function quantilesOf(sorted: Float64Array, alpha: number): Interval {
  const last = sorted.length - 1;
  const at = (share: number) => sorted[Math.min(last, Math.max(0, Math.round(share * last)))] as number;
  return { low: at(alpha / 2), high: at(1 - alpha / 2) };
}

function readFigures(name: string, sample: readonly number[] | SampleFigures): SampleFigures {
  requireObject(name, sample);
  const figures = isList(sample) ? figuresOf(sample) : sample;
  const { count, mean, variance } = figures;
  requireNumber(`${name}.count`, count, 'a whole number from 2', (value) => Number.isInteger(value) && value >= 2);
  requireNumber(`${name}.mean`, mean, 'a finite number', () => true);
  requireNumber(`${name}.variance`, variance, 'a number from 0', (value) => value >= 0);
  return figures;
}

function isList(sample: readonly number[] | SampleFigures): sample is readonly number[] {
  return Array.isArray(sample);
}

function figuresOf(values: ArrayLike<number>): SampleFigures {
  const count = values.length;
  const mean = meanOf(values);
  let squares = 0;
  for (let index = 0; index < count; index += 1) squares += ((values[index] as number) - mean) ** 2;
  return { count, mean, variance: count < 2 ? 0 : squares / (count - 1) };
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index] as number;
  return values.length === 0 ? 0 : sum / values.length;
}
