/**
 * Sample-ratio check: did each variation get as many visitors as its share of the traffic says? Where it did not, the
 * results of an experiment mean nothing, whatever they are.
 */
import jStat from 'jstat';
import type { SampleRatio } from '../api/experiment-results.ts';

/** A false alarm in a thousand looks: who looks at a running experiment looks often. */
const ALARM_BELOW = 0.001;

/** Compares observed visitors with expected ones. Variations nobody was expected in are left out. */
export function checkSampleRatio(
  variations: readonly { readonly observed: number; readonly expected: number }[],
): SampleRatio {
  const compared = variations.filter(({ expected }) => expected > 0);
  const degrees = Math.max(0, compared.length - 1);
  const chiSquare = compared.reduce((sum, { observed, expected }) => sum + (observed - expected) ** 2 / expected, 0);
  const pValue = degrees === 0 ? 1 : Math.max(0, 1 - jStat.chisquare.cdf(chiSquare, degrees));
  return { chiSquare, degrees, pValue, ok: pValue >= ALARM_BELOW };
}
