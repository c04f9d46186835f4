/** The text of a batch is what `JSON.stringify` makes of its parts, whoever its visitors are. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RecordedEvent, readContext } from '../src/batch-context.ts';
import { createEventFitter } from '../src/fit-event.ts';
import { writeBatch } from '../src/log-event.ts';
import { expectedAttributes, expectedSnapshot } from './expected-snapshot.ts';
import { createConversion, createImpression } from './recorded-events.ts';

const context = readContext(createImpression());

/** The letter of events that all fit. */
function letterOf(events: readonly RecordedEvent[]) {
  const fit = createEventFitter({ maxValueBytes: 65_536, maxEventBytes: 262_144 });
  return writeBatch(
    undefined,
    context,
    events.flatMap((event) => fit(event) ?? []).map(({ visitor: text }) => ({ text })),
  );
}

test('any users in any order, with the attributes of the one before or with others', () => {
  const text = fc.string({ unit: 'grapheme' });
  const people = fc.array(
    fc.record({ userId: text, plan: text, shared: fc.boolean(), events: fc.integer({ min: 1, max: 4 }) }),
    { minLength: 1 },
  );
  const sharedAttributes = { plan: 'shared' };
  fc.assert(
    fc.property(people, (users) => {
      const events = users.flatMap(({ userId, plan, shared, events: count }) => {
        const attributes = shared ? sharedAttributes : { plan };
        return Array.from({ length: count }, (_, index) =>
          index % 2 === 0
            ? createImpression({ userId, attributes })
            : createConversion({ userId, attributes, tags: { plan } }),
        );
      });
      const visitors = events.map((event) => ({
        snapshots: [expectedSnapshot(event)],
        visitor_id: event.userId,
        attributes: expectedAttributes(event),
      }));
      const letter = letterOf(events);
      expect(letter.body).toBe(JSON.stringify({ ...context.envelope, visitors }));
      expect(JSON.stringify(letter.log.params)).toBe(letter.body);
    }),
    { numRuns: 500 },
  );
});

test('a surrogate that stands alone is U+FFFD, also where the attributes are repeated', () => {
  const attributes = { plan: 'a\ud83d' };
  const { visitors } = letterOf([createImpression({ attributes }), createImpression({ attributes, userId: '\ude00' })])
    .log.params;
  expect(visitors.map((visitor) => visitor.attributes[0]?.value)).toEqual(['a\ufffd', 'a\ufffd']);
  expect(visitors[1]?.visitor_id).toBe('\ufffd');
});

test('impressions of any rule, variation and flag, with and without a prediction', () => {
  const text = fc.string({ unit: 'grapheme' });
  const decided = fc.record({
    flagKey: text,
    ruleKey: text,
    variationKey: text,
    experimentId: fc.option(text),
    variationId: fc.option(fc.oneof(text, fc.nat().map(String))),
    layerId: fc.option(text),
    enabled: fc.boolean(),
    cmabUuid: fc.option(text, { nil: undefined }),
  });
  fc.assert(
    fc.property(decided, (changes) => {
      const event = createImpression(changes);
      const [visitor] = JSON.parse(letterOf([event]).body).visitors;
      expect(JSON.stringify(visitor.snapshots)).toBe(JSON.stringify([expectedSnapshot(event)]));
    }),
    { numRuns: 300 },
  );
});

test('impressions that differ in any one thing from those before them, and those that come again', () => {
  const text = fc.constantFrom('1', '2');
  const decided = fc.record({
    flagKey: text,
    ruleKey: text,
    ruleType: fc.constantFrom('rollout' as const, 'feature-test' as const),
    variationKey: text,
    experimentId: text,
    variationId: text,
    layerId: text,
    enabled: fc.boolean(),
    cmabUuid: fc.option(text, { nil: undefined }),
    timestamp: fc.constantFrom(1, 2),
  });
  fc.assert(
    fc.property(fc.array(decided, { minLength: 20, maxLength: 60 }), (all) => {
      const events = all.map((changes) => createImpression(changes));
      const { visitors } = letterOf(events).log.params;
      expect(visitors.map(({ snapshots }) => snapshots[0])).toEqual(events.map(expectedSnapshot));
    }),
    { numRuns: 200 },
  );
});

test('more decisions than are remembered', () => {
  const events = Array.from({ length: 6_000 }, (_, index) => createImpression({ variationId: String(index % 5_500) }));
  const { visitors } = letterOf(events).log.params;
  expect(visitors.map(({ snapshots }) => snapshots[0].decisions?.[0].variation_id)).toEqual(
    events.map(({ variationId }) => variationId),
  );
});

test('a batch without visitors', () => {
  expect(letterOf([]).body).toBe(JSON.stringify({ ...context.envelope, visitors: [] }));
});
