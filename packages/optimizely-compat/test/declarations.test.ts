/** The declarations beside the official ones: what compiles with one SDK compiles with the other. */
import * as official from '@optimizely/optimizely-sdk';
import { describe, expect, it } from 'vitest';
import { compareTypes, exportedNames } from './compare-declarations.ts';
import { CHECKED_PARTS, DIFFERENCES } from './declaration-differences.ts';

const modules = { official: '@optimizely/optimizely-sdk', ours: '../src/node.ts' };

/** Types that take a type argument. */
const GENERIC = /^(Sync|Async)?(Cache|CacheWithRemove|Store)$/;

const names = exportedNames(modules);
const differing = new Set(DIFFERENCES.map(({ name }) => name));

/** A type of both modules; `$` stands for the module. */
function typeOf(name: string): string {
  if (Object.hasOwn(official, name)) return `typeof $.${name}`;
  return GENERIC.test(name) ? `$.${name}<string>` : `$.${name}`;
}

const PART = 'part of ';
const verdicts = compareTypes(
  modules,
  new Map([
    ...names.official.map((name) => [name, typeOf(name)] as const),
    ...Object.entries(CHECKED_PARTS).map(([name, type]) => [`${PART}${name}`, type] as const),
  ]),
);

describe('declarations', () => {
  it('export the names of the official SDK, and no others but those of shadow mode', () => {
    expect(names.ours.filter((name) => !/Shadow|^ComparedDecision$|^DifferenceKind$/.test(name))).toEqual(
      names.official,
    );
    expect(Object.keys(official)).toHaveLength(22);
  });

  it.each(names.official.filter((name) => !differing.has(name)))('are assignable in both directions: %s', (name) => {
    expect(verdicts.get(name)).toBe('mutual');
  });

  it.each(DIFFERENCES)('differ where the table says so: $name', ({ name }) => {
    expect(verdicts.get(name)).not.toBe('mutual');
  });

  it.each(Object.keys(CHECKED_PARTS))('are assignable in both directions where %s is not opaque', (name) => {
    expect(verdicts.get(`${PART}${name}`)).toBe('mutual');
  });
});
