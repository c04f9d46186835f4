import murmurhash from 'murmurhash';
import { describe, expect, it } from 'vitest';
import { endsOf, findRange } from '../src/bucketing.ts';
import { computeBucket, murmur3, type TrafficRange } from '../src/index.ts';
import { fc, test } from './property.ts';
import { readVectors } from './vectors.ts';

interface BucketingVector {
  readonly bucketingId: string;
  readonly parentId: string;
  readonly hash: number;
  readonly bucket: number;
}

describe('computeBucket and murmur3', () => {
  it.each(readVectors<BucketingVector>('bucketing'))(
    '$bucketingId in $parentId',
    ({ bucketingId, parentId, hash, bucket }) => {
      expect(murmur3(bucketingId + parentId)).toBe(hash);
      expect(computeBucket(bucketingId, parentId)).toBe(bucket);
    },
  );

  it('[IN-03] a lone surrogate counts as U+FFFD, and nothing is normalised', () => {
    expect(computeBucket('\ud800', '1886780721')).toBe(6983);
    expect(computeBucket('\udc00', '1886780721')).toBe(6983);
    expect(computeBucket('\ufffd', '1886780721')).toBe(6983);
    expect([computeBucket('\u00e9', '1'), computeBucket('e\u0301', '1')]).toEqual([3677, 7584]);
  });

  it('[IN-03] equals the reference implementation on any text', () => {
    test(fc.string({ unit: 'binary' }), (text) => murmur3(text) === murmurhash.v3(text, 1));
    test(fc.string({ unit: 'binary-ascii' }), (text) => murmur3(text) === murmurhash.v3(text, 1));
    const anyUnits = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));
    test(anyUnits, (text) => murmur3(text) === murmurhash.v3(text, 1));
  });

  it('is an integer from 0 to 9,999, the same every time', () => {
    test(fc.tuple(fc.string(), fc.string()), ([id, parent]) => {
      const bucket = computeBucket(id, parent);
      return Number.isInteger(bucket) && bucket >= 0 && bucket < 10_000 && bucket === computeBucket(id, parent);
    });
  });
});

/** The entity of the range a bucket lies in. */
const findEntity = (ranges: readonly TrafficRange[], bucket: number) =>
  ranges[findRange(endsOf(ranges), bucket)]?.entityId;

describe('findRange', () => {
  const ranges = [
    { entityId: '', endOfRange: 2500 },
    { entityId: 'a', endOfRange: 4999 },
    { entityId: 'b', endOfRange: 5399 },
  ];

  it.each([
    [0, ''],
    [2499, ''],
    [2500, 'a'],
    [4998, 'a'],
    [4999, 'b'],
    [5398, 'b'],
    [5399, undefined],
    [9999, undefined],
  ])('bucket %i belongs to %j: ends are exclusive', (bucket, entityId) => {
    expect(findEntity(ranges, bucket)).toBe(entityId);
  });

  it('takes the first range past the bucket, also where ranges are not ascending', () => {
    const unordered = [
      { entityId: 'late', endOfRange: 9000 },
      { entityId: 'early', endOfRange: 1000 },
    ];
    expect(findEntity(unordered, 500)).toBe('late');
    expect(findEntity([], 0)).toBeUndefined();
  });

  it('growing traffic never moves a user who had a variation', () => {
    test(fc.tuple(fc.nat(9999), fc.nat(5000), fc.nat(5000)), ([bucket, share, growth]) => {
      const before = findEntity([{ entityId: 'a', endOfRange: share }], bucket);
      const after = findEntity([{ entityId: 'a', endOfRange: share + growth }], bucket);
      return before === undefined || after === before;
    });
  });
});
