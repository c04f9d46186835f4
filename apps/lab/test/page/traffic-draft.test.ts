import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  draftProblem,
  isSameDraft,
  readDraft,
  type TrafficDraft,
  toShares,
  withPart,
  withSlidPart,
  withTotal,
} from '../../src/page/flags/traffic-draft.ts';

const TRAFFIC = [
  { entityId: 'a', endOfRange: 5_000 },
  { entityId: 'b', endOfRange: 8_000 },
  { entityId: 'c', endOfRange: 10_000 },
];
const percents = ({ parts }: TrafficDraft) => parts.map(({ percent }) => percent);

describe('a draft of a split', () => {
  it('adds up the ranges of a variation, and has nothing of nobody and of unknown entities', () => {
    const traffic = [
      { entityId: 'a', endOfRange: 1_000 },
      { entityId: '', endOfRange: 2_000 },
      { entityId: 'gone', endOfRange: 3_000 },
      { entityId: 'b', endOfRange: 4_000 },
      { entityId: 'a', endOfRange: 6_000 },
      { entityId: 'b', endOfRange: 5_000 },
    ];
    const draft = readDraft(['a', 'b', 'c'], traffic);
    expect(draft.total).toBe(40);
    expect(percents(draft)).toEqual([75, 25, 0]);
  });

  it('keeps its parts however far the total is moved in between: Home, three arrows, End', () => {
    const published = readDraft(['a', 'b', 'c'], TRAFFIC);
    const draft = [0, 1, 2, 3, 100].reduce(withTotal, published);
    expect(isSameDraft(draft, published)).toBe(true);
    expect(percents(draft)).toEqual([50, 30, 20]);
  });

  it('keeps the proportions of the others however far a part is slid in between', () => {
    const published = readDraft(['a', 'b', 'c'], TRAFFIC);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 105 })), (moves) => {
        const slid = [...moves, 50].reduce((draft, percent) => withSlidPart(draft, published, 'a', percent), published);
        expect(isSameDraft(slid, published)).toBe(true);
      }),
    );
    expect(percents(withSlidPart(published, published, 'a', 0))).toEqual([0, 60, 40]);
  });

  it('takes typed numbers as they are, and says what they miss', () => {
    const published = readDraft(['a', 'b', 'c'], TRAFFIC);
    const typed = withPart(published, 'a', 48.5);
    expect(percents(typed)).toEqual([48.5, 30, 20]);
    expect(draftProblem(typed)).toBe('The parts are 98.5 % together; they must be 100 %.');
    expect(draftProblem(withPart(typed, 'b', 31.5))).toBeNull();
    expect(draftProblem({ ...published, total: Number.NaN })).toContain('numbers from 0 to 100');
  });

  it('becomes percents of all users', () => {
    expect(toShares(withTotal(readDraft(['a', 'b', 'c'], TRAFFIC), 20))).toEqual({ a: 10, b: 6, c: 4 });
    expect(toShares(readDraft(['a'], []))).toEqual({ a: 0 });
  });
});
