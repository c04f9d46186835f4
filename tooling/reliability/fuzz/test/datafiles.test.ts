import { pointersOf, replaceAt } from '@sortition/differential/mutations';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startBound, startFuzzRun } from '../src/fuzz-run.ts';
import { HOSTILE_VALUES } from '../src/hostile-values.ts';
import { SEED_DATAFILES } from '../src/seed-datafiles.ts';
import { useDatafile } from '../src/use-datafile.ts';

const { seed, factor } = startFuzzRun('datafiles');

/** Uses a text; it is a failure to take too long as well. */
function use(text: string): boolean {
  const endBound = startBound();
  const isDatafile = useDatafile(text);
  endBound();
  return isDatafile;
}

describe.each(Object.entries(SEED_DATAFILES))('the datafile "%s"', (_, datafile) => {
  const pointers = pointersOf(datafile);
  const text = JSON.stringify(datafile);

  it('serves as it is', () => {
    expect(use(text)).toBe(true);
  });

  it('serves or is refused with a hostile value in any place', () => {
    // The short slice tries every place with a few of the values; ten times as much, and more, every value.
    const perPlace = Math.min(HOSTILE_VALUES.length, Math.max(1, Math.round((600 * factor) / pointers.length)));
    let served = 0;
    for (const [index, pointer] of pointers.entries()) {
      for (let turn = 0; turn < perPlace; turn += 1) {
        const value = HOSTILE_VALUES[(seed + index * 7 + turn) % HOSTILE_VALUES.length];
        if (use(replaceAt(datafile, pointer, value))) served += 1;
      }
    }
    expect(served).toBeGreaterThan(pointers.length / 2);
  });

  it('serves or is refused after its parts were swapped, doubled, lost or pointed elsewhere', () => {
    const place = fc.constantFrom(...pointers);
    const mutation = fc.tuple(fc.constantFrom('swap', 'double', 'lose', 'point'), place, place);
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 8 }), (mutations) => {
        const copy = structuredClone(datafile);
        for (const [kind, one, other] of mutations) mutate(copy, kind, one, other);
        use(JSON.stringify(copy));
      }),
      { seed, numRuns: 150 * factor },
    );
  });

  it('serves or is refused with bytes flipped', () => {
    const flip = fc.tuple(fc.nat(text.length - 1), fc.constantFrom(...'"{}[],:0-9eE\\ \u0000\ufffdtn'));
    fc.assert(
      fc.property(fc.array(flip, { minLength: 1, maxLength: 4 }), (flips) => {
        const characters = [...text];
        for (const [at, character] of flips) characters[at] = character;
        use(characters.join(''));
      }),
      { seed, numRuns: 150 * factor },
    );
  });
});

type Parent = Record<string | number, unknown>;

/** Changes a document in place; a place that an earlier change has removed stays as it is. */
function mutate(
  document: object,
  kind: string,
  one: readonly (string | number)[],
  other: readonly (string | number)[],
) {
  const [here, there] = [parentAt(document, one), parentAt(document, other)];
  const [key, otherKey] = [one.at(-1) ?? '', other.at(-1) ?? ''];
  if (here === undefined || there === undefined) return;
  if (kind === 'lose') delete here[key];
  else if (kind === 'double' && Array.isArray(here)) here.push(structuredClone(here[Number(key)]));
  // Only texts point somewhere: ids and keys that now name something of another kind.
  else if (kind === 'point' && typeof here[key] === 'string' && typeof there[otherKey] === 'string')
    here[key] = there[otherKey];
  // Copies, because a part put into itself would be no tree any more.
  else if (kind === 'swap')
    [here[key], there[otherKey]] = [structuredClone(there[otherKey]), structuredClone(here[key])];
}

function parentAt(document: object, pointer: readonly (string | number)[]): Parent | undefined {
  let node: unknown = document;
  for (const key of pointer.slice(0, -1))
    node = typeof node === 'object' && node !== null ? (node as Parent)[key] : undefined;
  return typeof node === 'object' && node !== null ? (node as Parent) : undefined;
}
