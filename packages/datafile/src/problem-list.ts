/**
 * Collects what was skipped in a datafile: one entry for each kind of problem, with the first case of it and a count, so that
 * a project with a habit (or a hostile document) does not hide the other problems.
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

/** A name in a message: ids and keys are quoted and cut, positions are not. */
export type ProblemName = string | number;

/** Where the readers of a datafile report. All methods return `undefined`, which is also what a reader returns then. */
export interface ProblemList {
  /**
   * @param kind What was wrong and what was done instead, the same text for every problem of the kind; a `%` stands for
   * each name.
   */
  add(code: DatafileProblemCode, kind: string, ...names: readonly ProblemName[]): undefined;
  /** The kind `<outcome>: expected <expected>, got <what the value is>.` of code `invalid-entity`. */
  expected(outcome: string, expected: string, value: unknown, ...names: readonly ProblemName[]): undefined;
  /** One problem for each kind, in the order in which they were found. */
  all(): readonly Problem[];
}

interface Kind {
  readonly code: DatafileProblemCode;
  readonly names: readonly ProblemName[];
  count: number;
}

/** Longer names are cut: a datafile may have a key of a megabyte. */
const MAX_NAME_LENGTH = 80;

/** Creates an empty list. */
export function createProblemList(): ProblemList {
  const kinds = new Map<string, Kind>();
  const add: ProblemList['add'] = (code, kind, ...names) => {
    const known = kinds.get(kind);
    if (known) known.count += 1;
    else kinds.set(kind, { code, names, count: 1 });
  };
  return {
    add,
    expected: (outcome, expected, value, ...names) =>
      add('invalid-entity', `${outcome}: expected ${expected}, got ${describe(value)}.`, ...names),
    all: () => [...kinds].map(([kind, { code, names, count }]) => toProblem(code, kind, names, count)),
  };
}

function toProblem(code: DatafileProblemCode, kind: string, names: readonly ProblemName[], count: number): Problem {
  let index = 0;
  const first = kind.replace(/%/g, () => quoteName(names[index++]));
  const message = count === 1 ? first : `${first} This is the first of ${count} problems of this kind.`;
  return { code, part: 'datafile', message };
}

function quoteName(name: ProblemName | undefined): string {
  if (typeof name !== 'string') return String(name);
  return `"${name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name}"`;
}
