/**
 * The list to which the readers of a datafile report: first the current entity (`at`), then what is wrong with it.
 * Depending on the list, the result is a count or sentences.
 */
import type { Problem } from '@sortition/core';

/** Why an entity, or a part of one, was skipped. */
export type DatafileProblemCode =
  | 'invalid-section'
  | 'invalid-entity'
  | 'dangling-reference'
  | 'duplicate-key'
  | 'conditions-too-deep';

/**
 * The readers of a datafile report here. All methods except `all` return `undefined`, so that a reader can return their
 * result.
 */
export interface ProblemList {
  /**
   * Names the current entity, such as `variation 7 of experiment 3`.
   *
   * @param kind The first word of messages.
   * @param name Id or key, quoted and cut in messages; a number is a position; anything else means no name.
   * @param of Kind of the parent entity, such as `experiment`.
   */
  at(kind: string, name?: unknown, of?: string, ofName?: unknown): undefined;
  /**
   * @param mistake The kind of mistake, which a list with sentences turns into a text.
   * @param value What was found: a name, or the wrong value.
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

/** Mistakes that have a special sentence. */
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

/** Creates an empty list that only counts by code, for config sources without `datafileCheck`. */
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
        message: `The datafile has ${count} mistakes of the kind "${code}", which were left out. Pass "check: datafileCheck" to the config source to list them.`,
      })),
  };
}
