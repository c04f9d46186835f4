import { describe, expect, it } from 'vitest';
import { MISBEHAVIOURS } from '../src/misbehaviours.ts';
import { goodOptions, PORT_METHODS } from '../src/ports.ts';
import { useClient } from '../src/use-client.ts';

it('there are two dozen misbehaviours, and every port takes part', () => {
  expect(Object.keys(MISBEHAVIOURS).length).toBeGreaterThanOrEqual(24);
  expect(new Set(PORT_METHODS.map(([name]) => name)).size).toBe(PORT_METHODS.length);
});

describe.each(PORT_METHODS)('%s', (_, replace) => {
  it('may do anything: every call of the client settles, none throws', async () => {
    // All at once, because most of the time is waiting for what never comes.
    const uses = Object.entries(MISBEHAVIOURS).map(async ([name, misbehaviour]) => {
      try {
        await useClient({ ...goodOptions(), ...replace(misbehaviour) });
      } catch (cause) {
        throw new Error(`a method that ${name} was not contained`, { cause });
      }
    });
    await Promise.all(uses);
  }, 30_000);
});
