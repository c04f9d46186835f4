import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BUCKETS,
  moveShare,
  readShares,
  type Share,
  scaleShares,
  totalOf,
  writeTraffic,
} from '../../src/page/flags/traffic-shares.ts';

const sizes = (shares: readonly Share[]) => shares.map(({ buckets }) => buckets);
const sharesOf = (...buckets: number[]): Share[] =>
  buckets.map((size, index) => ({ variationId: String.fromCharCode(97 + index), buckets: size }));

describe('reading shares', () => {
  it('adds up the ranges of a variation and keeps the order in which they appear', () => {
    const traffic = [
      { entityId: 'b', endOfRange: 2_000 },
      { entityId: 'a', endOfRange: 5_000 },
      { entityId: 'b', endOfRange: 6_000 },
    ];
    expect(readShares(['a', 'b', 'c'], traffic)).toEqual([
      { variationId: 'b', buckets: 3_000 },
      { variationId: 'a', buckets: 3_000 },
      { variationId: 'c', buckets: 0 },
    ]);
  });

  it('counts buckets of nobody and of unknown entities for nobody', () => {
    const traffic = [
      { entityId: '', endOfRange: 1_000 },
      { entityId: 'gone', endOfRange: 4_000 },
      { entityId: 'a', endOfRange: 4_500 },
    ];
    expect(readShares(['a'], traffic)).toEqual([{ variationId: 'a', buckets: 500 }]);
  });

  it('takes nothing from a range that ends before it starts', () => {
    const traffic = [
      { entityId: 'a', endOfRange: 4_000 },
      { entityId: 'b', endOfRange: 3_000 },
      { entityId: 'c', endOfRange: 5_000 },
    ];
    expect(sizes(readShares(['a', 'b', 'c'], traffic))).toEqual([4_000, 0, 1_000]);
  });
});

describe('moving a share', () => {
  it('lets the others give in proportion, in whole percents', () => {
    expect(sizes(moveShare(sharesOf(5_000, 3_000, 2_000), 'a', 6_000))).toEqual([6_000, 2_400, 1_600]);
  });

  it('lets a variation without traffic come in', () => {
    expect(sizes(moveShare(sharesOf(10_000, 0), 'b', 2_500))).toEqual([7_500, 2_500]);
  });

  it('splits evenly what nobody had a share of', () => {
    expect(sizes(moveShare(sharesOf(10_000, 0, 0), 'a', 4_000))).toEqual([4_000, 3_000, 3_000]);
  });

  it('takes from nobody when there is one variation only', () => {
    expect(sizes(moveShare(sharesOf(500), 'a', 7_000))).toEqual([7_000]);
  });

  it('never goes above the total', () => {
    expect(sizes(moveShare(sharesOf(2_000, 2_000), 'a', 9_000))).toEqual([4_000, 0]);
  });

  it('keeps the total, whatever is moved where', () => {
    const shares = fc.array(fc.integer({ min: 0, max: 2_500 }), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(shares, fc.nat(), fc.integer({ min: -100, max: 11_000 }), (buckets, which, to) => {
        const before = sharesOf(...buckets);
        const id = before[which % before.length]?.variationId ?? '';
        const after = moveShare(before, id, to);
        expect(totalOf(after)).toBe(totalOf(before));
        expect(after.every((share) => share.buckets >= 0 && Number.isInteger(share.buckets))).toBe(true);
      }),
    );
  });
});

describe('scaling shares', () => {
  it('keeps the proportions', () => {
    expect(sizes(scaleShares(sharesOf(5_000, 3_000, 2_000), 5_000))).toEqual([2_500, 1_500, 1_000]);
  });

  it('starts evenly from nothing', () => {
    expect(sizes(scaleShares(sharesOf(0, 0), 1_000))).toEqual([500, 500]);
  });

  it('reaches every total exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3_000), { minLength: 1, maxLength: 3 }), fc.nat(BUCKETS), (buckets, total) => {
        expect(totalOf(scaleShares(sharesOf(...buckets), total))).toBe(total);
      }),
    );
  });
});

describe('writing traffic', () => {
  it('is what reading it back gives', () => {
    const shares = sharesOf(1_000, 0, 4_000);
    const traffic = writeTraffic(shares);
    expect(traffic.map(({ endOfRange }) => endOfRange)).toEqual([1_000, 1_000, 5_000]);
    expect(readShares(['a', 'b', 'c'], traffic)).toEqual(shares);
  });
});
