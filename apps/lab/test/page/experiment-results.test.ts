import { describe, expect, it } from 'vitest';
import type { VariationCounts } from '../../src/api/experiment-results.ts';
import { rateColumns } from '../../src/page/results/rate-series.ts';
import { judgeRatio } from '../../src/page/results/sample-ratio.ts';

const figures = (variationId: string, visitors: number): VariationCounts => ({
  variationId,
  visitors,
  conversions: visitors / 10,
  rate: 0.1,
  low: 0.08,
  high: 0.12,
});

const NOT_COMPARED = { comparison: null, revenue: null, value: null };

const results = (visitors: readonly [number, number], ratio: { ok: boolean; pValue: number }) => ({
  variations: [
    { ...figures('a', visitors[0]), ...NOT_COMPARED, variationKey: 'a', configuredShare: 0.5 },
    { ...figures('b', visitors[1]), ...NOT_COMPARED, variationKey: 'b', configuredShare: 0.5 },
  ],
  series: [
    { at: 1_000, variations: [figures('a', 5)] },
    { at: 2_500, variations: [figures('a', 9), figures('b', 0)] },
    { at: 3_000, variations: [figures('b', 4), figures('a', 9)] },
  ],
  sampleRatio: { chiSquare: 1, degrees: 1, ...ratio },
});

describe('the sample ratio in words', () => {
  it.each([
    ['no visitors', results([0, 0], { ok: true, pValue: 1 }), 'neutral', /Nothing to check/],
    ['few visitors', results([60, 60], { ok: true, pValue: 0.9 }), 'neutral', /few visitors/],
    ['a good split', results([500, 510], { ok: true, pValue: 0.75 }), 'good', /as configured/],
    ['a bad split', results([500, 700], { ok: false, pValue: 0.00001 }), 'bad', /off/],
    ['a bad split of few', results([10, 90], { ok: false, pValue: 0.00001 }), 'bad', /off/],
  ] as const)('%s', (_, given, tone, title) => {
    const verdict = judgeRatio(given);
    expect(verdict.tone).toBe(tone);
    expect(verdict.title).toMatch(title);
  });

  it('says how rare a split is without scientific notation', () => {
    expect(judgeRatio(results([500, 700], { ok: false, pValue: 1e-12 })).text).toContain('less than once in 10,000');
    expect(judgeRatio(results([500, 560], { ok: false, pValue: 0.004 })).text).toContain('in 0.40\u00a0% of cases');
    expect(judgeRatio(results([500, 510], { ok: true, pValue: 0.754 })).text).toContain('in 75\u00a0% of cases');
  });
});

describe('the course of an experiment', () => {
  it('begins for a variation with a tenth of its visitors, because the first few could do anything', () => {
    const [, ...columns] = rateColumns(results([60, 40], { ok: true, pValue: 1 }));
    expect(columns[0]).toEqual([null, 0.1, 0.1]);
    expect(columns[3]).toEqual([null, null, 0.1]);
  });

  it('has a column each for rate, low and high, in the order of the variations', () => {
    const [times, ...columns] = rateColumns(results([9, 4], { ok: true, pValue: 1 }));
    expect(times).toEqual([1, 2.5, 3]);
    expect(columns).toEqual([
      [0.1, 0.1, 0.1],
      [0.08, 0.08, 0.08],
      [0.12, 0.12, 0.12],
      [null, null, 0.1],
      [null, null, 0.08],
      [null, null, 0.12],
    ]);
  });
});
