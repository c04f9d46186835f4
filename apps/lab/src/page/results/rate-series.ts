/** The course of an experiment as columns, which is how the chart takes it. */
import type { ExperimentResults } from '../../api/experiment-results.ts';

/** Times in seconds, then for each variation the rate, the low and the high end of its interval. */
export type RateColumns = [times: number[], ...columns: (number | null)[][]];

export const COLUMNS_PER_VARIATION = 3;

/** A variation is drawn from this part of its visitors on: what the first few do could be anything. */
const STEADY_PART = 0.1;

/** A variation has no rate at a time when it had too few of its visitors to say anything. */
export function rateColumns({ series, variations }: Pick<ExperimentResults, 'series' | 'variations'>): RateColumns {
  const times = series.map(({ at }) => at / 1_000);
  const columns = variations.flatMap(({ variationId, visitors }) => {
    const points = series.map((moment) => {
      const figures = moment.variations.find((each) => each.variationId === variationId);
      return figures !== undefined && figures.visitors > 0 && figures.visitors >= visitors * STEADY_PART
        ? figures
        : null;
    });
    return [
      points.map((point) => point?.rate ?? null),
      points.map((point) => point?.low ?? null),
      points.map((point) => point?.high ?? null),
    ];
  });
  return [times, ...columns];
}
