/**
 * Two conversion rates.
 *
 * The p-value is that of the score test (two proportions, pooled variance). The interval of the lift comes from inverting the
 * same test for a ratio, so that it leaves 0 out exactly when the p-value is below the error it was asked for. The interval
 * of the difference is the hybrid of two Wilson intervals, which stays honest near 0 and for few visitors.
 *
 * @see Koopman (1984), Confidence intervals for the ratio of two binomial proportions, Biometrics 40.
 * @see Newcombe (1998), Interval estimation for the difference between independent proportions, Statistics in Medicine 17, method 10.
 * @see Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22.
 */
import { type Confidence, readConfidence, requireNumber, requireObject } from './checked-input.ts';
import type { Comparison, Interval } from './comparison.ts';
import { normalQuantile, normalTwoSided } from './distributions.ts';

/** Visitors, and how many of them converted at least once. */
export interface Proportion {
  /** Whole, from 0 to `visitors`. */
  readonly conversions: number;
  /** Whole, from 1. */
  readonly visitors: number;
}

/** Enough halvings for a double. */
const HALVINGS = 100;

/**
 * Compares the conversion rate of a variation with that of its control.
 *
 * @throws SdkError `invalid-option` for counts that are not whole numbers, no visitors, or more conversions than visitors.
 *
 * @example
 * compareProportions({ conversions: 100, visitors: 1_000 }, { conversions: 130, visitors: 1_000 });
 * // lift 0.3 from 0.02 to 0.67, p-value 0.036
 */
export function compareProportions(control: Proportion, variation: Proportion, options: Confidence = {}): Comparison {
  checkProportion('control', control);
  checkProportion('variation', variation);
  const { alpha, factor } = readConfidence(options);
  const z = normalQuantile(1 - alpha / 2);
  const base = control.conversions / control.visitors;
  const rate = variation.conversions / variation.visitors;
  const pooled = (control.conversions + variation.conversions) / (control.visitors + variation.visitors);
  const pooledError = Math.sqrt(pooled * (1 - pooled) * (1 / control.visitors + 1 / variation.visitors));
  return {
    difference: rate - base,
    differenceInterval: newcombeInterval(control, variation, z),
    lift: base === 0 ? null : rate / base - 1,
    liftInterval: base === 0 ? null : koopmanInterval(control, variation, z),
    pValue: pooledError === 0 ? 1 : Math.min(1, factor * normalTwoSided((rate - base) / pooledError)),
    standardError: Math.sqrt((base * (1 - base)) / control.visitors + (rate * (1 - rate)) / variation.visitors),
  };
}

/**
 * The interval of one rate, by Wilson's score method.
 *
 * @throws SdkError `invalid-option` as `compareProportions` does.
 */
export function proportionInterval(proportion: Proportion, options: Confidence = {}): Interval {
  checkProportion('proportion', proportion);
  return wilsonInterval(proportion, normalQuantile(1 - readConfidence(options).alpha / 2));
}

function wilsonInterval({ conversions, visitors }: Proportion, z: number): Interval {
  const rate = conversions / visitors;
  const scale = 1 + (z * z) / visitors;
  const center = (rate + (z * z) / (2 * visitors)) / scale;
  const half = (z / scale) * Math.sqrt((rate * (1 - rate)) / visitors + (z * z) / (4 * visitors * visitors));
  return { low: Math.max(0, center - half), high: Math.min(1, center + half) };
}

function newcombeInterval(control: Proportion, variation: Proportion, z: number): Interval {
  const [base, rate] = [control.conversions / control.visitors, variation.conversions / variation.visitors];
  const [baseInterval, rateInterval] = [wilsonInterval(control, z), wilsonInterval(variation, z)];
  return {
    low: rate - base - Math.hypot(rate - rateInterval.low, baseInterval.high - base),
    high: rate - base + Math.hypot(rateInterval.high - rate, base - baseInterval.low),
  };
}

/** Ratios that the score test does not reject, minus 1. The statistic grows with the distance from the observed ratio. */
function koopmanInterval(control: Proportion, variation: Proportion, z: number): Interval {
  const observed = variation.conversions / variation.visitors / (control.conversions / control.visitors);
  const isKept = (ratio: number) => scoreStatistic(control, variation, ratio) <= z * z;
  const low = observed === 0 ? 0 : borderBetween(0, observed, isKept);
  let above = Math.max(observed, 1 / variation.visitors) * 2;
  while (isKept(above)) above *= 2;
  return { low: low - 1, high: borderBetween(above, observed, isKept) - 1 };
}

/** The border between `outside`, which is not kept, and `inside`, which is. */
function borderBetween(outside: number, inside: number, isKept: (ratio: number) => boolean): number {
  let [out, kept] = [outside, inside];
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (out + kept) / 2;
    if (isKept(middle)) kept = middle;
    else out = middle;
  }
  return kept;
}

/** Koopman's chi-square statistic for `variation rate = ratio x control rate`. */
function scoreStatistic(control: Proportion, variation: Proportion, ratio: number): number {
  const { conversions: x, visitors: m } = variation;
  const { conversions: y, visitors: n } = control;
  if (ratio <= 0) return x === 0 ? 0 : Number.POSITIVE_INFINITY;
  // The most probable rates under the restriction solve a quadratic equation.
  const b = ratio * (m + y) + x + n;
  const expected = (b - Math.sqrt(Math.max(0, b * b - 4 * ratio * (m + n) * (x + y)))) / (2 * (m + n));
  const variance = m * expected * (1 - expected);
  if (variance === 0) return 0;
  const deviation = x - m * expected;
  return ((deviation * deviation) / variance) * (1 + (m * (ratio - expected)) / (n * (1 - expected)));
}

function checkProportion(name: string, proportion: Proportion): void {
  requireObject(name, proportion);
  const { conversions, visitors } = proportion;
  requireNumber(
    `${name}.visitors`,
    visitors,
    'a whole number from 1',
    (value) => Number.isInteger(value) && value >= 1,
  );
  requireNumber(
    `${name}.conversions`,
    conversions,
    `a whole number from 0 to the visitors, ${visitors}`,
    (value) => Number.isInteger(value) && value >= 0 && value <= visitors,
  );
}
