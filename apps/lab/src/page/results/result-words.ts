/** What the figures of an experiment say, in sentences. */
import type { ExperimentResults, ResultComparison, VariationResult } from '../../api/experiment-results.ts';
import { formatCount, formatRate } from '../parts/format.ts';

/** Fixed: one look at the planned end. Sequential: as many looks as one likes. */
export type ResultMethod = 'fixed' | 'sequential';

/** What a comparison says under a method. */
export interface Reading {
  readonly lift: number;
  readonly low: number;
  readonly high: number;
  readonly pValue: number;
  readonly verdict: 'better' | 'worse' | 'open';
}

/** `null` when there is nothing to compare. */
export function readComparison(comparison: ResultComparison | null, method: ResultMethod): Reading | null {
  if (comparison === null || comparison.lift === null) return null;
  const { lift, sequential } = comparison;
  const [low, high, pValue] =
    method === 'sequential'
      ? [sequential?.low ?? null, sequential?.high ?? null, sequential?.pValue ?? 1]
      : [comparison.liftLow, comparison.liftHigh, comparison.pValue];
  if (low === null || high === null) return null;
  return { lift, low, high, pValue, verdict: pValue >= 0.05 ? 'open' : lift > 0 ? 'better' : 'worse' };
}

/** One sentence for a variation beside the control. */
export function sentenceFor(variation: VariationResult, control: VariationResult, method: ResultMethod): string {
  const { variationKey } = variation;
  const reading = readComparison(variation.comparison, method);
  if (reading === null) return `${variationKey} cannot be compared with ${control.variationKey} yet.`;
  const { low, high, verdict } = reading;
  const range = `between ${formatLift(low)} and ${formatLift(high)}`;
  if (verdict === 'better') return `${variationKey} converts better than ${control.variationKey}: ${range}.`;
  if (verdict === 'worse') return `${variationKey} converts worse than ${control.variationKey}: ${range}.`;
  return `${variationKey} may be better or worse than ${control.variationKey}: ${range}.`;
}

/** The head line: what to do. */
export function headlineOf(
  results: ExperimentResults,
  method: ResultMethod,
): { tone: 'good' | 'bad' | 'neutral'; text: string } {
  const { variations, controlId, sampleRatio } = results;
  if (variations.every(({ visitors }) => visitors === 0)) return { tone: 'neutral', text: 'No user was seen yet' };
  if (!sampleRatio.ok) return { tone: 'bad', text: 'Do not decide: the split is off' };
  const readings = variations
    .filter(({ variationId }) => variationId !== controlId)
    .map((variation) => ({ variation, reading: readComparison(variation.comparison, method) }));
  const better = readings
    .filter(({ reading }) => reading?.verdict === 'better')
    .sort((a, b) => (b.reading?.lift ?? 0) - (a.reading?.lift ?? 0));
  const [best] = better;
  if (best !== undefined) return { tone: 'good', text: `${best.variation.variationKey} is better` };
  if (readings.length > 0 && readings.every(({ reading }) => reading?.verdict === 'worse')) {
    const control = variations.find(({ variationId }) => variationId === controlId);
    return { tone: 'good', text: `${control?.variationKey ?? 'The control'} is the best` };
  }
  return { tone: 'neutral', text: 'Too early to tell' };
}

/** What the experiment can find, and how long more would take. */
export function powerSentence({ power }: ExperimentResults): string | null {
  const { detectableLift, visitorsNeeded, daysLeft } = power;
  if (detectableLift === null) return null;
  const now = `With the visitors so far it finds a lift of ${formatRate(detectableLift)} or more in 4 of 5 cases.`;
  if (visitorsNeeded === null) return now;
  const time =
    daysLeft === null
      ? ''
      : daysLeft === 0
        ? ', which it has'
        : `, ${formatDuration(daysLeft)} more at the pace so far`;
  return `${now} A lift of 5 % takes ${formatCount(visitorsNeeded)} visitors in each variation${time}.`;
}

export function formatLift(lift: number): string {
  const text = formatRate(Math.abs(lift));
  return lift < 0 ? `−${text}` : `+${text}`;
}

export function formatPValue(pValue: number): string {
  return pValue < 0.0001 ? '< 0.0001' : pValue.toFixed(pValue < 0.01 ? 4 : 3);
}

function formatDuration(days: number): string {
  if (days >= 1) return `${formatCount(Math.ceil(days))} ${Math.ceil(days) === 1 ? 'day' : 'days'}`;
  const hours = days * 24;
  if (hours >= 1) return `${Math.ceil(hours)} ${Math.ceil(hours) === 1 ? 'hour' : 'hours'}`;
  return `${Math.max(1, Math.ceil(hours * 60))} min`;
}
