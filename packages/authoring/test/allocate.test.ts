import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate, type TrafficRange } from '../src/index.ts';

/** The owner of each bucket, as a client finds it. */
function ownersOf(ranges: readonly TrafficRange[]): string[] {
  return Array.from(
    { length: 10_000 },
    (_, bucket) => ranges.find(({ endOfRange }) => endOfRange > bucket)?.entityId ?? '',
  );
}

function shareOf(owners: readonly string[], entityId: string): number {
  return owners.filter((owner) => owner === entityId).length / 100;
}

const IDS = ['a', 'b', 'c', 'd'];
/** Percents that are at most 100 together. */
const shares = fc
  .array(fc.integer({ min: 0, max: 2_500 }), { minLength: 4, maxLength: 4 })
  .map((buckets) => Object.fromEntries(buckets.map((count, index) => [IDS[index] as string, count / 100])));
/** A line as it may have become over time: many pieces, gaps, ends in any order. */
const ranges = fc.array(
  fc.record({ entityId: fc.constantFrom(...IDS, '', 'gone'), endOfRange: fc.integer({ min: 0, max: 10_000 }) }),
  { maxLength: 12 },
);

describe('allocating traffic', () => {
  it.each([
    ['a new rule', [], { a: 50, b: 30 }, 'a:5000 b:8000', 0],
    [
      'more traffic',
      [
        ['a', 1000],
        ['b', 1600],
        ['c', 2000],
      ],
      { a: 25, b: 15, c: 10 },
      'a:1000 b:1600 c:2000 a:3500 b:4400 c:5000',
      0,
    ],
    [
      'less traffic',
      [
        ['a', 5000],
        ['b', 10000],
      ],
      { a: 20, b: 20 },
      'a:2000 :5000 b:7000',
      60,
    ],
    [
      'another split',
      [
        ['a', 5000],
        ['b', 10000],
      ],
      { a: 60, b: 40 },
      'a:5000 b:9000 a:10000',
      10,
    ],
    [
      'a shrinking share beside free traffic',
      [
        ['a', 4000],
        ['b', 8000],
      ],
      { a: 50, b: 30 },
      'a:4000 b:7000 :8000 a:9000',
      10,
    ],
    [
      'an entity that is not named any more',
      [
        ['a', 100],
        ['b', 200],
      ],
      { a: 1 },
      'a:100',
      1,
    ],
    [
      'a gap',
      [
        ['a', 100],
        ['', 200],
        ['b', 300],
      ],
      { a: 2, b: 1 },
      'a:200 b:300',
      0,
    ],
    ['nothing', [['a', 100]], {}, '', 1],
    ['the smallest share', [], { a: 0.01 }, 'a:1', 0],
    ['a decimal that binary numbers miss', [], { a: 0.29 }, 'a:29', 0],
    ['three thirds', [], { a: 100 / 3, b: 100 / 3, c: 100 / 3 }, 'a:3334 b:6667 c:10000', 0],
  ] as [string, [string, number][], Record<string, number>, string, number][])(
    'keeps what can be kept for %s',
    (_, previous, wanted, expected, movedShare) => {
      const allocation = allocate(
        previous.map(([entityId, endOfRange]) => ({ entityId, endOfRange })),
        wanted,
      );
      expect(allocation.ranges.map(({ entityId, endOfRange }) => `${entityId}:${endOfRange}`).join(' ')).toBe(expected);
      expect(allocation.movedShare).toBe(movedShare);
    },
  );

  it('moves no user when shares only grow', () => {
    fc.assert(
      fc.property(ranges, shares, (previous, growth) => {
        const before = ownersOf(previous).map((owner) => (owner === 'gone' ? '' : owner));
        const base = previous.map((range) => (range.entityId === 'gone' ? { ...range, entityId: '' } : range));
        const now = Object.fromEntries(IDS.map((id) => [id, shareOf(before, id)]));
        const room = 100 - Object.values(now).reduce((sum, share) => sum + share, 0);
        const added = Object.values(growth).reduce((sum, share) => sum + share, 0) || 1;
        const wanted = Object.fromEntries(
          IDS.map((id) => [id, (now[id] ?? 0) + Math.floor(((growth[id] ?? 0) / added) * room * 100) / 100]),
        );
        const { ranges: grown, movedShare } = allocate(base, wanted);
        const after = ownersOf(grown);
        expect(movedShare).toBe(0);
        expect(before.every((owner, bucket) => owner === '' || owner === after[bucket])).toBe(true);
      }),
    );
  });

  it('meets every share to 0.01 % and moves no more than must move', () => {
    fc.assert(
      fc.property(ranges, shares, (previous, wanted) => {
        const before = ownersOf(previous);
        const { ranges: result, movedShare } = allocate(previous, wanted);
        const after = ownersOf(result);
        for (const id of IDS) expect(shareOf(after, id)).toBe(wanted[id]);
        const mustMove = [...IDS, 'gone'].reduce(
          (sum, id) => sum + Math.max(0, Math.round(100 * (shareOf(before, id) - (wanted[id] ?? 0)))),
          0,
        );
        expect(Math.round(movedShare * 100)).toBe(mustMove);
        expect(before.filter((owner, bucket) => owner !== '' && owner !== after[bucket]).length).toBe(mustMove);
      }),
    );
  });

  it('answers the same line for the same shares, whatever came before it', () => {
    fc.assert(
      fc.property(ranges, shares, (previous, wanted) => {
        const once = allocate(previous, wanted);
        expect(allocate(once.ranges, wanted)).toEqual({ ranges: once.ranges, movedShare: 0 });
      }),
    );
  });

  it.each([
    ['a share above 100', [], { a: 101 }],
    ['a negative share', [], { a: -1 }],
    ['a share that is not a number', [], { a: Number.NaN }],
    ['shares above 100 together', [], { a: 60, b: 41 }],
    ['an empty entity id', [], { '': 10 }],
    ['an end above 10,000', [{ entityId: 'a', endOfRange: 10_001 }], {}],
    ['an end with decimals', [{ entityId: 'a', endOfRange: 0.5 }], {}],
    ['null as a range', [null], {}],
    ['null as ranges', null, {}],
    ['null as shares', [], null],
  ] as unknown as [string, TrafficRange[], Record<string, number>][])('refuses %s', (_, previous, wanted) => {
    expect(() => allocate(previous, wanted)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });
});
