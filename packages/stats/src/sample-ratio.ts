/**
 * Sample-ratio check: did each variation get its share of the visitors? If not, visitors were lost or counted twice,
 * and the results of the experiment are meaningless.
 *
 * @see Pearson (1900), On the criterion that a given system of deviations ... , Philosophical Magazine 50 (chi-square test).
 * @see Fabijan et al. (2019), Diagnosing Sample Ratio Mismatch in Online Controlled Experiments, KDD.
 */
import { SdkError } from '@sortition/core/errors';
import { requireNumber, requireObject } from './checked-input.ts';
import { chiSquareAbove } from './distributions.ts';

/** Visitors of a variation, and its expected share. */
export interface ObservedShare {
  readonly observed: number;
  /** Any positive unit, the same for all variations: a share, a percentage, a count. 0 leaves the variation out. */
  readonly expected: number;
}

/** The result of the check. */
export interface SampleRatio {
  readonly chiSquare: number;
  /** Degrees of freedom; 0 when there is nothing to compare. */
  readonly degrees: number;
  /** How probable a difference at least this large is when the split works. */
  readonly pValue: number;
  /** Whether the p-value is at or above the alarm. */
  readonly ok: boolean;
}

/**
 * Compares observed visitors with the split, by a chi-square test of goodness of fit.
 *
 * @param options.alarmBelow The p-value below which the split counts as broken; 0.001 by default, because a running
 *   experiment is looked at often.
 * @throws SdkError `invalid-option` for a list that is not one, and for negative numbers and numbers that are not finite.
 *
 * @example
 * sampleRatio([{ observed: 821_588, expected: 50 }, { observed: 815_482, expected: 50 }]); // p-value 1.8e-6
 */
export function sampleRatio(
  variations: readonly ObservedShare[],
  options: { readonly alarmBelow?: number | undefined } = {},
): SampleRatio {
  if (!Array.isArray(variations)) {
    throw new SdkError('invalid-option', '"variations" is not an array; expected [{ observed, expected }, …].');
  }
  requireObject('options', options);
  const { alarmBelow = 0.001 } = options;
  requireNumber('alarmBelow', alarmBelow, 'a number from 0 to 1', (value) => value >= 0 && value <= 1);
  for (const variation of variations) {
    requireObject('variation', variation);
    const { observed, expected } = variation;
    requireNumber('observed', observed, 'a number from 0', (value) => value >= 0);
    requireNumber('expected', expected, 'a number from 0', (value) => value >= 0);
  }
  const compared = variations.filter(({ expected }) => expected > 0);
  const visitors = compared.reduce((sum, { observed }) => sum + observed, 0);
  const shares = compared.reduce((sum, { expected }) => sum + expected, 0);
  const degrees = Math.max(0, compared.length - 1);
  const chiSquare =
    visitors === 0
      ? 0
      : compared.reduce((sum, { observed, expected }) => {
          const count = (visitors * expected) / shares;
          return sum + (observed - count) ** 2 / count;
        }, 0);
  const pValue = degrees === 0 ? 1 : chiSquareAbove(chiSquare, degrees);
  return { chiSquare, degrees, pValue, ok: pValue >= alarmBelow };
}
