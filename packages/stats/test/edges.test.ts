import { describe, expect, it } from 'vitest';
import {
  compareMeans,
  compareProportions,
  minimumDetectableEffect,
  sampleRatio,
  sequentialInterval,
} from '../src/index.ts';

describe('samples at the edge', () => {
  it('have no lift over a control of 0', () => {
    const comparison = compareProportions({ conversions: 0, visitors: 50 }, { conversions: 5, visitors: 50 });
    expect(comparison).toMatchObject({ lift: null, liftInterval: null });
    expect(comparison.differenceInterval.low).toBeGreaterThan(0);
  });

  it('are not different when nobody or everybody converts', () => {
    for (const conversions of [0, 50]) {
      const same = { conversions, visitors: 50 };
      expect(compareProportions(same, same)).toMatchObject({ difference: 0, pValue: 1 });
    }
  });

  it('keep the lift of a variation without conversions at -100 %', () => {
    const { lift, liftInterval } = compareProportions(
      { conversions: 5, visitors: 50 },
      { conversions: 0, visitors: 50 },
    );
    expect(lift).toBe(-1);
    expect(liftInterval?.low).toBe(-1);
    expect(liftInterval?.high).toBeGreaterThan(-1);
    expect(liftInterval?.high).toBeLessThan(0.5);
  });

  it('are equal or certainly different without any variance', () => {
    expect(compareMeans([1, 1], [1, 1])).toMatchObject({ difference: 0, pValue: 1 });
    expect(compareMeans([1, 1], [2, 2])).toMatchObject({ difference: 1, pValue: 0 });
  });

  it('have nothing to compare with one variation or no visitors', () => {
    expect(sampleRatio([{ observed: 5, expected: 1 }])).toMatchObject({ degrees: 0, pValue: 1, ok: true });
    expect(
      sampleRatio([
        { observed: 0, expected: 1 },
        { observed: 0, expected: 1 },
      ]),
    ).toMatchObject({ pValue: 1, ok: true });
  });

  it('widen intervals and raise p-values with the number of comparisons', () => {
    const samples = [
      { conversions: 100, visitors: 1_000 },
      { conversions: 140, visitors: 1_000 },
    ] as const;
    const [one, three] = [1, 3].map((comparisons) => compareProportions(...samples, { comparisons }));
    expect(three?.pValue).toBeCloseTo(3 * (one?.pValue ?? 0), 12);
    expect(three?.differenceInterval.low).toBeLessThan(one?.differenceInterval.low ?? 0);
  });

  it('find smaller effects with more visitors, and cannot find any in too few', () => {
    const lifts = [1_000, 10_000, 100_000].map(
      (visitors) => minimumDetectableEffect({ rate: 0.1, visitors }).lift ?? 0,
    );
    expect([...lifts].sort((a, b) => b - a)).toEqual(lifts);
    expect(minimumDetectableEffect({ rate: 0.9, visitors: 10 }).difference).toBeNull();
  });

  it.each([
    [
      'more conversions than visitors',
      () => compareProportions({ conversions: 6, visitors: 5 }, { conversions: 1, visitors: 5 }),
    ],
    ['a rate that is null', () => compareProportions(null as never, { conversions: 1, visitors: 5 })],
    ['a sample that is null', () => compareMeans([1, 2], null as never)],
    ['a look that is null', () => sequentialInterval(null as never)],
    ['an experiment that is null', () => minimumDetectableEffect(null as never)],
    ['options that are null', () => sequentialInterval({ estimate: 1, standardError: 1, visitors: 10 }, null as never)],
    ['options of a ratio that are null', () => sampleRatio([{ observed: 1, expected: 1 }], null as never)],
    ['no visitors', () => compareProportions({ conversions: 0, visitors: 0 }, { conversions: 1, visitors: 5 })],
    [
      'a confidence of 1',
      () => compareProportions({ conversions: 1, visitors: 5 }, { conversions: 1, visitors: 5 }, { confidence: 1 }),
    ],
    [
      'no comparisons',
      () => compareProportions({ conversions: 1, visitors: 5 }, { conversions: 1, visitors: 5 }, { comparisons: 0 }),
    ],
    ['one value', () => compareMeans([1], [1, 2])],
    ['a value that is not a number', () => compareMeans([1, Number.NaN], [1, 2])],
    [
      'the bootstrap of figures',
      () => compareMeans({ count: 5, mean: 1, variance: 1 }, [1, 2], { method: 'bootstrap' }),
    ],
    ['too few resamples', () => compareMeans([1, 2], [1, 2], { method: 'bootstrap', resamples: 99 })],
    ['a negative standard error', () => sequentialInterval({ estimate: 1, standardError: -1, visitors: 10 })],
    ['a share that is null', () => sampleRatio([null as never])],
    ['a negative count', () => sampleRatio([{ observed: -1, expected: 1 }])],
    ['what is not a list', () => sampleRatio({} as never)],
    ['neither a rate nor a mean', () => minimumDetectableEffect({ visitors: 10 })],
    ['a lift of 0', () => minimumDetectableEffect({ rate: 0.1, visitors: 10 }, { lift: 0 })],
  ])('are refused with invalid-option: %s', (_, call) => {
    expect(call).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });
});
