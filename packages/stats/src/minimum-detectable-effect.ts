/**
 * The smallest difference that an experiment can detect, and the number of visitors that a given difference needs.
 *
 * @see Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, chapters 2 and 6.
 * @see Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, chapter 4 (sample sizes for two rates).
 */
import { SdkError } from '@sortition/core/errors';
import { type Confidence, readConfidence, requireNumber, requireObject } from './checked-input.ts';
import { normalQuantile } from './distributions.ts';

/** The figures of the control. Give `rate` for a conversion, `mean` and `variance` for an amount. */
export interface PowerInput {
  /** Between 0 and 1. */
  readonly rate?: number | undefined;
  readonly mean?: number | undefined;
  /** From 0. */
  readonly variance?: number | undefined;
  /** Of each of the two variations; from 2. */
  readonly visitors: number;
}

/** Settings of `minimumDetectableEffect`. */
export interface PowerOptions extends Confidence {
  /** The probability with which a difference of this size is detected, between 0 and 1; 0.8 by default. */
  readonly power?: number | undefined;
  /** The lift to detect, such as 0.05 for 5 % more; the result then has the number of visitors it needs. */
  readonly lift?: number | undefined;
}

/** The smallest difference that is detected with the given power. */
export interface DetectableEffect {
  /** In the unit of the metric. `null` for a rate when even the rate 1 would not be found. */
  readonly difference: number | null;
  /** Divided by the control; `null` when the control is 0 or there is no difference. */
  readonly lift: number | null;
  /** Visitors each variation needs for the wanted lift, rounded up; `null` when none was asked for, or it is impossible. */
  readonly visitorsNeeded: number | null;
}

const HALVINGS = 60;

/**
 * Returns the smallest improvement that a two-sided test finds with the given power.
 *
 * @throws SdkError `invalid-option` for a rate that is not between 0 and 1, a missing mean or variance, less than two
 *   visitors, a lift of 0, and numbers that are not finite.
 *
 * @example
 * minimumDetectableEffect({ rate: 0.05, visitors: 10_000 }, { lift: 0.05 });
 * // lift 0.178; a lift of 5 % needs 122,124 visitors in each variation
 */
export function minimumDetectableEffect(input: PowerInput, options: PowerOptions = {}): DetectableEffect {
  requireObject('input', input);
  requireObject('options', options);
  const { power = 0.8, lift: wanted } = options;
  requireNumber('visitors', input.visitors, 'a number from 2', (value) => value >= 2);
  requireNumber('power', power, 'a number between 0 and 1', (value) => value > 0 && value < 1);
  if (wanted !== undefined) requireNumber('lift', wanted, 'a number other than 0', (value) => value !== 0);
  const { alpha } = readConfidence(options);
  const quantiles: Quantiles = { error: normalQuantile(1 - alpha / 2), power: normalQuantile(power) };
  if (input.rate !== undefined) return ofRate(input.rate, input.visitors, quantiles, wanted);
  const { mean, variance } = input;
  if (mean === undefined || variance === undefined) {
    throw new SdkError('invalid-option', 'The control has no "rate"; expected "rate", or "mean" and "variance".');
  }
  return ofMean(mean, variance, input.visitors, quantiles, wanted);
}

interface Quantiles {
  readonly error: number;
  readonly power: number;
}

function ofRate(rate: number, visitors: number, quantiles: Quantiles, wanted: number | undefined): DetectableEffect {
  requireNumber('rate', rate, 'a number between 0 and 1', (value) => value >= 0 && value <= 1);
  const isFound = (other: number) => visitorsForRates(rate, other, quantiles) <= visitors;
  const target = rate * (1 + (wanted ?? 0));
  const needed = wanted !== undefined && target !== rate && target >= 0 && target <= 1;
  const visitorsNeeded = needed ? Math.ceil(visitorsForRates(rate, target, quantiles)) : null;
  if (rate === 1 || !isFound(1)) return { difference: null, lift: null, visitorsNeeded };
  let [missed, found] = [rate, 1];
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (missed + found) / 2;
    if (isFound(middle)) found = middle;
    else missed = middle;
  }
  return { difference: found - rate, lift: rate === 0 ? null : found / rate - 1, visitorsNeeded };
}

function visitorsForRates(rate: number, other: number, { error, power }: Quantiles): number {
  const mean = (rate + other) / 2;
  const spread = error * Math.sqrt(2 * mean * (1 - mean)) + power * Math.sqrt(rate * (1 - rate) + other * (1 - other));
  return (spread / (other - rate)) ** 2;
}

function ofMean(
  mean: number,
  variance: number,
  visitors: number,
  { error, power }: Quantiles,
  wanted: number | undefined,
): DetectableEffect {
  requireNumber('mean', mean, 'a finite number', () => true);
  requireNumber('variance', variance, 'a number from 0', (value) => value >= 0);
  const difference = (error + power) * Math.sqrt((2 * variance) / visitors);
  const target = wanted === undefined ? 0 : wanted * mean;
  return {
    difference,
    lift: mean === 0 ? null : difference / Math.abs(mean),
    visitorsNeeded: target === 0 ? null : Math.max(2, Math.ceil((2 * variance * (error + power) ** 2) / target ** 2)),
  };
}
