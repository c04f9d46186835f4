/** Checks of input: a wrong number would otherwise give a wrong result that looks right. */
import { SdkError } from '@sortition/core/errors';

/** Throws `invalid-option` unless `value` is a finite number for which `holds`. */
export function requireNumber(name: string, value: number, expected: string, holds: (value: number) => boolean): void {
  if (typeof value === 'number' && Number.isFinite(value) && holds(value)) return;
  throw new SdkError('invalid-option', `"${name}" is ${String(value)}; expected ${expected}.`);
}

/** Throws `invalid-option` unless `value` is an object. */
export function requireObject(name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null) return;
  throw new SdkError('invalid-option', `"${name}" is ${String(value)}; expected an object.`);
}

/** Settings of every comparison. */
export interface Confidence {
  /** How often the interval holds the true value, between 0 and 1; 0.95 by default. */
  readonly confidence?: number | undefined;
  /**
   * Number of comparisons that are evaluated together, such as 3 for three variations against one control; 1 by
   * default. P-values are multiplied by it and intervals widened to match, so that all of them hold together with the
   * confidence.
   *
   * @see Dunn (1961), Multiple comparisons among means, Journal of the American Statistical Association 56 (the Bonferroni method).
   */
  readonly comparisons?: number | undefined;
}

/** Returns the error each interval may have, in (0, 1), and the factor of p-values. */
export function readConfidence(options: Confidence): { alpha: number; factor: number } {
  requireObject('options', options);
  const { confidence = 0.95, comparisons = 1 } = options;
  requireNumber('confidence', confidence, 'a number between 0 and 1', (value) => value > 0 && value < 1);
  requireNumber('comparisons', comparisons, 'a whole number from 1', (value) => Number.isInteger(value) && value >= 1);
  return { alpha: (1 - confidence) / comparisons, factor: comparisons };
}
