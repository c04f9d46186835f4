/** A key that is hashed in two parts hashes as a whole does, whatever the halves end and begin with. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bucketFor, toSplitKey } from '../src/bucketing.ts';
import { computeBucket, createUserSnapshot, murmur3 } from '../src/index.ts';
import { finishHash, hashText, startHash } from '../src/split-hash.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const surrogates = fc.string({ unit: fc.constantFrom('\ud83d', '\ude00', 'a', 'é'), maxLength: 4 });
const ids = fc.oneof(text, surrogates);

it('any bucketing id and any entity id give the same bucket hashed apart as together', () => {
  fc.assert(
    fc.property(ids, fc.array(ids), (bucketingId, entityIds) => {
      const user = createUserSnapshot(bucketingId);
      for (const id of entityIds)
        expect(bucketFor(user, { id, hashKey: toSplitKey(id) })).toBe(computeBucket(bucketingId, id));
    }),
    { numRuns: 2_000 },
  );
});

it('the hash in two parts is that of the library, wherever a text is cut', () => {
  const ascii = fc.string({ unit: 'binary-ascii', maxLength: 40 });
  fc.assert(
    fc.property(ascii, (key) => {
      for (let cut = 0; cut <= key.length; cut += 1) {
        expect(finishHash(startHash(key.slice(0, cut)), key.slice(cut))).toBe(murmur3(key));
      }
    }),
    { numRuns: 500 },
  );
});

it('an entity id is hashed apart only where it cannot complete a surrogate pair', () => {
  expect(['\ude00x', '\ud83d\ude00', 'é'].map(toSplitKey)).toEqual([null, null, null]);
  expect(toSplitKey('1001')).toBe('1001');
});

it('the hash of a whole text is that of the library, whatever the text', () => {
  fc.assert(
    fc.property(ids, (key) => {
      expect(hashText(key)).toBe(murmur3(key));
    }),
    { numRuns: 1_000 },
  );
});
