/** The text of a batch is what `JSON.stringify` makes of it, whoever its visitors are. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringifyBatch } from '../src/batch-text.ts';
import type { BatchVisitor, EventBatch } from '../src/event-batch.ts';
import { buildEventBatch } from '../src/index.ts';
import { createConversion, createImpression } from './recorded-events.ts';

const envelope = buildEventBatch([createImpression()]);

function batchOf(visitors: readonly BatchVisitor[]): EventBatch {
  return { ...envelope, visitors };
}

test('any users in any order, with the attributes of the one before or with others', () => {
  const text = fc.string({ unit: 'grapheme' });
  const people = fc.array(fc.record({ userId: text, plan: text, events: fc.integer({ min: 1, max: 4 }) }), {
    minLength: 1,
  });
  fc.assert(
    fc.property(people, (users) => {
      const events = users.flatMap(({ userId, plan, events: count }) => {
        const attributes = { plan };
        return Array.from({ length: count }, (_, index) =>
          index % 2 === 0 ? createImpression({ userId, attributes }) : createConversion({ userId, attributes }),
        );
      });
      const [first, ...rest] = events;
      if (first === undefined) return;
      const batch = buildEventBatch([first, ...rest]);
      expect(stringifyBatch(batch)).toBe(JSON.stringify(batch));
    }),
    { numRuns: 500 },
  );
});

test('a surrogate that stands alone is U+FFFD, also where the attributes are repeated', () => {
  const attributes = { plan: 'a\ud83d' };
  const batch = buildEventBatch([createImpression({ attributes }), createImpression({ attributes, userId: '\ude00' })]);
  const { visitors } = JSON.parse(stringifyBatch(batch)) as EventBatch;
  expect(visitors.map((visitor) => visitor.attributes[0]?.value)).toEqual(['a\ufffd', 'a\ufffd']);
  expect(visitors[1]?.visitor_id).toBe('\ufffd');
});

test.each([[undefined], [null], ['text'], [{}]])('visitors a store gave back with the attributes %j', (attributes) => {
  const strange = { attributes } as unknown as BatchVisitor;
  const batch = batchOf([strange, strange, { ...strange }]);
  expect(JSON.parse(stringifyBatch(batch))).toEqual(JSON.parse(JSON.stringify(batch)));
});

test('a batch without visitors', () => {
  expect(stringifyBatch(batchOf([]))).toBe(JSON.stringify(batchOf([])));
});
