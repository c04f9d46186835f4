/** 1,000 experiments without any difference: how often each method claims one, against what it promises. */
import { describe, expect, it } from 'vitest';
import { compareMeans, compareProportions, sampleRatio, sequentialInterval } from '../src/index.ts';
import { createRandom, drawSkewed } from './random.ts';

const EXPERIMENTS = 1_000;
/** Three standard deviations of the count of a thousand draws at 5 %: seeds are fixed, so that this is passed or not. */
const TOLERANCE = 3 * Math.sqrt(0.05 * 0.95 * EXPERIMENTS);

function countClaims(seed: number, claims: (random: () => number) => boolean): number {
  const random = createRandom(seed);
  return Array.from({ length: EXPERIMENTS }, () => claims(random)).filter(Boolean).length;
}

function countConversions(random: () => number, visitors: number, rate: number): number {
  let conversions = 0;
  for (let visitor = 0; visitor < visitors; visitor += 1) if (random() < rate) conversions += 1;
  return conversions;
}

function expectPromised(claims: number): void {
  expect(Math.abs(claims - 0.05 * EXPERIMENTS)).toBeLessThan(TOLERANCE);
}

describe('1,000 simulated A/A tests', () => {
  it('let proportions claim a difference in 5 % of cases, by p-value and by each interval', () => {
    const byInterval = { difference: 0, lift: 0 };
    const claims = countClaims(11, (random) => {
      const [a, b] = [0, 1].map(() => ({ conversions: countConversions(random, 1_000, 0.1), visitors: 1_000 }));
      const { pValue, differenceInterval, liftInterval } = compareProportions(a as never, b as never);
      if (differenceInterval.low > 0 || differenceInterval.high < 0) byInterval.difference += 1;
      const liftLeavesZero = liftInterval !== null && (liftInterval.low > 0 || liftInterval.high < 0);
      if (liftLeavesZero) byInterval.lift += 1;
      expect(liftLeavesZero).toBe(pValue < 0.05);
      return pValue < 0.05;
    });
    expectPromised(claims);
    expectPromised(byInterval.difference);
    expectPromised(byInterval.lift);
  });

  it('let means of skewed values claim a difference in 5 % of cases', () => {
    expectPromised(
      countClaims(12, (random) => {
        const [a, b] = [0, 1].map(() => Array.from({ length: 200 }, () => drawSkewed(random)));
        return compareMeans(a ?? [], b ?? []).pValue < 0.05;
      }),
    );
  });

  it('let the bootstrap claim a difference in 5 % of cases', () => {
    expectPromised(
      countClaims(13, (random) => {
        const [a, b] = [0, 1].map(() => Array.from({ length: 100 }, () => drawSkewed(random)));
        const {
          differenceInterval: { low, high },
        } = compareMeans(a ?? [], b ?? [], { method: 'bootstrap', resamples: 400, random });
        return low > 0 || high < 0;
      }),
    );
  });

  it('let three variations claim any difference in at most 5 % of cases with the correction, and in more without', () => {
    const count = (comparisons: number) =>
      countClaims(14, (random) => {
        const [control, ...others] = [0, 1, 2, 3].map(() => ({
          conversions: countConversions(random, 500, 0.2),
          visitors: 500,
        }));
        return others.some((other) => compareProportions(control as never, other, { comparisons }).pValue < 0.05);
      });
    expect(count(3)).toBeLessThan(0.05 * EXPERIMENTS + TOLERANCE);
    expect(count(1)).toBeGreaterThan(0.05 * EXPERIMENTS + TOLERANCE);
  });

  it('let the sequential interval claim a difference in at most 5 % of experiments looked at 50 times, and the fixed one in more', () => {
    const claimed = { sequential: 0, fixed: 0 };
    countClaims(15, (random) => {
      const sums = [0, 0];
      let [sequential, fixed] = [false, false];
      for (let look = 1; look <= 50; look += 1) {
        const visitors = look * 100;
        const samples = sums.map((sum, arm) => {
          sums[arm] = sum + countConversions(random, 100, 0.2);
          return { conversions: sums[arm] as number, visitors };
        });
        const comparison = compareProportions(samples[0] as never, samples[1] as never);
        const interval = sequentialInterval(
          { estimate: comparison.difference, standardError: comparison.standardError, visitors: 2 * visitors },
          { tunedFor: 5_000 },
        );
        const leavesZero = interval.low > 0 || interval.high < 0;
        expect(leavesZero).toBe(interval.pValue < 0.05);
        sequential ||= leavesZero;
        fixed ||= comparison.pValue < 0.05;
      }
      if (sequential) claimed.sequential += 1;
      if (fixed) claimed.fixed += 1;
      return sequential;
    });
    expect(claimed.sequential).toBeLessThanOrEqual(0.05 * EXPERIMENTS);
    expect(claimed.sequential).toBeGreaterThan(0);
    expect(claimed.fixed).toBeGreaterThan(0.15 * EXPERIMENTS);
  });

  it('let the sample-ratio check alarm in 5 % of cases at that level', () => {
    expectPromised(
      countClaims(16, (random) => {
        const observed = [0, 0, 0];
        for (let visitor = 0; visitor < 900; visitor += 1) {
          const drawn = random();
          const arm = drawn < 0.5 ? 0 : drawn < 0.8 ? 1 : 2;
          observed[arm] = (observed[arm] ?? 0) + 1;
        }
        const shares = [50, 30, 20];
        return !sampleRatio(
          observed.map((count, arm) => ({ observed: count, expected: shares[arm] ?? 0 })),
          { alarmBelow: 0.05 },
        ).ok;
      }),
    );
  });
});
