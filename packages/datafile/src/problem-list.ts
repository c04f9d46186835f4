/**
 * Collects what was skipped in a datafile: one entry for each kind of problem, with the first case of it and a count, so that
 * a project with a habit (or a hostile document) does not hide the other problems.
 *
 * Readers say where they are (`at`), and then what is wrong there: a sentence is only made for the first of a kind.
 */
import type { Problem } from '@sortition/core';
import { describe } from './read-json.ts';

/** Why an entity, or a part of one, was skipped. */
export type DatafileProblemCode =
  | 'invalid-section'
  | 'invalid-entity'
  | 'dangling-reference'
  | 'duplicate-key'
  | 'conditions-too-deep';

/** Where the readers of a datafile report. All methods but `all` return `undefined`, which is also what a reader returns then. */
export interface ProblemList {
  /**
   * Names the entity that is read from now on, such as `variation 7 of experiment 3`.
   *
   * @param kind The first word of messages.
   * @param name Id or key, quoted and cut in messages; a number is a position; anything else: it has none.
   * @param of What it belongs to, such as `experiment`.
   */
  at(kind: string, name?: unknown, of?: string, ofName?: unknown): undefined;
  /**
   * @param what Was wrong and was done instead, the same text for every problem of the kind; a `%` stands for each name.
   */
  add(code: DatafileProblemCode, what: string, ...names: readonly string[]): undefined;
  /** The entity was skipped because of one of its properties. */
  skip(property: string, expected: string, value: unknown): undefined;
  /** A property of the entity was ignored. */
  ignore(property: string, expected: string, value: unknown): undefined;
  /** A list of the entity has values that cannot be used. */
  leaveOut(property: string): undefined;
  /** One problem for each kind, in the order in which they were found. */
  all(): readonly Problem[];
}

interface Kind {
  readonly code: DatafileProblemCode;
  readonly first: string;
  count: number;
}

/** Longer names are cut: a datafile may have a key of a megabyte. */
const MAX_NAME_LENGTH = 80;

/** Creates an empty list. */
export function createProblemList(): ProblemList {
  const kinds = new Map<string, Kind>();
  let kind = '';
  let name: unknown;
  let of: string | undefined;
  let ofName: unknown;
  const add: ProblemList['add'] = (code, what, ...names) => {
    const key = `${kind} ${of} ${what}`;
    const known = kinds.get(key);
    if (known) known.count += 1;
    else {
      const owner = of ? ` of ${nameOf(of, ofName)}` : '';
      let index = 0;
      const text = what.replace(/%/g, () => quote(names[index++]));
      kinds.set(key, { code, first: `${nameOf(kind, name)}${owner} ${text}`, count: 1 });
    }
  };
  return {
    at(kindHere, nameHere, ofHere, ofNameHere) {
      // One by one: this runs for every entity, and taking a list apart costs more than all of it.
      kind = kindHere;
      name = nameHere;
      of = ofHere;
      ofName = ofNameHere;
    },
    add,
    skip: (property, expected, value) =>
      add('invalid-entity', `was skipped: expected "${property}" to be ${expected}, got ${describe(value)}.`),
    ignore: (property, expected, value) =>
      add('invalid-entity', `is read without "${property}": expected ${expected}, got ${describe(value)}.`),
    leaveOut: (property) =>
      add('invalid-entity', `has values in "${property}" that are not valid; they were left out.`),
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
  return typeof name === 'string' ? `${kind} ${quote(name)}` : `${kind} without an id`;
}

function quote(name = ''): string {
  return `"${name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name}"`;
}
