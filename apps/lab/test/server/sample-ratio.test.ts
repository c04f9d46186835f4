import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkSampleRatio } from '../../src/server/sample-ratio.ts';

test.each([
  [1, 3.841458820694124, 0.05],
  [1, 10.827566170662733, 0.001],
  [2, 5.991464547107979, 0.05],
  [4, 9.487729036781154, 0.05],
])('with %i degrees of freedom, a distance of %d has the tabled probability %d', (degrees, chiSquare, pValue) => {
  // All of the distance in the first variation.
  const expected = 1_000;
  const observed = expected + Math.sqrt(chiSquare * expected);
  const variations = Array.from({ length: degrees + 1 }, (_, index) => ({
    expected,
    observed: index === 0 ? observed : expected,
  }));
  expect(checkSampleRatio(variations)).toMatchObject({ degrees, pValue: expect.closeTo(pValue, 9) });
});

test('the alarm is below 0.001', () => {
  const split = (difference: number) => [
    { expected: 1_000, observed: 1_000 + difference },
    { expected: 1_000, observed: 1_000 - difference },
  ];
  expect(checkSampleRatio(split(73))).toMatchObject({ ok: true });
  expect(checkSampleRatio(split(74))).toMatchObject({ ok: false });
});

test('a variation nobody was expected in is left out', () => {
  const result = checkSampleRatio([
    { expected: 0, observed: 5 },
    { expected: 10, observed: 10 },
  ]);
  expect(result).toEqual({ chiSquare: 0, degrees: 0, pValue: 1, ok: true });
});

test('the result is a probability, whatever is compared', () => {
  // One visitor in a share of 1/10,000 is the least that is expected of anybody.
  const count = fc.oneof(fc.constant(0), fc.double({ min: 1e-4, max: 1e6, noNaN: true }));
  fc.assert(
    fc.property(fc.array(fc.record({ observed: count, expected: count }), { maxLength: 6 }), (variations) => {
      const { pValue } = checkSampleRatio(variations);
      expect(pValue).toBeGreaterThanOrEqual(0);
      expect(pValue).toBeLessThanOrEqual(1);
    }),
  );
});
