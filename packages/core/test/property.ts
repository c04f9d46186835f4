/** Properties in one line each. */
import * as fc from 'fast-check';

export { fc };

/** Fails with the smallest counterexample. */
export function test<T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => boolean): void {
  fc.assert(fc.property(arbitrary, holds), { numRuns: 300 });
}
