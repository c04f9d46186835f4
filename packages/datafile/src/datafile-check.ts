/**
 * Describes the mistakes of a datafile in sentences: one per kind of problem, with the first case and a count, so that
 * a repeated mistake (or a hostile document) does not hide other problems.
 */
import { createReferenceCheck } from './dangling-references.ts';
import type { DatafileCheck } from './parse-document.ts';
import type { DatafileProblemCode, Mistake, ProblemList } from './problem-list.ts';
import { describe } from './read-json.ts';

/**
 * Describes for each kind of mistake in a datafile where it is and what was done instead, and also reports references
 * to entities that the datafile does not have (`dangling-reference`). Pass it as `check` to a config source; without it
 * mistakes are only counted by code, and references and duplicate variation keys are not checked. `parseDatafile`
 * always checks.
 */
export const datafileCheck: DatafileCheck = { createProblemList, createReferenceCheck };

interface Kind {
  readonly code: DatafileProblemCode;
  readonly first: string;
  count: number;
}

/** Longer names are cut: a datafile may have a key of a megabyte. */
const MAX_NAME_LENGTH = 80;

const SENTENCES: ReadonlyMap<Mistake, string> = /* @__PURE__ */ new Map<Mistake, string>([
  ['no-array', 'was ignored: expected an array, got %.'],
  ['no-object', 'was skipped: expected an object, got %.'],
  ['traffic', 'has traffic ranges that are not valid; users in them get no variation.'],
  ['enabled', 'counts as enabled: its "featureEnabled" is not a boolean.'],
  ['disabled', 'counts as disabled: its "featureEnabled" is not a boolean.'],
  ['variables', 'has variables that are not valid; defaults are used.'],
  ['same-key', 'has two variations with the key %; the last one is used.'],
  ['twice', 'occurs more than once; the last one is used.'],
  ['bandit', 'is a bandit that admits no users: its "trafficAllocation" is not a number.'],
  ['deep', 'matches no user: its conditions are nested too deeply.'],
]);

/** Creates an empty list. */
function createProblemList(): ProblemList {
  const kinds = new Map<string, Kind>();
  let kind = '';
  let name: unknown;
  let of: string | undefined;
  let ofName: unknown;
  const tell = (code: DatafileProblemCode, what: string, value?: unknown): undefined => {
    const key = `${kind} ${of} ${what}`;
    const known = kinds.get(key);
    if (known) known.count += 1;
    else {
      const owner = of ? ` of ${nameOf(of, ofName)}` : '';
      const text = what.replace('%', () => (typeof value === 'string' ? quoteName(value) : describe(value)));
      kinds.set(key, { code, first: `${nameOf(kind, name)}${owner} ${text}`, count: 1 });
    }
  };
  return {
    at(kindHere, nameHere, ofHere, ofNameHere) {
      // Assigned one by one, because this runs for every entity and destructuring a list is slow.
      kind = kindHere;
      name = nameHere;
      of = ofHere;
      ofName = ofNameHere;
    },
    add: (code, mistake, value) => tell(code, SENTENCES.get(mistake) ?? mistake, value),
    skip: (property, expected, value) =>
      tell('invalid-entity', `was skipped: expected "${property}" to be ${expected}, got ${describe(value)}.`),
    ignore: (property, expected, value) =>
      tell('invalid-entity', `is read without "${property}": expected ${expected}, got ${describe(value)}.`),
    leaveOut: (property) =>
      tell('invalid-entity', `has values in "${property}" that are not valid; they were left out.`),
    all: () =>
      [...kinds.values()].map(({ code, first, count }) => ({
        code,
        part: 'datafile',
        message: count === 1 ? first : `${first} This is the first of ${count} problems of this kind.`,
      })),
  };
}

function nameOf(kind: string, name: unknown): string {
  if (typeof name === 'number') return `${kind} ${name}`;
  return typeof name === 'string' ? `${kind} ${quoteName(name)}` : `${kind} without an id`;
}

/** A name as messages show it: in quotes, and not longer than need be. */
export function quoteName(name: string): string {
  return `"${name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name}"`;
}
