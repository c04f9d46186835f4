/**
 * Where the readers of a datafile say what they skipped: where they are (`at`), and then what is wrong there. What becomes
 * of it depends on the list: a count, or sentences.
 */
import type { Problem } from '@sortition/core';

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
   * @param mistake What was wrong, as a word that a list with sentences knows.
   * @param value What was found: a name, or the value that is not what it should be.
   */
  add(code: DatafileProblemCode, mistake: Mistake, value?: unknown): undefined;
  /** The entity was skipped because of one of its properties. */
  skip(property: string, expected: string, value: unknown): undefined;
  /** A property of the entity was ignored. */
  ignore(property: string, expected: string, value: unknown): undefined;
  /** A list of the entity has values that cannot be used. */
  leaveOut(property: string): undefined;
  /** One problem for each kind, in the order in which they were found. */
  all(): readonly Problem[];
}

/** Mistakes that need a sentence of their own. */
export type Mistake =
  | 'no-array'
  | 'no-object'
  | 'traffic'
  | 'enabled'
  | 'disabled'
  | 'variables'
  | 'same-key'
  | 'twice'
  | 'bandit'
  | 'deep'
  | `refers to the ${string}`;

/** Creates an empty list that only counts, by code: what a config source has that is not given `datafileCheck`. */
export function createProblemCount(): ProblemList {
  const counts = new Map<DatafileProblemCode, number>();
  const add = (code: DatafileProblemCode): undefined => void counts.set(code, (counts.get(code) ?? 0) + 1);
  const addEntity = (): undefined => add('invalid-entity');
  return {
    at: () => undefined,
    add,
    skip: addEntity,
    ignore: addEntity,
    leaveOut: addEntity,
    all: () =>
      [...counts].map(([code, count]) => ({
        code,
        part: 'datafile',
        message: `The datafile has ${count} mistakes of the kind "${code}", which were left out. Pass "check: datafileCheck" to the config source to be told which.`,
      })),
  };
}
