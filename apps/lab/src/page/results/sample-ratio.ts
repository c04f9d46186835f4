/** The sample-ratio check in plain language. */
import type { ExperimentResults } from '../../api/experiment-results.ts';
import { formatRate } from '../parts/format.ts';

export interface RatioVerdict {
  readonly tone: 'good' | 'bad' | 'neutral';
  readonly title: string;
  readonly text: string;
}

/** Below this the check sees only gross errors. */
const FEW_VISITORS = 200;

export function judgeRatio({
  variations,
  sampleRatio,
}: Pick<ExperimentResults, 'variations' | 'sampleRatio'>): RatioVerdict {
  const visitors = variations.reduce((sum, variation) => sum + variation.visitors, 0);
  if (visitors === 0) {
    return {
      tone: 'neutral',
      title: 'Nothing to check yet',
      text: 'The check compares visitors with the split that is configured.',
    };
  }
  const chance = formatChance(sampleRatio.pValue);
  if (!sampleRatio.ok) {
    return {
      tone: 'bad',
      title: 'The split is off',
      text: `A split this far from the configured one comes about by chance ${chance}. Do not trust these results: visitors were lost or counted twice somewhere.`,
    };
  }
  if (visitors < FEW_VISITORS) {
    return {
      tone: 'neutral',
      title: 'Looks right, with few visitors',
      text: `Nothing speaks against the split so far, but so few visitors would only show a gross error.`,
    };
  }
  return {
    tone: 'good',
    title: 'The split is as configured',
    text: `A split at least this far from the configured one comes about by chance ${chance}, so nothing speaks against these results.`,
  };
}

function formatChance(pValue: number): string {
  if (pValue < 0.0001) return 'less than once in 10,000 times';
  return `in ${formatRate(pValue, pValue < 0.01 ? 2 : 0)} of cases`;
}
