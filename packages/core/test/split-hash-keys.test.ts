/** Keys that are prepared apart hash as the text they come from does, whatever the halves end and begin with. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { computeBucket, computeBucketOfKeys, toEntityKey } from '../src/bucketing.ts';
import { toHashKey } from '../src/murmur3.ts';

it('any bucketing id and any entity id give the same bucket prepared apart as together', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  const surrogates = fc.string({ unit: fc.constantFrom('\ud83d', '\ude00', 'a', 'é'), maxLength: 4 });
  fc.assert(
    fc.property(fc.oneof(text, surrogates), fc.oneof(text, surrogates), (bucketingId, entityId) => {
      const entityKey = toEntityKey(entityId);
      if (entityKey === null) return;
      expect(computeBucketOfKeys(toHashKey(bucketingId), entityKey)).toBe(computeBucket(bucketingId, entityId));
    }),
    { numRuns: 2_000 },
  );
});

it('an entity id that could complete a surrogate pair is not prepared apart', () => {
  expect(toEntityKey('\ude00x')).toBeNull();
  expect(toEntityKey('\ud83d\ude00')).not.toBeNull();
});
