/**
 * An interval that holds at every look.
 *
 * A fixed-horizon interval promises its confidence for one look that was planned; looking every day until it leaves 0 out finds
 * a difference in most experiments that have none. This one, the normal-mixture confidence sequence, holds at all looks at
 * once and is wider for it. It is asymptotic: wait for some hundred visitors before the first look.
 *
 * @see Robbins (1970), Statistical methods related to the law of the iterated logarithm, Annals of Mathematical Statistics 41.
 * @see Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2021), Time-uniform central limit theory and asymptotic confidence sequences, arXiv:2103.06476, theorem 2.2 and appendix B.2.
 */
import { type Confidence, readConfidence, requireNumber, requireObject } from './checked-input.ts';
import type { Interval } from './comparison.ts';

/** An estimate at one look. */
export interface SequentialEstimate {
  /** Such as the difference of two rates. */
  readonly estimate: number;
  /** Of the estimate, from 0. */
  readonly standardError: number;
  /** Visitors so far, of both variations together; from 1. */
  readonly visitors: number;
}

/** Settings of `sequentialInterval`. */
export interface SequentialOptions extends Confidence {
  /**
   * The number of visitors at which the interval is narrowest; it is valid at any other number too. 10,000 by default.
   */
  readonly tunedFor?: number | undefined;
}

/** An interval with the p-value that is valid at every look. */
export interface SequentialInterval extends Interval {
  /** The smallest error at which the interval would exclude 0. */
  readonly pValue: number;
}

/**
 * Returns the interval of an estimate that may be checked any number of times, with a decision at any look.
 *
 * @throws SdkError `invalid-option` for numbers that are not finite, a negative standard error and less than one visitor.
 *
 * @example
 * const { difference, standardError } = compareProportions(control, variation);
 * sequentialInterval({ estimate: difference, standardError, visitors: control.visitors + variation.visitors });
 */
export function sequentialInterval(look: SequentialEstimate, options: SequentialOptions = {}): SequentialInterval {
  requireObject('look', look);
  requireObject('options', options);
  const { estimate, standardError, visitors } = look;
  const { tunedFor = 10_000 } = options;
  requireNumber('estimate', estimate, 'a finite number', () => true);
  requireNumber('standardError', standardError, 'a number from 0', (value) => value >= 0);
  requireNumber('visitors', visitors, 'a number from 1', (value) => value >= 1);
  requireNumber('tunedFor', tunedFor, 'a number from 1', (value) => value >= 1);
  const { alpha, factor } = readConfidence(options);
  // The variance of the mixture in units of one visitor; the choice that makes the boundary lowest at `tunedFor`.
  const wanted = -2 * Math.log(alpha);
  const mixture = ((wanted + Math.log(wanted + 1)) / tunedFor) * visitors;
  const half = standardError * Math.sqrt(((mixture + 1) / mixture) * (2 * Math.log(1 / alpha) + Math.log(mixture + 1)));
  const z = standardError === 0 ? (estimate === 0 ? 0 : Number.POSITIVE_INFINITY) : estimate / standardError;
  const evidence = Math.sqrt(mixture + 1) * Math.exp((-z * z * mixture) / (2 * (mixture + 1)));
  return { low: estimate - half, high: estimate + half, pValue: Math.min(1, factor * evidence) };
}
