/** Every method against figures that others published or that R prints. */
import { describe, expect, it } from 'vitest';
import {
  compareMeans,
  compareProportions,
  minimumDetectableEffect,
  proportionInterval,
  sampleRatio,
  sequentialInterval,
} from '../src/index.ts';
import { createRandom } from './random.ts';

describe('published values', () => {
  it.each([
    // Newcombe (1998), table II, method 10, first minus second sample.
    [[56, 70], [48, 80], 0.0524, 0.3339],
    [[9, 10], [3, 10], 0.1705, 0.809],
    [[10, 10], [0, 10], 0.6075, 1],
    [[10, 10], [0, 20], 0.6791, 1],
  ] as const)('has the interval of Newcombe for %j beside %j', (first, second, low, high) => {
    const { differenceInterval } = compareProportions(toProportion(second), toProportion(first));
    expect(differenceInterval.low).toBeCloseTo(low, 4);
    expect(differenceInterval.high).toBeCloseTo(high, 4);
  });

  it('has the interval of Koopman for 36 of 40 beside 16 of 80', () => {
    // Koopman (1984): ratio 4.5 from 2.94 to 7.15; R's DescTools::BinomRatioCI prints 2.939572 and 7.152050.
    const { lift, liftInterval } = compareProportions(toProportion([16, 80]), toProportion([36, 40]));
    expect(lift).toBeCloseTo(3.5, 10);
    expect(liftInterval?.low).toBeCloseTo(1.9396, 3);
    expect(liftInterval?.high).toBeCloseTo(6.1521, 3);
  });

  it('has the interval of Wilson for 81 of 263', () => {
    // Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3.
    const { low, high } = proportionInterval(toProportion([81, 263]));
    expect(low).toBeCloseTo(0.2553, 4);
    expect(high).toBeCloseTo(0.3662, 4);
  });

  it("has the t-test of Student's sleep data as R prints it", () => {
    // t.test(extra ~ group, data = sleep): t = -1.8608, df = 17.776, p-value = 0.07939, -3.3654832 to 0.2054832.
    const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
    const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    const { difference, differenceInterval, degrees, pValue, standardError } = compareMeans(first, second);
    expect(difference / standardError).toBeCloseTo(1.8608, 4);
    expect(degrees).toBeCloseTo(17.776, 3);
    expect(pValue).toBeCloseTo(0.07939, 5);
    expect(differenceInterval.low).toBeCloseTo(-0.2054832, 6);
    expect(differenceInterval.high).toBeCloseTo(3.3654832, 6);
  });

  it('has the bootstrap standard error of the mouse data', () => {
    // Efron and Tibshirani (1993), chapters 2 and 16: difference 30.63; the plug-in standard errors 23.36 and 13.33 of the
    // two means make 26.9.
    const treated = [94, 197, 16, 38, 99, 141, 23];
    const control = [52, 104, 146, 10, 51, 30, 40, 27, 46];
    const { difference, standardError } = compareMeans(control, treated, {
      method: 'bootstrap',
      resamples: 20_000,
      random: createRandom(1),
    });
    expect(difference).toBeCloseTo(30.63, 2);
    expect(Math.abs(standardError - 26.9)).toBeLessThan(0.5);
  });

  it('has the sample ratio of Kohavi, Tang and Xu', () => {
    // Trustworthy Online Controlled Experiments (2020), chapter 3: 821,588 and 815,482 users, p-value 1.8E-6.
    const { pValue, ok, degrees } = sampleRatio([
      { observed: 821_588, expected: 50 },
      { observed: 815_482, expected: 50 },
    ]);
    expect(pValue * 1e6).toBeCloseTo(1.8, 1);
    expect(ok).toBe(false);
    expect(degrees).toBe(1);
  });

  it("has the chi-square of Mendel's peas", () => {
    // Mendel (1866), 315, 101, 108 and 32 peas for 9:3:3:1; chisq.test prints X-squared = 0.47, df = 3, p-value = 0.9254.
    const { chiSquare, pValue } = sampleRatio([
      { observed: 315, expected: 9 },
      { observed: 101, expected: 3 },
      { observed: 108, expected: 3 },
      { observed: 32, expected: 1 },
    ]);
    expect(chiSquare).toBeCloseTo(0.47, 2);
    expect(pValue).toBeCloseTo(0.9254, 4);
  });

  it('has the boundary of Robbins (1970)', () => {
    // |S_n| stays below sqrt((n + m)(a^2 + log(n / m + 1))) with probability 1 - exp(-a^2 / 2), here for a^2 = 9, n = 50.
    const alpha = Math.exp(-4.5);
    const wanted = -2 * Math.log(alpha);
    const mixing = 100 / (wanted + Math.log(wanted + 1));
    const { high } = sequentialInterval(
      { estimate: 0, standardError: 1 / Math.sqrt(50), visitors: 50 },
      { confidence: 1 - alpha, tunedFor: 100 },
    );
    expect(high * 50).toBeCloseTo(Math.sqrt((50 + mixing) * (9 + Math.log(50 / mixing + 1))), 8);
  });

  it('needs the visitors that power.prop.test of R prints', () => {
    // power.prop.test(p1 = 0.50, p2 = 0.75, power = 0.90): n = 76.7 in each group.
    const { visitorsNeeded } = minimumDetectableEffect({ rate: 0.5, visitors: 100 }, { lift: 0.5, power: 0.9 });
    expect(visitorsNeeded).toBe(77);
    const { difference } = minimumDetectableEffect({ rate: 0.5, visitors: 76.69294 }, { power: 0.9 });
    expect(difference).toBeCloseTo(0.25, 4);
  });

  it('needs the visitors of the rule of thumb 16 variance / difference²', () => {
    // Kohavi, Longbotham, Sommerfield and Henne (2009): 5 % more of a rate of 5 % takes some 121,600 in each group.
    const { visitorsNeeded } = minimumDetectableEffect({ rate: 0.05, visitors: 1_000 }, { lift: 0.05 });
    expect(Math.abs((visitorsNeeded ?? 0) / 121_600 - 1)).toBeLessThan(0.02);
    const means = minimumDetectableEffect({ mean: 3.75, variance: 900, visitors: 1_000 }, { lift: 0.05 });
    // The same paper: USD 3.75 per visitor with a deviation of 30 takes some 409,000.
    expect(Math.abs((means.visitorsNeeded ?? 0) / 409_600 - 1)).toBeLessThan(0.02);
  });
});

function toProportion([conversions, visitors]: readonly [number, number]) {
  return { conversions, visitors };
}
