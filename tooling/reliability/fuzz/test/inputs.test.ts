import { isSdkError } from '@sortition/core';
import fc from 'fast-check';
import { type Client, createClient, createStaticConfig } from 'sortition';
import { expect, it } from 'vitest';
import { startBound, startFuzzRun } from '../src/fuzz-run.ts';
import { MISBEHAVIOURS } from '../src/misbehaviours.ts';
import { SEED_DATAFILES } from '../src/seed-datafiles.ts';

const { seed, factor } = startFuzzRun('inputs');

const client: Client = createClient({
  config: createStaticConfig({ datafile: SEED_DATAFILES.everything ?? {} }),
  events: { record: () => undefined },
  logger: false,
});

type Make = () => unknown;

/** Anything JavaScript has, made when it is used: some of it cannot even be held by a generator of values. */
const anything: fc.Arbitrary<Make> = fc.oneof(
  fc
    .anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withSparseArray: true,
      withTypedArray: true,
      withObjectString: true,
    })
    .map((value) => () => value),
  fc.constantFrom(...Object.values(MISBEHAVIOURS)).map((answer) => () => {
    try {
      const value = answer();
      // A promise that the caller made and does not handle is left to the caller.
      if (value instanceof Promise) value.catch(() => undefined);
      return value;
    } catch {
      return answer; // one that throws is a function like any other
    }
  }),
  fc.constantFrom('flag', 'purchase', '__proto__').map((text) => () => text),
);

/** What an untyped caller may do with a context. */
const CALLS = [
  'decide',
  'decideForKeys',
  'decideAll',
  'explain',
  'trackImpression',
  'trackEvent',
  'setAttribute',
  'setForcedDecision',
  'getForcedDecision',
  'removeForcedDecision',
  'isQualifiedFor',
  'decideAsync',
  'decideForKeysAsync',
  'decideAllAsync',
  'load',
  'fetchQualifiedSegments',
] as const;

type Untyped = Record<string, (...parameters: unknown[]) => unknown>;

it('nothing that a caller passes escapes as an exception or a rejection', async () => {
  const call = fc.tuple(fc.constantFrom(...CALLS), fc.array(anything, { maxLength: 3 }));
  await fc.assert(
    fc.asyncProperty(
      fc.string(),
      anything,
      fc.array(call, { minLength: 1, maxLength: 6 }),
      async (userId, attributes, calls) => {
        const user = client.createUserContext(`u${userId}`, attributes() as object) as unknown as Untyped;
        const endBound = startBound();
        for (const [method, parameters] of calls) await user[method]?.(...parameters.map((make) => make()));
        JSON.stringify(user.toJSON?.());
        endBound();
      },
    ),
    { seed, numRuns: 1_500 * factor },
  );
});

it('a user id is a text or is refused by name', () => {
  fc.assert(
    fc.property(anything, (make) => {
      const userId = make();
      try {
        expect(client.createUserContext(userId as string).userId).toBe(userId);
        expect(typeof userId).toBe('string');
      } catch (error) {
        if (!isSdkError(error)) throw error;
        expect(error.code).toBe('invalid-user');
      }
    }),
    { seed, numRuns: 1_500 * factor },
  );
});
